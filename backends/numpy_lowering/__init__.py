"""Steps of plans by NumPy: primitives bound to memory, in modules by family."""

from kerasish.backends.numpy_lowering.lowering import ALIASING, FORMS, lower

__all__ = ["ALIASING", "FORMS", "lower"]
