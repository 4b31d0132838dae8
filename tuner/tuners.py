"""The tuners, under the name that KerasTuner has for them."""

from kerasish.tuner.searchers.grid_search import GridSearch
from kerasish.tuner.searchers.random_search import RandomSearch

__all__ = ["GridSearch", "RandomSearch"]
