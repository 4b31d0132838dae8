"""One-hot rows. Shapes and dtype are those of Keras 3.15."""

import numpy as np
import pytest
from sklearn.preprocessing import label_binarize

from kerasish.data import to_categorical


def test_rows_agree_with_scikit_learn(rng):
    labels = rng.integers(0, 5, 30)
    expected = label_binarize(labels, classes=range(5))
    for dtype in ("int64", "uint8", "float64", "float16"):
        found = to_categorical(labels.astype(dtype), 5)
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("labels", "classes", "shape"),
    [
        ([0, 2], None, (2, 3)),
        ([[0], [2]], None, (2, 3)),
        ([[0, 1], [2, 1]], None, (2, 2, 3)),
        (np.array(2), None, (3,)),
        (2, None, (3,)),
        (np.int8(1), 4, (4,)),
        ([], 3, (0, 3)),
        ([True, False], None, (2, 2)),
        ([0], np.int64(1), (1, 1)),
    ],
)
def test_shapes(labels, classes, shape):
    found = to_categorical(labels, classes)
    assert found.shape == shape
    assert found.sum() == np.prod(shape[:-1])


def test_input_is_not_changed():
    labels = np.array([1, 0])
    to_categorical(labels)
    assert labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        ([0, -1], None, ValueError, "numbers from 0 to 0. Received: -1 at position 1"),
        ([0, 5], 3, ValueError, "class numbers from 0 to 2. Received: 5 at position 1"),
        ([2**40], 3, ValueError, "Received: 1099511627776 at position 0"),
        ([0, 0.5], None, ValueError, "whole numbers. Received: 0.5 at position 1"),
        ([np.nan], None, ValueError, "whole numbers. Received: nan"),
        ([np.inf], None, TypeError, "values of dtype float64 up to inf"),
        ([], None, ValueError, "`num_classes` of `to_categorical` must be given"),
        ([0], 0, ValueError, "num_classes=0"),
        ([0], 2.5, TypeError, "num_classes=2.5"),
        (["a"], None, TypeError, "`x` of `to_categorical` must hold real numbers"),
        (np.array("a"), None, TypeError, "`x` of `to_categorical` must hold real"),
    ],
)
def test_refusals(labels, classes, error, message):
    with pytest.raises(error, match=message):
        to_categorical(labels, classes)
