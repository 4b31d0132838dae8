from kerasish.tuner import searchers, tuners


def test_names_are_those_of_keras_tuner():
    assert tuners.RandomSearch is searchers.RandomSearch
    assert tuners.GridSearch is searchers.GridSearch
