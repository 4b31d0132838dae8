"""Object files are kept, found again, and never trusted when damaged."""

import threading
from pathlib import Path

import pytest

from kerasish.backends.llvm import cache
from kerasish.backends.llvm.cache import cache_folder, find, keep, key_of


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kernels"


def test_what_is_kept_is_found(folder):
    assert find("a") is None
    keep("a", b"code")
    keep("b", b"")
    assert (find("a"), find("b")) == (b"code", b"")
    assert sorted(p.name for p in folder.iterdir()) == ["a.o", "b.o"]
    keep("a", b"other")
    assert find("a") == b"other"


def test_the_folder_belongs_to_its_user(folder):
    keep("a", b"code")
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: b"",
        lambda held: held[:20],
        lambda held: held[:-1],
        lambda held: held + b"x",
        lambda held: held[:-1] + bytes([held[-1] ^ 1]),
        lambda held: bytes(len(held)),
    ],
)
def test_a_damaged_file_is_as_if_it_were_not_there(folder, damage):
    keep("a", b"code of some length")
    path = folder / "a.o"
    path.write_bytes(damage(path.read_bytes()))
    assert find("a") is None
    keep("a", b"mended")
    assert find("a") == b"mended"


def test_a_folder_that_cannot_be_made_is_done_without(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERASISH_CACHE", str(tmp_path / "file"))
    keep("a", b"code")
    assert find("a") is None


def test_a_file_that_cannot_be_put_in_place_leaves_nothing(folder, monkeypatch):
    def refuse(*paths):
        raise PermissionError("read-only")

    monkeypatch.setattr(cache.os, "replace", refuse)
    keep("a", b"code")
    assert find("a") is None
    assert list(folder.iterdir()) == []


def test_a_folder_in_the_place_of_a_file_is_not_read(folder):
    (folder / "a.o").mkdir(parents=True)
    assert find("a") is None
    keep("a", b"code")
    assert [p.name for p in folder.iterdir()] == ["a.o"]


def test_writers_do_not_disturb_each_other(folder):
    wrong = []

    def work(number):
        code = bytes([number]) * 10_000
        for _ in range(50):
            keep("a", code)
            found = find("a")
            if found is None or len(set(found)) != 1 or len(found) != 10_000:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"KERASISH_CACHE": "/c"}, "/c/kernels"),
        ("linux", {}, "~/.cache/kerasish/kernels"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/kerasish/kernels"),
        ("linux", {"XDG_CACHE_HOME": ""}, "~/.cache/kerasish/kernels"),
        ("darwin", {"XDG_CACHE_HOME": "/x"}, "~/Library/Caches/kerasish/kernels"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/kerasish/kernels"),
        ("win32", {}, "~/AppData/Local/kerasish/kernels"),
    ],
)
def test_the_folder(monkeypatch, platform, variables, expected):
    for name in ("KERASISH_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(cache.sys, "platform", platform)
    assert cache_folder() == Path(expected).expanduser()


def test_keys_tell_their_parts_apart():
    keys = {key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", "")}
    assert len(keys) == 4
    assert key_of("ab", "c") == key_of("ab", "c")
