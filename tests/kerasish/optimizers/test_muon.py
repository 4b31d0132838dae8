"""Muon against values of Keras, and against singular values."""

import numpy as np
import pytest

from kerasish import Variable
from kerasish.optimizers import Muon, deserialize, serialize
from tests.kerasish.optimizers.stored import compare, identify, rows

ROWS = rows(["Muon"])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_steps_are_those_of_keras(row):
    compare(Muon(**row["kw"]), row["names"], row["steps"])


@pytest.mark.parametrize("row", ROWS, ids=identify)
def test_config_makes_the_same_optimizer(row):
    optimizer = Muon(**row["kw"])
    assert deserialize(serialize(optimizer)).get_config() == optimizer.get_config()


@pytest.mark.parametrize("shape", [(6, 4), (4, 6)])
def test_singular_values_come_near_one(shape):
    gradient = np.random.default_rng(0).normal(size=shape).astype("float32")
    v = Variable(np.zeros(shape, "float32"))
    Muon(1.0, rms_rate=None, weight_decay=None).apply([gradient], [v])
    left, _, right = np.linalg.svd(gradient, full_matrices=False)
    turned = left.T @ -v.numpy() @ right.T
    np.testing.assert_allclose(turned, np.diag(np.diag(turned)), atol=1e-5)
    assert np.all(np.abs(np.diag(turned) - 1.0) < 0.35)


def test_which_weights_move_as_by_adam():
    def slots(path, shape, **kw):
        optimizer = Muon(**kw)
        v = Variable(np.zeros(shape, "float32"), name=path.split("/")[-1])
        v.path = path
        optimizer.build([v])
        return len(optimizer.variables) - 2

    assert slots("net/a/kernel", (3, 2)) == 1
    assert slots("net/a/bias", (3,)) == 2
    assert slots("net/a/kernel", (3, 2, 2)) == 2
    assert slots("net/Embedding_1/kernel", (3, 2)) == 2
    assert slots("net/Embedding_1/kernel", (3, 2), exclude_embeddings=False) == 1
    assert slots("net/head/kernel", (3, 2), exclude_layers=["hea.", "x"]) == 2
    assert slots("net/head/kernel", (3, 2), exclude_layers=["^head"]) == 1


@pytest.mark.parametrize(
    "kw, match",
    [
        ({"ns_steps": -1}, "`ns_steps` of `Muon`"),
        ({"momentum": 2.0}, "`momentum` of `Muon`"),
        ({"adam_beta_1": 1.0}, "`adam_beta_1`"),
        ({"adam_weight_decay": -1.0}, "`adam_weight_decay`"),
        ({"rms_rate": 0.0}, "`rms_rate`"),
        ({"exclude_layers": "head"}, "must be a list of regular expressions"),
        ({"exclude_layers": ["("]}, "must be a list of regular expressions"),
    ],
)
def test_wrong_arguments(kw, match):
    with pytest.raises(ValueError, match=match):
        Muon(**kw)
