"""Numbers that tell how good a model is."""

from kerasish.metrics.metric import Metric

__all__ = ["Metric"]
