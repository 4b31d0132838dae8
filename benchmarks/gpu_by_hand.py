"""The workloads in PyTorch on a GPU: eager, as one CUDA graph, or compiled."""

import by_hand
import datasets
import large_by_hand
import torch

__all__ = ["Runner"]


class Runner(by_hand.Runner):
    """The calls that are timed, on one model; data and metrics stay on the GPU.

    Args:
        workload: Its name.
        way: "" for eager, "graph" or "compile".
    """

    def __init__(self, workload, way):
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True
        if workload in datasets.LARGE:
            self.model, self.loss, make = large_by_hand.build(workload)
        else:
            super().__init__(workload)
            make = _remade(self.optimizer)
        self.model = self.model.cuda()
        self.optimizer = make(self.model.parameters(), way == "graph")
        self.half = workload in datasets.LARGE
        self.way = way

    def tensor(self, array):
        """Returns the array on the GPU, as the model wants it."""
        return super().tensor(array).cuda()

    def start(self, x, y, batch):
        """Trains for one step, after those that a graph needs to be captured."""
        self.x, self.y, self.batch = self.tensor(x), self.tensor(y), batch
        if self.x.dim() == 4:
            self.model = self.model.to(memory_format=torch.channels_last)
        if self.way == "compile":
            self.model = torch.compile(self.model)
        self.rows = torch.arange(batch, device="cuda")
        self.total, self.correct = (torch.zeros((), device="cuda") for _ in range(2))
        if self.way == "graph":
            self._capture()
        self.train()
        torch.cuda.synchronize()

    def train(self):
        """Trains on the rows that are noted, and adds up loss and accuracy."""
        if self.way == "graph":
            self.graph.replay()
        else:
            self._train()

    def _train(self):
        with torch.autocast("cuda", torch.bfloat16, enabled=self.half):
            output = self.model(self.x[self.rows])
            loss = self.loss(output, self.y[self.rows])
        self.optimizer.zero_grad(set_to_none=self.way != "graph")
        loss.backward()
        self.optimizer.step()
        self.total += loss.detach()
        if self.y.dtype == torch.int64:
            self.correct += (output.argmax(1) == self.y[self.rows]).sum()

    def _capture(self):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._train()
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self._train()

    def epochs(self, number):
        """Trains with loss and accuracy and returns the seconds of each epoch."""
        times = []
        for _ in range(number):
            began, ended = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            began.record()
            order = torch.randperm(len(self.x), device="cuda")
            for rows in order.split(self.batch):
                self.rows.copy_(rows)
                self.train()
            self.total.item(), self.correct.item()
            ended.record()
            torch.cuda.synchronize()
            times.append(began.elapsed_time(ended) / 1e3)
        return times


def _remade(optimizer):
    """Returns what makes an optimizer of the same settings, for a graph or not."""
    kind = type(optimizer)
    names = {"lr", "momentum", "fused"} & optimizer.defaults.keys()
    settings = {name: optimizer.defaults[name] for name in names}

    def make(parameters, captured):
        more = {"capturable": captured} if "capturable" in optimizer.defaults else {}
        return kind(parameters, **settings, **more)

    return make
