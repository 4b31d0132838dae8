"""Memory that holds nothing of use, and steps that are captured, for tests on a GPU."""

import pytest

__all__ = ["captured", "empty"]


def empty(shape, dtype):
    """Returns memory of the device that looks like nothing that is expected."""
    cupy = pytest.importorskip("cupy")
    made = cupy.empty(shape, dtype)
    made.view("uint8")[...] = 0xAA
    return made


def captured(cupy, step):
    """Runs a step, and returns the graph of it."""
    step()
    stream = cupy.cuda.Stream(non_blocking=True)
    stream.wait_event(cupy.cuda.get_current_stream().record())
    with stream:
        stream.begin_capture()
        step()
        return stream.end_capture()
