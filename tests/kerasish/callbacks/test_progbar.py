"""The bar averages, is redrawn by time, and prints its last line."""

import math
import re
import time

import pytest

from kerasish.callbacks import Progbar
from kerasish.core.errors import ArgumentError

COLOUR = re.compile("\x1b\\[[0-9;]*m")


def frames(terminal):
    """Returns what was drawn on the one line, oldest first, without colours."""
    text = COLOUR.sub("", terminal.getvalue())
    return [part.rstrip() for part in text.split("\r") if part.strip()]


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still unless it is moved."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_one_line_as_in_keras(capsys, clock):
    bar = Progbar(4, verbose=2, stateful_metrics=["loss", "a"])
    clock[0] += 0.048
    bar.update(2, [("loss", 1.0), ("a", 1.0)])
    bar.update(4, [("loss", 8.0), ("a", 2e-4)])
    expected = "4/4 - 0s - 12ms/step - loss: 8.0000 - a: 2.0000e-04\n"
    assert capsys.readouterr().out == expected


def test_long_runs_are_in_seconds_with_verbose_2(capsys, clock):
    bar = Progbar(2, verbose=2)
    clock[0] += 130
    bar.update(2)
    assert capsys.readouterr().out == "2/2 - 130s - 65s/step\n"


@pytest.mark.parametrize(
    ("arguments", "a", "b"),
    [
        ({}, 5.0, 5.0),
        ({"stateful_metrics": ["b"]}, 5.0, 8.0),
        ({"stateful_metrics": []}, 5.0, 5.0),
        ({"stateless_metrics": ["a"]}, 5.0, 8.0),
        ({"stateless_metrics": []}, 8.0, 8.0),
    ],
)
def test_averages_weigh_by_steps(capsys, arguments, a, b):
    bar = Progbar(4, verbose=2, **arguments)
    for steps, value in ((1, 1.0), (1, 3.0), (2, 8.0)):
        bar.add(steps, [("a", value), ("b", value)])
    assert capsys.readouterr().out.endswith(f" - a: {a:.4f} - b: {b:.4f}\n")


def test_only_the_last_line_where_nothing_can_be_redrawn(capsys, clock):
    bar = Progbar(4, width=8, label="Copy", unit_name="file")
    for _ in range(4):
        clock[0] += 0.25
        bar.add(1)
    assert capsys.readouterr().out == "Copy 4/4 ━━━━━━━━ 1s 250ms/file\n"


def test_silent(capsys, terminal):
    bar = Progbar(4, verbose=0)
    bar.add(4, [("loss", 1.0)])
    assert terminal.getvalue() == ""


def test_is_redrawn_by_time(terminal, clock):
    bar = Progbar(100, interval=0.05)
    for _ in range(10):
        clock[0] += 0.01
        bar.add(1)
    assert len(frames(terminal)) == 2  # steps 1 and 6


def test_shows_the_time_left(terminal, clock):
    bar = Progbar(100, width=10, interval=0.0)
    clock[0] += 5.0
    bar.update(1, [("loss", 0.5)])
    assert frames(terminal)[-1] == (
        "  1/100 ────────── 8:15 left 5s/step - loss: 0.5000"
    )
    # The first step was slow and no longer counts.
    clock[0] += 0.9
    bar.update(10)
    assert frames(terminal)[-1] == (
        " 10/100 ━───────── 9s left 100ms/step - loss: 0.5000"
    )
    bar.update(100, finalize=False)
    assert " 0s left " in frames(terminal)[-1]
    bar.update(100)
    last = "100/100 ━━━━━━━━━━ 6s 59ms/step - loss: 0.5000\n"
    assert COLOUR.sub("", terminal.getvalue()).endswith(last)


def test_an_unknown_number_of_steps(terminal, clock):
    bar = Progbar(None, width=10, interval=0.0)
    clock[0] += 2
    bar.update(4)
    assert frames(terminal)[-1] == "4/? 2s 500ms/step"
    bar.update(5, finalize=True)
    assert frames(terminal)[-1] == "5/5 ━━━━━━━━━━ 2s 400ms/step"


def test_more_steps_than_expected(capsys):
    Progbar(2, width=4).update(3)
    assert capsys.readouterr().out.startswith("3/2 ━━━━ 0s ")


def test_no_steps_at_all(capsys):
    Progbar(0, width=4).update(0)
    assert capsys.readouterr().out.startswith("0/0 ──── 0s ")


def test_close_leaves_the_bar_as_it_stands(terminal):
    bar = Progbar(4, width=4, interval=0.0)
    bar.add(2, [("loss", 0.5)])
    bar.close()
    assert frames(terminal)[-1].startswith("2/4 ━━── ")
    assert terminal.getvalue().endswith("\n")
    bar.close()


def test_drawing_with_a_note_keeps_the_metrics(terminal):
    bar = Progbar(4, width=4)
    bar.draw(0)
    bar.draw(4, [("loss", 0.5)])
    bar.draw(4, note="validating")
    assert frames(terminal)[0] == "0/4 ────"
    assert frames(terminal)[-1] == "4/4 ━━━━ validating - loss: 0.5000"
    bar.close()


def test_braces_in_a_label(terminal):
    bar = Progbar(4, width=4, label="{x}")
    bar.draw(0)
    assert frames(terminal)[-1] == "{x} 0/4 ────"
    bar.close()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"target": -1}, "`target` of `Progbar` must be an integer >= 0"),
        ({"target": 2.5}, "`target` of `Progbar`"),
        ({"width": 0}, "`width` of `Progbar` must be a positive integer"),
        ({"verbose": 3}, "`verbose` of `Progbar` must be one of 0, 1, 2"),
        ({"interval": -1}, "`interval` of `Progbar` must be a number >= 0"),
        ({"interval": math.nan}, "`interval` of `Progbar` must be a number >= 0"),
        (
            {"stateful_metrics": ["a"], "stateless_metrics": ["b"]},
            "Only one of `stateful_metrics` and `stateless_metrics` of `Progbar`",
        ),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ArgumentError, match=match):
        Progbar(**{"target": 4, **arguments})
