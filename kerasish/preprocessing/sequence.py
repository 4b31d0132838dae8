"""Sequences, by the names of `keras.preprocessing.sequence`."""

from kerasish.data import pad_sequences

__all__ = ["pad_sequences"]
