"""Plans are built once for each shape, and run on the stream of the call."""

import inspect
import re
from types import SimpleNamespace

import pytest

from kerasish.backends.cuda import cudnn
from kerasish.backends.cuda.cudnn import Refused, Shape, bind_convolution, frontend
from kerasish.core.config import set_matmul_precision
from tests.backends.cuda import emulation, fake_cudnn

SHAPE = Shape(
    *("forward", (2, 3, 5, 6), (4, 3, 3, 3), (2, 4, 3, 4)),
    *((1, 1), ((0, 0), (0, 0)), (1, 1), "float32"),
)


@pytest.fixture
def cupy(monkeypatch):
    monkeypatch.setattr(cudnn, "_handles", {})
    monkeypatch.setattr(cudnn, "_streams", {})
    cudnn._planned.cache_clear()
    yield emulation.install(monkeypatch)
    cudnn._planned.cache_clear()


@pytest.fixture
def front(cupy, monkeypatch):
    made = fake_cudnn.frontend()
    monkeypatch.setattr(cudnn, "frontend", lambda: made)
    return made


def arrays():
    sizes = {1: (2, 5, 6, 3), 2: (4, 27), 3: (2, 3, 4, 4)}
    return {i: emulation.empty(s, "float32") for i, s in sizes.items()}


def test_a_plan_is_built_once(front):
    bind_convolution(SHAPE, arrays())
    bind_convolution(SHAPE, arrays())
    assert len(front.built) == 1
    bind_convolution(SHAPE._replace(dilation=(1, 1), strides=(1, 2)), arrays())
    assert len(front.built) == 2


def test_exact_products_take_no_tensor_cores(front):
    bind_convolution(SHAPE, arrays())
    bind_convolution(SHAPE._replace(dtype="float16"), arrays())
    set_matmul_precision("high")
    try:
        bind_convolution(SHAPE, arrays())
    finally:
        set_matmul_precision("highest")
    without = [("without", "TENSOR_CORE") in graph.said for graph in front.built]
    assert without == [True, False, False]


def test_memory_is_told_as_it_lies(front):
    bind_convolution(SHAPE, arrays())
    images, kernel, result = front.built[0].tensors
    assert (images.dim, images.stride) == ([2, 3, 5, 6], [90, 1, 18, 3])
    assert (kernel.dim, kernel.stride) == ([4, 3, 3, 3], [27, 1, 9, 3])
    assert (result.dim, result.stride) == ([2, 4, 3, 4], [48, 1, 16, 4])
    assert ("plans", "A", "FALLBACK") in front.built[0].said
    assert ("workspace", 256 << 20) in front.built[0].said


def test_the_stream_is_set_when_it_changes(front, cupy):
    step = bind_convolution(SHAPE, arrays())
    assert front.streams == [(7, 0)]
    step()
    cupy.cuda.get_current_stream = lambda: SimpleNamespace(ptr=99)
    step()
    step()
    assert front.streams == [(7, 0), (7, 99)]


def test_what_the_library_refuses(front, monkeypatch):
    front.refuses = ("fprop",)
    with pytest.raises(Refused, match="cuDNN: no engine"):
        bind_convolution(SHAPE, arrays())
    with pytest.raises(Refused, match="has no such dtype"):
        bind_convolution(SHAPE._replace(dtype="float64"), arrays())
    monkeypatch.setattr(cudnn, "frontend", lambda: None)
    with pytest.raises(Refused, match="is not there"):
        bind_convolution(SHAPE, arrays())


def test_the_library_is_looked_for_with_those_it_needs(monkeypatch):
    found, module = [], SimpleNamespace()
    finder = SimpleNamespace(load_nvidia_dynamic_lib=found.append)
    modules = {"cuda.pathfinder": finder, "cudnn": module}
    monkeypatch.setattr(cudnn, "import_module", modules.__getitem__)
    assert frontend.__wrapped__() is module
    assert found == ["cudart", "cublasLt", "cudnn"]

    def missing(name):
        raise RuntimeError(name)

    finder.load_nvidia_dynamic_lib = missing
    assert frontend.__wrapped__() is None


def test_the_real_front_end_has_these_methods():
    """It is imported without cuDNN, which its graphs need."""
    real = pytest.importorskip("cudnn")
    for name, method in inspect.getmembers(fake_cudnn.Graph, inspect.isfunction):
        if not name.startswith("_"):
            held = getattr(real.pygraph, name)
            is_plain = inspect.isfunction(held)
            told = str(inspect.signature(held)) if is_plain else held.__doc__
            taken = inspect.signature(method).parameters.values()
            for given in taken:
                if given.kind is given.KEYWORD_ONLY:
                    assert re.search(rf"\b{given.name}\b", told), (name, given.name)
    fprop = real.pygraph.conv_fprop.__doc__
    for name in ("pre_padding", "post_padding", "stride", "dilation"):
        assert f"{name}:" in fprop
    assert {"FLOAT", "HALF", "BFLOAT16"} <= {*dir(real.data_type)}
    assert {"A", "FALLBACK"} <= {*dir(real.heur_mode)}
    assert issubclass(real.cudnnGraphNotSupportedError, Exception)
    assert hasattr(real.numerical_note, "TENSOR_CORE")
    for name in ("set_output", "set_data_type", "set_dim", "set_stride", "set_uid"):
        assert hasattr(real.tensor, name)
