"""Functional: a model that is the graph between symbolic inputs and outputs."""

from typing import Any, Self

from kerasish.autodiff import KerasTensor, OpCall, Tensor
from kerasish.autodiff.casting import as_tensor
from kerasish.autodiff.symbolic import is_keras_tensor
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError, ShapeError
from kerasish.layers import InputLayer, InputSpec, Layer
from kerasish.models import functional_config
from kerasish.models.graph import Graph
from kerasish.models.host_part import HostPart, holds_text
from kerasish.models.model import Model

__all__ = ["Functional"]


class Functional(Model):
    """A model made from symbolic inputs and outputs; `Model(inputs, outputs)` makes it.

    Args:
        inputs: Symbolic inputs in any structure; intermediate tensors may be given.
        outputs: Symbolic outputs in any structure.
        name: A name, made up if None.
        **kwargs: `trainable` and `dtype`.

    Raises:
        ArgumentError: If the outputs do not follow from the inputs, or layers share a
            name.

    Example:
        >>> x = keras.Input((3,))
        >>> model = keras.Model(x, keras.layers.Dense(1)(x))
        >>> model.output_shape
        (None, 1)
    """

    _public_module = "keras.src.models.functional"

    def __init__(
        self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any
    ) -> None:
        _check_symbolic("inputs", inputs)
        _check_symbolic("outputs", outputs)
        super().__init__(name=name, **kwargs)
        inputs, outputs = _own_inputs(inputs, outputs)
        self._inputs_struct = inputs
        self._outputs_struct = outputs
        self._graph = Graph(inputs, outputs)
        self._operations = [x for x in self._graph.operations if isinstance(x, Layer)]
        self.built = True

    _untracked = Model._untracked | {"_inputs_struct", "_outputs_struct", "_graph"}
    _unsaved = frozenset({"_operations"})  # `layers` are saved

    @property
    def _layers(self) -> list[Any]:
        own = [x for x in self.__dict__.get("_operations", ())]
        seen = {id(x) for x in own}
        return own + [x for x in super()._layers if id(x) not in seen]

    @property  # type: ignore[misc]
    def layers(self) -> list[Layer]:
        """The layers in the order they are called, inputs first."""
        return self._layers

    @property
    def operations(self) -> list[Any]:
        """The layers and the ops between them, in the order they are called."""
        return list(self._graph.operations)

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Computes the outputs by running the graph."""
        host = self._host_part
        if host is not None and host.is_done:
            return host.rest.run(tree.flatten(inputs), _call_operation)
        values = self._standardized(inputs)
        masks = [None] * len(values) if mask is None else tree.flatten(mask)
        for value, one in zip(values, masks, strict=False):
            if one is not None and getattr(value, "_keras_mask", None) is None:
                value._keras_mask = one
        return self._graph.run(values, _call_operation)

    @property
    def _host_part(self) -> HostPart | None:
        """The layers that look up text, or None."""
        parts = self._graph.parts
        if "host" not in parts:
            parts["host"] = HostPart.of(self._graph)
        return parts["host"]  # type: ignore[no-any-return]

    def _on_host(self, inputs: Any) -> list[Any]:
        """Returns what the layers that look up text make of inputs."""
        host = self._host_part
        values = self._standardized(inputs)
        return [] if host is None else host.encoded(values, _call_operation)

    def compute_output_spec(self, inputs: Any, **kwargs: Any) -> Any:
        """Infers symbolic outputs for symbolic inputs."""
        return super().compute_output_spec(inputs, **kwargs)

    def build(self, input_shape: Any) -> None:
        """Does nothing: the layers are built as the graph is made."""

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs."""
        return list(self._graph.inputs)

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs."""
        return list(self._graph.outputs)

    @property
    def input(self) -> Any:
        """The symbolic inputs as they are structured."""
        return self._inputs_struct

    @property
    def output(self) -> Any:
        """The symbolic outputs as they are structured."""
        return self._outputs_struct

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs as they are structured."""
        return tree.map_structure(lambda x: tuple(x.shape), self._inputs_struct)

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs as they are structured."""
        return tree.map_structure(lambda x: tuple(x.shape), self._outputs_struct)

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [x._keras_history.operation.name for x in self._graph.inputs]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers behind the outputs."""
        return [x._keras_history.operation.name for x in self._graph.outputs]

    @property
    def input_spec(self) -> Any:
        """What the inputs must be."""
        if "_graph" not in vars(self):
            return None
        host = self._host_part
        if host is not None and host.is_done:
            return None
        if isinstance(self._inputs_struct, dict):
            return None  # names are checked in `call`
        return [
            InputSpec(
                shape=x.shape,
                name=name,
                allow_last_axis_squeeze=True,
                optional=getattr(x._keras_history.operation, "optional", False),
            )
            for x, name in zip(self._graph.inputs, self.input_names, strict=True)
        ]

    @input_spec.setter
    def input_spec(self, _: Any) -> None:
        pass

    def _standardized(self, inputs: Any) -> list[Any]:
        """Returns the inputs in the graph's order, each of its shape and dtype."""
        own = self._graph.inputs
        if isinstance(inputs, dict):
            values = self._by_name(inputs)
        else:
            values = tree.flatten(inputs)
        if len(values) != len(own):
            raise ArgumentError(
                f"Model {self.name!r} takes {len(own)} inputs: {self.input_names}. "
                f"Received: {len(values)}"
            )
        return [_fit(v, x, self) for v, x in zip(values, own, strict=True)]

    def _by_name(self, inputs: dict[str, Any]) -> list[Any]:
        names = self.input_names
        if isinstance(self._inputs_struct, dict):
            keys = sorted(self._inputs_struct)
            names = keys if all(k in inputs for k in keys) else names
        missing = [name for name in names if name not in inputs]
        if missing:
            raise ArgumentError(
                f"Model {self.name!r} takes the inputs {names}. Missing: {missing}. "
                f"Received: {sorted(inputs)}"
            )
        return [inputs[name] for name in names]

    def get_build_config(self) -> dict[str, Any]:
        """Returns no shape: the graph holds them."""
        return {"input_shape": None}  # as Keras writes it

    def build_from_config(self, config: dict[str, Any] | None) -> None:
        """Does nothing: the layers are built as the graph is made."""

    def get_config(self) -> dict[str, Any]:
        """Returns the layers, how they are connected, the inputs and outputs."""
        if type(self) is not Functional and type(self).__init__ is not (
            Functional.__init__
        ):
            return Model.get_config(self)
        return functional_config.to_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a model from what `get_config` returned.

        Args:
            config: The graph, or the constructor's arguments of a subclass.
            custom_objects: Classes and functions by name.
        """
        if {"layers", "input_layers", "output_layers"} <= set(config):
            inputs, outputs, rest = functional_config.from_config(
                config, custom_objects
            )
            return cls(inputs=inputs, outputs=outputs, **rest)
        return super().from_config(config, custom_objects)


Model._functional.append(Functional)


def _call_operation(operation: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    if isinstance(operation, OpCall):
        return operation.function(*args, **kwargs)
    return operation(*args, **kwargs)


def _check_symbolic(name: str, structure: Any) -> None:
    leaves = tree.flatten(structure)
    if not leaves:
        raise ArgumentError(f"`{name}` of a functional model must not be empty.")
    for x in leaves:
        if not is_keras_tensor(x):
            raise ArgumentTypeError(
                f"All `{name}` values of a functional model must be symbolic tensors "
                f"(`KerasTensor`), as `keras.Input` and layers return them. "
                f"Received: {name}={x!r:.120} of type {type(x).__name__}"
            )


def _own_inputs(inputs: Any, outputs: Any) -> tuple[Any, Any]:
    """Puts a new input layer behind intermediate tensors that serve as inputs."""
    leaves = tree.flatten(inputs)
    if len({id(x) for x in leaves}) != len(leaves):
        raise ArgumentError("`inputs` of a functional model must differ.")
    if all(_is_input(x) for x in leaves):
        return inputs, outputs
    new = [
        x if _is_input(x) else InputLayer(batch_shape=x.shape, dtype=x.dtype).output
        for x in leaves
    ]
    graph = Graph(inputs, outputs)
    made = graph.run(new, _call_operation)
    return tree.pack_sequence_as(inputs, new), made


def _is_input(x: KerasTensor) -> bool:
    history = x._keras_history
    return history is not None and isinstance(history.operation, InputLayer)


def _fit(value: Any, x: KerasTensor, model: Any) -> Any:
    if value is None:
        return value
    text = holds_text(value)
    if text and x.dtype != "string":
        raise ArgumentTypeError(
            f"Input {x.name!r} of model {model.name!r} takes numbers of dtype "
            f'{x.dtype}. Received: text. Give it `dtype="string"` and put a layer '
            "that takes text behind it, as `TextVectorization` or `StringLookup`; "
            "numbers that are written as text are read by `.astype('float32')`"
        )
    if not text and not isinstance(value, Tensor):
        value = as_tensor(value)
    wanted, found = x.shape, value.shape
    if len(found) == len(wanted) + 1 and found[-1] == 1:
        value = _reshaped(value, found[:-1])
    elif len(found) == len(wanted) - 1 and wanted[-1] == 1:
        value = _reshaped(value, (*found, 1))
    elif len(found) != len(wanted):
        raise ShapeError(
            f"Input {x.name!r} of model {model.name!r} has the shape {wanted}. "
            f"Received: {tuple(found)}"
        )
    if value.dtype != x.dtype and x.dtype != "string":
        mask = getattr(value, "_keras_mask", None)
        value = as_tensor(value, x.dtype)
        if mask is not None:
            value._keras_mask = mask
    return value


def _reshaped(value: Any, shape: Any) -> Any:
    return value.reshape(tuple(-1 if n is None else n for n in shape))
