"""What a model does with one batch: train, test or predict; and what `compile` keeps.

`train_step`, `test_step`, `predict_step` and `compute_loss` are meant to be overridden.
The loops over batches are in `kerasish.models.trainer`.
"""

from typing import Any

from kerasish import metrics, ops, optimizers
from kerasish.autodiff import GradientTape, StatelessScope
from kerasish.autodiff.mode import part
from kerasish.core import tree
from kerasish.core.errors import ArgumentError, StateError
from kerasish.core.keywords import checks_keywords
from kerasish.core.registry import deserialize_keras_object, serialize_keras_object
from kerasish.data import check_count, unpack_x_y_sample_weight
from kerasish.layers.base.call_context import CallContext, call_context
from kerasish.layers.base.call_signature import call_signature
from kerasish.models.compiled_loss import CompiledLoss
from kerasish.models.compiled_metrics import CompiledMetrics
from kerasish.models.state_tree import StateTree
from kerasish.models.step_functions import StepFunctions
from kerasish.optimizers.loss_scale import with_loss_scale

__all__ = ["Steps"]


class Steps(StateTree):
    """`compile`, and the steps that it prepares for."""

    name: str
    built: bool
    trainable_weights: list[Any]
    losses: list[Any]

    def __init__(self) -> None:
        self.compiled = False
        self.optimizer: Any = None
        self.loss: Any = None
        self.stop_training = False
        self.run_eagerly = False
        self.jit_compile: Any = "auto"
        self.steps_per_execution = 1
        self._compile_loss: CompiledLoss | None = None
        self._compile_metrics: CompiledMetrics | None = None
        self._loss_tracker: Any = None
        self._compile_arguments: dict[str, Any] = {}
        self._functions = StepFunctions(self)

    @checks_keywords
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Prepares the model for training.

        Args:
            optimizer: Name or optimizer.
            loss: Name, loss or function; for several outputs a list or dict of them.
            loss_weights: Number for each loss, in a list or dict.
            metrics: List of names, metrics or functions; for several outputs a list of
                lists, or a dict.
            weighted_metrics: Metrics that sample weights apply to.
            run_eagerly: Whether steps run operation by operation.
            steps_per_execution: Batches between two calls of callbacks.
            jit_compile: "auto": recorded steps are compiled where the extra `cpu` is
                installed and as soon as that pays; True: before they are replayed
                for the first time; False: never.
            auto_scale_loss: Whether the optimizer of a model with the policy
                `mixed_float16` is wrapped in a `LossScaleOptimizer`.

        Raises:
            ArgumentError: If a name is unknown or an argument out of range.

        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            >>> model.compile("sgd", "mse", metrics=["mae"])
            >>> model.compiled
            True
        """
        if jit_compile not in ("auto", True, False):
            raise ArgumentError(
                "`jit_compile` must be 'auto', True or False. "
                f"Received: {jit_compile!r}"
            )
        check_count(steps_per_execution, "steps_per_execution", "compile")
        made = optimizers.get(optimizer)
        policy = getattr(getattr(self, "dtype_policy", None), "name", "")
        if auto_scale_loss and policy == "mixed_float16" and made is not None:
            made = with_loss_scale(made)
        self.optimizer = made
        self.loss = loss
        self._compile_loss = None if loss is None else CompiledLoss(loss, loss_weights)
        self._compile_metrics = None
        if metrics is not None or weighted_metrics is not None:
            self._compile_metrics = CompiledMetrics(metrics, weighted_metrics)
        self._loss_tracker = _mean("loss")
        self.run_eagerly = bool(run_eagerly)
        self.steps_per_execution = steps_per_execution
        self.jit_compile = jit_compile
        self.stop_training = False
        self._functions = StepFunctions(self)
        self.compiled = True
        self._compile_arguments = {
            "optimizer": optimizer if isinstance(optimizer, str) else self.optimizer,
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
            **({} if auto_scale_loss else {"auto_scale_loss": False}),
        }

    # -------------------------------------------------------------------- steps

    def train_step(self, data: Any) -> dict[str, Any]:
        """Trains on a batch; override it to train in another way.

        Args:
            data: `(x, y, sample_weight)` of tensors.

        Returns:
            The metrics' values by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            y_pred = self._forward(x, training=True)
            loss = self._tracked_loss(x, y, y_pred, sample_weight, training=True)
            scaled = loss
            if self.optimizer is not None:
                scaled = self.optimizer.scale_loss(loss)
        weights = self.trainable_weights
        if weights:
            if self.optimizer is None:
                raise StateError(
                    "Training needs an optimizer: `compile(optimizer=...)`."
                )
            gradients = tape.gradient(scaled, weights)
            self.optimizer.apply(gradients, weights)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluates a batch; override it to evaluate in another way.

        Args:
            data: `(x, y, sample_weight)` of tensors.

        Returns:
            The metrics' values by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self._forward(x, training=False)
        self._tracked_loss(x, y, y_pred, sample_weight, training=False)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Predicts for a batch; override it to predict in another way.

        Args:
            data: `(x, y, sample_weight)` of tensors; only x is used.
        """
        x, _, _ = unpack_x_y_sample_weight(data)
        return self._forward(x, training=False)

    def _forward(self, x: Any, training: bool) -> Any:
        if call_signature(self).has_training:
            return self(x, training=training)  # type: ignore[operator]
        self._clear_losses()  # type: ignore[attr-defined]
        with call_context(CallContext(None, training)):
            return self(x)  # type: ignore[operator]

    def _tracked_loss(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool
    ) -> Any:
        with part("loss"):
            loss = self.compute_loss(
                x=x,
                y=y,
                y_pred=y_pred,
                sample_weight=sample_weight,
                training=training,
            )
        if loss is None:
            raise ArgumentError(
                "No loss to compute. Provide a `loss` argument in `compile()`, or call "
                "`add_loss` in a layer."
            )
        size = next((t.shape[0] for t in tree.flatten(x) if t.shape), 1)
        self._loss_tracker.update_state(loss, sample_weight=float(size))
        return loss

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Returns the loss of a batch: that of `compile`, and those added by layers.

        Args:
            x: Inputs.
            y: Targets.
            y_pred: Outputs.
            sample_weight: Weights.
            training: Whether it is for training.

        Returns:
            Scalar tensor, or None if there is no loss.
        """
        total: Any = None
        if self._compile_loss is not None:
            if y is None:
                raise ArgumentError(
                    f"The model {self.name!r} was compiled with a loss, which needs "
                    "targets. Received: y=None"
                )
            if not self._compile_loss.built:
                names = getattr(self, "output_names", None)
                self._compile_loss.build(y_pred, names, y)
            total = self._compile_loss(y, y_pred, sample_weight)
        for value in self.losses:
            value = ops.sum(ops.convert_to_tensor(value))
            total = value if total is None else total + value
        return total

    def stateless_compute_loss(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        metrics_variables: Any,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> tuple[Any, tuple[list[Any], list[Any], list[Any]]]:
        """Returns the loss with given values of the variables, which do not change.

        Args:
            trainable_variables: A value for each trainable variable.
            non_trainable_variables: A value for each other variable.
            metrics_variables: A value for each variable of the metrics.
            x: Inputs.
            y: Targets.
            y_pred: Outputs.
            sample_weight: Weights.
            training: Whether it is for training.

        Returns:
            `(loss, (trainable, non_trainable, metrics))`, the new values of each.
        """
        given = {
            "trainable_variables": trainable_variables,
            "non_trainable_variables": non_trainable_variables,
            "metrics_variables": metrics_variables,
        }
        pairs: list[Any] = []
        for kind, values in given.items():
            own, values = getattr(self, kind), list(values)
            if len(values) != len(own):
                raise ArgumentError(
                    f"`{kind}` of `stateless_compute_loss` must hold {len(own)} "
                    f"values. Received: {len(values)}"
                )
            pairs += zip(own, values, strict=True)
        with StatelessScope(state_mapping=pairs) as scope:
            loss = self.compute_loss(x, y, y_pred, sample_weight, training)
        after = [
            [scope.get_current_value(v) for v in getattr(self, kind)] for kind in given
        ]
        return loss, (after[0], after[1], after[2])

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Updates the compiled metrics and returns the values of all metrics.

        Args:
            x: Inputs.
            y: Targets.
            y_pred: Outputs.
            sample_weight: Weights.
        """
        if self._compile_metrics is not None:
            if not self._compile_metrics.built:
                names = getattr(self, "output_names", None)
                self._compile_metrics.build(y, y_pred, names)
            with part("metrics"):
                self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    # ------------------------------------------------------------------ metrics

    @property
    def metrics(self) -> list[Any]:
        """The loss tracker, the metrics of layers, and those of `compile`."""
        found = [self._loss_tracker] if self._loss_tracker is not None else []
        found += [m for m in super().metrics if m not in found]  # type: ignore[misc]
        if self._compile_metrics is not None:
            found.append(self._compile_metrics)
        if self._compile_loss is not None:
            found += self._compile_loss.metrics
        return found

    @property
    def metrics_names(self) -> list[str]:
        """The names of the metrics."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Starts all metrics again."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """Returns the values of all metrics by name."""
        found: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            if isinstance(value, dict):
                found.update(value)
            else:
                found[metric.name] = value
        return found

    def _in_order(self, logs: dict[str, Any]) -> Any:
        """Returns logs as a list in the order of the metrics; one value alone."""
        names: list[str] = []
        for metric in self.metrics:
            names += (
                metric.names if isinstance(metric, CompiledMetrics) else [metric.name]
            )
        known = [name for name in names if name in logs]
        rest = [name for name in logs if name not in known]
        values = [float(logs[name]) for name in [*known, *rest]]
        return values[0] if len(values) == 1 else values

    def _assert_compiled(self, caller: str) -> None:
        if not self.compiled:
            raise StateError(f"You must call `compile()` before calling `{caller}()`.")

    # ------------------------------------------------------------------- config

    def get_compile_config(self) -> dict[str, Any] | None:
        """Returns what `compile` was given as plain data, or None."""
        if not self.compiled:
            return None
        config = {
            key: serialize_keras_object(value)
            for key, value in self._compile_arguments.items()
        }
        config["optimizer"] = serialize_keras_object(self.optimizer)
        return config

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles the model with what `get_compile_config` returned.

        Args:
            config: The arguments of `compile`.
        """
        config = deserialize_keras_object(config)
        known = {k: v for k, v in config.items() if k in COMPILE_ARGUMENTS}
        self.compile(**known)
        if self.optimizer is not None and self.built:
            self.optimizer.build(self.trainable_weights)


COMPILE_ARGUMENTS = (
    "optimizer loss loss_weights metrics weighted_metrics run_eagerly "
    "steps_per_execution jit_compile auto_scale_loss"
).split()


def _mean(name: str) -> Any:
    return metrics.Mean(name=name)
