"""Kernels that work element by element."""

from kerasish.backends.base.array import Array, ArrayKernels, in_float32

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

    @in_float32
    def exp2(self, x: Array) -> Array:
        """Computes `2^x`."""
        return self.xp.pow(2.0, x)

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

    @in_float32
    def rsqrt(self, x: Array) -> Array:
        """Computes `1 / sqrt(x)`."""
        return 1.0 / self.xp.sqrt(x)

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
        return self.xp.less(*self._ordered(x1, x2))

    def less_equal(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 <= x2`."""
        return self.xp.less_equal(*self._ordered(x1, x2))

    def greater(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 > x2`."""
        return self.xp.greater(*self._ordered(x1, x2))

    def greater_equal(self, x1: Array, x2: Array) -> Array:
        """Returns `x1 >= x2`."""
        return self.xp.greater_equal(*self._ordered(x1, x2))

    def isnan(self, x: Array) -> Array:
        """Returns where numbers are `nan`."""
        if not self.is_float(x):
            return self._none(x)
        return self.xp.isnan(x)

    def isfinite(self, x: Array) -> Array:
        """Returns where numbers are neither infinite nor `nan`."""
        if not self.is_float(x):
            return self.xp.logical_not(self._none(x))
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

    def isinf(self, x: Array) -> Array:
        """Returns where numbers are infinite."""
        if not self.is_float(x):
            return self._none(x)
        return self.xp.isinf(x)

    def signbit(self, x: Array) -> Array:
        """Returns where numbers are negative, -0.0 and negative `nan` among them."""
        if self.is_float(x):
            return self.xp.signbit(x)
        return self.xp.less(x, self.xp.zeros_like(x))

    def clip(self, x: Array, low: Array, high: Array) -> Array:
        """Returns `x` limited to an interval; `nan` where an operand is."""
        return self.xp.minimum(self.xp.maximum(x, low), high)

    def fmod(self, x1: Array, x2: Array) -> Array:
        """Returns the remainder, of the sign of `x1`."""
        rest = self.xp.remainder(self.xp.abs(x1), self.xp.abs(x2))
        return self.xp.where(x1 < 0, -rest, rest)

    def divide_no_nan(self, x1: Array, x2: Array) -> Array:
        """Returns the quotient, 0 where the divisor is."""
        zero = x2 == 0
        quotient = self.xp.divide(x1, self.xp.where(zero, self.xp.ones_like(x2), x2))
        return self.xp.where(zero, self.xp.zeros_like(quotient), quotient)

    @in_float32
    def cbrt(self, x: Array) -> Array:
        """Computes the real cube root."""
        xp = self.xp
        size = xp.abs(x)
        known = (size > 0) & xp.isfinite(x)
        size = xp.where(known, size, xp.ones_like(x))
        root = xp.pow(size, 1.0 / 3.0)
        root = root - (root - size / (root * root)) / 3.0  # a Newton step
        return xp.where(known, xp.sign(x) * root, x)

    def hypot(self, x1: Array, x2: Array) -> Array:
        """Computes `sqrt(x1^2 + x2^2)` without overflow."""
        return self.xp.hypot(x1, x2)

    def nextafter(self, x1: Array, x2: Array) -> Array:
        """Returns the next number after `x1` towards `x2`."""
        return self.xp.nextafter(x1, x2)

    def gcd(self, x1: Array, x2: Array) -> Array:
        """Returns the greatest common divisor of integers, by Euclid."""
        xp = self.xp
        shape = xp.broadcast_arrays(x1, x2)
        a, b = (xp.abs(x) if self.is_signed(x) else x for x in shape)
        while xp.any(b != 0):
            safe = xp.where(b == 0, xp.ones_like(b), b)
            a, b = xp.where(b == 0, a, b), xp.where(b == 0, b, xp.remainder(a, safe))
        return a

    def bitwise_and(self, x1: Array, x2: Array) -> Array:
        """Returns the bits that both have."""
        return self.xp.bitwise_and(x1, x2)

    def bitwise_or(self, x1: Array, x2: Array) -> Array:
        """Returns the bits that one has."""
        return self.xp.bitwise_or(x1, x2)

    def bitwise_xor(self, x1: Array, x2: Array) -> Array:
        """Returns the bits that exactly one has."""
        return self.xp.bitwise_xor(x1, x2)

    def bitwise_invert(self, x: Array) -> Array:
        """Returns the bits that are not set."""
        return self.xp.bitwise_invert(x)

    def left_shift(self, x1: Array, x2: Array) -> Array:
        """Moves the bits of `x1` up by `x2`."""
        return self.xp.bitwise_left_shift(x1, x2)

    def right_shift(self, x1: Array, x2: Array) -> Array:
        """Moves the bits of `x1` down by `x2`; the sign stays."""
        return self.xp.bitwise_right_shift(x1, x2)

    def real(self, x: Array) -> Array:
        """Returns the real part of complex numbers."""
        return self.xp.real(x)

    def imag(self, x: Array) -> Array:
        """Returns the imaginary part of complex numbers."""
        return self.xp.imag(x)

    def conj(self, x: Array) -> Array:
        """Returns the complex conjugate."""
        return self.xp.conj(x)

    def join_complex(self, real: Array, imag: Array) -> Array:
        """Returns complex numbers of two parts of one float dtype."""
        name = "complex128" if self.dtype_name(real) == "float64" else "complex64"
        return self.cast(real, name) + self.cast(imag, name) * 1j

    def _none(self, x: Array) -> Array:
        return self.xp.zeros(x.shape, dtype=self.xp.bool)

    def _ordered(self, x1: Array, x2: Array) -> tuple[Array, Array]:
        if x1.dtype == self.xp.bool:  # which the standard does not order
            return self.cast(x1, "uint8"), self.cast(x2, "uint8")
        return x1, x2
