"""The files of the repository, as the tests of its layout see them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TREES = ("kerasish", "backends", "tuner")


def source_files():
    """Returns every Python file of the three trees, relative to the root."""
    files = []
    for tree in TREES:
        for path in (ROOT / tree).rglob("*.py"):
            relative = path.relative_to(ROOT)
            # The trees beside kerasish/ are seen once, at their own place.
            if relative.parts[:2] not in {("kerasish", t) for t in TREES[1:]}:
                files.append(relative)
    return sorted(files)


def modules():
    """Returns the source files that are not an `__init__.py`."""
    return [path for path in source_files() if path.name != "__init__.py"]


def module_name(path):
    """Returns the name under which a source file is imported."""
    parts = path.with_suffix("").parts
    parts = parts if parts[0] == "kerasish" else ("kerasish", *parts)
    return ".".join(parts).removesuffix(".__init__")


@cache
def text_of(path):
    """Returns what a file holds."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree_of(path):
    """Returns the syntax tree of a source file."""
    return ast.parse(text_of(path), str(path))


def all_of(path):
    """Returns the names in a file's `__all__`, or None where it has none."""
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return None
