"""What the README tells people to type is what is run."""

import re
import subprocess

import pytest

from tests.sources import ROOT, text_of

COMMANDS = ["./scripts/quickstart", "./scripts/test"]
SCRIPTS = sorted(
    str(path.relative_to(ROOT))
    for path in [*(ROOT / "scripts").iterdir(), ROOT / ".ci" / "run"]
)


def test_readme_opens_with_the_two_commands():
    first = re.search(r"```\w*\n(.*?)```", text_of("README.md"), re.DOTALL)
    assert [line.split("#")[0].strip() for line in first[1].splitlines()] == COMMANDS


def test_first_model_of_the_readme_learns():
    code = re.search(r"```python\n(.*?)```", text_of("README.md"), re.DOTALL)[1]
    names = {}
    exec(code, names)  # the block is ours
    model, x, y = names["model"], names["x_test"], names["y_test"]
    assert model.evaluate(x, y, verbose=0)[1] > 0.96


def test_ci_runs_the_commands_of_the_readme():
    lines = text_of(".ci/run").splitlines()
    assert [line for line in lines if line in COMMANDS] == COMMANDS


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_is_strict_and_can_be_run(script):
    lines = text_of(script).splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
    assert subprocess.run(["bash", "-n", ROOT / script], check=False).returncode == 0
