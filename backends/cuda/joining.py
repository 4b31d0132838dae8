"""Joining: small launches that follow another become the end of it.

A launch of a graph takes a microsecond or two, however little it does. So what is of a
block or two is done by the last block of the launch before it, one piece after the
other: results that have waited for all rows, the scalars of an optimizer, statistics of
channels. Pieces see what those before them have written, as launches do.
"""

import re
from collections.abc import Iterator, Sequence
from math import prod

from kerasish.backends.cuda import device
from kerasish.backends.cuda.modules import Launching, function

__all__ = ["Joined", "join"]

THREADS = (256, 1)
SMALL = 2  # blocks, one after the other, that take less time than a launch
MOST_BLOCKS = 1024  # that may count themselves at the end
MOST_PIECES = 16
HEAD = re.compile(
    r'extern "C" __global__ void (?:__launch_bounds__\(\d+\) )?\w+\(([^)]*)\) \{\n'
)
PIECE = """\
#ifndef PIECE_{name}
#define PIECE_{name}
DEVICE void piece_{name}(const Place blockIdx{parameters}) {{
{body}#endif
"""
JOINED = """\
extern "C" __global__ void __launch_bounds__(256) KERNEL({parameters}) {{
{calls}}}
"""
FIRST = "  piece_{name}({{blockIdx.x, blockIdx.y}}{given});\n"
LAST = "  if (!is_last(counter, {blocks})) return;\n"
NEXT = """\
  __syncthreads();
  for (uint32 i = 0; i < {blocks}; ++i) {{
    piece_{name}({{i % {across}, i / {across}}}{given});
    __syncthreads();
  }}
"""


class Joined:
    """Launches as one; one by one where the compiler refuses them together.

    Args:
        pieces: The launches.
    """

    def __init__(self, pieces: Sequence[Launching]) -> None:
        self.pieces = pieces
        first = pieces[0]
        counter = [device.library().zeros((1,), dtype="uint32")]
        arguments = (x for piece in pieces for x in piece.arguments)
        together = (*counter, *arguments)
        self._whole = Launching(function(_text(pieces)), first.grid, THREADS, together)

    def __call__(self) -> None:
        """Launches them on the current stream."""
        if self._whole.function.error is None:
            self._whole()
            return
        for piece in self.pieces:
            piece()


def join(
    steps: Sequence[device.Step], names: Sequence[str]
) -> tuple[list[device.Step], list[str]]:
    """Returns the steps of a plan with fewer launches, and what each is called.

    Args:
        steps: In their order.
        names: What they compute.
    """
    made: list[device.Step] = []
    told: list[str] = []
    for name, group in _groups(steps, names):
        made.append(Joined(group) if len(group) > 1 else group[0])
        told.append(name)
    for step in made:
        for piece in step.pieces if isinstance(step, Joined) else ():
            piece.function.is_wanted = False  # unless another step launches it alone
    for step in made:
        if isinstance(step, Launching):
            step.function.is_wanted = True
    return made, told


def _groups(
    steps: Sequence[device.Step], names: Sequence[str]
) -> Iterator[tuple[str, list[device.Step]]]:
    """Yields steps that are done together, with the name of the first."""
    group: list[device.Step] = []
    title = ""
    for step, name in zip(steps, names, strict=True):
        for each in _flat(step):
            if group and len(group) < MOST_PIECES and _follows(group[0], each):
                group.append(each)
                continue
            if group:
                yield title, group
            group, title = [each], name
    if group:
        yield title, group


def _flat(step: device.Step) -> Iterator[device.Step]:
    if isinstance(step, device.Turn):
        for each in step.steps:
            yield from _flat(each)
    else:
        yield step


def _follows(first: device.Step, step: device.Step) -> bool:
    """Returns whether a step may be the end of another."""
    if not (isinstance(first, Launching) and isinstance(step, Launching)):
        return False
    if first.block != THREADS or step.block != THREADS:
        return False
    return prod(first.grid) <= MOST_BLOCKS and prod(step.grid) <= SMALL


def _text(pieces: Sequence[Launching]) -> str:
    """Returns the source of launches together, as one kernel."""
    kinds = [_parameters(piece.function.text) for piece in pieces]
    flat = [kind for row in kinds for kind in row]
    names = iter(f"p{i}" for i in range(len(flat)))
    parameters = [f"{kind} p{i}" for i, kind in enumerate(flat)]
    parts, calls = "", ""
    for i, (piece, row) in enumerate(zip(pieces, kinds, strict=True)):
        given = "".join(f", {next(names)}" for _ in row)
        named = {"name": piece.function.name, "given": given}
        if i == 1 and prod(pieces[0].grid) > 1:
            calls += LAST.format(blocks=prod(pieces[0].grid))
        grid = {"blocks": prod(piece.grid), "across": piece.grid[0]}
        calls += (NEXT if i else FIRST).format(**named, **grid)
        parts += _piece(piece.function.name, piece.function.text)
    head = ", ".join(["uint32* counter", *parameters])
    return parts + JOINED.format(parameters=head, calls=calls)


def _parameters(text: str) -> list[str]:
    """Returns the types of a kernel's parameters."""
    found = HEAD.match(text)
    given = found[1] if found else ""
    return [part.rpartition(" ")[0] for part in given.split(", ") if part]


def _piece(name: str, text: str) -> str:
    """Returns a kernel as a function that is told which block it is."""
    found = HEAD.match(text)
    given, end = (found[1], found.end()) if found else ("", 0)
    parameters = f", {given}" if given else ""
    return PIECE.format(name=name, parameters=parameters, body=text[end:])
