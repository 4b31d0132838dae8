"""What layers that make their own cell share: its attributes and its config."""

from typing import Any, Self

from kerasish import regularizers
from kerasish.core.errors import ArgumentError
from kerasish.layers.base import InputSpec
from kerasish.layers.recurrent.rnn import RNN

__all__ = ["CellLayer", "FromCell", "GatedLayer"]


class FromCell:
    """An attribute of a layer that its cell holds; it cannot be set.

    Example:
        >>> keras.layers.GRU(4).units
        4
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, owner: type | None = None) -> Any:
        return self if layer is None else getattr(layer.cell, self.name)

    def __set__(self, layer: Any, value: Any) -> None:
        raise AttributeError(
            f"`{self.name}` of {type(layer).__name__} {layer.name!r} belongs to its "
            f"cell; set it there: `layer.cell.{self.name} = ...`"
        )


class CellLayer(RNN):
    """A recurrent layer whose arguments are those of its cell.

    Args:
        cell: The cell.
        activity_regularizer: Penalty on the outputs.
        **kwargs: Arguments of `RNN`.
    """

    activation = FromCell()
    use_bias = FromCell()
    kernel_initializer = FromCell()
    recurrent_initializer = FromCell()
    bias_initializer = FromCell()
    kernel_regularizer = FromCell()
    recurrent_regularizer = FromCell()
    bias_regularizer = FromCell()
    kernel_constraint = FromCell()
    recurrent_constraint = FromCell()
    bias_constraint = FromCell()
    dropout = FromCell()
    recurrent_dropout = FromCell()

    def __init__(
        self, cell: Any, activity_regularizer: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(
            cell,
            activity_regularizer=regularizers.get(activity_regularizer),
            **kwargs,
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        config = super().get_config()
        own = config.pop("cell")["config"]
        penalty = regularizers.serialize(self.activity_regularizer)
        return {**own, **config, "activity_regularizer": penalty}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a layer from what `get_config` returned.

        Args:
            config: The constructor's arguments.
            custom_objects: Not needed.
        """
        return super(RNN, cls).from_config(config)


class GatedLayer(CellLayer):
    """A recurrent layer that cuDNN may compute: LSTM or GRU.

    Args:
        cell: The cell.
        use_cudnn: Whether it does: "auto" where it can, True or False.
        **kwargs: Arguments of `CellLayer`.

    Raises:
        ArgumentError: If `use_cudnn` is another value.
    """

    def __init__(self, cell: Any, use_cudnn: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        if use_cudnn != "auto" and not isinstance(use_cudnn, bool):
            raise ArgumentError(
                f"`use_cudnn` of `{type(self).__name__}` must be 'auto', True or "
                f"False. Received: use_cudnn={use_cudnn!r}"
            )
        self.input_spec = InputSpec(ndim=3)
        self.use_cudnn = use_cudnn

    def _choices(self) -> dict[str, Any]:
        return {"use_cudnn": self.use_cudnn}
