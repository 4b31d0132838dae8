"""Recording: a function as a graph, the graph as a plan, the plan as fast kernels.

A call goes through these modules in this order: `function` tells signatures apart and
decides when to record; `recorder` makes a `graph`; `passes` improve it; `homes` and
`memory` give variables and values their places; `plan` binds every node to its kernel
and runs; `results` hand out what was computed.
"""

from kerasish.tracing.function import Function, function
from kerasish.tracing.profile import Profile, profile

__all__ = ["Function", "Profile", "function", "profile"]
