"""Keys and forms that differ between the versions of Keras 3."""

import pytest

from kerasish.core.config_forms import accepted_config, lowest_common_config

POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "mixed_float16"},
    "registered_name": None,
}


class Base:
    def __init__(self, *, optional=False, name=None):
        pass


class Child(Base):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)


@pytest.mark.parametrize(
    ("name", "config", "written"),
    [
        ("Dense", {"units": 1, "quantization_config": None}, {"units": 1}),
        ("Dense", {"quantization_config": "int8"}, {"quantization_config": "int8"}),
        ("InputLayer", {"optional": False}, {}),
        ("InputLayer", {"optional": True}, {"optional": True}),
        ("GlorotUniform", {"seed": None, "input_axes": None}, {"seed": None}),
        ("MultiHeadAttention", {"seed": None, "num_heads": 2}, {"num_heads": 2}),
        ("MultiHeadAttention", {"seed": 3}, {"seed": 3}),
        ("Dense", {"dtype": POLICY}, {"dtype": "mixed_float16"}),
        ("Dense", {"dtype": "float16"}, {"dtype": "float16"}),
        ("Mean", {"dtype": None}, {"dtype": None}),
    ],
)
def test_lowest_common_config(name, config, written):
    assert lowest_common_config(name, config) == written


@pytest.mark.parametrize("change", [{"class_name": "DTypePolicyMap"}, {"config": 3}])
def test_other_policies_stay_as_they_are(change):
    policy = {**POLICY, **change}
    assert lowest_common_config("Dense", {"dtype": policy}) == {"dtype": policy}


def test_keys_that_a_class_does_not_take():
    config = {"units": 1, "use_gate": False, "optional": False}
    assert accepted_config(Child, config) == {"units": 1, "optional": False}
    refused = {"units": 1, "use_gate": True, "typo": None}
    assert accepted_config(Child, refused) == refused
