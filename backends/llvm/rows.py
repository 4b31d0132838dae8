"""Rows: the sum of those with the same number, kept as rows and not as a table.

The gradient of an embedding has as many rows as a batch has words, not as there are
words. `sums` holds them, `slots` says for each row of the table which of them is its
own; the first, of zeros, is that of all others. A chain reads through the slots.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from kerasish.backends.llvm.chain import start

__all__ = ["bind_row_sums"]

# The type of a number, and how it becomes one of 64 bits.
KINDS = {
    "int32": ("i32", "sext i32 %id_short to i64"),
    "int64": ("i64", "add i64 %id_short, 0"),
}
SUM = """\
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define void @kernel(ptr noalias readonly %arguments) {{
entry:
  %at1 = getelementptr i64, ptr %arguments, i64 1
  %at2 = getelementptr i64, ptr %arguments, i64 2
  %at3 = getelementptr i64, ptr %arguments, i64 3
  %at4 = getelementptr i64, ptr %arguments, i64 4
  %at5 = getelementptr i64, ptr %arguments, i64 5
  %at6 = getelementptr i64, ptr %arguments, i64 6
  %number = load i64, ptr %arguments
  %width = load i64, ptr %at1
  %size = load i64, ptr %at2
  %ids = load ptr, ptr %at3
  %values = load ptr, ptr %at4
  %sums = load ptr, ptr %at5
  %slots = load ptr, ptr %at6
  %row_bytes = mul i64 %width, 4
  %slot_bytes = mul i64 %size, 4
  call void @llvm.memset.p0.i64(ptr %slots, i8 0, i64 %slot_bytes, i1 false)
  call void @llvm.memset.p0.i64(ptr %sums, i8 0, i64 %row_bytes, i1 false)
  br label %check
check:
  %i = phi i64 [ 0, %entry ], [ %next, %after ]
  %used = phi i64 [ 0, %entry ], [ %used_now, %after ]
  %more = icmp slt i64 %i, %number
  br i1 %more, label %read, label %end
read:
  %id_at = getelementptr {kind}, ptr %ids, i64 %i
  %id_short = load {kind}, ptr %id_at
  %id = {wide}
  %outside = icmp uge i64 %id, %size
  br i1 %outside, label %wrap, label %find
wrap:
  %rest = srem i64 %id, %size
  %positive = add i64 %rest, %size
  %wrapped = srem i64 %positive, %size
  br label %find
find:
  %row = phi i64 [ %id, %read ], [ %wrapped, %wrap ]
  %slot_at = getelementptr i32, ptr %slots, i64 %row
  %held = load i32, ptr %slot_at
  %new = icmp eq i32 %held, 0
  %one_more = add i64 %used, 1
  %used_now = select i1 %new, i64 %one_more, i64 %used
  %fresh = trunc i64 %one_more to i32
  %slot = select i1 %new, i32 %fresh, i32 %held
  store i32 %slot, ptr %slot_at
  %place = zext i32 %slot to i64
  %to = mul i64 %place, %width
  %from = mul i64 %i, %width
  %target = getelementptr float, ptr %sums, i64 %to
  %source = getelementptr float, ptr %values, i64 %from
  br i1 %new, label %copy, label %add
copy:
  call void @llvm.memcpy.p0.p0.i64(ptr %target, ptr %source, i64 %row_bytes, i1 false)
  br label %after
add:
  %j = phi i64 [ 0, %find ], [ %j_next, %add ]
  %x_at = getelementptr float, ptr %target, i64 %j
  %y_at = getelementptr float, ptr %source, i64 %j
  %x = load float, ptr %x_at, !llvm.access.group !0
  %y = load float, ptr %y_at, !llvm.access.group !0
  %sum = fadd float %x, %y
  store float %sum, ptr %x_at, !llvm.access.group !0
  %j_next = add nuw nsw i64 %j, 1
  %j_more = icmp slt i64 %j_next, %width
  br i1 %j_more, label %add, label %after, !llvm.loop !1
after:
  %next = add i64 %i, 1
  br label %check
end:
  ret void
}}
!0 = distinct !{{}}
!1 = distinct !{{!1, !2}}
!2 = !{{!"llvm.loop.parallel_accesses", !0}}
"""


def bind_row_sums(
    ids: np.ndarray, values: np.ndarray, sums: np.ndarray, slots: np.ndarray
) -> Callable[[], Any] | None:
    """Returns a function that adds up the rows with the same number.

    Args:
        ids: Integers, counted from the end where they are negative.
        values: float32 array with a row for each of them.
        sums: Gets zeros, then the sums, a row for each number in the order in which
            they are first met; as many rows as there are ids, and one.
        slots: int32 array `(size, 1)`; gets for each number the row of its sum, or 0.

    Returns:
        A function without arguments; None for arrays of other kinds.
    """
    arrays = (ids, values, sums, slots)
    if not all(x.flags.c_contiguous and x.size for x in arrays):
        return None
    kinds = tuple(x.dtype.name for x in arrays[1:])
    if ids.dtype.name not in KINDS or kinds != ("float32", "float32", "int32"):
        return None
    kind, wide = KINDS[ids.dtype.name]
    words = [ids.size, sums.shape[-1], slots.size, *(x.ctypes.data for x in arrays)]
    return start(SUM.format(kind=kind, wide=wide), words, arrays)
