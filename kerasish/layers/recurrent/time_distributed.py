"""TimeDistributed: a layer applied to every time step."""

from typing import Any

from kerasish import ops
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, ShapeError
from kerasish.layers.base import Layer, Wrapper
from kerasish.layers.base.call_signature import call_signature
from kerasish.ops.time_loop import time_steps

__all__ = ["TimeDistributed"]


class TimeDistributed(Wrapper):
    """Applies a layer to each time step of its inputs.

    Where the layer treats every sample by itself, all steps are computed in one call,
    as a batch of `batch * time` samples. A layer that keeps statistics or states, or
    of which that is not known, is called step by step.

    Args:
        layer: The layer.
        **kwargs: Arguments of `Layer`.

    Input shape: `(batch, time, ...)`.

    Output shape: `(batch, time, ...)`.

    Raises:
        ArgumentError: If `layer` is no layer.

    Example:
        >>> TimeDistributed(keras.layers.Dense(4))(np.ones((2, 5, 3))).shape
        (2, 5, 4)
    """

    supports_masking = True

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentError(
                f"`layer` of `TimeDistributed` must be a layer. Received: "
                f"layer={layer!r} of type {type(layer).__name__}"
            )
        super().__init__(layer, **kwargs)

    def _step_shape(self, shape: Any) -> tuple[int | None, ...]:
        if not isinstance(shape, list | tuple) or len(shape) < 3:
            raise ShapeError(
                f"TimeDistributed {self.name!r} needs inputs of at least 3 axes, "
                f"(batch, time, ...). Received: input_shape={shape}"
            )
        return (shape[0], *shape[2:])

    def build(self, input_shape: Any = None) -> None:
        """Builds the layer inside for one time step."""
        super().build(self._step_shape(input_shape))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape that the layer gives, with the time axis."""
        found = self.layer.compute_output_shape(self._step_shape(input_shape))
        return tree.map_shape_structure(
            lambda shape: (shape[0], input_shape[1], *shape[1:]), found
        )

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Computes the outputs.

        Args:
            inputs: `(batch, time, ...)`.
            training: Handed on to the layer.
            mask: `(batch, time, ...)`, of which each step is handed on to the layer
                if it takes a mask.
        """
        shape = tuple(inputs.shape)
        self._step_shape(shape)
        mask = tree.flatten(mask)[0]
        if mask is not None and tuple(mask.shape[:2]) != shape[:2]:
            raise ShapeError(
                f"`mask` of TimeDistributed {self.name!r} must begin with the axes "
                f"{shape[:2]} of the inputs. Received: {tuple(mask.shape)}"
            )
        if shape[1] == 0:
            raise ShapeError(
                f"TimeDistributed {self.name!r} needs at least one time step. "
                f"Received: inputs of shape {shape}"
            )
        if not call_signature(self.layer).has_mask:
            mask = None
        if _treats_samples_alone(self.layer):
            return self._at_once(inputs, mask, training)
        return self._stepwise(inputs, mask, training)

    def _called(self, x: Any, mask: Any, training: Any) -> Any:
        given = {} if mask is None else {"mask": mask}
        return self.layer(x, training=training, **given)

    def _at_once(self, x: Any, mask: Any, training: Any) -> Any:
        batch, time = x.shape[:2]

        def joined(x: Any) -> Any:
            return None if x is None else ops.reshape(x, (-1, *x.shape[2:]))

        y = self._called(joined(x), joined(mask), training)
        return tree.map_structure(
            lambda y: ops.reshape(y, (batch, time, *y.shape[1:])), y
        )

    def _stepwise(self, x: Any, mask: Any, training: Any) -> Any:
        steps = time_steps(_time_first(x))
        masks: Any = [None] * len(steps)
        if mask is not None:
            masks = time_steps(_time_first(mask))
        made = [
            self._called(step, m, training)
            for step, m in zip(steps, masks, strict=True)
        ]
        return tree.map_structure(lambda *ys: ops.stack(ys, axis=1), *made)


def _time_first(x: Any) -> Any:
    return ops.transpose(x, (1, 0, *range(2, len(x.shape))))


def _treats_samples_alone(layer: Any) -> bool:
    """Returns whether a layer is known to compute each sample from itself alone."""
    for x in layer._flatten_layers():
        known = type(x).__module__.startswith("kerasish.")
        arbitrary = type(x).__name__ == "Lambda"
        state = any(not v.made_trainable for v in x._own_variables)
        # Between the layers of a functional model there may be any operation.
        between = any(not isinstance(o, Layer) for o in getattr(x, "operations", ()))
        if not known or arbitrary or state or getattr(x, "stateful", False) or between:
            return False
    return True
