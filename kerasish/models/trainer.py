"""Trainer: the loops over epochs and batches of `fit`, `evaluate` and `predict`.

A batch comes from `kerasish.data` as NumPy arrays and goes through the model's step
functions into `train_step`, `test_step` or `predict_step`, or the plan recorded of it;
what these return goes to the callbacks.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import numpy as np

from kerasish import data
from kerasish.backends import current
from kerasish.callbacks import CallbackList, pythonify_logs
from kerasish.callbacks.pace import Pace
from kerasish.core import config, tree
from kerasish.core.errors import ArgumentError
from kerasish.core.keywords import checks_keywords, nearest_keywords
from kerasish.data.arguments import DEFAULT_BATCH_SIZE
from kerasish.models import checks
from kerasish.models.interrupts import BetweenSteps
from kerasish.models.outputs import Outputs
from kerasish.models.replicas import replicas_of
from kerasish.models.single_batches import SingleBatches
from kerasish.models.watch import Watch

__all__ = ["Trainer"]


class Trainer(SingleBatches):
    """`fit`, `evaluate` and `predict`."""

    _untracked: frozenset[str] = frozenset(
        "_arguments _compile_arguments _compile_loss _compile_metrics _inbound_nodes "
        "_loss_tracker _outbound_nodes history loss optimizer".split()
    )

    @checks_keywords
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> Any:
        """Trains the model for a number of epochs.

        Args:
            x: Inputs: an array, a list or dict of arrays, pandas, scipy.sparse, a
                `PyDataset`, a generator, or any iterable of batches.
            y: Targets; None where `x` yields batches.
            batch_size: Samples in a step, 32 by default; None where `x` yields batches.
            epochs: The epoch to stop before, counted from 0.
            verbose: 0 silent, 1 a progress bar, 2 a line an epoch, or "auto".
            callbacks: List of callbacks.
            validation_split: Fraction of the last samples that is kept for validation.
            validation_data: `(x, y)` or `(x, y, sample_weight)`, or a data set; a
                generator goes on from epoch to epoch.
            shuffle: Whether samples are taken in a new order each epoch; "batch" for
                batches.
            class_weight: Dict from class number to weight.
            sample_weight: Weight of each sample.
            initial_epoch: The epoch to start at.
            steps_per_epoch: Batches in an epoch; by default all.
            validation_steps: Batches of validation data; by default all.
            validation_batch_size: As `batch_size`, which is the default.
            validation_freq: Validate every so many epochs, or a list of epochs.

        Returns:
            `History`, whose `history` has a list of values for each metric.

        Raises:
            StateError: If the model is not compiled.
            ArgumentError: If an argument is out of range, or data do not fit.

        Example:
            >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> history = model.fit(np.ones((8, 2)), np.ones(8), verbose=0)
            >>> sorted(history.history)
            ['loss']
        """
        self._assert_compiled("fit")
        epochs = checks.epochs(epochs, initial_epoch)
        checks.validation_freq(validation_freq)
        data.check_batch_size(validation_batch_size, "fit", "validation_batch_size")
        if validation_data is None and validation_split:
            parts, kept = data.train_validation_split(
                (x, y, sample_weight), validation_split
            )
            x, y, sample_weight = parts
            validation_data = kept
        elif validation_split:
            data.check_validation_split(validation_split)
        source = self._source(
            "fit",
            x,
            y,
            sample_weight,
            batch_size=batch_size,
            shuffle=shuffle,
            class_weight=class_weight,
            steps=steps_per_epoch,
        )
        validation = None
        if validation_data is not None:
            sizes = validation_batch_size or batch_size, validation_steps
            validation = self._held_out(validation_data, *sizes)
        callback_list = CallbackList(
            callbacks,
            add_history=True,
            add_progbar=verbose != 0,
            model=self,
            verbose=verbose,
            epochs=epochs,
            steps=source.num_batches,
        )
        self.stop_training = False
        turns, between = self._functions.training(), BetweenSteps()
        with source, turns, between, _aborting(callback_list):
            self._fit_loop(
                source,
                between,
                callback_list,
                range(initial_epoch, epochs),
                validation,
                (validation_batch_size or batch_size, validation_steps),
                validation_freq,
            )
        return callback_list.history

    def _fit_loop(
        self,
        source: Any,
        between: BetweenSteps,
        callbacks: Any,
        epochs: range,
        validation: Any,
        validation_sizes: tuple[Any, Any],
        validation_freq: Any,
    ) -> None:
        checks.logits(self)
        checks.one_class(self)
        checks.trainable(self)
        callbacks.on_train_begin()
        self._functions.prepare("train_step", _calls(source, epochs))
        source.adapter.buffers = self._functions.buffers("train_step")
        self._functions.move(source.adapter)
        replicas = replicas_of(self)
        logs: dict[str, Any] = {}
        for epoch in epochs:
            if not source.can_start(epoch, epochs.stop):
                break
            self.reset_metrics()
            callbacks.on_epoch_begin(epoch)
            watch = Watch(self, source, trains=True)
            begins = epoch == epochs.start
            logs = self._fit_epoch(source, between, callbacks, epoch, watch, begins)
            replicas.level()
            if validation is not None and checks.validates(epoch, validation_freq):
                if _goes_on(validation[0], epoch, epochs.stop):
                    held = self._validate(validation, validation_sizes, callbacks)
                    logs.update(held)
                else:
                    validation = None
            callbacks.on_epoch_end(epoch, logs)
            self.stop_training = replicas.agree(self.stop_training)
            if self.stop_training:
                break
        if self.optimizer is not None and epochs:
            self.optimizer.finalize_variable_values(self.trainable_weights)
        callbacks.on_train_end(logs)
        replicas.wait()

    def _fit_epoch(
        self,
        source: Any,
        between: BetweenSteps,
        callbacks: Any,
        epoch: int,
        watch: Watch,
        begins: bool,
    ) -> dict[str, Any]:
        replicas = replicas_of(self)
        run = replicas.runner(source.adapter, self._functions.run)
        result, batch, place = None, None, ""
        pace = Pace(
            callbacks.on_train_batch_begin,
            callbacks.on_train_batch_end,
            self.steps_per_execution,
        )
        for step, batch in source:
            if begins and step == 0:
                replicas.begin(batch, again=True)
            pace.before(step)
            if epoch == 0:
                watch.targets(batch)
            result = between.run(run, "train_step", batch)
            place = f"{step} of epoch {epoch + 1}"
            watch.step(result, batch, place)
            pace.after(step, partial(_numbers, result))
            if self.stop_training and replicas.is_alone:
                break
        source.adapter.flush()
        pace.close()
        watch.end(result, batch, place)
        return replicas.logs(pythonify_logs(result.read() if result else {}))

    def _held_out(
        self, given: Any, batch_size: Any, steps: Any
    ) -> tuple[Any, Any, Any]:
        """Returns validation data; what is kept for all epochs as one source."""
        data.check_steps(steps, "fit", "validation_steps")
        x, y, sample_weight = checks.validation_data(given)
        if y is None and hasattr(x, "__next__"):  # a generator is read on
            x = self._source("validation_data", x, None, sample_weight, steps=steps)
        elif y is not None and steps is None and current().is_asynchronous:
            source = self._source(
                "evaluate", x, y, sample_weight, batch_size=batch_size
            )
            self._functions.move(source.adapter)
            if source.adapter.moved:
                return source, None, None
        return x, y, sample_weight

    def _validate(
        self, validation: Any, sizes: tuple[Any, Any], callbacks: Any
    ) -> dict[str, Any]:
        x, y, sample_weight = validation
        batch_size, steps = sizes
        logs = self.evaluate(
            x,
            y,
            batch_size=batch_size if y is not None else None,
            sample_weight=sample_weight,
            steps=steps,
            callbacks=callbacks,
            return_dict=True,
        )
        return {f"val_{name}": value for name, value in logs.items()}

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Returns the loss and metrics over data.

        Args:
            x: Inputs, as for `fit`.
            y: Targets.
            batch_size: Samples in a step, 32 by default.
            verbose: 0 silent, 1 a progress bar, 2 a line, or "auto".
            sample_weight: Weight of each sample.
            steps: Batches; by default all.
            callbacks: List of callbacks.
            return_dict: Whether values come by name.
            **kwargs: Refused.

        Returns:
            The loss, or a list of the loss and metrics, or a dict.

        Raises:
            StateError: If the model is not compiled.
            ArgumentError: If data do not fit.
        """
        if kwargs:
            raise ArgumentError(
                f"Arguments not recognized: {sorted(kwargs)}."
                f"{nearest_keywords(Trainer.evaluate, kwargs)}"
            )
        self._assert_compiled("evaluate")
        source = x
        if not isinstance(x, data.EpochIterator):
            source = self._source(
                "evaluate", x, y, sample_weight, batch_size=batch_size, steps=steps
            )
        callback_list = callbacks
        if not isinstance(callbacks, CallbackList):
            callback_list = CallbackList(
                callbacks,
                add_progbar=verbose != 0,
                model=self if callbacks else None,
                verbose=verbose,
                epochs=1,
                steps=source.num_batches,
            )
        self.reset_metrics()
        replicas = replicas_of(self)
        run = replicas.runner(source.adapter, self._functions.run)
        result, batch, place = None, None, ""
        watch = Watch(self, source)
        with nullcontext() if source is x else source, _aborting(callback_list):
            callback_list.on_test_begin()
            self._functions.prepare("test_step", None)
            pace = Pace(
                callback_list.on_test_batch_begin,
                callback_list.on_test_batch_end,
                self.steps_per_execution,
            )
            for step, batch in source:
                if step == 0:
                    replicas.begin(batch)
                pace.before(step)
                watch.targets(batch)
                result = run("test_step", batch)
                place = f"{step} of `evaluate`"
                watch.step(result, batch, place)
                pace.after(step, partial(_numbers, result))
            source.adapter.flush()
            pace.close()
            watch.end(result, batch, place)
            logs = replicas.logs(pythonify_logs(result.read() if result else {}))
            callback_list.on_test_end(logs)
        return logs if return_dict else self._in_order(logs)

    @checks_keywords
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Returns the outputs for inputs, as NumPy arrays.

        Args:
            x: Inputs, as for `fit`.
            batch_size: Samples in a step, 32 by default.
            verbose: 0 silent, 1 a progress bar, 2 a line, or "auto".
            steps: Batches; by default all.
            callbacks: List of callbacks.

        Returns:
            Arrays structured as the outputs.

        Raises:
            ArgumentError: If data do not fit.
        """
        alone = callbacks is None and steps is None and verbose in (0, False)
        if alone and _is_one_batch(x, batch_size):
            self._functions.prepare("predict_step", None)
            made = self._functions.run("predict_step", (x, None, None)).arrays()
            return tree.map_structure(np.array, made)
        source = self._source("predict", x, batch_size=batch_size, steps=steps)
        callback_list = CallbackList(
            callbacks,
            add_progbar=verbose != 0,
            model=self if callbacks else None,
            verbose=verbose,
            epochs=1,
            steps=source.num_batches,
        )
        every = self.steps_per_execution
        rows = source.adapter.num_samples if steps is None else None
        outputs = Outputs(rows, current().is_asynchronous, every)
        with source, _aborting(callback_list):
            callback_list.on_predict_begin()
            self._functions.prepare("predict_step", None)
            pace = Pace(
                callback_list.on_predict_batch_begin,
                callback_list.on_predict_batch_end,
                every,
            )
            for step, batch in source:
                pace.before(step)
                result = self._functions.run("predict_step", batch)
                outputs.take(result, source.adapter.rows)
                pace.after(step, partial(_seen, outputs, step % every + 1))
            pace.close()
            callback_list.on_predict_end()
        joined = outputs.joined()
        if joined is None:
            raise ArgumentError("`predict` was given no batch.")
        return joined

    def _source(
        self,
        caller: str,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: Any = None,
        shuffle: Any = False,
        class_weight: Any = None,
        steps: Any = None,
    ) -> Any:
        limit = config.max_steps_per_epoch()
        if limit is not None:
            steps = limit if steps is None else min(steps, limit)
        replicas = replicas_of(self)
        adapter = data.make_adapter(
            x,
            y,
            sample_weight,
            batch_size=batch_size,
            shuffle=shuffle,
            class_weight=class_weight,
            steps=steps,
            caller=caller,
            seed=replicas.seed() if shuffle else None,
            sharding=None if caller == "predict" else replicas.sharding(),
        )
        return data.EpochIterator(adapter, steps)


@contextmanager
def _aborting(callbacks: CallbackList) -> Iterator[None]:
    """Closes progress bars and files where the block raises."""
    try:
        yield
    except BaseException as error:
        callbacks.abort(error)
        raise


def _goes_on(validation: Any, epoch: int, epochs: int) -> bool:
    """Returns whether there are validation data left; says once where not."""
    if isinstance(validation, data.EpochIterator):
        return validation.can_start(epoch, epochs)
    return True


def _calls(source: Any, epochs: range) -> int | None:
    """Returns how many steps are to come, or None."""
    return None if source.num_batches is None else source.num_batches * len(epochs)


def _is_one_batch(x: Any, batch_size: Any) -> bool:
    """Returns whether data are an array of numbers that needs no cutting."""
    if type(x) is not np.ndarray or not x.ndim or x.dtype.kind not in "fiub":
        return False
    size = DEFAULT_BATCH_SIZE if batch_size is None else batch_size
    return type(size) is int and 0 < len(x) <= size


def _numbers(result: Any) -> dict[str, Any]:
    return pythonify_logs(result.read())


def _seen(outputs: Outputs, count: int) -> dict[str, Any]:
    """Returns what callbacks are told of the last batches of `predict`."""
    return {"outputs": outputs.recent(count)}
