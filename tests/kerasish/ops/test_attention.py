"""Attention beyond its samples: half precision, wrong arguments."""

import numpy as np
import pytest

from kerasish import ops
from kerasish.autodiff import KerasTensor
from kerasish.core.errors import BackendError, KerasishError
from tests.kerasish.ops.samples.attention import attention

X = np.random.default_rng(0).normal(size=(1, 3, 2, 2))


def test_half_precision_is_summed_in_float32():
    x = np.full((1, 4096, 1, 1), 1.0, "float16")
    x[0, :, 0, 0] += np.linspace(0, 0.1, 4096).astype("float16")
    expected = attention(*(x.astype("float64"),) * 3)
    y = ops.dot_product_attention(x[:, :8], x, x)
    assert y.dtype == "float16"
    np.testing.assert_allclose(np.asarray(y), expected[:, :8], rtol=1e-3)


def test_bfloat16_stays_bfloat16():
    x = ops.cast(X, "bfloat16")
    y = ops.dot_product_attention(x, x, x, bias=np.zeros((1, 1, 3)))
    expected = attention(*(np.asarray(x).astype("float64"),) * 3)
    assert y.dtype == "bfloat16"
    np.testing.assert_allclose(np.asarray(ops.cast(y, "float32")), expected, atol=0.02)


def test_integers_give_floats():
    x = np.ones((1, 2, 1, 1), "int32")
    assert ops.dot_product_attention(x, x, x).dtype == "float32"


def test_no_flash_is_the_plain_form():
    y = ops.dot_product_attention(X, X, X, flash_attention=False)
    np.testing.assert_allclose(np.asarray(y), attention(X, X, X))


def test_lengths_may_be_unknown():
    x = KerasTensor((None, None, 2, 4))
    y = ops.dot_product_attention(x, x, x, is_causal=True)
    assert y.shape == (None, None, 2, 4)


REFUSED = [
    ({"flash_attention": True}, "no flash attention kernel"),
    ({"attn_logits_soft_cap": -1.0}, "`attn_logits_soft_cap` must be positive"),
    ({"mask": np.ones((1,) * 5, bool)}, "`mask` must broadcast"),
    ({"key": X[0]}, "needs tensors of 4 axes"),
    ({"key": X[..., :1]}, "query and key in size"),
    ({"value": X[:, :2]}, "key and value in length"),
    ({"query": X[:, :, :1]}, "a multiple of those of the key"),
]


@pytest.mark.parametrize(("change", "match"), REFUSED)
def test_wrong_arguments_are_named(change, match):
    given = {"query": X, "key": X, "value": X} | change
    with pytest.raises(KerasishError, match=match):
        ops.dot_product_attention(**given)


def test_refusing_flash_is_a_runtime_error():
    assert issubclass(BackendError, RuntimeError)
