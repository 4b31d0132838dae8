"""Layers of the family: convolutional."""
