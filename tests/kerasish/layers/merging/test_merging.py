"""Merging layers against NumPy."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import layers, ops

A, B = np.array([[1.0, 2.0]], "float32"), np.array([[3.0, -4.0]], "float32")


@pytest.mark.parametrize(
    "name, expected",
    [
        ("Add", A + B),
        ("Subtract", A - B),
        ("Multiply", A * B),
        ("Average", (A + B) / 2),
        ("Maximum", np.maximum(A, B)),
        ("Minimum", np.minimum(A, B)),
        ("Concatenate", np.concatenate([A, B], -1)),
        ("Dot", (A * B).sum(1, keepdims=True)),
    ],
)
def test_values(name, expected):
    kw = {"axes": 1} if name == "Dot" else {}
    layer = getattr(layers, name)(**kw)
    np.testing.assert_allclose(layer([A, B]), expected)
    function = getattr(layers, name.lower())
    np.testing.assert_allclose(function([A, B]), expected)
    again = layers.deserialize(layers.serialize(layer))
    np.testing.assert_allclose(again([A, B]), expected)
    a, b = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([a, b], getattr(layers, name)(**kw)([a, b]))
    np.testing.assert_allclose(model([A, B]), expected)
    assert model.output_shape == (None, *expected.shape[1:])


def test_dot_of_matrices_and_cosines(rng):
    x, y = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 5, 4))
    found = layers.Dot(axes=2)([x, y])
    np.testing.assert_allclose(found, np.einsum("bik,bjk->bij", x, y), rtol=1e-5)
    assert float(layers.Dot(1, normalize=True)([A, 2 * A])) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "layer, shapes, match",
    [
        (layers.Add(name="a"), [(1, 2), (1, 3)], "incompatible shapes"),
        (layers.Concatenate(), [(1, 2), (2, 3)], "matching shapes"),
        (layers.Subtract(), [(1, 2)] * 3, "exactly 2"),
        (layers.Subtract(), [(1, 2)], "at least 2"),
        (layers.Dot(axes=1), [(1, 2), (1, 3)], "same size"),
    ],
)
def test_inputs_that_do_not_fit(layer, shapes, match):
    with pytest.raises(ValueError, match=match):
        layer([np.ones(s) for s in shapes])


def test_wrong_use():
    with pytest.raises(ValueError, match="list of inputs"):
        layers.Add()(np.ones((1, 2)))
    with pytest.raises(ValueError, match="`axes` of `Dot`"):
        layers.Dot(axes="x")


def masked(values, mask):
    x = ops.convert_to_tensor(np.array(values, "float32").reshape(1, -1, 1))
    if mask is not None:
        x._keras_mask = ops.convert_to_tensor(np.array([mask], bool))
    return x


def test_masks():
    x, y = masked([1, 2], [1, 0]), masked([1, 1], [1, 1])
    assert layers.Add()([x, y])._keras_mask.tolist() == [[True, True]]
    assert getattr(layers.Add()([x, masked([1, 1], None)]), "_keras_mask", None) is None
    joined = layers.Concatenate(axis=1)([x, y])
    assert joined._keras_mask.tolist() == [[True, False, True, True]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        # 2 and 3, both masked in the last step, at first none is; as Keras has it.
        (layers.Multiply, [6, 2, 3, 0]),
        (layers.Maximum, [3, 2, 3, 2]),
        (layers.Minimum, [2, 2, 3, 2]),
        (layers.Add, [5, 5, 5, 5]),
    ],
)
def test_masked_steps_do_not_count(kind, expected):
    x, y = masked([2] * 4, [1, 1, 0, 0]), masked([3] * 4, [1, 0, 1, 0])
    found = kind()([x, y])
    assert np.ravel(found).tolist() == expected
    assert found._keras_mask.tolist() == [[True, True, True, False]]


def test_inputs_without_a_mask_count_everywhere():
    x, y = masked([2] * 4, [1, 1, 0, 0]), masked([3] * 4, None)
    assert np.ravel(layers.Multiply()([x, y])).tolist() == [6, 6, 3, 3]
    wide = ops.convert_to_tensor(np.full((1, 4, 3), 3.0, "float32"))
    assert layers.Maximum()([x, wide]).shape == (1, 4, 3)
