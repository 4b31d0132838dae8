"""Attention: layers whose outputs are means of values, weighted as queries ask."""
