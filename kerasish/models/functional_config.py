"""Functional models as configs in Keras' form: layers, and nodes that connect them."""

from typing import Any

from kerasish.autodiff import OPS, PRIMITIVES, KerasTensor, OpCall
from kerasish.autodiff.symbolic import is_keras_tensor
from kerasish.core import tree
from kerasish.core.errors import SerializationError
from kerasish.core.naming import to_snake_case
from kerasish.core.registry import (
    custom_object_scope,
    deserialize_keras_object,
    serialize_keras_object,
)
from kerasish.models.operation_names import FUNCTION_OF, from_keras, to_keras

__all__ = ["from_config", "to_config"]


def to_config(model: Any) -> dict[str, Any]:
    """Returns the config of a functional model.

    Args:
        model: The model.
    """
    numbers = _node_numbers(model._graph)
    entries = []
    for operation in model._graph.operations:
        nodes = [n for n in operation._inbound_nodes if id(n) in numbers]
        entries.append(
            {
                **_operation_config(operation),
                "name": operation.name,
                "inbound_nodes": [
                    _node_config(node, numbers) for node in nodes if node.inputs
                ],
            }
        )
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": entries,
        "input_layers": tree.map_structure(
            lambda x: _place(x, numbers), model._inputs_struct
        ),
        "output_layers": tree.map_structure(
            lambda x: _place(x, numbers), model._outputs_struct
        ),
    }


def _node_numbers(graph: Any) -> dict[int, int]:
    """Numbers the nodes of this model within each operation."""
    numbers: dict[int, int] = {}
    own = {id(node) for node in graph.nodes}
    for operation in graph.operations:
        inside = [n for n in operation._inbound_nodes if id(n) in own or not n.inputs]
        for i, node in enumerate(inside):
            numbers[id(node)] = i
    return numbers


def _place(x: KerasTensor, numbers: dict[int, int]) -> list[Any]:
    operation, index, tensor = x._keras_history  # type: ignore[misc]
    return [operation.name, numbers[id(operation._inbound_nodes[index])], tensor]


def _operation_config(operation: Any) -> dict[str, Any]:
    if not isinstance(operation, OpCall):
        return serialize_keras_object(operation)  # type: ignore[no-any-return]
    name = operation.function.__name__
    node = operation._inbound_nodes[0]
    known = to_keras(operation.function, node.args, node.kwargs)
    if known is None:  # an operation that Keras has not
        config = {"name": operation.name}
        place = ("kerasish.ops", "".join(p.capitalize() for p in name.split("_")))
        return dict(
            zip(("module", "class_name"), place, strict=True),
            config=config,
            registered_name=name,
        )
    place, attributes = known[:2]
    config = {k: serialize_keras_object(v) for k, v in attributes.items()}
    return {
        "module": place[0],
        "class_name": place[1],
        "config": {"name": operation.name, **config},
        "registered_name": place[1],
    }


def _node_config(node: Any, numbers: dict[int, int]) -> dict[str, Any]:
    def leaf(x: Any) -> Any:
        if not is_keras_tensor(x):
            return serialize_keras_object(x)
        return {
            "class_name": "__keras_tensor__",
            "config": {
                "shape": list(x.shape),
                "dtype": x.dtype,
                "keras_history": _place(x, numbers),
            },
        }

    args, kwargs = node.args, node.kwargs
    if isinstance(node.operation, OpCall):
        known = to_keras(node.operation.function, args, kwargs)
        args, kwargs = known[2:] if known is not None else (args, kwargs)
    return {"args": _mapped(args, leaf), "kwargs": _mapped(kwargs, leaf)}


def _mapped(structure: Any, leaf: Any) -> Any:
    """Maps leaves, keeping slices and `...` whole and tuples as Keras writes them."""
    if isinstance(structure, dict):
        return {k: _mapped(v, leaf) for k, v in structure.items()}
    if isinstance(structure, list):
        return [_mapped(v, leaf) for v in structure]
    if isinstance(structure, tuple):
        if any(is_keras_tensor(x) for x in tree.flatten(structure)):
            return [_mapped(v, leaf) for v in structure]
        return serialize_keras_object(structure) if structure else []
    return leaf(structure)


