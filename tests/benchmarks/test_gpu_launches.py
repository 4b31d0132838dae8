"""Launches are counted without a GPU, and what is printed is called an estimate."""

import subprocess
import sys

import pytest

from tests.sources import ROOT


@pytest.fixture(scope="module")
def printed():
    command = [sys.executable, "benchmarks/gpu_launches.py", "mlp_small", "--steps"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_small_step_has_few_launches(printed):
    head, *launches = printed
    assert head.startswith(f"mlp_small: {len(launches)} launches (8 cuBLAS, ")
    assert "estimated and not measured" in head
    assert 10 <= len(launches) <= 14


def test_each_launch_is_told_with_its_bytes(printed):
    kinds = [line.split()[0] for line in printed[1:]]
    assert kinds[:4] == ["gather", "cuBLAS", "cuBLAS", "cuBLAS"]
    [gather] = [line for line in printed if "gather" in line.split()[:1]]
    # Its counter, the numbers of all rows, the cursor, data and batches.
    rows, batch, features = 9 * 32, 32, 64
    counted = 4 + 8 * rows + 8 + 4 * (rows + batch) * (features + 1)
    assert int(gather.split()[1].replace(",", "")) == counted
