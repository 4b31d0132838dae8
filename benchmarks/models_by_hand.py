"""Modules, losses and optimizers of the workloads in plain PyTorch."""

import torch
from torch import nn
from torch.nn import functional

__all__ = ["build"]


class Last(nn.Module):
    """The last output of a recurrent module."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        """Returns the last output."""
        return self.inner(x)[0][:, -1]


class Block(nn.Module):
    """A residual block."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.a = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.b = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(filters) for _ in range(2)])
        self.cut = nn.Identity()
        if stride != 1:
            self.cut = nn.Conv2d(channels, filters, 1, stride, bias=False)

    def forward(self, x):
        """Returns the sum of block and short cut."""
        y = functional.relu(self.norms[0](self.a(x)))
        return functional.relu(self.norms[1](self.b(y)) + self.cut(x))


class Attention(nn.Module):
    """A pre-norm transformer block of width 128 with 4 heads."""

    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(128) for _ in range(2)])
        self.qkv, self.out = nn.Linear(128, 384), nn.Linear(128, 128)
        self.mlp = nn.Sequential(nn.Linear(128, 512), nn.GELU(), nn.Linear(512, 128))

    def forward(self, x):
        """Returns attention and feed-forward, each added to its input."""
        b, t, d = x.shape
        q, k, v = self.qkv(self.norms[0](x)).view(b, t, 3, 4, 32).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, d))
        return x + self.mlp(self.norms[1](x))


class Mean(nn.Module):
    """The mean over time."""

    def forward(self, x):
        """Returns the mean over time."""
        return x.mean(1)


def dense(*units, dropout=0.0):
    """Returns a network of dense layers."""
    parts = []
    for a, b in zip(units[:-1], units[1:], strict=True):
        parts += [nn.Linear(a, b), nn.ReLU()]
        parts += [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*parts[: -2 if dropout else -1])


def cnn():
    """Returns the convolutional classifier."""
    parts = [nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2)]
    parts += [nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*parts, nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10))


def autoencoder():
    """Returns the convolutional autoencoder, up to its logits."""
    parts = [nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1)]
    for a, b in ((64, 64), (64, 32)):
        parts += [nn.ReLU(), nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1)]
    return nn.Sequential(*parts, nn.ReLU(), nn.Conv2d(32, 1, 3, 1, 1))


def resnet():
    """Returns ResNet-20."""
    parts = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for filters in (16, 32, 64):
        for index in range(3):
            stride = 2 if filters > 16 and index == 0 else 1
            parts.append(Block(channels, filters, stride))
            channels = filters
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    return nn.Sequential(*parts)


def recurrent(name):
    """Returns a recurrent or transformer workload's module."""
    if name == "gru_series":
        gru = nn.GRU(14, 32, batch_first=True)
        return nn.Sequential(Last(gru), nn.Linear(32, 1))
    words = nn.Embedding(5000, 128)
    if name == "lstm_text":
        lstm = nn.LSTM(128, 128, batch_first=True)
        return nn.Sequential(words, Last(lstm), nn.Linear(128, 1))
    return nn.Sequential(words, Attention(), Attention(), Mean(), nn.Linear(128, 2))


MODELS = {
    "mlp_small": lambda: dense(64, 128, 128, 10),
    "mlp_large": lambda: dense(784, 1024, 1024, 10, dropout=0.2),
    "cnn_mnist": cnn,
    "autoencoder": autoencoder,
    "resnet20": resnet,
}


def build(name):
    """Returns module, loss and optimizer of a workload."""
    model = MODELS[name]() if name in MODELS else recurrent(name)
    loss = nn.CrossEntropyLoss()
    if name in ("autoencoder", "lstm_text"):
        loss = nn.BCEWithLogitsLoss()
    if name == "gru_series":
        return model, nn.MSELoss(), torch.optim.RMSprop(model.parameters())
    if name == "resnet20":
        return model, loss, torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    return model, loss, torch.optim.Adam(model.parameters(), fused=True)
