"""The layer base class and what it is made of."""

from kerasish.layers.base.input_spec import InputSpec
from kerasish.layers.base.layer import Layer
from kerasish.layers.base.wrapper import Wrapper

__all__ = ["InputSpec", "Layer", "Wrapper"]
