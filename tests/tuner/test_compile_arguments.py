from kerasish.tuner.compile_arguments import override_compile
from tests.tuner.fakes import FakeModel


class Optimizer:
    def __init__(self, rate):
        self.rate = rate

    def get_config(self):
        return {"rate": self.rate}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def test_nothing_given_leaves_the_model_alone():
    model = FakeModel([])
    override_compile(model, None, None, None)
    assert model.compiled == {}


def test_what_is_given_replaces_the_builders():
    model = FakeModel([])
    given = Optimizer(0.5)
    override_compile(model, given, None, ["acc"])
    assert model.compiled["loss"] == "mse" and model.compiled["metrics"] == ["acc"]
    made = model.compiled["optimizer"]
    assert made.rate == 0.5 and made is not given
