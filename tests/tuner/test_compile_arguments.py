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
    model.compile = None
    override_compile(model, None, None, None)


def test_what_is_given_replaces_the_builders():
    model = FakeModel([])
    given = Optimizer(0.5)
    override_compile(model, given, None, ["acc"])
    made = model.compile_arguments
    assert made["loss"] == "mse" and made["metrics"] == ["acc"]
    assert made["optimizer"].rate == 0.5 and made["optimizer"] is not given


def test_loss_alone():
    model = FakeModel([])
    override_compile(model, None, "mae", None)
    expected = {"optimizer": "sgd", "loss": "mae", "metrics": None}
    assert model.compile_arguments == expected
