"""The package list, the two links and the version agree with the tree."""

import os
import subprocess
import sys
import tomllib

import pytest

from kerasish.core.version import __version__
from tests.sources import ROOT, module_name, source_files, text_of

PROJECT = tomllib.loads(text_of("pyproject.toml"))
LINKS = {"backends": "../backends", "tuner": "../tuner"}


def test_package_list_equals_the_tree():
    listed = PROJECT["tool"]["setuptools"]["packages"]
    found = sorted({module_name(path.parent) for path in source_files()})
    lines = "\n".join(f'  "{name}",' for name in found)
    assert listed == found, f"`packages` in pyproject.toml must read\n{lines}"


def test_every_package_has_an_init():
    folders = {path.parent for path in source_files()}
    missing = [str(f) for f in folders if not (ROOT / f / "__init__.py").exists()]
    assert not missing


@pytest.mark.parametrize("name", LINKS)
def test_trees_are_linked_into_the_package_by_relative_links(name):
    link = ROOT / "kerasish" / name
    assert link.is_symlink()
    assert os.readlink(link) == LINKS[name]
    assert PROJECT["tool"]["setuptools"]["package-dir"][f"kerasish.{name}"] == name


@pytest.mark.parametrize("name", LINKS)
def test_second_import_name_is_refused(name):
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"kerasish.{name}" in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith("ImportError")


@pytest.mark.parametrize("name", ["numpy", "cupy"])
def test_nothing_shadows_an_array_library(name):
    named = [p for p in (ROOT / "backends").rglob("*") if p.stem == name]
    assert not named


def test_types_are_declared():
    assert (ROOT / "kerasish" / "py.typed").exists()
    assert "py.typed" in PROJECT["tool"]["setuptools"]["package-data"]["kerasish"]


def test_version_is_written_once():
    assert "version" in PROJECT["project"]["dynamic"]
    attribute = PROJECT["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert attribute == "kerasish.core.version.__version__"
    written = [p for p in source_files() if f'"{__version__}"' in text_of(p)]
    assert [module_name(p) for p in written] == ["kerasish.core.version"]
