"""What is made of oneDNN lives as long as the steps that use it."""

import gc

import numpy as np
import pytest

from kerasish.backends.onednn import bind_matmul, library, making

needs_library = pytest.mark.skipif(library() is None, reason="oneDNN is not installed")


def numbers(*shape):
    rng = np.random.default_rng(shape)
    return rng.normal(size=shape).astype("float32")


@needs_library
def test_a_bound_product_keeps_its_memory_and_frees_what_it_made(monkeypatch):
    destroyed = []
    monkeypatch.setattr(
        making, "destroy", lambda lib, made: destroyed.extend(n for n, _ in made)
    )
    run = bind_matmul(numbers(2, 2), numbers(2, 2), np.empty((2, 2), "float32"))
    gc.collect()
    run()
    del run
    gc.collect()
    assert sorted(destroyed) == [
        "dnnl_memory_desc_destroy",
        "dnnl_memory_desc_destroy",
        "dnnl_memory_desc_destroy",
        "dnnl_memory_destroy",
        "dnnl_memory_destroy",
        "dnnl_memory_destroy",
        "dnnl_primitive_attr_destroy",
        "dnnl_primitive_desc_destroy",
        "dnnl_primitive_destroy",
    ]
