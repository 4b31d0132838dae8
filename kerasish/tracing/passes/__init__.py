"""Passes: what improves a recorded graph before it becomes a plan."""

from kerasish.tracing.passes.pipeline import PASSES, optimize

__all__ = ["PASSES", "optimize"]
