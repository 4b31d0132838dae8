"""Feeding: one launch that gathers a batch from the data set and moves on.

Every array of the batch has blocks of its own; the last block of all moves the cursor.
"""

from math import ceil, gcd, prod

from kerasish.backends.base.backend import Array
from kerasish.backends.cuda import device
from kerasish.backends.cuda.modules import Launching, function

__all__ = ["bind_feed"]

THREADS = 256
BLOCKS = 1024  # of an array; each thread takes several elements of larger ones
HEAD = """\
extern "C" __global__ void __launch_bounds__(256) KERNEL({parameters}) {{
  const int64 start = cursor[0];
"""
GATHER = """\
  if (blockIdx.x >= {first} && blockIdx.x < {end}) {{
    constexpr int LANES = {lanes};
    int64 t = (int64)(blockIdx.x - {first}) * 256 + threadIdx.x;
    for (; t < {packs}; t += {threads}) {{
      const int64 row = order[start + t / {across}];
      const int64 at = (row * {across} + t % {across}) * LANES;
      const auto given = take<LANES>(from{i}, at, at + LANES);
      Pack<{dtype}, LANES> made;
      EACH made.at[j] = stored<{dtype}>(value(given.at[j]));
      put<LANES>(to{i}, t * LANES, t * LANES + LANES, made);
    }}
  }}
"""
TAIL = """\
  if (is_last(counter, {blocks}) && threadIdx.x == 0) cursor[0] = start + {count};
}}
"""


def bind_feed(
    columns: list[Array], order: Array, cursor: Array, buffers: list[Array]
) -> device.Step:
    """Returns a step that gathers rows of arrays and moves on to those after them.

    Args:
        columns: The arrays, without gaps as all others.
        order: The numbers of the rows, in turn.
        cursor: One number: where in the order the next rows are.
        buffers: Where the rows are copied to; elements are cast.
    """
    given = [("counter", device.library().zeros((1,), dtype="uint32"))]
    given += [("order", order), ("cursor", cursor)]
    text, first = "", 0
    for i, (x, into) in enumerate(zip(columns, buffers, strict=True)):
        given += [(f"from{i}", x), (f"to{i}", into)]
        width = prod(x.shape[1:])
        lanes = gcd(width, 16 // max(x.dtype.itemsize, into.dtype.itemsize))
        packs = into.size // lanes
        blocks = min(ceil(packs / THREADS), BLOCKS)
        text += GATHER.format(
            first=first,
            end=first + blocks,
            lanes=lanes,
            packs=packs,
            threads=blocks * THREADS,
            across=width // lanes,
            dtype=into.dtype.name,
            i=i,
        )
        first += blocks
    head = ", ".join(f"{x.dtype.name}* {name}" for name, x in given)
    tail = TAIL.format(blocks=first, count=buffers[0].shape[0])
    kernel = function(HEAD.format(parameters=head) + text + tail)
    return Launching(kernel, (first, 1), (THREADS, 1), tuple(x for _, x in given))
