"""A cuDNN front end that records the graph it is told, and convolves with NumPy.

What it takes is what the front end takes: names of arguments are those of its methods.
"""

import ctypes
import itertools
from types import SimpleNamespace

import numpy as np
from numpy.lib.stride_tricks import as_strided

KINDS = {"FLOAT": np.float32, "HALF": np.float16}
try:
    from ml_dtypes import bfloat16

    KINDS["BFLOAT16"] = bfloat16
except ImportError:
    pass


class Refusal(Exception):
    pass


class Tensor:
    def __init__(self, dim=None, stride=None, data_type=None, uid=None, made=None):
        self.dim, self.stride, self.kind = dim, stride, data_type
        self.uid, self.made, self.is_output = uid, made, False

    def set_output(self, value):
        self.is_output = value
        return self

    def set_data_type(self, kind):
        self.kind = kind
        return self

    def set_dim(self, dim):
        self.dim = dim
        return self

    def set_stride(self, stride):
        self.stride = stride
        return self

    def set_uid(self, uid):
        self.uid = uid
        return self

    def array(self, pointer):
        """Returns the memory of a tensor, in the order of its sizes."""
        dtype = np.dtype(KINDS[self.kind])
        count = 1 + sum((n - 1) * s for n, s in zip(self.dim, self.stride, strict=True))
        raw = (ctypes.c_uint8 * (count * dtype.itemsize)).from_address(pointer)
        strides = [s * dtype.itemsize for s in self.stride]
        return as_strided(np.frombuffer(raw, dtype), self.dim, strides)


def parts(kernel, sizes, groups, how):
    """Yields for each place of the window and group what of all tensors meet there."""
    each = kernel[0] // groups
    for at in itertools.product(*map(range, kernel[2:])):
        rows = zip(at, how["dilation"], how["stride"], sizes[2:], strict=True)
        where = [slice(i * d, i * d + (n - 1) * s + 1, s) for i, d, s, n in rows]
        for i in range(groups):
            filters = slice(i * each, (i + 1) * each)
            channels = slice(i * kernel[1], (i + 1) * kernel[1])
            yield (slice(None), channels, *where), (filters, slice(None), *at), filters


def padded(x, how):
    pairs = zip(how["pre_padding"], how["post_padding"], strict=True)
    return np.pad(x.astype(np.float64), [(0, 0), (0, 0), *pairs])


