"""The door: how a backend is chosen, and what third parties can register."""

import json
import subprocess
import sys
import threading

import pytest

from kerasish import backends
from kerasish.backends import (
    Backend,
    available_backends,
    backend_scope,
    current,
    get_backend,
    set_backend,
)
from kerasish.core.errors import BackendError

TOY = """
import numpy
from kerasish.backends import Backend

class Toy(Backend):
    name = "toy"
    xp = numpy
    def is_array(self, x):
        return isinstance(x, numpy.ndarray | numpy.generic)
    def exp(self, x):
        return numpy.full_like(x, 7.0)

def not_a_backend():
    return 3
"""


@pytest.fixture(autouse=True)
def forget():
    """Puts back what the tests load and choose."""
    loaded, default = dict(backends._loaded), list(backends._default)
    yield
    backends._loaded.clear()
    backends._loaded.update(loaded)
    backends._default[:] = default


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Installs a package that registers a backend through the entry-point group."""
    (tmp_path / "toy_backend_package.py").write_text(TOY)
    info = tmp_path / "toy_backend_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: toy-backend-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[kerasish.backends]\n"
        "toy = toy_backend_package:Toy\n"
        "broken = toy_backend_package:not_a_backend\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    sys.modules.pop("toy_backend_package", None)


def test_numpy_is_the_default():
    assert current().name == "numpy"
    assert get_backend("numpy") is current()
    assert get_backend(current()) is current()


def test_a_third_party_registers_a_backend(toy):
    assert available_backends() == ["broken", "cupy", "numpy", "toy"]
    from kerasish import ops

    with backend_scope("toy") as backend:
        assert backend.name == "toy"
        assert ops.exp([1.0, 2.0]).tolist() == [7.0, 7.0]
    assert ops.exp(0.0).item() == 1.0


def test_what_is_no_backend_is_refused(toy):
    message = "'broken' must be a subclass of .*Backend`. Received: toy_backend.* int"
    with pytest.raises(BackendError, match=message):
        get_backend("broken")


def test_unknown_names_get_a_suggestion():
    with pytest.raises(BackendError, match="'numpi'. Did you mean 'numpy'. Known: cup"):
        get_backend("numpi")
    with pytest.raises(RuntimeError, match="Unknown backend: 'tensorflow'"):
        set_backend("tensorflow")


def test_set_backend_changes_the_default(toy):
    set_backend("toy")
    assert current().name == "toy"


def test_scopes_nest_and_end_on_errors(toy):
    toy_backend = get_backend("toy")
    with pytest.raises(ZeroDivisionError), backend_scope(toy_backend):
        with backend_scope("numpy"):
            assert current().name == "numpy"
        assert current() is toy_backend
        raise ZeroDivisionError
    assert current().name == "numpy"


def test_a_scope_holds_in_its_thread_only(toy):
    seen = []
    with backend_scope("toy"):
        thread = threading.Thread(target=lambda: seen.append(current().name))
        thread.start()
        thread.join()
    assert seen == ["numpy"]


def test_cupy_without_cupy_is_a_clear_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    backends._loaded.pop("cupy", None)
    message = r"needs CuPy: pip install kerasish\[cuda13\] \(or \[cuda12\]\)"
    with pytest.raises(BackendError, match=message):
        get_backend("cupy")


def chosen(**environment):
    """Returns the backend that a fresh process chooses, or its error."""
    code = "from kerasish.backends import current; print(current().name)"
    made = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", "PYTHONPATH": ":".join(sys.path), **environment},
        capture_output=True,
        text=True,
    )
    return made.stdout.strip() or made.stderr


def test_the_environment_and_the_config_file_choose(toy, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    path = str(home)
    assert chosen(KERASISH_HOME=path) == "numpy"
    (home / "kerasish.json").write_text(json.dumps({"backend": "toy"}))
    assert chosen(KERASISH_HOME=path) == "toy"
    assert chosen(KERASISH_HOME=path, KERASISH_BACKEND="numpy") == "numpy"
    fault = chosen(KERASISH_HOME=path, KERASISH_BACKEND="nmpy")
    assert "BackendError: Unknown backend: 'nmpy'. Did you mean 'numpy'" in fault


def test_backends_are_shown_by_name():
    assert repr(get_backend("numpy")) == "<backend 'numpy'>"
    assert isinstance(current(), Backend)
