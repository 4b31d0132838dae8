"""Layers of the family: reshaping."""
