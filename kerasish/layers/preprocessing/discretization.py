"""Discretization: numbers put into ranges, given or learnt from data."""

import itertools
import warnings
from typing import Any, Self

import numpy as np

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import ArgumentError, DataWarning
from kerasish.data import check_count
from kerasish.layers.base import Layer
from kerasish.layers.preprocessing.adaptation import input_batches
from kerasish.layers.preprocessing.encoding import (
    check_dense,
    check_output_mode,
    encode,
    encoded_shape,
)
from kerasish.layers.preprocessing.quantiles import boundaries, merged, summarized

__all__ = ["Discretization"]

OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count")


class Discretization(Layer):
    """Puts numbers into ranges and returns the number of the range.

    The boundaries `[0, 1]` make the ranges below 0, from 0 to below 1, and from 1.

    Args:
        bin_boundaries: Rising list of boundaries, if known.
        num_bins: Number of ranges that `adapt` makes, of about the same share of the
            data; in place of `bin_boundaries`.
        epsilon: What part of the data may be missed by a boundary that is learnt.
        output_mode: "int" for the numbers, "one_hot" for a vector for each,
            "multi_hot" or "count" for a vector for each row.
        sparse: Must be False.
        dtype: Dtype name or policy.
        name: A name, made up if None.

    Input shape: Any, of numbers.

    Output shape: That of the inputs, or with an axis of vectors as Keras has it.

    Raises:
        ArgumentError: If not one of `bin_boundaries` and `num_bins` is given, or an
            argument is out of range; when it is called before `adapt`.

    Example:
        >>> Discretization([0.0, 1.0, 2.0])([[-1.5, 1.0, 3.4, 0.5]]).tolist()
        [[0, 2, 3, 1]]
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        kind = type(self).__name__
        if (num_bins is None) == (bin_boundaries is None):
            raise ArgumentError(
                f"`{kind}` needs either `num_bins` or `bin_boundaries`, not both. "
                f"Received: num_bins={num_bins} and bin_boundaries={bin_boundaries}"
            )
        self.num_bins = (
            None if num_bins is None else check_count(num_bins, "num_bins", kind)
        )
        if not isinstance(epsilon, int | float) or not 0 < epsilon < 1:
            raise ArgumentError(
                f"`epsilon` of `{kind}` must be greater than 0 and less than 1. "
                f"Received: epsilon={epsilon!r}"
            )
        self.epsilon = epsilon
        self.output_mode = check_output_mode(kind, output_mode, OUTPUT_MODES)
        check_dense(kind, sparse, output_mode)
        self.sparse = False
        self._given = bin_boundaries is not None
        self.bin_boundaries = _rising(bin_boundaries) if self._given else []
        self.reset_state()

    @property
    def output_dtype(self) -> str:
        """The dtype of the outputs."""
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learns the boundaries from data.

        Args:
            data: Numbers, or anything that yields batches of them.
            steps: How many batches to take; by default all.

        Raises:
            ArgumentError: If the boundaries were given, or there are no data.
        """
        if self._given:
            raise ArgumentError(
                "Cannot adapt a `Discretization` layer that has been initialized with "
                "`bin_boundaries`, use `num_bins` instead."
            )
        self.reset_state()
        for batch in input_batches(data, type(self).__name__, None, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forgets what was learnt."""
        self.summary = np.zeros((2, 0))
        if not self._given:
            self.bin_boundaries = []

    def update_state(self, data: Any) -> None:
        """Learns from a batch.

        Args:
            data: Numbers.

        Raises:
            ArgumentError: If one is NaN.
        """
        values = np.asarray(data, "float32").ravel()
        if np.isnan(values).any():
            raise ArgumentError(
                f"`data` that `{type(self).__name__}` {self.name!r} adapts to must "
                f"not hold NaN. Received: {int(np.isnan(values).sum())} of them"
            )
        made = summarized(values, self.epsilon)
        self.summary = merged(self.summary, made, self.epsilon)

    def finalize_state(self) -> None:
        """Makes boundaries of what was learnt."""
        if self._given or not self.summary.size or self.num_bins is None:
            return
        self.bin_boundaries = boundaries(self.summary, self.num_bins)
        if len(self.bin_boundaries) < self.num_bins - 1:
            warnings.warn(
                f"`{type(self).__name__}` {self.name!r} found "
                f"{len(self.bin_boundaries) + 1} bins in place of {self.num_bins}: "
                "there are too few numbers, or `epsilon` is too large.",
                DataWarning,
                stacklevel=3,
            )

    def build(self, input_shape: Any) -> None:
        """Makes no weights."""

    def call(self, inputs: Any) -> Any:
        """Returns the numbers of the ranges."""
        if not self._given and not self.bin_boundaries and self.num_bins != 1:
            raise ArgumentError(
                f"`{type(self).__name__}` {self.name!r} has no boundaries yet. Give "
                "it `bin_boundaries`, or call `adapt(data)` first."
            )
        ids = ops.digitize(inputs, ops.convert_to_tensor(self.bin_boundaries))
        if self.output_mode == "int":
            return ids
        return encode(ids, self.output_mode, self._depth(), self.compute_dtype)

    def _depth(self) -> int:
        return self.num_bins or len(self.bin_boundaries) + 1

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Returns the shape of the outputs."""
        return encoded_shape(input_shape, self.output_mode, self._depth())

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        return KerasTensor(self.compute_output_shape(inputs.shape), self.output_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            "bin_boundaries": self.bin_boundaries or ([] if self._given else None),
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype_policy.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Makes a layer from what `get_config` returned, boundaries learnt included.

        Args:
            config: The constructor's arguments.
            custom_objects: Not used.
        """
        config = dict(config)
        learnt = config.get("bin_boundaries")
        if config.get("num_bins") is not None and learnt is not None:
            layer = cls(**{**config, "bin_boundaries": None})
            layer.bin_boundaries = _rising(learnt)
            return layer
        return cls(**config)


def _rising(given: Any) -> list[Any]:
    found: list[Any] = np.asarray(given).tolist() if hasattr(given, "__len__") else [""]
    numbers = all(isinstance(x, int | float) for x in found)
    if not numbers or any(not a <= b for a, b in itertools.pairwise(found)):
        raise ArgumentError(
            "`bin_boundaries` of `Discretization` must be a rising list of numbers. "
            f"Received: bin_boundaries={given!r:.80}"
        )
    return found
