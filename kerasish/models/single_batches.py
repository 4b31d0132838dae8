"""Single batches: one training, test or prediction step on data at hand."""

from typing import Any

import numpy as np

from kerasish import data
from kerasish.callbacks import pythonify_logs
from kerasish.core import tree
from kerasish.core.keywords import checks_keywords
from kerasish.models import checks
from kerasish.models.interrupts import BetweenSteps
from kerasish.models.replicas import replicas_of
from kerasish.models.steps import Steps

__all__ = ["SingleBatches"]


class SingleBatches(Steps):
    """`train_on_batch`, `test_on_batch`, `predict_on_batch`, and the recorded steps."""

    @property
    def train_function(self) -> Any:
        """The recorded training step; `plan()` and `graph()` show it as text.

        None for a model that is not compiled, or runs eagerly; so are the two below.
        """
        return self._functions.recorded("train_step") if self.compiled else None

    @property
    def test_function(self) -> Any:
        """The recorded step of `evaluate`."""
        return self._functions.recorded("test_step") if self.compiled else None

    @property
    def predict_function(self) -> Any:
        """The recorded step of `predict`."""
        return self._functions.recorded("predict_step")

    @checks_keywords
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Trains on one batch and returns the metrics, which go on accumulating.

        Args:
            x: Inputs.
            y: Targets.
            sample_weight: Weight of each sample.
            class_weight: Dict from class number to weight.
            return_dict: Whether values come by name.
        """
        self._assert_compiled("train_on_batch")
        adapter, batch = self._one_batch(
            "train_on_batch", x, y, sample_weight, class_weight
        )
        checks.labels(self, batch)
        replicas = replicas_of(self)
        run = replicas.runner(adapter, self._functions.run)
        replicas.begin(batch)
        with BetweenSteps() as between:
            result = between.run(run, "train_step", batch)
        replicas.level()
        logs = replicas.glance(pythonify_logs(result.read()))
        return logs if return_dict else self._in_order(logs)

    @checks_keywords
    def test_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Evaluates one batch and returns the metrics, which go on accumulating.

        Args:
            x: Inputs.
            y: Targets.
            sample_weight: Weight of each sample.
            return_dict: Whether values come by name.
        """
        self._assert_compiled("test_on_batch")
        adapter, batch = self._one_batch("test_on_batch", x, y, sample_weight, None)
        checks.labels(self, batch)
        replicas = replicas_of(self)
        run = replicas.runner(adapter, self._functions.run)
        logs = replicas.glance(pythonify_logs(run("test_step", batch).read()))
        return logs if return_dict else self._in_order(logs)

    def predict_on_batch(self, x: Any) -> Any:
        """Returns the outputs for one batch, as NumPy arrays.

        Args:
            x: Inputs.
        """
        _, batch = self._one_batch("predict_on_batch", x, None, None, None)
        outputs = self._functions.run("predict_step", batch).arrays()
        return tree.map_structure(np.array, outputs)

    def _one_batch(
        self, caller: str, x: Any, y: Any, sample_weight: Any, class_weight: Any
    ) -> tuple[Any, Any]:
        """Returns the adapter of a batch, and the batch."""
        adapter = data.make_adapter(
            x,
            y,
            sample_weight,
            batch_size=2**62,
            class_weight=class_weight,
            caller=caller,
            sharding=(
                None if caller == "predict_on_batch" else replicas_of(self).sharding()
            ),
        )
        return adapter, next(iter(adapter.epoch()))
