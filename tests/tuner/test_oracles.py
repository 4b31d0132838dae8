from kerasish.tuner import oracles, searchers


def test_names_are_those_of_keras_tuner():
    assert oracles.RandomSearchOracle is searchers.RandomSearchOracle
    assert oracles.GridSearchOracle is searchers.GridSearchOracle
