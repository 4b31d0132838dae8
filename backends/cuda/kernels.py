"""Own kernels: a text for each element, random words, turning a matrix."""

from collections.abc import Callable
from typing import Any

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda.modules import Launching, function

__all__ = ["bind", "bind_turning", "bind_words"]

THREADS = 256
TILE = 32
TURNING = """
extern "C" __global__ void KERNEL(const {kind}* from, {kind}* to) {{
  __shared__ {kind} tile[32][33];
  int64 x = blockIdx.x % {across} * 32 + threadIdx.x;
  int64 y = blockIdx.x / {across} * 32 + threadIdx.y;
  for (int i = 0; i < 32; i += 8)
    if (x < {columns} && y + i < {rows})
      tile[threadIdx.y + i][threadIdx.x] = from[(y + i) * {columns} + x];
  __syncthreads();
  x = blockIdx.x / {across} * 32 + threadIdx.x;
  y = blockIdx.x % {across} * 32 + threadIdx.y;
  for (int i = 0; i < 32; i += 8)
    if (x < {rows} && y + i < {columns})
      to[(y + i) * {rows} + x] = tile[threadIdx.x][threadIdx.y + i];
}}
"""


def bind(
    threads: int, arrays: list[tuple[str, Array]], body: str, **names: Any
) -> Callable[[], Any]:
    """Returns a step that runs a text in so many threads.

    Args:
        threads: How many there are; `t`, of the type `index`, tells them apart.
        arrays: The names of pointers, and what they point to.
        body: Statements in CUDA C. A name of a constant stands between `@` signs.
        **names: The constants.
    """
    for name, number in names.items():
        body = body.replace(f"@{name}@", str(number))
    head = ", ".join(f"{x.dtype.name}* {name}" for name, x in arrays)
    small = max(threads, *(x.size for _, x in arrays)) < 2**31 - THREADS
    kernel = function(
        f'extern "C" __global__ void KERNEL({head}) {{\n'
        f"  typedef {'int' if small else 'int64'} index;\n"
        f"  const index t = (index)blockIdx.x * {THREADS} + threadIdx.x;\n"
        f"  if (t >= {threads}) return;\n{body}}}\n"
    )
    blocks = -(-threads // THREADS)
    return Launching(kernel, (blocks, 1), (THREADS, 1), tuple(x for _, x in arrays))


def bind_words(key: Array, out: Array) -> Callable[[], Any]:
    """Returns a step that draws random words of 32 bits, those of the CPU.

    Args:
        key: Two integers.
        out: The words, in order.
    """
    text = """\
  const auto words = draw<8>((uint64)key[0], (uint64)key[1], (uint64)t * 8);
  put<8>(to, t * 8, (index)@count@, words);
"""
    count = -(-out.size // 8)
    return bind(count, [("key", key), ("to", out)], text, count=out.size)


def bind_turning(x: Array, out: Array) -> Callable[[], Any]:
    """Returns a step that writes a matrix the other way about.

    Args:
        x: Matrix `(rows, columns)` without gaps.
        out: Matrix `(columns, rows)` without gaps, of as many bytes an element.
    """
    rows, columns = x.shape
    across, down = -(-columns // TILE), -(-rows // TILE)
    kind = f"uint{8 * x.dtype.itemsize}"
    text = TURNING.format(kind=kind, rows=rows, columns=columns, across=across)
    return Launching(function(text), (across * down, 1), (TILE, 8), (x, out))
