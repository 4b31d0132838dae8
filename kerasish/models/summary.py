"""The table that `Model.summary` prints."""

import re
from typing import Any

from kerasish.core import tree
from kerasish.core.errors import ArgumentError, StateError

__all__ = ["print_summary"]

# Bytes of an element, for the sizes behind the parameter counts.
BYTES = {"float16": 2, "bfloat16": 2, "float64": 8, "int64": 8, "uint64": 8,
         "int8": 1, "uint8": 1, "bool": 1, "int16": 2, "uint16": 2}  # fmt: skip


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Any = None,
    print_fn: Any = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
) -> None:
    """Prints the layers of a model, their output shapes and parameters.

    Args:
        model: The model.
        line_length: Characters in a line, 80 or more as needed by default.
        positions: Where columns end, as fractions of a line.
        print_fn: Function that gets the text instead of standard output.
        expand_nested: Whether layers of inner models are shown.
        show_trainable: Whether a column tells which layers are trained.
        layer_range: Names, or regular expressions, of the first and last layer.

    Raises:
        StateError: If the model is not built.
    """
    if not model.built and not model.weights and model.layers == []:
        raise StateError(
            f"Model {model.name!r} is not built and has no layers: there is nothing "
            "to show. Call it on data first."
        )
    connected = _branches(model)
    header = ["Layer (type)", "Output Shape", "Param #"]
    header += ["Connected to"] if connected else []
    header += ["Trainable"] if show_trainable else []
    rows = []
    for depth, layer in _layers(model, expand_nested, layer_range):
        row = [f"{'  ' * depth}{layer.name} ({type(layer).__name__})"]
        row += [_shape(layer), _count(layer)]
        row += [_sources(layer)] if connected else []
        row += [("Y" if layer.trainable else "N") if layer.weights else "-"]
        rows.append(row if show_trainable else row[: len(header)])
    lines = [f'Model: "{model.name}"', *_table(header, rows, line_length, positions)]
    trained = sum(v.size for v in model.trainable_weights)
    other = sum(v.size for v in model.non_trainable_weights)
    slots = _optimizer_size(model)
    total = model.weights
    lines.append(f" Total params: {trained + other + slots:,} {_size(total, slots)}")
    lines.append(f" Trainable params: {trained:,} {_size(model.trainable_weights)}")
    lines.append(
        f" Non-trainable params: {other:,} {_size(model.non_trainable_weights)}"
    )
    if slots:
        lines.append(f" Optimizer params: {slots:,} {_size([], slots)}")
    (print_fn or print)("\n".join(lines))


def _layers(model: Any, nested: bool, limits: Any, depth: int = 0) -> Any:
    layers = model._layers if hasattr(model, "_graph") else model.layers
    if limits is not None:
        layers = _within(layers, limits)
    for layer in layers:
        yield depth, layer
        if nested and hasattr(layer, "layers"):
            yield from _layers(layer, nested, None, depth + 1)


def _within(layers: list[Any], limits: Any) -> list[Any]:
    places = []
    for limit in limits:
        found = [i for i, x in enumerate(layers) if re.match(limit, x.name)]
        if not found:
            raise ArgumentError(
                f"`layer_range` names {limit!r}, which no layer matches. "
                f"Layers: {[x.name for x in layers]}"
            )
        places.append(found)
    return layers[places[0][0] : places[-1][-1] + 1]


def _shape(layer: Any) -> str:
    nodes = layer._inbound_nodes
    if nodes:
        shapes = tree.map_structure(lambda x: tuple(x.shape), nodes[0].output)
        return str(shapes)
    shape = getattr(layer, "output_shape", None) if layer.built else None
    return "?" if shape is None else str(shape)


def _count(layer: Any) -> str:
    if not layer.built and not layer.weights:
        return "0 (unbuilt)"
    return f"{layer.count_params():,}"


def _sources(layer: Any) -> str:
    if not layer._inbound_nodes:
        return "-"
    names = []
    for x in layer._inbound_nodes[0].inputs:
        if x._keras_history is not None:
            operation, _, index = x._keras_history
            names.append(f"{operation.name}[{index}]")
    return ", ".join(names) or "-"


def _branches(model: Any) -> bool:
    graph = getattr(model, "_graph", None)
    if graph is None:
        return False
    users: dict[int, int] = {}
    for node in graph.nodes:
        if len(node.inputs) > 1:
            return True
        for x in node.inputs:
            users[id(x)] = users.get(id(x), 0) + 1
    return any(n > 1 for n in users.values())


def _table(
    header: list[str], rows: list[list[str]], length: int | None, positions: Any
) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    borders = 3 * len(widths) + 1
    if positions is not None and length is not None:
        ends = [int(p * length) for p in positions][: len(widths)]
        starts = [0, *ends[:-1]]
        widths = [max(e - s - 3, 4) for s, e in zip(starts, ends, strict=True)]
    else:
        spare = (length or 0) - sum(widths) - borders
        if spare > 0:
            widths[0] += spare
    right = [h == "Param #" for h in header]

    def line(left: str, fill: str, middle: str, end: str) -> str:
        return left + middle.join(fill * (w + 2) for w in widths) + end

    def cells(row: list[str]) -> str:
        shown = [
            (c.rjust(w) if r else c.ljust(w))[:w]
            for c, w, r in zip(row, widths, right, strict=True)
        ]
        return "│ " + " │ ".join(shown) + " │"

    head = "┃ " + " ┃ ".join(
        h.rjust(w) if r else h.ljust(w)
        for h, w, r in zip(header, widths, right, strict=True)
    )
    made = [line("┏", "━", "┳", "┓"), head + " ┃", line("┡", "━", "╇", "┩")]
    for i, row in enumerate(rows):
        if i:
            made.append(line("├", "─", "┼", "┤"))
        made.append(cells(row))
    return [*made, line("└", "─", "┴", "┘")]


def _optimizer_size(model: Any) -> int:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not optimizer.built:
        return 0
    return sum(v.size for v in optimizer.variables)


def _size(variables: list[Any], more: int = 0) -> str:
    size: float = sum(v.size * BYTES.get(v.dtype, 4) for v in variables) + 4 * more
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    return f"({size:.2f} {unit})"
