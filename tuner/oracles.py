"""The oracles, under the name that KerasTuner has for them."""

from kerasish.tuner.searchers.grid_search import GridSearchOracle
from kerasish.tuner.searchers.random_search import RandomSearchOracle

__all__ = ["GridSearchOracle", "RandomSearchOracle"]
