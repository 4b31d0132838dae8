"""Mathematical functions as instructions without branches, so that loops vectorise.

In float32 they are polynomials within 2 units in the last place of the exact result,
denormal numbers included; coefficients are minimax fits (Lawson's iteration) of the
form in the comment beside them. What has no such form, and float64, calls the C
library, which is exact but goes element by element.
"""

import math

from kerasish.backends.llvm.values import Value, contracted

__all__ = [
    "erf",
    "exp",
    "expm1",
    "library",
    "log",
    "log1p",
    "logaddexp",
    "power",
    "sigmoid",
    "softplus",
    "tanh",
]

LN2_HIGH, LN2_LOW = 0.693145751953125, 1.428606765330187e-06
LN2 = math.log(2.0)
# expm1(r) = r + r^2 P(r) for |r| <= log(2) / 2.
EXP = (0.5, 0.1666666567325592, 0.04166635870933533, 0.008333389647305012,
       0.0013940719654783607, 0.0001984588598133996)  # fmt: skip
EXP_WIDE = (0.49999999999999606, 0.16666666666630192, 0.04166666666712916,
            0.008333333362856372, 0.001388888875785553, 0.00019841195623512213,
            2.4801703287395628e-05, 2.763080246055054e-06,
            2.7551473236986606e-07)  # fmt: skip
# log(1 + f) = 2 s + s^3 Q(s^2) with s = f / (2 + f), for 1 + f in [0.707, 1.414].
LOG = (0.6666677594184875, 0.3997746706008911, 0.2987405061721802)
LOG_WIDE = (0.6666666666659565, 0.40000000049008777, 0.2857141755326002,
            0.22223346733655935, 0.1812433042127041, 0.16812618119749348)  # fmt: skip
# tanh(x) = x + x^3 P(x^2) for |x| <= 0.6.
TANH_NEAR = (-0.33333298563957214, 0.13331913948059082, -0.05378285422921181,
             0.02079235576093197, -0.00589059479534626)  # fmt: skip
# erf(x) = x + x P(x^2) for |x| <= 0.93; erfc(t) = exp(t R(t)) above.
ERF_NEAR = (0.12837916612625122, -0.37612631916999817, 0.11283687502145767,
            -0.026858942583203316, 0.005199907347559929, -0.0008130018250085413,
            8.316794264828786e-05)  # fmt: skip
ERF_FAR = (-1.1286485195159912, -0.6351513266563416, -0.10623687505722046,
           0.023762060329318047, -0.003642457304522395, 0.00032280338928103447,
           -1.123125730373431e-05)  # fmt: skip


def library(x: Value, name: str, *others: Value) -> Value:
    """Calls the C library's function of doubles."""
    operands = [v.cast("float64") for v in (x, *others)]
    return x.code.call(name, "float64", *operands).cast(x.dtype)


def _horner(x: Value, coefficients: tuple[float, ...]) -> Value:
    made = x.like(coefficients[-1])
    for c in coefficients[-2::-1]:
        made = made * x + c
    return made


def _narrow(x: Value) -> Value:
    """Returns a value of half precision as float32, in which functions compute."""
    return Value(x.code, x.name, "float32") if x.type == "float" else x


def _power_of_two(n: Value) -> Value:
    return ((n + 127) << 23).bits("float32")


def _reduced(x: Value) -> tuple[Value, Value]:
    """Returns an integer `n` and `expm1(r)`, where `x = n log(2) + r`."""
    n = (x * (1.0 / LN2)).intrinsic("rint")
    r = x - n * LN2_HIGH
    r = r - n * LN2_LOW
    return n.cast("int32"), r + r * r * _horner(r, EXP)


def _limited(x: Value, low: float, high: float) -> Value:
    x = x.compare("lt", low).choose(low, x)
    return x.compare("gt", high).choose(high, x)


@contracted
def exp(x: Value) -> Value:
    """Computes `e^x`."""
    if x.type == "double":
        return library(x, "exp")
    given, x = x.dtype, _narrow(x)
    n, p = _reduced(_limited(x, -104.0, 89.0))
    half = n >> 1  # two factors, so that results may be denormal
    made = (p + 1.0) * _power_of_two(half) * _power_of_two(n - half)
    return x.compare("ne", x).choose(x, made).cast(given)


