"""Executes the part of LLVM's language that kernels are written in, by NumPy.

So kernels are tested where llvmlite is not installed, and what is computed does not
depend on what an optimiser makes of it. A register holds a number or a whole array;
integers are held without a sign. Nothing is contracted or reordered.
"""

import ctypes
import operator
import re
import threading

import numpy as np
from scipy import special

from kerasish.backends.llvm import chain as chains
from kerasish.backends.llvm import library
from kerasish.backends.llvm.values import Code, Value

TYPES = {
    "double": np.float64,
    "float": np.float32,
    "half": np.float16,
    "i1": np.bool_,
    "i128": int,
    "i16": np.uint16,
    "i32": np.uint32,
    "i64": np.uint64,
    "i8": np.uint8,
    "ptr": np.uint64,
}
SIGNED = {
    np.uint8: np.int8,
    np.uint16: np.int16,
    np.uint32: np.int32,
    np.uint64: np.int64,
}
FLOATS = {"fadd": "add", "fsub": "subtract", "fmul": "multiply", "fdiv": "divide"}
INTEGERS = {
    "add": np.add,
    "and": np.bitwise_and,
    "lshr": np.right_shift,
    "mul": np.multiply,
    "or": np.bitwise_or,
    "shl": np.left_shift,
    "sub": np.subtract,
    "udiv": np.floor_divide,
    "xor": np.bitwise_xor,
}
RELATIONS = {
    "eq": np.equal,
    "ge": np.greater_equal,
    "gt": np.greater,
    "le": np.less_equal,
    "lt": np.less,
    "ne": np.not_equal,
}
CASTS = "bitcast fpext fptosi fptoui fptrunc sext sitofp trunc uitofp zext".split()
INTRINSICS = {
    "ceil": np.ceil,
    "copysign": np.copysign,
    "fabs": np.abs,
    "floor": np.floor,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "rint": np.rint,
    "roundeven": np.rint,
    "sqrt": np.sqrt,
    "trunc": np.trunc,
    "umax": np.maximum,
    "umin": np.minimum,
}
LIBRARY = {
    "acos": np.arccos,
    "acosh": np.arccosh,
    "asin": np.arcsin,
    "asinh": np.arcsinh,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "atanh": np.arctanh,
    "erf": special.erf,
    "erfc": special.erfc,
    "pow": np.power,
}
FLAGS = {"contract", "reassoc", "nuw", "nsw", "inbounds"}


class Interpreter:
    """A function read from its text.

    Args:
        text: The lines of its body, labels among them.
    """

    def __init__(self, text):
        self.constants = {}
        self.blocks = {}
        label = "entry"
        self.blocks[label] = block = []
        for line in text.splitlines():
            line = line.split(", !llvm")[0].strip()
            if line.endswith(":"):
                label = line[:-1]
                self.blocks[label] = block = []
            elif line.startswith(("%", "store", "br", "ret")):
                block.append(self._read(line))

    def run(self, registers=None):
        """Executes from the entry to the end, and returns the registers.

        Args:
            registers: Values by name that are there at the start.
        """
        held = {**self.constants, **(registers or {})}
        self.kept = []  # memory of variables
        label = "entry"
        with np.errstate(all="ignore"):
            while label:
                label = self._block(label, held)
        return held

    def _block(self, label, held):
        for target, function, names in self.blocks[label]:
            made = function(*[held[name] for name in names])
            if target == "br":
                return made
            if target:
                held[target] = made
        return None

    def _operand(self, text, kind):
        """Returns the name of an operand; a literal becomes a constant."""
        if text.startswith("%"):
            return text
        name = f"{kind} {text}"
        if name not in self.constants:
            self.constants[name] = _literal(text, TYPES[kind])
        return name

    def _read(self, line):
        target = ""
        if " = " in line:
            target, line = line.split(" = ", 1)
        words = [w for w in line.replace(",", " ").split() if w not in FLAGS]
        code = words[0]
        if code in FLOATS or code in INTEGERS or code in ("sdiv", "ashr"):
            names = [self._operand(w, words[1]) for w in words[2:4]]
            return target, _binary(code, words[1]), names
        if code in CASTS:
            function = _cast(code, TYPES[words[1]], TYPES[words[4]])
            return target, function, [self._operand(words[2], words[1])]
        if code in ("fcmp", "icmp"):
            names = [self._operand(w, words[2]) for w in words[3:5]]
            return target, _compare(words[1], code), names
        return getattr(self, f"_{code}")(target, words)

    def _fneg(self, target, words):
        return target, np.negative, [self._operand(words[2], words[1])]

    def _freeze(self, target, words):
        return target, np.asarray, [self._operand(words[2], words[1])]

    def _select(self, target, words):
        names = [self._operand(words[i + 1], words[i]) for i in (1, 3, 5)]
        return target, lambda c, x, y: np.where(c, x, y)[()], names

    def _call(self, target, words):
        function, *given = re.findall(r"[^\s()]+", " ".join(words[2:]))
        kinds, names = given[::2], given[1::2]
        names = [self._operand(n, k) for n, k in zip(names, kinds, strict=True)]
        return target, _function(function[1:]), names

    def _alloca(self, target, words):
        size = int(words[1][1:]) if words[1].startswith("[") else 1

        def allocate():
            self.kept.append(np.full(size, 2**64 - 1, np.uint64))  # no zeros
            return self.kept[-1].ctypes.data

        return target, allocate, []

    def _getelementptr(self, target, words):
        size = np.dtype(TYPES[words[1]]).itemsize
        names = [words[3], self._operand(words[5], "i64")]
        return target, lambda p, i: int(p) + size * int(i), names

    def _load(self, target, words):
        kind = np.dtype(TYPES[words[1]])
        cell = ctypes.c_char * kind.itemsize
        return (
            target,
            lambda p: np.frombuffer(cell.from_address(p), kind)[0],
            [words[3]],
        )

    def _store(self, target, words):
        if words[4] == "zeroinitializer":
            size = int(words[1][1:]) * np.dtype(TYPES[words[3][:-1]]).itemsize
            clear = lambda p: ctypes.memset(int(p), 0, size)  # noqa: E731
            return "", clear, [words[6]]
        kind = np.dtype(TYPES[words[1]])
        cell = ctypes.c_char * kind.itemsize

        def put(value, p):
            np.frombuffer(cell.from_address(int(p)), kind)[0] = value

        return "", put, [self._operand(words[2], words[1]), words[4]]

    def _br(self, target, words):
        if words[1] == "label":
            return "br", lambda: words[2][1:], []
        yes, no = words[4][1:], words[6][1:]
        return "br", lambda c: yes if c else no, [words[2]]

    def _ret(self, target, words):
        return "br", lambda: None, []


