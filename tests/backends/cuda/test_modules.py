"""Kernels are compiled together, once, when the first of them is needed."""

from types import SimpleNamespace

import pytest

from kerasish.backends.cuda import device, modules
from kerasish.backends.cuda.modules import OPTIONS, build, function
from kerasish.backends.cuda.prelude import PRELUDE


class Module:
    made = []

    def __init__(self, code, options):
        if "wrong" in code:
            raise ValueError("does not compile")
        self.code, self.options = code, options
        self.made.append(self)

    def get_function(self, name):
        return lambda *given: self.launched.append((name, *given))


@pytest.fixture
def launched(monkeypatch):
    here = SimpleNamespace(getDevice=lambda: 0)
    library = SimpleNamespace(RawModule=Module, cuda=SimpleNamespace(runtime=here))
    monkeypatch.setattr(device, "library", lambda: library)
    monkeypatch.setattr(modules, "_known", {})
    monkeypatch.setattr(Module, "made", [])
    monkeypatch.setattr(Module, "launched", [], raising=False)
    return Module.launched


TEXT = 'extern "C" __global__ void KERNEL(int* p0) {{ p0[0] = {}; }}'


def test_all_that_wait_are_compiled_as_one_module(launched):
    one, two = function(TEXT.format(1)), function(TEXT.format(2))
    assert Module.made == []
    one((1, 1), (32, 1), ("x",))
    assert launched == [(one.name, (1, 1), (32, 1), ("x",))]
    [module] = Module.made
    assert module.options == OPTIONS
    assert module.code == f"{PRELUDE}\n{one.text}\n{two.text}"
    two((2, 1), (64, 1), ())
    assert len(Module.made) == 1


def test_the_same_text_is_the_same_kernel(launched):
    one = function(TEXT.format(1))
    assert function(TEXT.format(1)) is one
    assert one.name in one.text
    assert function(TEXT.format(2)).name != one.name


def test_nothing_is_compiled_twice(launched):
    function(TEXT.format(1))
    build()
    build()
    assert len(Module.made) == 1
    function(TEXT.format(3))
    build()
    assert len(Module.made) == 2
    assert TEXT.format(1)[-10:] not in Module.made[1].code


def test_each_device_has_modules_of_its_own(launched, monkeypatch):
    one = function(TEXT.format(1))
    monkeypatch.setattr(device.library().cuda.runtime, "getDevice", lambda: 1)
    other = function(TEXT.format(1))
    assert other is not one
    build()
    assert (one.made is None, other.made is None) == (True, False)


def test_a_kernel_that_does_not_compile_takes_no_others_along(launched):
    one, wrong, two = (function(TEXT.format(n)) for n in (1, "wrong", 2))
    build()
    for each in (one, two):
        each((1, 1), (32, 1), ())
    assert [name for name, *_ in launched] == [one.name, two.name]
    for _ in range(2):
        with pytest.raises(ValueError, match="does not compile"):
            wrong((1, 1), (32, 1), ())
    assert len(Module.made) == 2
