import pytest

from kerasish.tuner.errors import FatalTypeError
from kerasish.tuner.hypermodel import DefaultHyperModel, HyperModel, create_hypermodel
from kerasish.tuner.hyperparameters import HyperParameters
from tests.tuner.fakes import FakeModel, losses


class Own(HyperModel):
    def build(self, hp):
        return FakeModel(losses(hp.Float("x", 0.0, 1.0)))


def test_function_becomes_a_hypermodel():
    made = create_hypermodel(lambda hp: hp.Int("a", 3, 4))
    assert isinstance(made, DefaultHyperModel) and made.tunable
    assert made.build(HyperParameters()) == 3


def test_hypermodel_and_nothing_stay_as_they_are():
    own = Own(name="mine", tunable=False)
    assert create_hypermodel(own) is own and own.name == "mine"
    assert create_hypermodel(None) is None


def test_fit_passes_everything_on():
    own, hp = Own(), HyperParameters()
    own.declare_hyperparameters(hp)
    model = own.build(hp)
    result = own.fit(hp, model, 1, 2, epochs=1, batch_size=8)
    assert result.history == {"loss": [0.0], "val_loss": [0.0]}
    assert model.fit_arguments == ((1, 2), {"batch_size": 8})


def test_build_must_be_defined():
    with pytest.raises(NotImplementedError, match="`HyperModel` must define `build"):
        HyperModel().build(HyperParameters())


def test_wrong_hypermodels_are_named():
    with pytest.raises(FatalTypeError, match="not the class.*did you mean `Own\\(\\)`"):
        create_hypermodel(Own)
    with pytest.raises(FatalTypeError, match="must be a function of `hp`.*of type int"):
        create_hypermodel(3)
