"""Kernels of special functions: the error function and its inverse."""

import math

from kerasish.backends.base.array import Array, ArrayKernels, in_float32

__all__ = ["SpecialKernels"]

# W. J. Cody, 1969, "Rational Chebyshev approximations for the error function".
ERF_P = (3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02,
         3.20937758913846947e03, 1.85777706184603153e-1)  # fmt: skip
ERF_Q = (2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03,
         2.84423683343917062e03)  # fmt: skip
ERFC_P = (
    5.64188496988670089e-1,
    8.88314979438837594e0,
    6.61191906371416295e01,
    2.98635138197400131e02,
    8.81952221241769090e02,
    1.71204761263407058e03,
    2.05107837782607147e03,
    1.23033935479799725e03,
    2.15311535474403846e-8,
)
ERFC_Q = (1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02,
          1.62138957456669019e03, 3.29079923573345963e03, 4.36261909014324716e03,
          3.43936767414372164e03, 1.23033935480374942e03)  # fmt: skip
TAIL_P = (
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
    1.63153871373020978e-2,
)
TAIL_Q = (2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1,
          6.05183413124413191e-2, 2.33520497626869185e-3)  # fmt: skip
# M. Giles, 2010, "Approximating the erfinv function"; then Halley's steps.
GILES_CENTRE = (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06,
                0.00021858087, -0.00125372503, -0.00417768164, 0.246640727,
                1.50140941)  # fmt: skip
GILES_TAIL = (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844,
              0.00573950773, -0.0076224613, 0.00943887047, 1.00167406,
              2.83297682)  # fmt: skip


class SpecialKernels(ArrayKernels):
    """Special functions of a float operand, computed in float64 or float32."""

    @in_float32
    def erf(self, x: Array) -> Array:
        """Returns the error function."""
        small = self._erf_small(x)
        tail = 1.0 - self._erfc_positive(self.xp.abs(x))
        large = self.xp.where(x < 0, -tail, tail)
        made = self.xp.where(self.xp.abs(x) <= 0.46875, small, large)
        return self.xp.where(self.xp.isnan(x), x, made)

    @in_float32
    def erfc(self, x: Array) -> Array:
        """Returns one minus the error function, exactly also where that is small."""
        tail = self._erfc_positive(self.xp.abs(x))
        large = self.xp.where(x < 0, 2.0 - tail, tail)
        small = 1.0 - self._erf_small(x)
        made = self.xp.where(self.xp.abs(x) <= 0.46875, small, large)
        return self.xp.where(self.xp.isnan(x), x, made)

    def erfinv(self, x: Array) -> Array:
        """Returns the number whose error function is `x`, which is within [-1, 1]."""
        xp = self.xp
        wide = self.cast(x, "float64")
        inside = xp.clip(wide, -1.0 + 2.0**-53, 1.0 - 2.0**-53)
        w = -xp.log((1.0 - inside) * (1.0 + inside))
        centre = _horner(w - 2.5, GILES_CENTRE)
        tail = _horner(xp.sqrt(xp.clip(w, 5.0, 1e300)) - 3.0, GILES_TAIL)
        y = xp.where(w < 5.0, centre, tail) * inside
        for _ in range(5):  # Halley, on erfc in the tails so that nothing cancels
            error = xp.where(
                xp.abs(inside) < 0.5,
                self.erf(y) - inside,
                xp.sign(inside) * ((1.0 - xp.abs(inside)) - self.erfc(xp.abs(y))),
            )
            move = error * (math.sqrt(math.pi) / 2.0) * xp.exp(y * y)
            y = y - move / (1.0 + y * move)
        infinite = xp.asarray(float("inf"), dtype=wide.dtype)
        y = xp.where(wide == 1.0, infinite, xp.where(wide == -1.0, -infinite, y))
        y = xp.where(xp.abs(wide) > 1.0, xp.asarray(float("nan"), dtype=wide.dtype), y)
        return self.cast(y, self.dtype_name(x))

    @in_float32
    def sinc(self, x: Array) -> Array:
        """Returns `sin(pi x) / (pi x)`, 1 at zero."""
        xp = self.xp
        angle = xp.where(x == 0, xp.ones_like(x), x) * math.pi
        return xp.where(x == 0, xp.ones_like(x), xp.sin(angle) / angle)

    def _erf_small(self, x: Array) -> Array:
        xp = self.xp
        z = xp.where(xp.abs(x) <= 0.5, x, xp.zeros_like(x))
        z2 = z * z
        top, bottom = ERF_P[4] * z2, z2
        for p, q in zip(ERF_P[:3], ERF_Q[:3], strict=True):
            top, bottom = (top + p) * z2, (bottom + q) * z2
        return z * (top + ERF_P[3]) / (bottom + ERF_Q[3])

    def _erfc_positive(self, a: Array) -> Array:
        xp = self.xp
        middle = xp.clip(a, 0.46875, 4.0)
        top, bottom = ERFC_P[8] * middle, middle
        for p, q in zip(ERFC_P[:7], ERFC_Q[:7], strict=True):
            top, bottom = (top + p) * middle, (bottom + q) * middle
        near = xp.exp(-middle * middle) * (top + ERFC_P[7]) / (bottom + ERFC_Q[7])
        far = xp.clip(a, 4.0, 30.0)
        inverse = 1.0 / (far * far)
        top, bottom = TAIL_P[5] * inverse, inverse
        for p, q in zip(TAIL_P[:4], TAIL_Q[:4], strict=True):
            top, bottom = (top + p) * inverse, (bottom + q) * inverse
        ratio = inverse * (top + TAIL_P[4]) / (bottom + TAIL_Q[4])
        ratio = (1.0 / math.sqrt(math.pi) - ratio) / far
        return xp.where(a <= 4.0, near, xp.exp(-far * far) * ratio)


def _horner(x: Array, coefficients: tuple[float, ...]) -> Array:
    value = coefficients[0] + 0.0 * x
    for c in coefficients[1:]:
        value = value * x + c
    return value