def forward(x, w, sizes, how):
    made, wide = np.zeros(sizes), padded(x, how)
    for images, window, filters in parts(w.shape, sizes, x.shape[1] // w.shape[1], how):
        made[:, filters] += np.einsum("nc...,kc->nk...", wide[images], w[window])
    return made


def of_kernel(x, g, sizes, how):
    made, wide = np.zeros(sizes), padded(x, how)
    for images, window, filters in parts(sizes, g.shape, x.shape[1] // sizes[1], how):
        others = [0, *range(2, g.ndim)]
        made[window] = np.tensordot(g[:, filters], wide[images], (others, others))
    return made


def of_images(g, w, sizes, how):
    wide, groups = padded(np.zeros(sizes), how), sizes[1] // w.shape[1]
    for images, window, filters in parts(w.shape, g.shape, groups, how):
        wide[images] += np.einsum("nk...,kc->nc...", g[:, filters], w[window])
    rows = zip(how["pre_padding"], sizes[2:], strict=True)
    return wide[(..., *(slice(before, before + n) for before, n in rows))]


def attention(name, given, scale, causal):
    """Returns a result of attention of heads; `(batch, heads, length, size)` each."""
    q, k, v = (given[n] for n in "qkv")
    own = k.shape[1]
    k, v = (np.repeat(x, q.shape[1] // own, axis=1) for x in (k, v))
    scores = np.einsum("bhid,bhjd->bhij", q, k) * scale + given.get("b", 0)
    if causal:
        scores[..., ~np.tri(*scores.shape[2:], dtype=bool)] = -np.inf
    if name in ("sdpa", "sdpa sums"):
        top = scores.max(-1, keepdims=True)
        total = np.exp(scores - top).sum(-1, keepdims=True)
        if name == "sdpa sums":
            return top + np.log(total)
        return np.exp(scores - top) / total @ v
    weights, g = np.exp(scores - given["s"]), given["g"]
    slopes = g @ v.swapaxes(2, 3) - (g * given["o"]).sum(-1, keepdims=True)
    slopes *= weights * scale
    turned = slopes.swapaxes(2, 3), weights.swapaxes(2, 3)
    if name == "sdpa back 0":
        return slopes @ k
    made = turned[0] @ q if name == "sdpa back 1" else turned[1] @ g
    return made.reshape(len(made), own, -1, *made.shape[2:]).sum(2)


class Graph:
    """`cudnn.pygraph`."""

    def __init__(self, library, handle, **kinds):
        self.library, self.handle, self.kinds = library, handle, kinds
        self.said, self.tensors = [], []

    def tensor(self, *, dim, stride, data_type, uid):
        self.tensors.append(Tensor(dim, stride, data_type, uid))
        return self.tensors[-1]

    def _made(self, **made):
        self.tensors.append(Tensor(made=SimpleNamespace(**made)))
        return self.tensors[-1]

    def conv_fprop(self, *, image, weight, **how):
        return self._made(name="fprop", x=image, w=weight, how=how)

    def conv_dgrad(self, *, loss, filter, **how):
        return self._made(name="dgrad", g=loss, w=filter, how=how)

    def conv_wgrad(self, *, image, loss, **how):
        return self._made(name="wgrad", x=image, g=loss, how=how)

    def sdpa(
        self, *, q, k, v, attn_scale, generate_stats, bias=None, use_causal_mask=False
    ):
        how = {"scale": attn_scale, "causal": use_causal_mask}
        given = {"q": q, "k": k, "v": v} | ({} if bias is None else {"b": bias})
        y = self._made(name="sdpa", how=how, **given)
        sums = self._made(name="sdpa sums", how=how, **given)
        return y, sums if generate_stats else None

    def sdpa_backward(
        self, *, q, k, v, o, dO, stats, attn_scale, bias=None, use_causal_mask=False
    ):
        how = {"scale": attn_scale, "causal": use_causal_mask}
        given = {"q": q, "k": k, "v": v, "o": o, "g": dO, "s": stats}
        given |= {} if bias is None else {"b": bias}
        return [self._made(name=f"sdpa back {i}", how=how, **given) for i in range(3)]

    def bias(self, *, input, bias):
        return self._made(name="bias", x=input, b=bias)

    def relu(self, *, input):
        return self._made(name="relu", x=input)

    def validate(self):
        names = [t.made.name for t in self.tensors if t.made]
        names += [
            "filters last" for t in self.tensors if t.uid == 2 and t.stride[0] == 1
        ]
        if set(names) & set(self.library.refuses):
            raise self.library.cudnnGraphNotSupportedError("no engine")

    def build_operation_graph(self):
        self.said.append("build_operation_graph")

    def create_execution_plans(self, modes):
        self.said.append(("plans", *modes))

    def deselect_numeric_notes(self, notes):
        self.said.append(("without", *notes))

    def deselect_workspace_greater_than(self, size):
        self.said.append(("workspace", size))

    def check_support(self):
        self.said.append("check_support")

    def build_plans(self):
        self.library.built.append(self)

    def get_workspace_size(self):
        return 1000

    def get_execution_plan_count(self):
        return 4

    def build_plan_at_index(self, index):
        """The first plan cannot be built, the second needs too much memory."""
        if not index:
            raise RuntimeError("no such engine")
        self.library.built.append(self)

    def get_workspace_size_plan_at_index(self, index):
        return 2**40 if index == 1 else 1000

    def execute_plan_at_index(self, pointers, workspace, index, handle=None):
        assert index > 1
        self.library.run.append(index)
        self._run(pointers, workspace, handle)

    def execute(self, pointers, workspace, handle):
        self.library.run.append(None)
        self._run(pointers, workspace, handle)

    def _run(self, pointers, workspace, handle):
        assert workspace and handle == self.handle
        for out in [t for t in self.tensors if t.is_output]:
            out.array(pointers[out.uid])[...] = self._value(out, pointers, out.dim)

    def _value(self, tensor, pointers, sizes):
        made = tensor.made
        if made is None:
            return tensor.array(pointers[tensor.uid])
        if made.name == "relu":
            relu = np.fmax if self.library.hides_nan else np.maximum
            return relu(self._value(made.x, pointers, sizes), 0)
        if made.name == "bias":
            row = made.b.array(pointers[made.b.uid])
            return self._value(made.x, pointers, sizes) + row
        given = {
            k: v.array(pointers[v.uid]).astype(np.float64)
            for k, v in vars(made).items()
            if k in "xwgqkvosb"
        }
        if made.name.startswith("sdpa"):
            return attention(made.name, given, **made.how)
        if made.name == "fprop":
            return forward(given["x"], given["w"], sizes, made.how)
        if made.name == "wgrad":
            return of_kernel(given["x"], given["g"], sizes, made.how)
        return of_images(given["g"], given["w"], sizes, made.how)


def frontend(refuses=()):
    """Returns a stand-in for the module `cudnn`."""
    made = SimpleNamespace(
        data_type=SimpleNamespace(FLOAT="FLOAT", HALF="HALF", BFLOAT16="BFLOAT16"),
        heur_mode=SimpleNamespace(A="A", FALLBACK="FALLBACK"),
        numerical_note=SimpleNamespace(TENSOR_CORE="TENSOR_CORE"),
        cudnnGraphNotSupportedError=Refusal,
        refuses=refuses,
        hides_nan=False,
        built=[],
        run=[],
        streams=[],
        create_handle=lambda: 7,
    )
    made.set_stream = lambda *, handle, stream: made.streams.append((handle, stream))
    made.pygraph = lambda *, handle, **kinds: Graph(made, handle, **kinds)
    return made
