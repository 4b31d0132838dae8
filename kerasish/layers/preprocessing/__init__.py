"""Layers of the family: preprocessing."""
