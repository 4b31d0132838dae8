"""Closures: what a function can reach."""

import math
from functools import partial

from kerasish.tracing.closure import closure_of

SCALE = [2.0]


def scaled(x):
    return x * SCALE[0]


def test_cells_and_globals_are_found():
    shift = {"by": 1.0}

    def call(x):
        return scaled(x) + shift["by"]

    found = closure_of(call)
    assert any(x is shift for x in found)
    assert any(x is SCALE for x in found)


def test_inner_functions_count():
    def call(x):
        return [k * SCALE[0] for k in x]

    assert closure_of(call) == [SCALE]


def test_bound_methods_and_partials():
    class Held:
        def call(self, x, y):
            return x + y

    held, first = Held(), object()
    found = closure_of(partial(held.call, first))
    assert {id(held), id(first)} == {id(x) for x in found}


def test_objects_that_are_called_stand_for_themselves():
    class Called:
        def __call__(self):
            return None

    called = Called()
    assert closure_of(called) == [called]


def test_code_of_other_modules_and_empty_cells_are_left_out():
    def call(x):
        return math.sqrt(x) + later

    assert closure_of(call) == []
    later = 1.0
    assert closure_of(call) == [later]
    assert closure_of(partial(math.hypot, 3.0)) == [3.0, math.hypot]


def test_functions_that_call_each_other_end():
    def first(x):
        return second(x)

    def second(x):
        return first(x) + SCALE[0]

    assert closure_of(first) == [SCALE]
