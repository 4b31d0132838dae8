"""A short way to write a chain down."""

import numpy as np

from kerasish.backends.base.chain import Call, Chain, Slot


class ChainBuilder:
    """Makes a chain call by call; every method returns a slot's number."""

    def __init__(self):
        self.slots, self.inputs, self.calls = [], [], []

    def slot(self, shape, dtype="float32", constant=None):
        self.slots.append(Slot(tuple(shape), dtype, constant))
        return len(self.slots) - 1

    def lay_apart(self, *slots):
        """Lets the rows of slots lie apart in memory."""
        for i in slots:
            self.slots[i] = self.slots[i]._replace(pitched=True)

    def input(self, *shape, dtype="float32"):
        self.inputs.append(self.slot(shape, dtype))
        return self.inputs[-1]

    def constant(self, value, *shape, dtype="float32"):
        return self.slot(shape, dtype, value)

    def call(self, name, *inputs, shape=None, dtype=None, **static):
        """Adds a call; by default its result is broadcast and of the last dtype."""
        if shape is None:
            shape = np.broadcast_shapes(*(self.slots[i].shape for i in inputs))
        output = self.slot(shape, dtype or self.slots[inputs[-1]].dtype)
        self.calls.append(Call(name, inputs, output, tuple(sorted(static.items()))))
        return output

    def reduce(self, name, x, *axis):
        """Adds a reduction that keeps its axes."""
        shape = self.slots[x].shape
        kept = tuple(1 if i in axis else n for i, n in enumerate(shape))
        return self.call(name, x, shape=kept, axis=axis, keepdims=True)

    def chain(self, *outputs, flushed=()):
        slots, inputs, calls = map(tuple, (self.slots, self.inputs, self.calls))
        return Chain(slots, inputs, calls, outputs, tuple(flushed))
