"""Kernels that work element by element."""

import math

from kerasish.backends.base.array import Array, ArrayKernels

__all__ = ["ElementwiseKernels"]


class ElementwiseKernels(ArrayKernels):
    """Operands come in one dtype, and the result has it, unless said otherwise."""

    def add(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 + x2`; for booleans "or"."""
        if x1.dtype == self.xp.bool:
            return self.xp.logical_or(x1, x2)
        return self.xp.add(x1, x2)

    def subtract(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 - x2`."""
        return self.xp.subtract(x1, x2)

    def multiply(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 * x2`; for booleans "and"."""
        if x1.dtype == self.xp.bool:
            return self.xp.logical_and(x1, x2)
        return self.xp.multiply(x1, x2)

    def divide(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 / x2` of floats."""
        return self.xp.divide(x1, x2)

    def negative(self, x: Array) -> Array:
        """Returns `-x`."""
        return self.xp.negative(x)

    def exp(self, x: Array) -> Array:
        """Computes `e^x`."""
        return self.xp.exp(x)

    def exp2(self, x: Array) -> Array:
        """Computes `2^x`."""
        return self.xp.exp(x * math.log(2.0))

    def expm1(self, x: Array) -> Array:
        """Computes `e^x - 1`, exactly also near zero."""
        return self.xp.expm1(x)

    def log(self, x: Array) -> Array:
        """Computes the natural logarithm."""
        return self.xp.log(x)

    def log2(self, x: Array) -> Array:
        """Computes the logarithm to base 2."""
        return self.xp.log2(x)

    def log10(self, x: Array) -> Array:
        """Computes the logarithm to base 10."""
        return self.xp.log10(x)

    def log1p(self, x: Array) -> Array:
        """Computes `log(1 + x)`, exactly also near zero."""
        return self.xp.log1p(x)

    def sqrt(self, x: Array) -> Array:
        """Computes the square root; `nan` for negative numbers."""
        return self.xp.sqrt(x)

    def sin(self, x: Array) -> Array:
        """Computes the sine."""
        return self.xp.sin(x)

    def cos(self, x: Array) -> Array:
        """Computes the cosine."""
        return self.xp.cos(x)

    def tan(self, x: Array) -> Array:
        """Computes the tangent."""
        return self.xp.tan(x)

    def arcsin(self, x: Array) -> Array:
        """Computes the angle whose sine is x."""
        return self.xp.asin(x)

    def arccos(self, x: Array) -> Array:
        """Computes the angle whose cosine is x."""
        return self.xp.acos(x)

    def arctan(self, x: Array) -> Array:
        """Computes the angle whose tangent is x."""
        return self.xp.atan(x)

    def sinh(self, x: Array) -> Array:
        """Computes the hyperbolic sine."""
        return self.xp.sinh(x)

    def cosh(self, x: Array) -> Array:
        """Computes the hyperbolic cosine."""
        return self.xp.cosh(x)

    def tanh(self, x: Array) -> Array:
        """Computes the hyperbolic tangent."""
        return self.xp.tanh(x)

    def arcsinh(self, x: Array) -> Array:
        """Computes the number whose hyperbolic sine is x."""
        return self.xp.asinh(x)

    def arccosh(self, x: Array) -> Array:
        """Computes the number whose hyperbolic cosine is x."""
        return self.xp.acosh(x)

    def arctanh(self, x: Array) -> Array:
        """Computes the number whose hyperbolic tangent is x."""
        return self.xp.atanh(x)

    def absolute(self, x: Array) -> Array:
        """Computes `|x|`."""
        return self.xp.abs(x)

    def sign(self, x: Array) -> Array:
        """Returns -1, 0 or 1 by the sign."""
        return self.xp.sign(x)

    def floor(self, x: Array) -> Array:
        """Rounds down."""
        return self.xp.floor(x)

    def ceil(self, x: Array) -> Array:
        """Rounds up."""
        return self.xp.ceil(x)

    def trunc(self, x: Array) -> Array:
        """Rounds towards zero."""
        return self.xp.trunc(x)

    def square(self, x: Array) -> Array:
        """Returns `x * x`."""
        return self.xp.square(x)

    def power(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 ** x2`."""
        return self.xp.pow(x1, x2)

    def maximum(self, x1: Array, x2: Array) -> Array:
        """Returns the larger operand; `nan` where one is."""
        return self.xp.maximum(x1, x2)

    def minimum(self, x1: Array, x2: Array) -> Array:
        """Returns the smaller operand; `nan` where one is."""
        return self.xp.minimum(x1, x2)

    def floor_divide(self, x1: Array, x2: Array) -> Array:
        """Returns the quotient rounded down."""
        return self.xp.floor_divide(x1, x2)

    def mod(self, x1: Array, x2: Array) -> Array:
        """Returns the remainder, of the sign of `x2`."""
        return self.xp.remainder(x1, x2)

    def arctan2(self, x1: Array, x2: Array) -> Array:
        """Returns the angle of the point `(x2, x1)`."""
        return self.xp.atan2(x1, x2)

    def logaddexp(self, x1: Array, x2: Array) -> Array:
        """Returns `log(exp(x1) + exp(x2))`."""
        return self.xp.logaddexp(x1, x2)

    def round(self, x: Array) -> Array:
        """Rounds to the nearest integer, halves to the even one."""
        return self.xp.round(x)

    def where(self, condition: Array, x1: Array, x2: Array) -> Array:
        """Returns `x1` where the condition holds, else `x2`."""
        return self.xp.where(condition, x1, x2)

    def equal(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 == x2`."""
        return self.xp.equal(x1, x2)

    def not_equal(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 != x2`."""
        return self.xp.not_equal(x1, x2)

    def less(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 < x2`."""
        return self.xp.less(x1, x2)

    def less_equal(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 <= x2`."""
        return self.xp.less_equal(x1, x2)

    def greater(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 > x2`."""
        return self.xp.greater(x1, x2)

    def greater_equal(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 >= x2`."""
        return self.xp.greater_equal(x1, x2)

    def isnan(self, x: Array) -> Array:
        """Returns where numbers are `nan`."""
        return self.xp.isnan(x)

    def isfinite(self, x: Array) -> Array:
        """Returns where numbers are neither infinite nor `nan`."""
        return self.xp.isfinite(x)

    def logical_and(self, x1: Array, x2: Array) -> Array:
        """Returns where both hold."""
        return self.xp.logical_and(x1, x2)

    def logical_or(self, x1: Array, x2: Array) -> Array:
        """Returns where one holds."""
        return self.xp.logical_or(x1, x2)

    def logical_xor(self, x1: Array, x2: Array) -> Array:
        """Returns where exactly one holds."""
        return self.xp.logical_xor(x1, x2)

    def logical_not(self, x: Array) -> Array:
        """Returns where it does not hold."""
        return self.xp.logical_not(x)
