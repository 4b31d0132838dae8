"""The table of a model."""

import pytest

import kerasish as keras
from kerasish import layers


def text(model, **kw):
    lines = []
    model.summary(print_fn=lines.append, **kw)
    return "\n".join(lines)


def test_layers_shapes_and_counts():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="d")], name="m")
    shown = text(model, show_trainable=True)
    assert 'Model: "m"' in shown and "d (Dense)" in shown and "(None, 4)" in shown
    assert "Total params: 16 (64.00 B)" in shown and "│ Y" in shown
    model.trainable = False
    assert "Non-trainable params: 16" in text(model)


def test_branches_nested_models_and_ranges():
    inner = keras.Sequential(
        [keras.Input((3,)), layers.Dense(3, name="in")], name="box"
    )
    x = keras.Input((3,), name="x")
    model = keras.Model(x, layers.Add(name="sum")([x, inner(x)]))
    assert "Connected to" in text(model) and "box[0]" in text(model)
    assert "in (Dense)" in text(model, expand_nested=True)
    assert "box (Sequential)" not in text(model, layer_range=("sum", "sum"))
    assert len(text(model, line_length=120, positions=[0.3, 0.6, 0.8, 1.0])) > 100
    with pytest.raises(ValueError, match="no layer matches"):
        text(model, layer_range=("nope", "sum"))


def test_nothing_to_show():
    with pytest.raises(RuntimeError, match="nothing to show"):
        keras.Sequential().summary()
