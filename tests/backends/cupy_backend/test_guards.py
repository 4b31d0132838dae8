"""Guards on a device: the copy is made, and the error comes when somebody reads."""

import gc

import numpy as np
import pytest

from kerasish.core.errors import ArgumentError


def guarded(backend, name, values, **static):
    x = backend.from_numpy(np.asarray(values))
    out = backend.aligned(x.size, x.dtype.name).reshape(x.shape)
    step = backend.lower(name, static, [x], [out])
    step()
    return out, step, x


def test_right_numbers_pass(backend):
    out, step, _ = guarded(backend, "in_range", [0, 3], low=0, high=3, what="Ids")
    assert backend.to_numpy(out).tolist() == [0, 3]
    out, step, _ = guarded(backend, "whole", [0.0, -3.0], what="Ids")
    assert backend.to_numpy(out).tolist() == [0, -3]
    out, step, _ = guarded(backend, "_from_start", [0, -1, 4], size=5)
    assert backend.to_numpy(out).tolist() == [0, 4, 4]


@pytest.mark.parametrize(
    ("name", "values", "static", "said"),
    [
        ("in_range", [1, 7], {"low": 0, "high": 3, "what": "Ids"}, "from 0 to 3.*: 7"),
        ("whole", [1.0, 0.5], {"what": "Ids"}, "Ids must be integers.*float64 with"),
        ("whole", [np.inf], {"what": "Ids"}, "Ids must be integers"),
        ("_from_start", [-6], {"size": 5}, "Index -6 is out of range for.* size 5"),
    ],
)
def test_wrong_numbers_are_told_at_the_next_read(backend, name, values, static, said):
    out, step, _ = guarded(backend, name, values, **static)
    with pytest.raises(ArgumentError, match=said):
        backend.to_numpy(out)
    backend.to_numpy(out)  # once


def test_what_several_steps_have_met_is_told_once(backend):
    kept = [guarded(backend, "_from_start", [7], size=5) for _ in range(2)]
    with pytest.raises(ArgumentError, match="Index 7 is out of range"):
        backend.to_numpy(kept[0][0])
    backend.to_numpy(kept[0][0])


def test_they_can_be_captured(backend, cupy):
    x = backend.from_numpy(np.array([1, 2]))
    out = backend.aligned(2, "int64")
    static = {"low": 0, "high": 2, "what": "Ids"}
    step = backend.lower("in_range", static, [x], [out])
    (run,) = backend.record([step], ["in_range"])
    for _ in range(4):
        run()
    assert cupy.counts["graphs"] == 2
    assert backend.to_numpy(out).tolist() == [1, 2]
    backend.write(x, np.array([1, 9]))
    run()
    with pytest.raises(ArgumentError, match="Ids must be from 0 to 2. Received: 9"):
        backend.to_numpy(out)


def test_flags_go_with_their_steps(backend):
    out, step, _ = guarded(backend, "in_range", [5], low=0, high=3, what="Ids")
    del step
    gc.collect()
    backend.to_numpy(out)
    assert (
        backend.lower("whole", {"what": ""}, [backend.aligned(0, "float32")], [0])
        is None
    )
