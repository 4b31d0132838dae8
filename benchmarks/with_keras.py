"""Runs a workload written for Keras, on Keras or on what stands in for it."""

import importlib
import time

import keras

__all__ = ["Runner"]


class Clock(keras.callbacks.Callback):
    """Keeps the time of each epoch."""

    def on_train_begin(self, logs=None):
        """Forgets earlier epochs."""
        self.times = []

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        """Stops the clock."""
        self.times.append(time.perf_counter() - self.started)


class Runner:
    """The calls that are timed, on one model."""

    def __init__(self, workload):
        self.module = importlib.import_module(f"workloads.{workload}")

    def start(self, x, y, batch):
        """Builds the model and trains it for one step."""
        self.x, self.y, self.batch = x, y, batch
        self.model = self.module.build()
        self.model.fit(x[:batch], y[:batch], batch_size=batch, verbose=0)

    def epochs(self, number):
        """Trains and returns the seconds of each epoch."""
        clock = Clock()
        self.model.fit(
            self.x,
            self.y,
            batch_size=self.batch,
            epochs=number,
            verbose=0,
            callbacks=[clock],
        )
        return clock.times

    def predict_all(self):
        """Predicts all rows."""
        self.model.predict(self.x, batch_size=self.batch, verbose=0)

    def predict_one(self):
        """Predicts one row."""
        self.model.predict(self.x[:1], verbose=0)

    def call_one(self):
        """Calls the model on one row and reads the result."""
        keras.ops.convert_to_numpy(self.model(self.x[:1]))
