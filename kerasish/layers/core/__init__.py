"""The layers that everything is built of."""
