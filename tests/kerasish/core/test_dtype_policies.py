"""Dtype policies: names, maps, the default, configs."""

import numpy as np
import pytest

from kerasish.core import config, dtype_policies
from kerasish.core.dtype_policies import DTypePolicy, DTypePolicyMap


@pytest.fixture(autouse=True)
def default():
    yield
    dtype_policies.set_dtype_policy(None)
    config.set_floatx("float32")


@pytest.mark.parametrize(
    ("name", "compute", "variable"),
    [
        ("float32", "float32", "float32"),
        ("float64", "float64", "float64"),
        ("bfloat16", "bfloat16", "bfloat16"),
        ("int8", "int8", "int8"),
        ("mixed_float16", "float16", "float32"),
        ("mixed_bfloat16", "bfloat16", "float32"),
    ],
)
def test_names(name, compute, variable):
    policy = DTypePolicy(name)
    assert (policy.name, policy.compute_dtype, policy.variable_dtype) == (
        name,
        compute,
        variable,
    )
    assert policy.quantization_mode is None
    assert repr(policy) == f'<DTypePolicy "{name}">'
    assert dtype_policies.get(dtype_policies.serialize(policy)) == policy


def test_equality():
    assert DTypePolicy("float16") == DTypePolicy("float16")
    assert hash(DTypePolicy("float16")) == hash(DTypePolicy("float16"))
    assert DTypePolicy("float16") != DTypePolicy("float32")
    assert DTypePolicy("float16") != "float16"
    assert dtype_policies.FloatDTypePolicy is DTypePolicy


def test_wrong_names():
    with pytest.raises(ValueError, match="Unknown dtype policy: 'mixed_float64'. Did"):
        DTypePolicy("mixed_float64")
    with pytest.raises(TypeError, match="must be a string, .* Received: name=3"):
        DTypePolicy(3)


def test_get():
    assert dtype_policies.get(None).name == "float32"
    assert dtype_policies.get(np.float64).name == "float64"
    assert dtype_policies.get(np.dtype("float16")).name == "float16"
    policy = DTypePolicy("float16")
    assert dtype_policies.get(policy) is policy
    old = {"class_name": "FloatDTypePolicy", "config": {"name": "mixed_float16"}}
    assert dtype_policies.get({**old, "module": "keras.dtype_policies"}).name == (
        "mixed_float16"
    )
    for wrong in ([], True, object()):
        with pytest.raises(ValueError, match="`dtype` must be None, a name, a dtype"):
            dtype_policies.get(wrong)
    with pytest.raises(ValueError, match="config of a dtype policy was expected"):
        dtype_policies.get({"a": 1})


def test_default_follows_floatx_until_it_is_set():
    config.set_floatx("float16")
    assert dtype_policies.dtype_policy().name == "float16"
    dtype_policies.set_dtype_policy("mixed_bfloat16")
    assert DTypePolicy().name == "mixed_bfloat16"
    assert dtype_policies.get(None).compute_dtype == "bfloat16"
    dtype_policies.set_dtype_policy(None)
    assert dtype_policies.dtype_policy().name == "float16"


def test_serialize_as_keras_does():
    assert dtype_policies.serialize(DTypePolicy("float16")) == {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": {"name": "float16"},
        "registered_name": None,
    }


def test_map_looks_up_whole_paths():
    policies = DTypePolicyMap(
        policy_map={"dense": "float16", "sub/.*": DTypePolicy("bfloat16")}
    )
    expected = {
        "dense": "float16",
        "layer/dense": "float32",
        "dense_1": "float32",
        "sub/x": "bfloat16",
        "x/sub/x": "float32",
        "sub": "float32",
    }
    assert {path: policies[path].name for path in expected} == expected
    assert list(policies) == ["dense", "sub/.*"]
    assert len(policies) == 2
    assert "sub/x" not in policies
    assert isinstance(hash(policies), int)
    assert repr(policies) == (
        "<DTypePolicyMap default_policy='float32', "
        "policy_map={'dense': 'float16', 'sub/.*': 'bfloat16'}>"
    )


def test_map_default():
    assert DTypePolicyMap("float16")["x"].name == "float16"
    mixed = DTypePolicyMap("mixed_float16")
    assert mixed.name == "map_mixed_float16"
    assert (mixed.compute_dtype, mixed.variable_dtype) == ("float16", "float32")


def test_map_refuses():
    policies = DTypePolicyMap(
        policy_map={"a": "float16", "a|b": "float32", "b|c": None}
    )
    with pytest.raises(ValueError, match=r"matches several keys .*\['a\|b', 'b\|c'\]"):
        policies["b"]
    with pytest.raises(ValueError, match="'a' is already in the `DTypePolicyMap`"):
        policies["a"] = "float32"
    del policies["a"]
    policies["a"] = "float64"
    assert policies["a"].name == "float64"
    with pytest.raises(TypeError, match="`policy_map` of `DTypePolicyMap` must be"):
        DTypePolicyMap(policy_map=3)
    with pytest.raises(ValueError, match="must not be a `DTypePolicyMap`"):
        DTypePolicyMap(policies)


def test_map_round_trip():
    policies = DTypePolicyMap("float16", {"a": "mixed_float16"})
    again = dtype_policies.get(dtype_policies.serialize(policies))
    assert again == policies
    assert again != DTypePolicyMap("float16")
    assert DTypePolicyMap().get_config() == {"default_policy": None, "policy_map": {}}
