"""Graphs are planned once, in one way or several, and run on the stream of the call."""

import gc
import inspect
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import pytest

from kerasish.backends.cuda import cudnn
from kerasish.backends.cuda.cudnn import Planned, frontend, handle, kind_of
from kerasish.backends.cuda.libraries import Refused
from tests.backends.cuda import emulation, fake_cudnn


@pytest.fixture
def cupy(monkeypatch):
    return emulation.install(monkeypatch)


@pytest.fixture
def front(cupy, monkeypatch):
    made = fake_cudnn.frontend()
    monkeypatch.setattr(cudnn, "frontend", lambda: made)
    return made


def describe(dtype, graph):
    kind = kind_of(dtype)
    x = graph.tensor(dim=[2, 3], stride=[3, 1], data_type=kind, uid=1)
    y = graph.relu(input=x)
    y.set_output(True).set_data_type(kind).set_dim([2, 3]).set_stride([3, 1])
    y.set_uid(2)


def plan(dtype="float32", exact=False, ways=1):
    return Planned(partial(describe, dtype), dtype, exact, ways)


def arrays(dtype="float32"):
    return {
        1: emulation.array([[-1, 2, 3], [4, -5, 6]], dtype),
        2: emulation.empty((2, 3), dtype),
    }


def test_the_way_that_the_library_takes(front):
    given, made = arrays(), plan()
    [step] = made.steps(given)
    step()
    assert given[2].tolist() == [[0, 2, 3], [4, 0, 6]]
    assert made.count == 1
    assert front.run == [None]
    said = front.built[0].said
    assert ("plans", "A", "FALLBACK") in said
    assert ("workspace", 256 << 20) in said


def test_several_ways(front):
    """Of four plans one cannot be built and one needs too much memory."""
    given, made = arrays(), plan(ways=3)
    assert made.count == 2
    for step in made.steps(given):
        given[2].fill(0)
        step()
        assert given[2].tolist() == [[0, 2, 3], [4, 0, 6]]
    assert front.run == [2, 3]
    assert plan(ways=2).count == 2


def test_the_library_chooses_where_no_plan_by_number_fits(front, monkeypatch):
    monkeypatch.setattr(fake_cudnn.Graph, "get_execution_plan_count", lambda self: 2)
    given, made = arrays(), plan(ways=3)
    [step] = made.steps(given)
    step()
    assert front.run == [None]


def test_exact_products_take_no_tensor_cores(front):
    plan(exact=True)
    plan("float16", exact=True)
    plan(exact=False)
    without = [("without", "TENSOR_CORE") in graph.said for graph in front.built]
    assert without == [True, False, False]
    assert plan(exact=True, ways=3).count == 1


def test_the_stream_is_set_when_it_changes(front, cupy):
    [step] = plan().steps(arrays())
    assert front.streams == [(7, 0)]
    step()
    cupy.cuda.get_current_stream = lambda: SimpleNamespace(ptr=99)
    step()
    step()
    assert front.streams == [(7, 0), (7, 99)]


def test_each_thread_has_a_handle(front):
    """Two at a time may launch to different streams; an idle handle is used again."""
    numbers = iter(range(1, 9))
    front.create_handle = lambda: next(numbers)
    own = handle()

    def ask():
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(handle).result()

    other = ask()
    gc.collect()
    assert (own, other, handle()) == (1, 2, 1)
    assert ask() == 2


def test_what_the_library_refuses(front, monkeypatch):
    front.refuses = ("relu",)
    with pytest.raises(Refused, match="cuDNN: no engine"):
        plan()
    with pytest.raises(Refused, match="has no such dtype"):
        kind_of("float64")
    monkeypatch.setattr(cudnn, "frontend", lambda: None)
    with pytest.raises(Refused, match="is not there"):
        kind_of("float32")


def test_the_front_end_is_looked_for_behind_what_it_needs(monkeypatch):
    asked, module = [], SimpleNamespace()
    monkeypatch.setattr(cudnn, "found", lambda *names: asked.append(names) or module)
    monkeypatch.setattr(cudnn, "import_module", {"cudnn": module}.__getitem__)
    assert frontend.__wrapped__() is module
    assert asked == [("cudart", "cublasLt", "cudnn")]

    def missing(name):
        raise RuntimeError(name)

    monkeypatch.setattr(cudnn, "import_module", missing)
    assert frontend.__wrapped__() is None
    monkeypatch.setattr(cudnn, "found", lambda *names: None)
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
