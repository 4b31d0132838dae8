"""What each element-wise primitive does to one element, as an expression of CUDA C.

`{0}`, `{1}`, `{2}` are the operands in registers; half precision is float32 there.
"""

import math

__all__ = ["ELEMENTS", "OF_FLOATS", "REDUCERS", "expression", "literal", "register"]

HALF = ("float16", "bfloat16")
FLOATS = ("float32", "float64", *HALF)
# Roundings and tests, of which integers need none.
TRIVIAL = {
    **dict.fromkeys(("_round", "ceil", "floor", "trunc"), "{0}"),
    **dict.fromkeys(("isinf", "isnan"), "false"),
    "isfinite": "true",
}
_C = {
    **{f"arc{n}": f"a{n}" for n in "cos cosh sin sinh tan tanh".split()},
    **{n: n for n in "cbrt ceil cos cosh erf erfc exp exp2 expm1 floor".split()},
    **{n: n for n in "log log10 log1p log2 rsqrt sin sinh sqrt tan tanh".split()},
    "_round": "rint",
    "softplus": "softplus",
    "trunc": "trunc",
}
_OPERATORS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "divide": "/",
    "add_gradients": "+",
    "right_shift": ">>",
    "left_shift": "<<",
    "bitwise_and": "&",
    "bitwise_or": "|",
    "bitwise_xor": "^",
    "logical_and": "&&",
    "logical_or": "||",
    "logical_xor": "!=",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
_CALLS = {"arctan2": "atan2", "hypot": "hypot", "logaddexp": "logaddexp",
          "maximum": "larger", "minimum": "smaller", "power": "pow"}  # fmt: skip

ELEMENTS = {
    **{name: f"{function}({{0}})" for name, function in _C.items()},
    **{name: f"{{0}} {sign} {{1}}" for name, sign in _OPERATORS.items()},
    **{name: f"{function}({{0}}, {{1}})" for name, function in _CALLS.items()},
    "_choose": "{0} ? {1} : {2}",
    "_clip": "smaller(larger({0}, {1}), {2})",
    "_keep": "{1} >= {2} ? {0} * {3} : 0",
    "_stop_gradient": "{0}",
    "absolute": "magnitude({0})",
    "divide_no_nan": "{1} == 0 ? 0 : {0} / {1}",
    "fabs": "magnitude({0})",
    "isfinite": "magnitude({0}) < HUGE_VALUE",
    "isinf": "magnitude({0}) == HUGE_VALUE",
    "isnan": "{0} != {0}",
    "logical_not": "!{0}",
    "negative": "-{0}",
    "relu": "{0} <= 0 ? 0 : {0}",  # NaN is not at most 0
    "sigmoid": "1 / (1 + exp(-{0}))",
    "sign": "sign({0})",
    "square": "{0} * {0}",
}
OF_FLOATS = {
    *(set(_C) - set(TRIVIAL)),
    *("arctan2", "divide", "divide_no_nan", "hypot", "logaddexp", "power", "sigmoid"),
    "fabs",
}
REDUCERS = {"sum": "Sum", "max": "Max", "min": "Min",
            "argmax": "Arg<true>", "argmin": "Arg<false>"}  # fmt: skip


def register(dtype: str) -> str:
    """Returns the type in which an element of a dtype is computed."""
    return "float32" if dtype in HALF else dtype


def expression(name: str, dtype: str, given: str, operands: list[str]) -> str:
    """Returns the expression of a primitive.

    Args:
        name: The primitive's name.
        dtype: Of the result.
        given: Of the first operand.
        operands: Names of registers.
    """
    if name == "cast_to":
        return f"cast<{dtype}>({operands[0]})"
    form = ELEMENTS[name]
    if given not in FLOATS:
        form = TRIVIAL.get(name, form)
    return f"({register(dtype)})({form.format(*operands)})"


def literal(value: float, dtype: str) -> str:
    """Returns a number of a dtype."""
    if dtype == "bool":
        return "true" if value else "false"
    if dtype not in FLOATS:
        return f"({dtype})0x{int(value) & (2**64 - 1):x}ull"
    if math.isnan(value):
        text = "HUGE_VALUE - HUGE_VALUE"
    elif math.isinf(value):
        text = "HUGE_VALUE" if value > 0 else "-HUGE_VALUE"
    else:
        text = float(value).hex()
    return f"cast<{dtype}>({text})"
