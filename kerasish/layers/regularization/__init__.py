"""Layers of the family: regularization."""