def from_config(
    config: dict[str, Any], custom_objects: Any = None
) -> tuple[Any, Any, dict[str, Any]]:
    """Makes the layers of a functional model again and connects them.

    Args:
        config: What `to_config` returned, or Keras wrote.
        custom_objects: Classes and functions by name.

    Returns:
        The symbolic inputs and outputs, and the other arguments of the model.

    Raises:
        SerializationError: If a node refers to a layer or tensor that is not there.
    """
    made: dict[str, Any] = {}
    attributes: dict[str, dict[str, Any]] = {}
    waiting: list[tuple[str, dict[str, Any]]] = []
    with custom_object_scope(custom_objects or {}):
        for entry in config["layers"]:
            name = entry.get("name") or entry["config"]["name"]
            operation = _operation(entry)
            if isinstance(operation, tuple):
                operation, attributes[name] = operation
            made[name] = operation
            waiting += [(name, node) for node in entry.get("inbound_nodes", [])]
        _connect(made, waiting, attributes)
    inputs = _tensors(config["input_layers"], made)
    outputs = _tensors(config["output_layers"], made)
    rest = {k: config[k] for k in ("name", "trainable") if k in config}
    return inputs, outputs, rest  # type: ignore[return-value]


def _operation(entry: dict[str, Any]) -> Any:
    module = entry.get("module") or ""
    if module.startswith(("keras.src.ops", "keras.ops", "kerasish.ops")):
        known = {**PRIMITIVES, **OPS}
        if entry["class_name"] == "ConvertToTensor":
            return _conversion(entry, known)
        name = FUNCTION_OF.get((module, entry["class_name"]), "")
        if not name:
            name = entry.get("registered_name") or entry["class_name"]
            name = name if name in known else to_snake_case(entry["class_name"])
        if name not in known or name.startswith("_"):
            raise SerializationError(
                f"The model uses the operation {entry['class_name']!r}, which "
                "kerasish does not have."
            )
        config = tree.lists_to_tuples(deserialize_keras_object(entry["config"]))
        made = OpCall(known[name], name=config.pop("name", None) or entry["name"])
        return made, config
    return deserialize_keras_object(
        {k: v for k, v in entry.items() if k not in ("name", "inbound_nodes")}
    )


def _conversion(entry: dict[str, Any], known: dict[str, Any]) -> Any:
    """Returns what Keras' conversion of a tensor to a tensor is here."""
    dtype = entry["config"].get("dtype")
    name = entry["config"].get("name") or entry["name"]
    if dtype is None:
        return OpCall(known["copy"], name=name), {}
    return OpCall(known["cast"], name=name), {"dtype": dtype}


def _connect(
    made: dict[str, Any],
    waiting: list[tuple[str, dict[str, Any]]],
    attributes: dict[str, dict[str, Any]],
) -> None:
    """Calls every layer as its nodes say, once what it needs is there."""
    while waiting:
        later = []
        for name, node in waiting:
            try:
                args, kwargs = _arguments(node, made)
            except _NotYet:
                later.append((name, node))
                continue
            if name in attributes:
                config, function = attributes[name], made[name].function
                args, kwargs = from_keras(function, config, args, kwargs)
            made[name](*args, **kwargs)
        if len(later) == len(waiting):
            names = sorted({name for name, _ in later})
            raise SerializationError(
                f"The graph of the model cannot be made: the layers {names} depend on "
                "layers or calls that are not in the config, or on each other."
            )
        waiting = later


class _NotYet(Exception):
    """A tensor is needed that no layer has made so far."""


def _arguments(node: Any, made: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    def filled(x: Any) -> Any:
        if isinstance(x, dict):
            if x.get("class_name") == "__keras_tensor__":
                return _tensor(x["config"]["keras_history"], made)
            if "class_name" in x:
                return deserialize_keras_object(x)
            return {k: filled(v) for k, v in x.items()}
        if isinstance(x, list | tuple):
            return type(x)(filled(v) for v in x)
        return x

    return tuple(filled(node["args"])), filled(node.get("kwargs") or {})


def _tensor(place: Any, made: dict[str, Any]) -> KerasTensor:
    name, index, tensor = place[0], place[1], place[2]
    if name not in made:
        raise SerializationError(f"The model has no layer {name!r}.")
    nodes = made[name]._inbound_nodes
    if index >= len(nodes):
        raise _NotYet
    return nodes[index].outputs[tensor]  # type: ignore[no-any-return]


def _tensors(places: Any, made: dict[str, Any]) -> Any:
    if isinstance(places, dict):
        return {k: _tensors(v, made) for k, v in places.items()}
    if len(places) == 3 and isinstance(places[0], str):
        return _tensor(places, made)
    found = [_tensors(p, made) for p in places]
    # Older Keras 3 writes a single tensor as a list of one place.
    return found[0] if len(found) == 1 else found
