"""Preparing data, by the names of `keras.preprocessing`."""

from kerasish.data import timeseries_dataset_from_array
from kerasish.preprocessing import sequence

__all__ = ["sequence", "timeseries_dataset_from_array"]