@contracted
def expm1(x: Value) -> Value:
    """Computes `e^x - 1`, exactly also near zero."""
    if x.type == "double":
        return library(x, "expm1")
    given, x = x.dtype, _narrow(x)
    n, p = _reduced(_limited(x, -20.0, 89.0))
    scale = _power_of_two(n - 1)  # half of 2^n, which may be infinite
    made = (p * scale + (scale - 0.5)) * 2.0
    made = x.absolute().compare("lt", 1e-5).choose(x * (x * 0.5 + 1.0), made)
    return x.compare("ne", x).choose(x, made).cast(given)


@contracted
def tanh(x: Value) -> Value:
    """Computes the hyperbolic tangent; away from zero from `expm1(2 |x|)`."""
    if x.type == "double":
        return library(x, "tanh")
    given, x = x.dtype, _narrow(x)
    size = _limited(x.absolute(), 0.0, 10.0)
    n, p = _reduced(size * 2.0)
    scale = _power_of_two(n)
    e = p * scale + (scale - 1.0)
    z = x * x
    near = x + x * (z * _horner(z, TANH_NEAR))
    made = size.compare("lt", 0.6).choose(near, e / (e + 2.0))
    made = made.intrinsic("copysign", x)
    return x.compare("ne", x).choose(x, made).cast(given)


@contracted
def sigmoid(x: Value) -> Value:
    """Computes `1 / (1 + e^-x)` without overflow."""
    if x.type == "double":
        e = exp(-x.absolute())
        return x.compare("lt", 0.0).choose(e, x.like(1.0)) / (e + 1.0)
    given, x = x.dtype, _narrow(x)
    n, p = _reduced(_limited(-x.absolute(), -104.0, 0.0))
    high = p + 1.0
    half = n >> 1
    e = high * _power_of_two(half) * _power_of_two(n - half)
    sum_ = e + 1.0
    made = e / sum_
    # What both sums lost is made good to first order.
    lost = (p - (high - 1.0)) * (2.0 - high) - (e - (sum_ - 1.0))
    made = made + made * (1.0 - made) * lost
    made = x.compare("lt", 0.0).choose(made, 1.0 - made)
    return x.compare("ne", x).choose(x, made).cast(given)


def _split(x: Value) -> tuple[Value, Value]:
    """Returns `k` and `f`, where `x = 2^k (1 + f)` with `1 + f` about 1."""
    bits = x.bits("int32") - 0x3F3504F3
    k = (bits >> 23).cast("float32")
    return k, ((bits & 0x7FFFFF) + 0x3F3504F3).bits("float32") - 1.0


def _log_of(k: Value, f: Value, small: Value) -> Value:
    s = f / (f + 2.0)
    z = s * s
    half = f * f * 0.5
    rest = s * (half + z * _horner(z, LOG))
    return k * LN2_HIGH + (f - (half - (rest + (k * LN2_LOW + small))))


@contracted
def log(x: Value) -> Value:
    """Computes the natural logarithm."""
    if x.type == "double":
        return library(x, "log")
    given, x = x.dtype, _narrow(x)
    tiny = x.compare("lt", 1.17549435e-38)
    k, f = _split(tiny.choose(x * 33554432.0, x))
    k = k + tiny.choose(x.like(-25.0), x.like(0.0))
    return _log_limits(x, _log_of(k, f, x.like(0.0))).cast(given)


def _log_limits(x: Value, made: Value) -> Value:
    made = x.compare("eq", math.inf).choose(x, made)
    made = x.compare("eq", 0.0).choose(-math.inf, made)
    made = x.compare("lt", 0.0).choose(math.nan, made)
    return x.compare("ne", x).choose(x, made)


