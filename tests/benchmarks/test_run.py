"""The benchmark runs on kerasish and reports in a table."""

import json
import os
import subprocess
import sys

from tests.sources import ROOT


def bench(*words, folder):
    """Runs the benchmark with this interpreter and returns its output and figures."""
    figures = folder / "figures.json"
    command = [sys.executable, "benchmarks/run.py", "--quick", "--json", str(figures)]
    command += ["--library", "kerasish", "--python", f"kerasish={sys.executable}"]
    done = subprocess.run(
        [*command, *words],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, json.loads(figures.read_text())


def test_a_quick_run_measures_everything(tmp_path):
    printed, stored = bench("--workload", "mlp_small", folder=tmp_path)
    (run,) = stored["mlp_small"]["kerasish"]
    assert printed.startswith("### mlp_small\n\n| library | import_s |")
    assert len(run) == 8 and all(value > 0 for value in run.values())
