"""Preparing data, by the names of `keras.preprocessing`."""

from kerasish.data import (
    text_dataset_from_directory,
    timeseries_dataset_from_array,
)
from kerasish.preprocessing import sequence

__all__ = [
    "sequence",
    "text_dataset_from_directory",
    "timeseries_dataset_from_array",
]