@contracted
def log1p(x: Value) -> Value:
    """Computes `log(1 + x)`, exactly also near zero."""
    if x.type == "double":
        return library(x, "log1p")
    given, x = x.dtype, _narrow(x)
    u = x + 1.0
    k, f = _split(u)
    # What was lost in 1 + x, of either operand.
    big = u.compare("gt", 2.0)
    lost = big.choose(1.0 - (u - x), x - (u - 1.0)) / u
    made = _log_of(k, f, lost)
    made = x.absolute().compare("lt", 1e-5).choose(x - x * x * 0.5, made)
    made = x.compare("eq", math.inf).choose(x, made)
    made = x.compare("eq", -1.0).choose(-math.inf, made)
    made = x.compare("lt", -1.0).choose(math.nan, made)
    return x.compare("ne", x).choose(x, made).cast(given)


@contracted
def softplus(x: Value) -> Value:
    """Computes `log(1 + e^x)` without overflow."""
    given, x = x.dtype, _narrow(x)
    largest = x.compare("gt", 0.0).choose(x, x.like(0.0))
    return _log_of_sum(largest, x.absolute()).cast(given)


@contracted
def logaddexp(x: Value, y: Value) -> Value:
    """Computes `log(e^x + e^y)` without overflow."""
    given, x, y = x.dtype, _narrow(x), _narrow(y)
    # The difference of equal infinities is none.
    away = x.compare("eq", y).choose(0.0, (x - y).absolute())
    return _log_of_sum(x.intrinsic("maximum", y), away).cast(given)


def _log_of_sum(largest: Value, away: Value) -> Value:
    made = largest + log1p(exp(-away))
    return largest.absolute().compare("eq", math.inf).choose(largest, made)


@contracted
def erf(x: Value) -> Value:
    """Computes the error function."""
    if x.type == "double":
        return library(x, "erf")
    given, x = x.dtype, _narrow(x)
    size = x.absolute()
    limited = _limited(size, 0.0, 4.0)
    near = x * _horner(x * x, ERF_NEAR) + x
    far = (1.0 - exp(limited * _horner(limited, ERF_FAR))).intrinsic("copysign", x)
    made = size.compare("lt", 0.93).choose(near, far)
    return x.compare("ne", x).choose(x, made).cast(given)


def power(x: Value, y: Value) -> Value:
    """Computes `x^y`: `e^(y log |x|)` in float64, with the sign and limits of C."""
    if x.type == "double":
        return library(x, "pow", y)
    given, x, y = x.dtype, _narrow(x), _narrow(y)
    made = _power_of_positive(x.absolute(), y)
    whole = y.intrinsic("trunc").compare("eq", y)
    half = y * 0.5
    odd = whole & half.intrinsic("trunc").compare("ne", half)
    negative = x.bits("int32").compare("lt", 0)
    made = (negative & odd).choose(-made, made)
    finite = (x.absolute().compare("lt", math.inf)) & x.compare("lt", 0.0)
    made = (finite & (whole ^ True)).choose(math.nan, made)
    made = (x.compare("ne", x) | y.compare("ne", y)).choose(math.nan, made)
    one = x.compare("eq", 1.0) | y.compare("eq", 0.0)
    minus = x.compare("eq", -1.0) & y.absolute().compare("eq", math.inf)
    return (one | minus).choose(1.0, made).cast(given)


@contracted
def _power_of_positive(x: Value, y: Value) -> Value:
    wide = x.cast("float64")
    bits = wide.bits("int64") - 0x3FE6A09E667F3BCD
    k = (bits >> 52).cast("float64")
    f = ((bits & 0xFFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD).bits("float64") - 1.0
    s = f / (f + 2.0)
    z = s * s
    logarithm = k * LN2 + (s * 2.0 + s * z * _horner(z, LOG_WIDE))
    logarithm = x.compare("eq", 0.0).choose(-math.inf, logarithm)
    logarithm = x.compare("eq", math.inf).choose(math.inf, logarithm)
    exponent = _limited(y.cast("float64") * logarithm, -200.0, 200.0)
    n = (exponent * (1.0 / LN2)).intrinsic("rint")
    r = exponent - n * LN2
    p = r + r * r * _horner(r, EXP_WIDE) + 1.0
    scale = ((n.cast("int64") + 1023) << 52).bits("float64")
    return (p * scale).cast("float32")
