"""Hashing: text and integers put into bins by a hash."""

from typing import Any

import numpy as np

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core import config, dtype_policies
from kerasish.core.dtypes import is_int_dtype
from kerasish.core.errors import ArgumentError, ArgumentTypeError
from kerasish.layers.preprocessing.encoding import (
    check_dense,
    check_output_mode,
    encode,
    encoded_shape,
)
from kerasish.layers.preprocessing.fingerprints import farm_hash, sip_hash
from kerasish.layers.preprocessing.host_layer import (
    HostLayer,
    decoded,
    is_text,
    whole_numbers,
)
from kerasish.layers.preprocessing.salt import checked_salt

__all__ = ["Hashing", "check_num_bins", "hashed_dtype"]

Array = Any
OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count")


class Hashing(HostLayer):
    """Puts strings and integers into bins by a hash; nothing need be learnt.

    The bins are those of Keras.

    Args:
        num_bins: Number of bins, that of the masked value among them.
        mask_value: The value that bin 0 is for, or None.
        salt: One or two integers: the hash is SipHash with them as its key. FarmHash
            if None.
        output_mode: "int" for the bins, "one_hot" for a vector for each, "multi_hot"
            or "count" for a vector for each row.
        sparse: Must be False.
        **kwargs: Arguments of `Layer`; `dtype` is that of the outputs.

    Input shape: Any, of strings or integers.

    Output shape: That of the inputs, or with an axis of vectors as Keras has it.

    Raises:
        ArgumentError: If an argument is out of range.

    Example:
        >>> Hashing(3)([["A"], ["B"], ["C"]]).tolist()
        [[1], [0], [1]]

    Reference:
        Weinberger et al., 2009, "Feature Hashing for Large Scale Multitask Learning".
        https://arxiv.org/abs/0902.2206
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        check_output_mode("Hashing", output_mode, OUTPUT_MODES)
        dtype = hashed_dtype("Hashing", kwargs.pop("dtype", None), output_mode)
        super().__init__(dtype=dtype, **kwargs)
        least = 1 if mask_value is None else 2
        self.num_bins = check_num_bins("Hashing", num_bins, least)
        check_dense("Hashing", sparse, output_mode)
        self.sparse = False
        self.mask_value = mask_value
        self.salt = checked_salt("Hashing", salt)
        self.output_mode = output_mode

    def call(self, inputs: Any) -> Any:
        """Returns the bins of values."""
        masks = self.mask_value is not None
        if is_text(inputs):
            values: Any = decoded(inputs, "Hashing")
            self._check_mask(str, "strings")
            known = dict.fromkeys(values)
            items = [text.encode("utf-8", "surrogatepass") for text in known]
            places = {text: i for i, text in enumerate(known)}
            back = np.fromiter((places[v] for v in values), np.int64, len(values))
            terms = list(known)
        else:
            self._check_mask(int, "integers")
            flat = whole_numbers(inputs, "Hashing").ravel()
            unique, back = np.unique(flat, return_inverse=True)
            terms = unique.tolist()
            items = [str(n).encode() for n in terms]
        hashes = self._hashes(items) % np.uint64(self.num_bins - int(masks))
        bins = hashes.astype(np.int64)
        if masks:
            masked = np.array([term == self.mask_value for term in terms], bool)
            bins = np.where(masked, 0, bins + 1)
        found = bins[back].reshape(inputs.shape)
        dtype = self.dtype_policy.compute_dtype
        if self.output_mode == "int":
            return ops.convert_to_tensor(found, dtype)
        return encode(found, self.output_mode, self.num_bins, dtype)

    def _hashes(self, items: list[bytes]) -> Array:
        if self.salt is None:
            return farm_hash(items)
        return sip_hash(items, (self.salt[0], self.salt[1]))

    def _check_mask(self, kind: type, what: str) -> None:
        if self.mask_value is not None and not isinstance(self.mask_value, kind):
            raise ArgumentTypeError(
                f"`mask_value` of `Hashing` {self.name!r} must be of the kind of the "
                f"inputs, which are {what}. Received: mask_value={self.mask_value!r}"
            )

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Returns the shape of the outputs."""
        return encoded_shape(input_shape, self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Any) -> Any:
        """Infers the symbolic outputs."""
        dtype = self.dtype_policy.compute_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain data."""
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }


def hashed_dtype(kind: str, dtype: Any, output_mode: str) -> Any:
    """Returns the dtype of bins: an integer where they are not encoded.

    Args:
        kind: Class of the layer.
        dtype: What was given, or None for the default.
        output_mode: The layer's.

    Raises:
        ArgumentError: If it is no integer though bins are not encoded.

    Example:
        >>> hashed_dtype("Hashing", None, "int")
        'int64'
    """
    if dtype is None:
        return "int64" if output_mode == "int" else config.floatx()
    if output_mode == "int":
        name = dtype_policies.get(dtype).compute_dtype
        if not is_int_dtype(name):
            raise ArgumentError(
                f"`dtype` of `{kind}` must be an integer type, as 'int32' or 'int64', "
                f"when `output_mode='int'`. Received: dtype={name}"
            )
    return dtype


def check_num_bins(kind: str, num_bins: Any, least: int = 1) -> int:
    """Returns a checked number of bins.

    Args:
        kind: Class of the layer.
        num_bins: What was given.
        least: The smallest that is right.

    Raises:
        ArgumentError: If it is no integer, or smaller.

    Example:
        >>> check_num_bins("Hashing", 3)
        3
    """
    whole = hasattr(num_bins, "__index__") and not isinstance(num_bins, bool)
    if not whole or num_bins < least:
        more = " with a `mask_value`" if least > 1 else ""
        raise ArgumentError(
            f"The `num_bins` for `{kind}`{more} must be an integer of at least "
            f"{least}. Received: num_bins={num_bins!r}"
        )
    return int(num_bins)
