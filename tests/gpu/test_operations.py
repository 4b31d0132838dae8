"""Every operation, layer and optimizer on a GPU, compared with NumPy."""

import pytest

from tests.gpu import comparisons

# What cannot be captured is told by `test_graphs.py`.
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.filterwarnings("ignore:A step runs kernel by kernel"),
]


@pytest.mark.parametrize("row", comparisons.OPERATIONS, ids=str)
def test_operation(backend, row):
    comparisons.check_operation(backend, row)


@pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
@pytest.mark.parametrize(
    ("name", "kwargs", "key"),
    [row[:3] for row in comparisons.LAYERS],
    ids=[row[3] for row in comparisons.LAYERS],
)
def test_layer(backend, name, kwargs, key, training):
    comparisons.check_layer(backend, name, kwargs, key, training)


@pytest.mark.parametrize(
    ("name", "options"),
    [row[:2] for row in comparisons.OPTIMIZERS],
    ids=[row[2] for row in comparisons.OPTIMIZERS],
)
def test_optimizer(backend, name, options):
    comparisons.check_optimizer(backend, name, options)
