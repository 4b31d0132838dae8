"""What each element-wise primitive does to one element, in LLVM instructions."""

import math
from collections.abc import Callable

from kerasish.backends.llvm import math as maths
from kerasish.backends.llvm.values import Value

__all__ = ["ELEMENTS", "EXPENSIVE", "LIBRARY", "combine", "maximum", "minimum"]

Element = Callable[..., Value]


def _library(name: str) -> Element:
    return lambda x, *others: maths.library(x, name, *others)


def _intrinsic(name: str) -> Element:
    """Returns a rounding; integers have nothing to round."""
    return lambda x: x.intrinsic(name).rounded() if x.is_float else x


def _comparison(relation: str) -> Element:
    return lambda x, y: _ordered(x).compare(relation, _ordered(y))


def _ordered(x: Value) -> Value:
    return x.cast("uint8") if x.dtype == "bool" else x


def _add(x: Value, y: Value) -> Value:
    return x | y if x.dtype == "bool" else x + y


def _multiply(x: Value, y: Value) -> Value:
    return x & y if x.dtype == "bool" else x * y


def maximum(x: Value, y: Value) -> Value:
    """Returns the larger; `nan` where one is."""
    if x.dtype == "bool":
        return x | y
    if x.is_float:
        return x.intrinsic("maximum", y)
    return x.intrinsic("smax" if x.is_signed else "umax", y)


def minimum(x: Value, y: Value) -> Value:
    """Returns the smaller; `nan` where one is."""
    if x.dtype == "bool":
        return x & y
    if x.is_float:
        return x.intrinsic("minimum", y)
    return x.intrinsic("smin" if x.is_signed else "umin", y)


def _relu(x: Value) -> Value:
    if not x.is_float:
        return maximum(x, x.like(0))
    return x.compare("le", 0.0).choose(0.0, x)  # `nan` is not at most 0


def _absolute(x: Value) -> Value:
    if x.is_float:
        return x.absolute()
    return x.compare("lt", 0).choose(-x, x) if x.is_signed else x


def _sign(x: Value) -> Value:
    made = x.compare("gt", 0).choose(1, x.like(0))
    if x.is_float or x.is_signed:
        made = x.compare("lt", 0).choose(-1, made)
    return x.compare("ne", x).choose(x, made) if x.is_float else made


def _sqrt(x: Value) -> Value:
    return x.intrinsic("sqrt").rounded()


def _in_float32(element: Element) -> Element:
    """Lets several operations on half precision round once."""

    def wide(*given: Value) -> Value:
        dtype = given[0].dtype
        if dtype in ("float16", "bfloat16"):
            return element(*(x.cast("float32") for x in given)).cast(dtype)
        return element(*given)

    return wide


@_in_float32
def _rsqrt(x: Value) -> Value:
    return 1.0 / x.intrinsic("sqrt")


@_in_float32
def _divide_no_nan(x: Value, y: Value) -> Value:
    return y.compare("eq", 0.0).choose(0.0, x / y)


def _clip(x: Value, low: Value, high: Value) -> Value:
    return minimum(maximum(x, low), high)


def _choose(condition: Value, x: Value, y: Value) -> Value:
    return condition.choose(x, y)


def _isnan(x: Value) -> Value:
    return x.compare("ne", x) if x.is_float else x.code.constant(False, "bool")


def _isinf(x: Value) -> Value:
    if not x.is_float:
        return x.code.constant(False, "bool")
    return x.absolute().compare("eq", math.inf)


def _isfinite(x: Value) -> Value:
    if not x.is_float:
        return x.code.constant(True, "bool")
    return x.absolute().compare("lt", math.inf)


def _keep(x: Value, bits: Value, limit: Value, scale: Value) -> Value:
    """Returns `x` scaled where random bits reach a limit, else 0."""
    return bits.compare("ge", limit).choose(x * scale, 0.0)


ELEMENTS: dict[str, Element] = {
    "_choose": _choose,
    "_clip": _clip,
    "_keep": _keep,
    "_round": _intrinsic("roundeven"),
    "_stop_gradient": lambda x: x,
    "absolute": _absolute,
    "add": _add,
    "add_gradients": _add,
    "arccos": _library("acos"),
    "arccosh": _library("acosh"),
    "arcsin": _library("asin"),
    "arcsinh": _library("asinh"),
    "arctan": _library("atan"),
    "arctan2": _library("atan2"),
    "arctanh": _library("atanh"),
    "bitwise_and": lambda x, y: x & y,
    "bitwise_or": lambda x, y: x | y,
    "bitwise_xor": lambda x, y: x ^ y,
    "cbrt": _library("cbrt"),
    "ceil": _intrinsic("ceil"),
    "cos": _library("cos"),
    "cosh": _library("cosh"),
    "divide": lambda x, y: x / y,
    "divide_no_nan": _divide_no_nan,
    "equal": _comparison("eq"),
    "erf": maths.erf,
    "erfc": _library("erfc"),
    "exp": maths.exp,
    "exp2": _library("exp2"),
    "expm1": maths.expm1,
    "fabs": _absolute,
    "floor": _intrinsic("floor"),
    "greater": _comparison("gt"),
    "greater_equal": _comparison("ge"),
    "hypot": _library("hypot"),
    "isfinite": _isfinite,
    "isinf": _isinf,
    "isnan": _isnan,
    "less": _comparison("lt"),
    "less_equal": _comparison("le"),
    "log": maths.log,
    "log10": _library("log10"),
    "log1p": maths.log1p,
    "log2": _library("log2"),
    "logaddexp": maths.logaddexp,
    "logical_and": lambda x, y: x & y,
    "logical_not": lambda x: x ^ True,
    "logical_or": lambda x, y: x | y,
    "logical_xor": lambda x, y: x ^ y,
    "maximum": maximum,
    "minimum": minimum,
    "multiply": _multiply,
    "negative": lambda x: -x,
    "not_equal": _comparison("ne"),
    "power": maths.power,
    "relu": _relu,
    "right_shift": lambda x, y: x >> y,
    "rsqrt": _rsqrt,
    "sigmoid": maths.sigmoid,
    "sign": _sign,
    "sin": _library("sin"),
    "sinh": _library("sinh"),
    "softplus": maths.softplus,
    "sqrt": _sqrt,
    "square": lambda x: x * x,
    "subtract": lambda x, y: x - y,
    "tan": _library("tan"),
    "tanh": maths.tanh,
    "trunc": _intrinsic("trunc"),
}
# Functions of the C library that compiled code calls.
LIBRARY = (
    "acos acosh asin asinh atan atan2 atanh cbrt cos cosh erf erfc exp exp2 expm1 "
    "hypot log log10 log1p log2 pow sin sinh tan tanh"
).split()
# Worth storing rather than computing once more.
EXPENSIVE = {
    *(name for name in ELEMENTS if name.startswith(("arc", "exp", "log"))),
    *"cbrt cos cosh erf erfc hypot power sigmoid sin sinh softplus tan tanh".split(),
} - {"logical_and", "logical_not", "logical_or", "logical_xor"}


def combine(kind: str, x: Value, y: Value) -> Value:
    """Joins two partial results of a reduction: "sum", "max", "min"."""
    return {"sum": _add, "max": maximum, "min": minimum}[kind](x, y)
