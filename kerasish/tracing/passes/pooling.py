"""Pooling: what follows the way back of max pooling is done before it, on less.

The way back puts each element at its place and zeros beside it. A mask read from the
images, as the derivative of ReLU before the pooling, is at that place the mask of the
largest element; so the few elements are masked in place of the images. And the sum of
the images over all positions, as for a bias, is that of the elements.
"""

from kerasish.tracing.graph import Graph, Node, Value

__all__ = ["mask_before_places"]

MASKS = ("cast_to", "greater")


def mask_before_places(graph: Graph) -> None:
    """Masks and sums elements before they are put to their places.

    Args:
        graph: Changed in place.
    """
    uses = graph.uses()
    replaced: dict[int, Value] = {}
    kept: list[Node] = []
    for node in graph.nodes:
        node.inputs = tuple(replaced.get(id(v), v) for v in node.inputs)
        placed = _placed(node, uses)
        if placed is not None and node.name == "multiply":
            kept += _masked(node, placed, replaced)
        else:
            if placed is not None and _is_whole(node, placed):
                node.inputs = placed.inputs[:1]
            kept.append(node)
    graph.nodes = kept
    graph.replace(replaced)


def _placed(node: Node, uses: dict[int, int]) -> Node | None:
    """Returns the way back whose images a node masks or sums, if it may be moved."""
    if node.name == "_sum_to":
        source = node.inputs[0].producer
        return source if source is not None and source.name == "_from_places" else None
    if node.name != "multiply" or len(node.inputs) != 2:
        return None
    for images, mask in (node.inputs, node.inputs[::-1]):
        placed = images.producer
        if placed is None or placed.name != "_from_places":
            continue
        pool = placed.inputs[1].producer
        alone = uses.get(id(images)) == 1 and images.shape == mask.shape
        if pool is None or pool.name != "_max_pool" or not alone:
            continue
        if _chain(mask, pool.inputs[0]) is not None:
            return placed
    return None


def _chain(mask: Value, images: Value) -> list[Node] | None:
    """Returns the nodes that make a mask of images alone, the last first, or None."""
    found: list[Node] = []
    while mask is not images:
        node = mask.producer
        if node is None or node.name not in MASKS:
            return None
        if any(v.kind != "constant" or v.size > 1 for v in node.inputs[1:]):
            return None
        found.append(node)
        mask = node.inputs[0]
    return found


def _masked(node: Node, placed: Node, replaced: dict[int, Value]) -> list[Node]:
    """Returns the nodes that mask the elements and put them to their places."""
    pool = placed.inputs[1].producer
    images = placed.output
    mask = node.inputs[1] if node.inputs[0] is images else node.inputs[0]
    made: list[Node] = []
    value = pool.outputs[0]  # type: ignore[union-attr]
    for old in reversed(_chain(mask, pool.inputs[0]) or []):  # type: ignore[union-attr]
        value = _like(old, (value, *old.inputs[1:]), value.shape, made)
    elements, places = placed.inputs
    value = _like(node, (elements, value), elements.shape, made)
    back = _like(placed, (value, places), images.shape, made)
    replaced[id(node.output)] = back
    return made


def _like(
    node: Node, inputs: tuple[Value, ...], shape: tuple[int, ...], made: list[Node]
) -> Value:
    """Adds a node as another on other values; returns its output."""
    value = Value(shape, node.output.dtype, "node")
    made.append(Node(node.rule, inputs, node.static, [value], scope=node.scope))
    return value


def _is_whole(node: Node, placed: Node) -> bool:
    """Returns whether a sum is over all positions, and none lies around the images."""
    channels = placed.output.shape[-1:]
    return node.output.shape == channels and not any(map(any, placed.static["padding"]))
