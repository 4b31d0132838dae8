"""Operations, layers and optimizers on the fake device, compared with NumPy."""

import pytest

from tests.gpu import comparisons

# Only products have a kernel here that a graph may hold.
pytestmark = pytest.mark.filterwarnings("ignore:A step runs kernel by kernel")


@pytest.mark.parametrize("row", comparisons.OPERATIONS, ids=str)
def test_operation(backend, row):
    comparisons.check_operation(backend, row)


@pytest.mark.parametrize(
    ("name", "kwargs", "key"),
    [row[:3] for row in comparisons.LAYERS],
    ids=[row[3] for row in comparisons.LAYERS],
)
def test_layer(backend, name, kwargs, key):
    comparisons.check_layer(backend, name, kwargs, key, training=True)


@pytest.mark.parametrize(
    ("name", "options"),
    [row[:2] for row in comparisons.OPTIMIZERS],
    ids=[row[2] for row in comparisons.OPTIMIZERS],
)
def test_optimizer(backend, name, options):
    comparisons.check_optimizer(backend, name, options)
