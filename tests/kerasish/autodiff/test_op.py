"""Operations made of others are one node in a functional graph."""

from kerasish import ops
from kerasish.autodiff import OPS, KerasTensor, Op, op


def test_declared_and_known_by_name():
    @op
    def twice(x, times=2):
        """Docstring."""
        return ops.multiply(x, times)

    try:
        assert OPS["twice"] is twice
        assert isinstance(twice, Op)
        assert (twice.__name__, twice.__doc__) == ("twice", "Docstring.")
        assert repr(twice) == "<op twice>"
        assert twice([1, 2]).tolist() == [2, 4]
        made = twice(KerasTensor((None, 2)), times=3)
        operation = made._keras_history.operation
        assert operation.name == "twice"
        assert operation.function is twice
        assert operation([1.0, 2.0]).tolist() == [2.0, 4.0]
        again = operation(KerasTensor((2,)))
        assert again._keras_history.operation is operation
        nested = twice([KerasTensor((2,)), KerasTensor((2,))])
        assert nested.shape == (2, 2)
    finally:
        OPS.pop("twice")
