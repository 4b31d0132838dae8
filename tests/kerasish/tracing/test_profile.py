"""Profiles sum times and bytes by part and by kernel; tables are aligned."""

import numpy as np
import pytest

import kerasish
from kerasish import layers, models, ops
from kerasish.tracing import function
from kerasish.tracing.profile import Line, Profile, active, profile, table

EXP = Line("exp", "float32[2]", 16, "head")
ADD = Line("add", "float32[2]", 3_000, "")
LONG = Line(" ".join(["multiply"] * 30), "float32[2]", 5_000_000_000, "head")


def filled():
    made = Profile()
    for line, seconds in ((EXP, 0.25), (ADD, 0.5), (EXP, 0.75), (LONG, 2.0)):
        made.add(line, seconds)
    return made


def test_runs_of_a_step_add_up():
    made = filled()
    assert made.seconds == {EXP: 1.0, ADD: 0.5, LONG: 2.0}
    assert made.calls == {EXP: 2, ADD: 1, LONG: 1}


def test_sums_by_part_and_kernel_have_the_slowest_first():
    made = filled()
    assert list(made.by_part().items()) == [
        ("head", (3.0, 5_000_000_032)),
        ("(other)", (0.5, 3_000)),
    ]
    assert list(made.by_kernel().items()) == [
        (LONG.kernel, (2.0, 5_000_000_000)),
        ("exp", (1.0, 32)),
        ("add", (0.5, 3_000)),
    ]


def test_the_print_out():
    assert str(filled()).splitlines() == [
        "part     ms        share  moved",
        "head     3000.000  86 %   5.0 GB",
        "(other)  500.000   14 %   3.0 kB",
        "",
        "kernel" + " " * 51 + "ms        share  moved",
        "multiply multiply multiply multiply mult ... (30 calls)  "
        "2000.000  57 %   5.0 GB",
        "exp" + " " * 54 + "1000.000  29 %   32 B",
        "add" + " " * 54 + "500.000   14 %   3.0 kB",
    ]


def test_an_empty_profile_prints_its_heads():
    assert str(Profile()).splitlines() == [
        "part  ms  share  moved",
        "",
        "kernel  ms  share  moved",
    ]


def test_a_table_of_steps():
    assert table([EXP, ADD]).splitlines() == [
        "   kernel  writes      moved   part",
        "0  exp     float32[2]  16 B    head",
        "1  add     float32[2]  3.0 kB",
    ]


def test_a_table_with_times_of_those_that_ran():
    made = Profile()
    made.add(EXP, 2e-6)
    made.add(EXP, 4e-6)
    assert table([EXP, ADD], made).splitlines() == [
        "   kernel  writes      moved   part  us",
        "0  exp     float32[2]  16 B    head  3.0",
        "1  add     float32[2]  3.0 kB        -",
    ]


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [(0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (2_000_000, "2.0 MB")],
    ids=str,
)
def test_bytes_are_readable(nbytes, text):
    assert text in table([Line("exp", "", nbytes, "")])


def test_the_scope_is_over_after_its_block():
    assert active() is None
    with profile() as outer:
        assert active() is outer
        with profile() as inner:
            assert active() is inner
        assert active() is outer
    assert active() is None
    with pytest.raises(ZeroDivisionError), profile():
        raise ZeroDivisionError
    assert active() is None


def test_it_is_public():
    assert kerasish.profile is profile


def test_only_what_is_replayed_inside_is_timed():
    f = function(lambda x: ops.matmul(ops.exp(x), x) + 1.0, jit_compile=False)
    x = np.ones((3, 3), "float32")
    with profile() as eager:
        f(x)
    assert eager.calls == {}
    for _ in range(3):
        f(x)
    with profile() as found:
        f(x)
        f(x)
        text = f.plan()
    f(x)
    assert set(found.calls.values()) == {2}
    assert "exp" in found.by_kernel()
    assert sum(n for _, n in found.by_kernel().values()) > 0
    assert all(seconds >= 0 for seconds in found.seconds.values())
    assert text.splitlines()[0].split()[-1] == "us"
    assert f.plan().splitlines()[0].split()[-1] == "part"


def test_a_training_step_names_its_layers():
    model = models.Sequential(
        [
            layers.Input((3,)),
            layers.Dense(4, activation="tanh", name="first"),
            layers.Dense(1, name="last"),
        ]
    )
    model.compile("adam", "mse", jit_compile=False)
    x, y = np.ones((4, 3), "float32"), np.ones((4, 1), "float32")
    for _ in range(4):
        model.train_on_batch(x, y)
    with profile() as found:
        model.train_on_batch(x, y)
    parts = " ".join(found.by_part())
    for name in ("first", "last", "loss", "optimizer"):
        assert name in parts
