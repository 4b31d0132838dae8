"""A single process has nothing to do together with others."""

from kerasish import random
from kerasish.models.alone import Alone


def test_nothing_changes():
    alone, logs = Alone(), {"loss": 0.5}

    def run(step, batch):
        raise AssertionError

    assert alone.is_alone
    assert alone.sharding() is None
    assert alone.runner(None, run) is run
    assert alone.logs(logs) is logs
    assert alone.glance(logs) is logs
    assert alone.agree(True) is True
    assert alone.agree(False) is False
    for method in (alone.level, alone.wait):
        assert method() is None
    assert alone.begin(None, again=True) is None


def test_the_order_of_the_data_is_that_of_the_global_seed():
    seeds = []
    for _ in range(2):
        random.set_random_seed(3)
        seeds.append(Alone().seed())
    assert seeds[0] == seeds[1]
