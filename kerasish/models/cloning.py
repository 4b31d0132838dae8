"""clone_model: a model of the same architecture with new weights."""

from collections.abc import Callable
from typing import Any

from kerasish.autodiff import OpCall
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.layers import InputLayer, Layer
from kerasish.models.functional import Functional
from kerasish.models.model import Model
from kerasish.models.sequential import Sequential

__all__ = ["clone_model"]


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Callable[[Layer], Layer] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
    **kwargs: Any,
) -> Any:
    """Makes a model of the same architecture with new weights.

    Args:
        model: The model.
        input_tensors: Symbolic inputs to build upon, or None for new ones.
        clone_function: What makes a layer from the old one; by default from its
            config. Not for subclassed models.
        call_function: What calls a new layer: `(layer, *args, **kwargs)`. Only for
            functional models.
        recursive: Whether `clone_function` is used within inner models too.
        **kwargs: Refused.

    Returns:
        The new model, not compiled.

    Raises:
        ArgumentError: If an option does not go with the kind of model.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> clone_model(model).output_shape
        (None, 1)
    """
    if kwargs:
        raise ArgumentError(f"`clone_model` has no arguments {sorted(kwargs)}.")
    if not isinstance(model, Model):
        raise ArgumentTypeError(
            f"`clone_model` needs a model. Received: {type(model).__name__}"
        )
    make = clone_function or _from_config
    if recursive:
        outer = make

        def make(layer: Any) -> Any:
            if isinstance(layer, Functional | Sequential):
                return clone_model(layer, clone_function=outer, recursive=True)
            return outer(layer)

    if isinstance(model, Sequential):
        if call_function is not None:
            raise ArgumentError("`call_function` goes with functional models only.")
        return _sequential(model, input_tensors, make)
    if isinstance(model, Functional):
        return _functional(model, input_tensors, make, call_function)
    if clone_function is not None or input_tensors is not None:
        raise ArgumentError(
            "`clone_function` and `input_tensors` do not go with subclassed models."
        )
    return _from_config(model)


def _from_config(layer: Any) -> Any:
    return type(layer).from_config(layer.get_config())


def _sequential(model: Sequential, inputs: Any, make: Any) -> Sequential:
    layers = [make(x) for x in model.layers]
    if inputs is not None:
        layers = [*tree.flatten(inputs), *layers]
    elif model._stack and isinstance(model._stack[0], InputLayer):
        layers = [_from_config(model._stack[0]), *layers]
    return Sequential(layers, name=model.name, trainable=model.trainable)


def _functional(model: Functional, inputs: Any, make: Any, call: Any) -> Any:
    made: dict[int, Any] = {}

    def called(operation: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        if isinstance(operation, OpCall):
            return operation.function(*args, **kwargs)
        if id(operation) not in made:
            made[id(operation)] = make(operation)
        layer = made[id(operation)]
        return call(layer, *args, **kwargs) if call else layer(*args, **kwargs)

    if inputs is None:
        starts = [_from_config(x._keras_history.operation).output for x in model.inputs]  # type: ignore[union-attr]
    else:
        starts = tree.flatten(inputs)
    outputs = model._graph.run(starts, called)
    structure = tree.pack_sequence_as(model._inputs_struct, starts)
    kind = type(model) if type(model).__init__ is Functional.__init__ else Functional
    return kind(structure, outputs, name=model.name, trainable=model.trainable)
