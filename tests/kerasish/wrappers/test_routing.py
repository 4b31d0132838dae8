"""Routed parameters: written, read, cloned, and refused."""

import inspect

import pytest
from sklearn.base import clone

from kerasish.wrappers import KerasClassifier, KerasRegressor, SKLearnRegressor


def test_the_constructor_collects_routed_names_into_dicts():
    made = KerasClassifier(model__units=3, optimizer__learning_rate=0.1)
    assert made.model_kwargs == {"units": 3}
    assert made.optimizer_kwargs == {"learning_rate": 0.1}


def test_a_given_dict_is_kept_as_the_same_object_and_never_changed():
    given = {"units": 3}
    made = KerasClassifier(model_kwargs=given)
    assert made.model_kwargs is given
    made.set_params(model__rate=0.5)
    assert given == {"units": 3}
    assert made.model_kwargs == {"units": 3, "rate": 0.5}


def test_routed_names_go_over_those_of_a_given_dict():
    made = KerasClassifier(model_kwargs={"units": 3, "rate": 1}, model__units=4)
    assert made.model_kwargs == {"units": 4, "rate": 1}


def test_get_params_shows_routed_names_only_when_deep():
    made = KerasRegressor(callbacks__0__patience=2)
    assert made.get_params(deep=True)["callbacks__0__patience"] == 2
    shallow = made.get_params(deep=False)
    assert "callbacks__0__patience" not in shallow
    assert shallow["callbacks_kwargs"] == {"0__patience": 2}


def test_get_params_leaves_odd_values_for_fit_to_refuse():
    assert KerasRegressor(model_kwargs=3).get_params()["model_kwargs"] == 3


def test_clone_keeps_routed_names_apart_from_the_original():
    made = KerasClassifier(fit__epochs=3)
    copy = clone(made).set_params(fit__epochs=4)
    assert (made.fit_kwargs, copy.fit_kwargs) == ({"epochs": 3}, {"epochs": 4})


def test_names_of_keras_take_part_through_set_params():
    made = SKLearnRegressor(None).set_params(model__units=4, fit__epochs=2)
    assert (made.model_kwargs, made.fit_kwargs) == ({"units": 4}, {"epochs": 2})


def test_plain_and_routed_parameters_are_set_together():
    made = KerasClassifier().set_params(model_kwargs={"a": 1}, model__b=2, epochs=5)
    assert made.model_kwargs == {"a": 1, "b": 2}
    assert made.epochs == 5


def test_an_unknown_argument_is_an_error_with_the_mend():
    with pytest.raises(TypeError, match="model__units`"):
        KerasClassifier(units=3)
    with pytest.raises(TypeError, match=r"'epoch'\. Did you mean 'epochs'\?"):
        KerasClassifier(epoch=3)
    with pytest.raises(TypeError, match="Routed parameters begin with: callbacks__"):
        KerasClassifier(modle__units=3)
    with pytest.raises(TypeError, match="unexpected parameter 'model__'"):
        KerasClassifier(model__=3)


def test_an_unknown_name_in_set_params_is_an_error():
    with pytest.raises(ValueError, match="Invalid parameter 'modle'"):
        KerasClassifier().set_params(modle__units=3)
    with pytest.raises(ValueError, match="Invalid parameter 'optimizer'"):
        SKLearnRegressor(None).set_params(optimizer__learning_rate=3)


def test_the_signature_that_scikit_learn_reads_holds_parameters_only():
    names = inspect.signature(KerasClassifier.__init__).parameters
    assert "routed" not in names
    assert list(names)[:3] == ["self", "model", "hidden_layer_sizes"]


def test_a_subclass_with_a_constructor_of_its_own_takes_part():
    class Small(KerasRegressor):
        def __init__(self, model=None, *, model_kwargs=None, fit_kwargs=None):
            self._store(locals())

    made = Small().set_params(model__dropout=0.5)
    assert clone(made).get_params() == {
        "model": None,
        "model_kwargs": {"dropout": 0.5},
        "model__dropout": 0.5,
        "fit_kwargs": None,
    }
