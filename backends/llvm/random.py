"""Random bits by machine code: Philox-4x64-10, the generator of all backends.

The k-th block of four words is a function of the key and k alone (Salmon et al., 2011,
"Parallel random numbers: as easy as 1, 2, 3"); NumPy's `Philox` counts from 1. A block
takes twenty products of 64 bits, about 0.7 ns for each of its eight numbers.
"""

from kerasish.backends.base.randomness import MULTIPLIERS, ROUNDS, WEYL
from kerasish.backends.llvm.values import Code, Value, load, memory_type

__all__ = ["BLOCK", "write_bits"]

BLOCK = 8  # numbers of 32 bits in a block

FORM = """\
define void @kernel(ptr noalias readonly %arguments) {{
entry:
{entry}
  br label %loop
loop:
{body}
  br i1 {more}, label %loop, label %end
end:
  ret void
}}
"""


def write_bits(dtype: str) -> str:
    """Returns the source of a kernel that draws random words.

    Its arguments are pointers to a key of two numbers and to the words, and the blocks
    to begin with and to end before, at least one.

    Args:
        dtype: The dtype of the key's numbers.
    """
    code = Code()
    key, words = _argument(code, 0, "ptr"), _argument(code, 1, "ptr")
    first, blocks = _argument(code, 2, "i64"), _argument(code, 3, "i64")
    keys = [_element(code, key, i, dtype) for i in range(2)]
    place = code.allocate("uint64")
    code.do(f"store i64 {first.name}, ptr {place}")
    entry, code.lines = [*code.allocations, *code.lines], []
    index = code.put(f"load i64, ptr {place}", "uint64")
    following = index + 1
    for i, word in enumerate(_block(following, keys)):
        offset = index * 4 + i
        at = f"getelementptr i64, ptr {words.name}, i64 {offset.name}"
        code.do(f"store i64 {word.name}, ptr {code.put(at, 'uint64').name}")
    code.do(f"store i64 {following.name}, ptr {place}")
    more = following.compare("lt", blocks).name
    return FORM.format(entry="\n".join(entry), body="\n".join(code.lines), more=more)


def _argument(code: Code, place: int, kind: str) -> Value:
    at = code.put(f"getelementptr i64, ptr %arguments, i64 {place}", "uint64")
    return code.put(f"load {kind}, ptr {at.name}", "uint64")


def _element(code: Code, pointer: Value, index: int, dtype: str) -> Value:
    step = f"getelementptr {memory_type(dtype)}, ptr {pointer.name}, i64 {index}"
    return load(code, code.put(step, "uint64").name, dtype).cast("uint64")


def _block(counter: Value, keys: list[Value]) -> tuple[Value, ...]:
    """Returns the four words of a block."""
    zero = counter.like(0)
    c0, c1, c2, c3 = counter, zero, zero, zero
    for i in range(ROUNDS):
        k0, k1 = (k + w * i % 2**64 for k, w in zip(keys, WEYL, strict=True))
        high0, low0 = _multiply_wide(c0, MULTIPLIERS[0])
        high1, low1 = _multiply_wide(c2, MULTIPLIERS[1])
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
    return c0, c1, c2, c3


def _multiply_wide(x: Value, factor: int) -> tuple[Value, Value]:
    """Returns the high and low words of a product."""
    product = x.cast("uint128") * factor
    return (product >> 64).cast("uint64"), product.cast("uint64")
