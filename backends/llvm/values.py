"""Values of a kernel under construction: Python's operators write LLVM instructions.

Text of LLVM's intermediate language is made, so nothing is imported here. A value has a
dtype as an array has; half precision is held as float32 and rounded to its own dtype
after each operation, booleans are single bits.
"""

import struct
from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = [
    "Code",
    "Value",
    "contracted",
    "load",
    "memory_type",
    "register_type",
    "store",
    "width",
]

FLOATS = {"float16": "float", "bfloat16": "float", "float32": "float"}
REGISTERS = {**FLOATS, "float64": "double", "bool": "i1"}
MEMORY = {"float16": "half", "bfloat16": "i16", "bool": "i8"}
SIZES = {"bool": 8, "bfloat16": 16}


def register_type(dtype: str) -> str:
    """Returns the type in which values of a dtype are computed."""
    return REGISTERS.get(dtype) or f"i{width(dtype)}"


def memory_type(dtype: str) -> str:
    """Returns the type of an element in memory."""
    return MEMORY.get(dtype) or register_type(dtype)


def width(dtype: str) -> int:
    """Returns the bits that an element takes in memory."""
    return SIZES.get(dtype) or int("".join(c for c in dtype if c.isdigit()))


class Code:
    """Instructions in order; `lines` is where the next one goes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.allocations: list[str] = []
        self.declared: set[str] = set()
        self.flags = ""
        self._count = 0

    def name(self, stem: str = "v") -> str:
        """Returns a name that no other value or block has."""
        self._count += 1
        return f"{stem}{self._count}"

    def put(self, text: str, dtype: str) -> "Value":
        """Writes an instruction that has a result."""
        name = "%" + self.name()
        self.lines.append(f"  {name} = {text}")
        return Value(self, name, dtype)

    def do(self, text: str) -> None:
        """Writes an instruction without a result."""
        self.lines.append(f"  {text}")

    def call(self, function: str, dtype: str, *operands: "Value") -> "Value":
        """Calls an external function or an intrinsic one."""
        types = [register_type(x.dtype) for x in operands]
        made = register_type(dtype)
        self.declared.add(f"declare {made} @{function}({', '.join(types)})")
        given = ", ".join(f"{t} {x.name}" for t, x in zip(types, operands, strict=True))
        flags = self.flags if made in ("float", "double") else ""
        return self.put(f"call {flags}{made} @{function}({given})", dtype)

    def constant(self, value: Any, dtype: str) -> "Value":
        """Returns a number known when the kernel is made."""
        return Value(self, _literal(value, dtype), dtype)

    def allocate(self, dtype: str) -> str:
        """Returns the place of a variable, which becomes a register."""
        name = "%" + self.name("a")
        self.allocations.append(f"  {name} = alloca {register_type(dtype)}")
        return name

    def allocate_row(self, size: int, dtype: str) -> str:
        """Returns the place of elements side by side, which may become registers."""
        name = "%" + self.name("a")
        kind = f"[{size} x {memory_type(dtype)}]"
        self.allocations.append(f"  {name} = alloca {kind}, align 64")
        return name


class Value:
    """A number in a register.

    Args:
        code: Where instructions on it are written.
        name: Its name or literal.
        dtype: Dtype name.
    """

    __slots__ = ("code", "dtype", "name")

    def __init__(self, code: Code, name: str, dtype: str) -> None:
        self.code = code
        self.name = name
        self.dtype = dtype

    @property
    def type(self) -> str:
        """The type of the register."""
        return register_type(self.dtype)

    @property
    def is_float(self) -> bool:
        """Whether it is a floating-point number."""
        return self.type in ("float", "double")

    @property
    def is_signed(self) -> bool:
        """Whether it is a signed integer."""
        return self.dtype.startswith("int")

    def like(self, value: Any) -> "Value":
        """Returns a constant of the same dtype."""
        if isinstance(value, Value):
            return value
        return self.code.constant(value, self.dtype)

    def _binary(self, other: Any, of_floats: str, of_integers: str) -> "Value":
        other = self.like(other)
        operation = f"{of_floats} {self.code.flags}" if self.is_float else of_integers
        made = self.code.put(
            f"{operation.strip()} {self.type} {self.name}, {other.name}", self.dtype
        )
        return made.rounded()

    def __add__(self, other: Any) -> "Value":
        return self._binary(other, "fadd", "add")

    def __radd__(self, other: Any) -> "Value":
        return self.like(other) + self

    def __sub__(self, other: Any) -> "Value":
        return self._binary(other, "fsub", "sub")

    def __rsub__(self, other: Any) -> "Value":
        return self.like(other) - self

    def __mul__(self, other: Any) -> "Value":
        return self._binary(other, "fmul", "mul")

    def __rmul__(self, other: Any) -> "Value":
        return self.like(other) * self

    def __truediv__(self, other: Any) -> "Value":
        return self._binary(other, "fdiv", "sdiv" if self.is_signed else "udiv")

    def __rtruediv__(self, other: Any) -> "Value":
        return self.like(other) / self

    def __neg__(self) -> "Value":
        if self.is_float:
            return self.code.put(f"fneg {self.type} {self.name}", self.dtype)
        return self.like(0) - self

    def __and__(self, other: Any) -> "Value":
        return self._binary(other, "", "and")

    def __or__(self, other: Any) -> "Value":
        return self._binary(other, "", "or")

    def __xor__(self, other: Any) -> "Value":
        return self._binary(other, "", "xor")

    def __lshift__(self, other: Any) -> "Value":
        return self._binary(other, "", "shl")

    def __rshift__(self, other: Any) -> "Value":
        return self._binary(other, "", "ashr" if self.is_signed else "lshr")

    def compare(self, relation: str, other: Any) -> "Value":
        """Returns whether `lt`, `le`, `gt`, `ge`, `eq` or `ne` holds."""
        other = self.like(other)
        if self.is_float:
            kind = "fcmp une" if relation == "ne" else f"fcmp o{relation}"
        elif relation in ("eq", "ne"):
            kind = f"icmp {relation}"
        else:
            kind = f"icmp {'s' if self.is_signed else 'u'}{relation}"
        return self.code.put(f"{kind} {self.type} {self.name}, {other.name}", "bool")

    def choose(self, x: Any, y: Any) -> "Value":
        """Returns `x` where this boolean holds, else `y`."""
        x = x if isinstance(x, Value) else y.like(x)
        y = x.like(y)
        given = f"{x.type} {x.name}, {x.type} {y.name}"
        return self.code.put(f"select i1 {self.name}, {given}", x.dtype)

    def intrinsic(self, name: str, *others: Any) -> "Value":
        """Applies one of LLVM's own functions, named without `llvm.`."""
        suffix = {"float": "f32", "double": "f64"}.get(self.type, self.type)
        operands = [self, *(self.like(x) for x in others)]
        return self.code.call(f"llvm.{name}.{suffix}", self.dtype, *operands)

    def absolute(self) -> "Value":
        """Returns the absolute value of a float."""
        return self.intrinsic("fabs")

    def bits(self, dtype: str) -> "Value":
        """Returns the same bits as another dtype of the same width."""
        made = register_type(dtype)
        return self.code.put(f"bitcast {self.type} {self.name} to {made}", dtype)

    def rounded(self) -> "Value":
        """Returns a value of half precision rounded to it, others as they are."""
        if self.dtype == "float16":
            half = self.code.put(f"fptrunc float {self.name} to half", "float16")
            return self.code.put(f"fpext half {half.name} to float", "float16")
        if self.dtype == "bfloat16":
            return _from_upper(_upper(self))
        return self

    def cast(self, dtype: str) -> "Value":
        """Returns the number in another dtype, rounded as NumPy does."""
        if dtype == self.dtype:
            return self
        if dtype == "bool":
            return self.compare("ne", 0)
        target = register_type(dtype)
        if self.is_float and target not in ("float", "double"):
            return self._to_integer(dtype)
        if self.is_float:
            made = self
            if self.type != target:
                kind = "fpext" if target == "double" else "fptrunc"
                made = self.code.put(f"{kind} {self.type} {self.name} to {target}", "")
            return Value(self.code, made.name, dtype).rounded()
        if target in ("float", "double"):
            kind = "sitofp" if self.is_signed else "uitofp"
        else:
            old, new = int(self.type[1:]), int(target[1:])
            if old == new:
                return Value(self.code, self.name, dtype)
            wider = "sext" if self.is_signed else "zext"
            kind = wider if new > old else "trunc"
        made = self.code.put(f"{kind} {self.type} {self.name} to {target}", dtype)
        return made.rounded()

    def _to_integer(self, dtype: str) -> "Value":
        # By way of a wide signed integer, so that -1.0 becomes 255 as in NumPy; what
        # does not fit is frozen to some number rather than left undefined.
        bits = width(dtype)
        wide = "i64" if bits == 64 or not dtype.startswith("int") else "i32"
        kind = "fptoui" if dtype == "uint64" else "fptosi"
        made = self.code.put(f"{kind} {self.type} {self.name} to {wide}", dtype)
        made = self.code.put(f"freeze {wide} {made.name}", dtype)
        if wide != f"i{bits}":
            made = self.code.put(f"trunc {wide} {made.name} to i{bits}", dtype)
        return made


