"""Files that are the old one or the new one, and clear words about those that fail."""

import os
import re
import stat
import subprocess
import sys

import pytest

from kerasish.core.errors import ModelFileError
from kerasish.saving import files
from kerasish.saving.files import MissingFileError, as_path, read_file, replace_file


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_as_path(tmp_path):
    assert as_path(str(tmp_path)) == as_path(tmp_path) == tmp_path
    for wrong in (None, 3, "", b"x"):
        with pytest.raises(TypeError, match=f"`filepath` must be a path.*{wrong!r}"):
            as_path(wrong)


def test_read_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"data")
    assert read_file(path) == b"data"


def test_read_says_what_is_wrong(tmp_path):
    with pytest.raises(MissingFileError, match="File not found: .*nothing") as caught:
        read_file(tmp_path / "nothing")
    assert isinstance(caught.value, FileNotFoundError)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ModelFileError, match="is a folder"):
        read_file(tmp_path)
    (tmp_path / "empty").touch()
    with pytest.raises(ModelFileError, match=r"is empty \(0 bytes\)"):
        read_file(tmp_path / "empty")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="is no regular file"):
        read_file(tmp_path / "pipe")


def test_replace_writes_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "model.keras"
    replace_file(path, b"one")
    replace_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(tmp_path) == ["model.keras"]


def test_replace_keeps_mode_bits_and_follows_links(tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link = tmp_path / "latest.keras"
    link.symlink_to(path)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_follows_the_umask(tmp_path):
    old = os.umask(0o027)
    try:
        replace_file(tmp_path / "new", b"x")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_replace_says_what_is_wrong(tmp_path):
    with pytest.raises(MissingFileError, match="folder '.*nowhere' does not exist"):
        replace_file(tmp_path / "nowhere" / "x", b"")
    with pytest.raises(ModelFileError, match="it is a folder"):
        replace_file(tmp_path, b"")


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "chmod"])
def test_a_failure_at_any_step_keeps_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(files.os, step, fail)
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["model.keras"]


def test_an_interrupt_removes_the_temporary_file(tmp_path, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "x", b"new")
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path, monkeypatch):
    real = os.open

    def refuse_folders(path, *args):
        if os.path.isdir(path):
            raise PermissionError
        return real(path, *args)

    monkeypatch.setattr(files.os, "open", refuse_folders)
    replace_file(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"new"


def test_temporary_files_of_dead_processes_are_removed(tmp_path):
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    stale = f".x.{dead}-0123abcd.tmp"
    alive = f".x.{os.getpid()}-0123abcd.tmp"
    others = [
        alive,
        f".y.{dead}-0123abcd.tmp",
        ".x.tmp",
        ".x.999999999999999999-00000000.tmp",
    ]
    for name in (stale, *others):
        (tmp_path / name).touch()
    replace_file(tmp_path / "x", b"new")
    assert names(tmp_path) == sorted([*others[:-1], "x"])


def test_processes_of_others_are_alive(monkeypatch):
    def refuse(pid, signal):
        raise PermissionError

    monkeypatch.setattr(files.os, "kill", refuse)
    assert files._is_alive(1)
    monkeypatch.setattr(files.os, "name", "nt")
    assert files._is_alive(-5)


def test_the_temporary_file_lies_beside_the_target(tmp_path, monkeypatch):
    seen = []
    real = os.replace

    def note(source, target):
        seen.append((source, target))
        real(source, target)

    monkeypatch.setattr(files.os, "replace", note)
    replace_file(tmp_path / "x", b"new")
    source, target = seen[0]
    assert source.parent == target.parent == tmp_path
    assert re.fullmatch(rf"\.x\.{os.getpid()}-[0-9a-f]{{8}}\.tmp", source.name)
