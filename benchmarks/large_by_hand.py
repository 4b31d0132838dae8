"""The large workloads in plain PyTorch: modules, losses, optimizers."""

import torch
from torch import nn
from torch.nn import functional

__all__ = ["build"]


class Bottleneck(nn.Module):
    """Three convolutions, the middle one with the stride, and the short cut."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        wide = 4 * filters
        self.a = nn.Conv2d(channels, filters, 1, bias=False)
        self.b = nn.Conv2d(filters, filters, 3, stride, 1, bias=False)
        self.c = nn.Conv2d(filters, wide, 1, bias=False)
        self.norms = nn.ModuleList(
            [nn.BatchNorm2d(n) for n in (filters, filters, wide)]
        )
        self.cut = nn.Identity()
        if stride != 1 or channels != wide:
            cut = nn.Conv2d(channels, wide, 1, stride, bias=False)
            self.cut = nn.Sequential(cut, nn.BatchNorm2d(wide))

    def forward(self, x):
        """Returns the sum of block and short cut."""
        y = functional.relu(self.norms[0](self.a(x)))
        y = functional.relu(self.norms[1](self.b(y)))
        return functional.relu(self.norms[2](self.c(y)) + self.cut(x))


def resnet50():
    """Returns ResNet-50 with its strides in the 3 x 3 convolutions."""
    parts = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    parts.append(nn.MaxPool2d(3, 2, 1))
    channels = 64
    for filters, count in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for index in range(count):
            stride = 2 if filters > 64 and index == 0 else 1
            parts.append(Bottleneck(channels, filters, stride))
            channels = 4 * filters
    parts += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000)]
    return nn.Sequential(*parts)


class Attention(nn.Module):
    """A pre-norm transformer block of width 768 with 12 heads."""

    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList([nn.LayerNorm(768, eps=1e-3) for _ in range(2)])
        self.qkv, self.out = nn.Linear(768, 2304), nn.Linear(768, 768)
        self.mlp = nn.Sequential(nn.Linear(768, 3072), nn.GELU(), nn.Linear(3072, 768))

    def forward(self, x):
        """Returns attention and feed-forward, each added to its input."""
        b, t, d = x.shape
        parts = self.qkv(self.norms[0](x)).view(b, t, 3, 12, 64)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, d))
        return x + self.mlp(self.norms[1](x))


class Mean(nn.Module):
    """The mean over time."""

    def forward(self, x):
        """Returns the mean over time."""
        return x.mean(1)


def transformer_large():
    """Returns a transformer of 12 blocks over 512 words."""
    blocks = [Attention() for _ in range(12)]
    return nn.Sequential(nn.Embedding(5000, 768), *blocks, Mean(), nn.Linear(768, 2))


def momentum(parameters, captured):
    """Returns stochastic gradient descent with momentum."""
    return torch.optim.SGD(parameters, 0.1, momentum=0.9, fused=True)


def adam(parameters, captured):
    """Returns Adam, which a graph may hold."""
    return torch.optim.Adam(parameters, fused=True, capturable=captured)


def build(name):
    """Returns module, loss and what makes the optimizer of a large workload."""
    loss = nn.CrossEntropyLoss()
    if name == "resnet50":
        return resnet50(), loss, momentum
    return transformer_large(), loss, adam