def contracted(function: Callable[..., Value]) -> Callable[..., Value]:
    """Lets a function's products and sums round once where the machine can.

    Only inside approximations: elsewhere each operation rounds as in NumPy.
    """

    @wraps(function)
    def wrapped(x: Value, *others: Any) -> Value:
        before, x.code.flags = x.code.flags, "contract "
        try:
            return function(x, *others)
        finally:
            x.code.flags = before

    return wrapped


def _upper(x: Value) -> Value:
    """Returns the upper half of a float32's bits, rounded to even: a bfloat16."""
    bits = Value(x.code, x.name, "float32").bits("uint32")
    odd = (bits >> 16) & 1
    kept = (bits + (odd + 0x7FFF)) >> 16
    nan = Value(x.code, x.name, "float32")
    quiet = (bits >> 16) | 0x40
    return nan.compare("ne", nan).choose(quiet, kept)


def _from_upper(x: Value) -> Value:
    return Value(x.code, (x << 16).bits("float32").name, "bfloat16")


def load(code: Code, pointer: str, dtype: str, tag: str = "") -> Value:
    """Reads an element."""
    kind = memory_type(dtype)
    raw = code.put(f"load {kind}, ptr {pointer}{tag}", dtype)
    if dtype == "bool":
        return code.put(f"icmp ne i8 {raw.name}, 0", "bool")
    if dtype == "float16":
        return code.put(f"fpext half {raw.name} to float", dtype)
    if dtype == "bfloat16":
        wide = code.put(f"zext i16 {raw.name} to i32", "uint32")
        return _from_upper(wide)
    return raw


def store(value: Value, pointer: str, tag: str = "") -> None:
    """Writes an element."""
    code, dtype = value.code, value.dtype
    kind, held = memory_type(dtype), value
    if dtype == "bool":
        held = code.put(f"zext i1 {value.name} to i8", "uint8")
    elif dtype == "float16":
        held = code.put(f"fptrunc float {value.name} to half", dtype)
    elif dtype == "bfloat16":
        held = code.put(f"trunc i32 {_upper(value).name} to i16", "uint16")
    code.do(f"store {kind} {held.name}, ptr {pointer}{tag}")


def _literal(value: Any, dtype: str) -> str:
    kind = register_type(dtype)
    if kind == "i1":
        return "true" if value else "false"
    if kind not in ("float", "double"):
        return str(int(value))
    number = float(value)
    if kind == "float":
        number = struct.unpack("f", struct.pack("f", number))[0]
    return "0x" + struct.pack(">d", number).hex().upper()
