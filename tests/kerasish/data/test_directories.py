"""Which files of a directory are samples, and of which class."""

import os

import numpy as np
import pytest

from kerasish.data.directories import FoundFiles, as_targets, find_files, parts_of

FILES = ["a/2.txt", "a/1.TXT", "a/deep/0.txt", "b/3.txt", "b/no.md", "top.txt"]


@pytest.fixture
def root(tmp_path):
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(name)
    (tmp_path / "empty").mkdir()
    return tmp_path


def find(root, *args, **kwargs):
    found = find_files("f", root, (".txt",), *args, **kwargs)
    names = [os.path.relpath(path, root) for path in found.paths]
    labels = None if found.labels is None else found.labels.tolist()
    return names, labels, found.class_names


def test_folders_are_classes(root):
    names, labels, classes = find(root)
    assert names == ["a/1.TXT", "a/2.txt", "a/deep/0.txt", "b/3.txt"]
    assert (labels, classes) == ([0, 0, 0, 1], ["a", "b", "empty"])
    names, labels, classes = find(root, class_names=["b", "a"])
    assert names[0] == "b/3.txt"
    assert (labels, classes) == ([0, 1, 1, 1], ["b", "a"])


def test_labels_may_be_given_or_left_out(root):
    names, labels, classes = find(root, [1, 0, 1, 2, 0])
    assert names[0] == "top.txt"
    assert (labels, classes) == ([1, 0, 1, 2, 0], ["0", "1", "2"])
    assert find(root, None)[1:] == (None, None)


def test_links_are_followed_where_that_is_wanted(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "x.txt").write_text("x")
    (root / "b/link").symlink_to(other)
    assert len(find(root)[0]) == 4
    assert find(root, follow_links=True)[0][-1] == "b/link/x.txt"


def test_targets():
    found = FoundFiles(["x", "y", "z"], np.int32([1, 0, 1]), ["a", "b"])
    assert as_targets("f", found, "int").tolist() == [1, 0, 1]
    assert as_targets("f", found, "binary").tolist() == [[1.0], [0.0], [1.0]]
    assert as_targets("f", found, "categorical").dtype == "float32"
    assert as_targets("f", found, None) is None
    assert as_targets("f", FoundFiles(["x"], None, None), "int") is None


def test_parts_are_those_of_keras():
    # Keras 3.15.1 on TensorFlow keeps these of 22 files for validation.
    training, kept = parts_of("f", 22, True, 5, 0.3, "both")
    assert set(kept.tolist()) == {16, 6, 3, 9, 15, 14}
    assert sorted([*training, *kept]) == list(range(22))
    assert parts_of("f", 22, True, 5, 0.3, "validation")[0].tolist() == kept.tolist()
    (first,) = parts_of("f", 22, False, None, 0.3, "training")
    assert first.tolist() == list(range(16))


@pytest.mark.parametrize(
    ("kw", "message"),
    [
        ({"labels": "x"}, "`labels` of `f` must be 'inferred', a list of integers or"),
        ({"labels": [0.5] * 5}, "a list of integers or None"),
        ({"labels": 3}, "a list of integers or None. Received: labels=3"),
        ({"labels": [0, 1]}, "one for each file. Received: 2 labels for 5 files"),
        ({"labels": [0, 1, 2, 2, 4]}, r"from 0 on, .* Received: \[0, 1, 2, 4\]"),
        ({"labels": [-1, 0, 0, 0, 0]}, "from 0 on"),
        ({"class_names": ["a", "c"]}, r"names of folders in .*: \['a', 'b', 'empty'\]"),
        ({"class_names": ["a", "a"]}, "each once"),
        ({"class_names": ["empty"]}, "has found no files in .* that end with .txt"),
        ({"labels": None, "class_names": ["a"]}, "goes with `labels='inferred'`"),
    ],
)
def test_files_that_are_refused(root, kw, message):
    with pytest.raises(ValueError, match=message):
        find(root, **kw)


def test_a_directory_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="`directory` of `f` must be a direc"):
        find(tmp_path / "x")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((True, 1, 0.5, None), "`validation_split` and `subset` of `f` go together"),
        ((True, 1, None, "both"), "go together. Received: validation_split=None, subs"),
        ((True, 1, 0.5, "test"), "`subset` of `f` must be one of"),
        ((True, 1, 1.5, "both"), "`validation_split` of `f` must be a number greater"),
        ((True, 1, 0.01, "both"), "leaves a part empty. .*split=0.01 of 10 files"),
        ((True, None, 0.5, "both"), "`f` needs a `seed` where it shuffles and splits"),
    ],
)
def test_parts_that_are_refused(args, message):
    with pytest.raises(ValueError, match=message):
        parts_of("f", 10, *args)


def test_targets_that_are_refused():
    found = FoundFiles(["x"], np.int32([0]), ["a"])
    with pytest.raises(ValueError, match="needs two classes. Received: \\['a'\\]"):
        as_targets("f", found, "binary")
    with pytest.raises(ValueError, match="`label_mode` of `f` must be one of"):
        as_targets("f", found, "x")
