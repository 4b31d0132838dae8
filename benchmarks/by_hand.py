"""The workloads as a PyTorch user writes them: modules, a loop, channels last."""

import time

import models_by_hand
import torch

__all__ = ["Runner"]


class Runner:
    """The calls that are timed, on one model."""

    def __init__(self, workload):
        self.model, self.loss, self.optimizer = models_by_hand.build(workload)

    def tensor(self, array):
        """Returns the array as the model wants it."""
        tensor = torch.from_numpy(array)
        if tensor.dtype == torch.int32:
            tensor = tensor.long()
        if tensor.dim() == 4:
            # NHWC data seen as NCHW is what PyTorch calls channels_last.
            tensor = tensor.permute(0, 3, 1, 2)
        return tensor

    def start(self, x, y, batch):
        """Trains for one step."""
        self.x, self.y, self.batch = self.tensor(x), self.tensor(y), batch
        if self.x.dim() == 4:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.step(torch.arange(batch))

    def step(self, rows):
        """Trains on the rows and returns loss and output."""
        output = self.model(self.x[rows])
        loss = self.loss(output, self.y[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.detach(), output.detach()

    def epochs(self, number):
        """Trains with loss and accuracy and returns the seconds of each epoch."""
        self.model.train()
        times = []
        for _ in range(number):
            start = time.perf_counter()
            order = torch.randperm(len(self.x))
            total, correct = torch.zeros(()), torch.zeros(())
            for rows in order.split(self.batch):
                loss, output = self.step(rows)
                total += loss * len(rows)
                if self.y.dtype == torch.int64:
                    correct += (output.argmax(1) == self.y[rows]).sum()
            total.item(), correct.item()
            times.append(time.perf_counter() - start)
        return times

    def predict(self, x):
        """Predicts the rows."""
        self.model.eval()
        with torch.inference_mode():
            return torch.cat([self.model(part) for part in x.split(self.batch)]).numpy()

    def predict_all(self):
        """Predicts all rows."""
        self.predict(self.x)

    def predict_one(self):
        """Predicts one row."""
        self.predict(self.x[:1])

    def call_one(self):
        """Calls the model on one row and reads the result."""
        self.model.eval()
        with torch.inference_mode():
            self.model(self.x[:1]).numpy()
