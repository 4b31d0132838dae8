"""Several optimizers, each for some weights; values of Keras."""

import numpy as np
import pytest

import kerasish as keras
from kerasish import Variable, layers, ops
from kerasish.optimizers import (
    SGD,
    Adam,
    LossScaleOptimizer,
    MultiOptimizer,
    OptimizerMap,
    RMSprop,
    deserialize,
    serialize,
)
from tests.kerasish.optimizers.stored import compare, stored


def weights(*names):
    return [Variable(np.zeros(2, "float32"), name=name) for name in names]


def ones(count):
    return [np.ones(2, "float32") for _ in range(count)]


@pytest.mark.parametrize("row", stored()["multi"], ids=lambda row: str(row["kw"]))
def test_steps_are_those_of_keras(row):
    chosen = OptimizerMap(
        SGD(0.1, momentum=0.9), {"b.*": Adam(0.05), "c": RMSprop(0.05)}
    )
    compare(MultiOptimizer(chosen, **row["kw"]), row["names"], row["steps"])


def test_variables_stand_as_in_keras():
    chosen = OptimizerMap(SGD(name="S"), {"b.*": Adam(name="A"), "c": SGD(name="C")})
    optimizer = MultiOptimizer(chosen, name="all")
    optimizer.build(weights("b1", "x", "c", "b2"))
    assert [v.path for v in optimizer.variables] == [
        "all/iteration",
        "all/learning_rate",
        "A/iteration",
        "A/learning_rate",
        "A/b1_momentum",
        "A/b1_velocity",
        "A/b2_momentum",
        "A/b2_velocity",
        "C/iteration",
        "C/learning_rate",
        "S/iteration",
        "S/learning_rate",
    ]


def test_whole_paths_are_matched():
    encoder, decoder, rest = Adam(), RMSprop(), SGD()
    chosen = OptimizerMap(rest, {"enc": encoder, "dec.*": decoder})
    assert chosen["enc"] is encoder and chosen["decoder/k"] is decoder
    assert chosen["encoder"] is rest and chosen["x/enc"] is rest
    assert len(chosen) == 2 and list(chosen) == ["enc", "dec.*"]
    chosen["e.*"] = decoder
    assert chosen["enc"] is encoder, "the expression that is equal comes first"
    with pytest.raises(ValueError, match=r"match 'exc': \['e\.\*', '\.\*c'\]"):
        chosen[".*c"] = encoder
        chosen["exc"]
    del chosen["e.*"], chosen[".*c"]
    with pytest.raises(ValueError, match="already has an optimizer for 'enc'"):
        chosen["enc"] = rest


def test_a_function_may_choose():
    first, rest = SGD(1.0), SGD(0.5)
    optimizer = MultiOptimizer(lambda v: first if v.path == "a" else rest)
    assert optimizer.optimizers == []
    variables = weights("a", "b", "c")
    optimizer.apply(ones(3), variables)
    assert optimizer.optimizers == [first, rest]
    assert [float(v.numpy()[0]) for v in variables] == [-1.0, -0.5, -0.5]
    assert int(optimizer.iterations) == int(first.iterations) == 1


def test_an_optimizer_without_gradients_waits():
    first, rest = SGD(1.0), SGD(0.5)
    optimizer = MultiOptimizer(OptimizerMap(rest, {"a": first}))
    optimizer.build(weights("a", "b"))
    with pytest.warns(UserWarning, match=r"for variables \['a'\]"):
        optimizer.apply([None, *ones(1)])
    assert int(first.iterations) == 0 and int(rest.iterations) == 1


def test_its_loss_scale_takes_the_place_of_theirs():
    optimizer = MultiOptimizer(OptimizerMap(SGD(1.0, loss_scale_factor=2.0)), 4.0)
    (v,) = weights("a")
    assert float(optimizer.scale_loss(ops.convert_to_tensor(1.0))) == 4.0
    optimizer.apply(ones(1), [v])
    assert v.numpy().tolist() == [-0.25, -0.25]


def test_weights_left_out_of_decay():
    for chosen in (OptimizerMap(SGD(1.0, weight_decay=0.5)), None):
        made = SGD(1.0, weight_decay=0.5)
        optimizer = MultiOptimizer(chosen or (lambda v: made))  # noqa: B023
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        kernel, bias = (Variable(np.ones(2), name=n) for n in ("kernel", "bias"))
        optimizer.apply([np.zeros(2), np.zeros(2)], [kernel, bias])
        assert kernel.numpy()[0] == 0.5 and bias.numpy()[0] == 1.0


def test_averages_of_all_at_the_end():
    optimizer = MultiOptimizer(
        OptimizerMap(SGD(1.0), {"a": SGD(1.0, use_ema=True, ema_momentum=0.5)})
    )
    a, b = weights("a", "b")
    optimizer.build([a, b])
    for _ in range(2):
        optimizer.apply(ones(2))
    optimizer.finalize_variable_values([a, b])
    assert a.numpy()[0] == -1.5 and b.numpy()[0] == -2.0


def test_configs():
    chosen = OptimizerMap(SGD(0.5), {"b": Adam(0.25)})
    again = deserialize(serialize(MultiOptimizer(chosen, 4.0, "all")))
    assert again.name == "all" and again.loss_scale_factor == 4.0
    assert [type(o) for o in again.optimizers] == [Adam, SGD]
    assert float(again.optimizers[0].learning_rate) == 0.25


def test_a_model_trains_and_is_saved(tmp_path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(3, name="a"), layers.Dense(1, name="b")]
    )
    chosen = OptimizerMap(SGD(0.0), {".*b/.*": Adam(0.1)})
    model.compile(MultiOptimizer(chosen), "mse")
    before = model.get_weights()
    model.fit(np.ones((8, 2)), np.ones((8, 1)), 2, verbose=0)
    moved = [
        not np.array_equal(a, b)
        for a, b in zip(before, model.get_weights(), strict=True)
    ]
    assert moved == [False, False, True, True]
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    pairs = zip(model.optimizer.variables, again.optimizer.variables, strict=True)
    assert all(np.array_equal(a.numpy(), b.numpy()) for a, b in pairs)


def test_there_is_no_learning_rate():
    optimizer = MultiOptimizer(OptimizerMap(SGD()))
    with pytest.raises(AttributeError, match="read those of its `optimizers`"):
        _ = optimizer.learning_rate
    with pytest.raises(AttributeError, match="set those of its `optimizers`"):
        optimizer.learning_rate = 0.1


@pytest.mark.parametrize(
    "make, match",
    [
        (lambda: MultiOptimizer("adam"), "must be an `OptimizerMap` or a function"),
        (lambda: MultiOptimizer(lambda v: 3).build(weights("a")), r"_map\('a'\)` must"),
        (lambda: OptimizerMap(None), "`default_optimizer` must be an optimizer"),
        (lambda: OptimizerMap(SGD(), {"a": "adam"}), "`optimizer_map` must be an opt"),
        (lambda: OptimizerMap(SGD(), [SGD()]), "must be a dict"),
        (lambda: OptimizerMap(SGD(), {"(": SGD()}), "must be regular expressions"),
        (lambda: OptimizerMap(SGD(), {3: SGD()}), "must be regular expressions"),
        (lambda: OptimizerMap(LossScaleOptimizer(SGD())), "scales it for all"),
    ],
)
def test_wrong_arguments(make, match):
    with pytest.raises((TypeError, ValueError), match=match):
        make()