def _literal(text, kind):
    if text in ("true", "false"):
        return np.bool_(text == "true")
    if text.startswith("0x"):
        return kind(np.frombuffer(bytes.fromhex(text[2:]), ">f8")[0])
    if kind is int:
        return int(text)
    bits = 8 * np.dtype(kind).itemsize
    return kind(int(text) % 2**bits)


def _signed(x):
    x = np.asarray(x)
    return x.view(SIGNED[x.dtype.type]) if x.dtype.type in SIGNED else x


def _unsigned(x, kind):
    return np.asarray(x).view(kind)[()]


def _binary(code, kind):
    if kind == "i128":  # of Python's integers, which are exact
        return {"lshr": operator.rshift, "mul": operator.mul}[code]
    if code in FLOATS:
        return getattr(np, FLOATS[code])
    if code in INTEGERS:
        return INTEGERS[code]

    def signed(x, y):
        if code == "ashr":
            return _unsigned(_signed(x) >> _signed(y), x.dtype)
        quotient = np.trunc(_signed(x).astype(np.float64) / _signed(y))
        return _unsigned(quotient.astype(_signed(x).dtype), x.dtype)

    return signed


def _compare(relation, code):
    function = RELATIONS[relation[-2:]]
    if code == "fcmp" or relation[0] != "s":  # an unordered "not equal" is NumPy's
        return function
    return lambda x, y: function(_signed(x), _signed(y))


def _cast(code, old, new):
    def cast(x):
        if new is int:
            return int(x)
        if old is int:
            return new(x % 2 ** (8 * np.dtype(new).itemsize))
        x = np.asarray(x)
        if code == "bitcast":
            return x.view(new)[()]
        if code in ("sext", "sitofp"):
            x = _signed(x) if old is not np.bool_ else -x.astype(np.int8)
        if code == "fptosi":
            return x.astype(SIGNED[new]).view(new)[()]
        return x.astype(new)[()]

    return cast


def _function(name):
    if not name.startswith("llvm."):
        return LIBRARY.get(name) or getattr(np, name)
    name = name.split(".")[1]
    if name in ("smax", "smin"):
        function = {"smax": np.maximum, "smin": np.minimum}[name]
        return lambda x, y: _unsigned(
            function(_signed(x), _signed(y)), np.asarray(x).dtype
        )
    return INTRINSICS[name]


def evaluate(function, *arrays, dtype=None):
    """Returns what instructions compute for each element of arrays.

    Args:
        function: Takes values and returns one.
        arrays: As registers hold them: half precision as float32.
        dtype: The dtype of the values, that of each array by default.
    """
    code, registers, given = Code(), {}, []
    for i, x in enumerate(map(np.asarray, arrays)):
        name = dtype or x.dtype.name
        held = x.view(f"u{x.itemsize}") if x.dtype.kind == "i" else x
        registers[f"%x{i}"] = held
        given.append(Value(code, f"%x{i}", name))
    made = function(*given)
    interpreter = Interpreter("\n".join(code.lines))
    name = interpreter._operand(made.name, made.type)
    found = np.asarray(interpreter.run(registers)[name])
    return _signed(found) if made.is_signed else found


def install(monkeypatch):
    """Lets chains be interpreted rather than compiled.

    Args:
        monkeypatch: Undoes it.
    """
    kept = []

    def load(code):
        interpreter, turns = Interpreter(code.decode()), threading.Lock()

        def execute(arguments):
            with turns:  # an interpreter holds the memory of one run
                interpreter.run({"%arguments": arguments})

        kept.append(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(execute))
        return ctypes.cast(kept[-1], ctypes.c_void_p).value

    monkeypatch.setattr(library, "fingerprint", lambda: "interpreted")
    monkeypatch.setattr(library, "has_half", lambda: True)
    monkeypatch.setattr(library, "translate", str.encode)
    monkeypatch.setattr(library, "load", load)
    monkeypatch.setattr(chains, "_addresses", {})
    monkeypatch.setattr(chains, "_kernels", {})
    return kept
