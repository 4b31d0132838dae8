"""Scripts run by several processes, as users start them."""

import os
import shutil
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

__all__ = ["by_mpiexec", "by_number", "has_mpi"]

ROOT = Path(__file__).parents[3]
ONE_EACH = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def _mpiexec():
    beside = Path(sys.executable).with_name("mpiexec")
    return str(beside) if beside.exists() else shutil.which("mpiexec")


def has_mpi():
    """Tells whether MPI can be used here."""
    return find_spec("mpi4py") is not None and _mpiexec() is not None


def _environment(**more):
    return {**os.environ, **ONE_EACH, "PYTHONPATH": str(ROOT), **more}


def by_mpiexec(count, script, timeout=100):
    """Runs a script in processes that MPI has started."""
    command = [_mpiexec(), "-iface", "lo", "-n", str(count), sys.executable, "-c"]
    return subprocess.run(
        [*command, textwrap.dedent(script)],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def by_number(count, script, port, timeout=100, **more):
    """Runs a script in processes that are told their number; returns those."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)],
            env=_environment(
                KERAS_DISTRIBUTION_JOB_ADDRESSES=f"127.0.0.1:{port}",
                KERAS_DISTRIBUTION_NUM_PROCESSES=str(count),
                KERAS_DISTRIBUTION_PROCESS_ID=str(number),
                **more,
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(count)
    ]
    try:
        return [(*p.communicate(timeout=timeout), p.returncode) for p in processes]
    finally:
        for process in processes:
            process.kill()
