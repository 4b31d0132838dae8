"""Layers of the family: pooling."""
