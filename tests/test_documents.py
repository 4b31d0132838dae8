"""The pages hold together: links lead somewhere, the walk is what is run, code runs."""

import ast
import doctest
import importlib.util
import itertools
import linecache
import re
import sys

import numpy as np
import pytest

import kerasish as keras
from tests.sources import ROOT, text_of, tree_of

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
CODE_LINK = re.compile(r"\[`([\w.]+)`\]\(\.\./([\w/]+\.py)\)")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text_of(page))
    files = [link for link in links if not re.match(r"\w+:", link)]
    folder = (ROOT / page).parent
    assert not [link for link in files if not (folder / link).exists()]


def test_names_in_the_architecture_are_defined_where_it_says():
    for name, path in CODE_LINK.findall(text_of("docs/architecture.md")):
        defined = {getattr(node, "name", None) for node in ast.walk(tree_of(path))}
        assigned = {getattr(node, "id", None) for node in ast.walk(tree_of(path))}
        assert name.rpartition(".")[2] in defined | assigned, f"{name} in {path}"


def calls_of(function):
    """Returns what is called, by file and qualified name, in order of first calls."""
    seen = {}

    def note(frame, event, argument):
        code = frame.f_code
        if event == "call" and code.co_filename not in outside:
            try:
                path = str(resolved[code.co_filename])
            except KeyError:
                outside.add(code.co_filename)
            else:
                seen.setdefault((path, code.co_qualname))

    outside = set()
    resolved = {
        str(ROOT / tree / path.relative_to(ROOT / folder)): path.relative_to(ROOT)
        for folder, tree in (
            ("kerasish", "kerasish"),
            ("backends", "backends"),
            ("backends", "kerasish/backends"),
        )
        for path in (ROOT / folder).rglob("*.py")
    }
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return list(seen)


def test_the_walk_is_the_way_of_a_step():
    walk = text_of("docs/architecture.md")
    walk = walk[walk.index("## One `fit`") : walk.index("## What was decided")]
    named = [(path, name) for name, path in CODE_LINK.findall(walk)]
    assert len(named) > 30
    x, y = np.ones((80, 4), "float32"), np.ones((80, 1), "float32")
    names = {"keras": keras, "x": x, "y": y}
    *prepare, fit = re.search(r"```python\n(.*?)```", walk, re.S)[1].splitlines()
    exec("\n".join(prepare), names)
    called = calls_of(lambda: exec(fit.replace("8)", "8, verbose=0)"), names))
    assert not [name for name in named if name not in called]
    # A name that stands twice is met at its first place.
    places = [called.index(name) for name in dict.fromkeys(named)]
    assert places == sorted(places)


class Code:
    """The code of a page, block by block, and what it says is printed."""

    BLOCK = re.compile(r"```(python|text)\n(.*?)```", re.S)
    # What the architecture page shows is run above, step by step.
    PAGES = [
        page
        for page in PAGES
        if "```python\n" in text_of(page) and page != "docs/architecture.md"
    ]

    def __init__(self, page):
        self.page = page
        self.names = {"__name__": page}

    def blocks(self):
        """Yields each block of Python with the text that follows it, or None."""
        found = self.BLOCK.findall(text_of(self.page)) + [("end", "")]
        for (kind, code), (after, text) in itertools.pairwise(found):
            if kind == "python":
                yield code, text if after == "text" else None

    def run(self, code, number):
        """Runs a block as if it were a file, and in little time."""
        code = re.sub(r"epochs=\d+", "epochs=2", code)
        if importlib.util.find_spec("cupy") is None:
            code = code.replace('"cupy"', '"numpy"')
        file = f"<{self.page}, block {number}>"
        linecache.cache[file] = (len(code), None, code.splitlines(True), file)
        exec(compile(code, file, "exec"), self.names)


@pytest.mark.parametrize("page", Code.PAGES)
def test_code_runs_and_prints_what_it_says(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    page = Code(page)
    how = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for number, (code, expected) in enumerate(page.blocks()):
        page.run(code, number)
        printed = capsys.readouterr().out
        fits = doctest.OutputChecker().check_output(expected or "", printed, how)
        assert expected is None or fits, f"block {number} printed\n{printed}"
