"""Hyperparameters out of range are refused by name."""

import inspect

import numpy as np
import pytest

from kerasish import optimizers
from tests.kerasish.optimizers.stored import identify, stored


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": -0.1}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"beta_1": 1.5}, "`beta_1` of `Adam`"),
        ({"beta_2": -0.5}, "`beta_2` of `Adam`"),
        ({"epsilon": -1.0}, "`epsilon`"),
        ({"clipnorm": -1.0}, "`clipnorm`"),
        ({"clipnorm": 1.0, "clipvalue": 1.0}, "Only one of"),
        ({"weight_decay": -1}, "`weight_decay`"),
        ({"use_ema": True, "ema_momentum": 2.0}, "ema_momentum"),
        ({"ema_overwrite_frequency": 0}, "ema_overwrite_frequency"),
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps"),
        ({"loss_scale_factor": 0.0}, "loss_scale_factor"),
    ],
)
def test_hyperparameters_out_of_range(kw, match):
    with pytest.raises((ValueError, TypeError), match=match):
        optimizers.Adam(**kw)


@pytest.mark.parametrize("row", stored()["layouts"], ids=identify)
def test_configs_and_arguments_are_those_of_keras(row):
    kind = getattr(optimizers, row["cls"])
    config = kind(**row["kw"], name="it").get_config()
    config["learning_rate"] = round(config["learning_rate"], 8)  # from float32
    assert config == row["config"]
    given = list(inspect.signature(kind).parameters.values())[:-1]  # but **kwargs
    expected = row.get("arguments")
    assert expected in (None, [[p.name, p.default] for p in given])


def test_numbers_of_numpy_count():
    made = optimizers.SGD(momentum=np.float32(0.5), clipnorm=np.float32(2))
    assert (type(made.momentum), made.momentum) == (float, 0.5)
    assert (type(made.clipnorm), made.clipnorm) == (float, 2.0)
    made = optimizers.Adam(beta_1=np.float16(0.5), epsilon=np.float32(0.25))
    assert made.get_config()["beta_1"] == 0.5
    assert type(made.epsilon) is float


@pytest.mark.parametrize("momentum", [1.5, -0.1, "much", True, float("nan")])
def test_momentum_is_from_0_to_1(momentum):
    with pytest.raises(
        ValueError, match=f"`momentum` of `SGD` .* 0 to 1. .*{momentum}"
    ):
        optimizers.SGD(momentum=momentum)
    assert optimizers.SGD(momentum=1).momentum == 1
