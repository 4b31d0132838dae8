"""The search strategies: an oracle and a tuner in each module."""

from kerasish.tuner.searchers.grid_search import GridSearch, GridSearchOracle
from kerasish.tuner.searchers.random_search import RandomSearch, RandomSearchOracle

__all__ = ["GridSearch", "GridSearchOracle", "RandomSearch", "RandomSearchOracle"]
