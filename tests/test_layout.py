"""The house style, as far as a test can read it off the sources."""

import ast
import re

import pytest

from tests.sources import ROOT, all_of, modules, source_files, text_of, tree_of

LIMIT = 500
# What may be longer or go without a mirrored test, and why.
LONG = {
    "kerasish/ops/__init__.py": "lists the names of all operations",
}
UNMIRRORED = {}
# Inits that are more than a list of names, and why.
WITH_LOGIC = {
    "kerasish/__init__.py": "loads the public names when they are first used",
    "backends/__init__.py": "the door: selects and registers backends",
    "kerasish/ops/__init__.py": "gives tensors operators when all operations are there",
}
HEADINGS = "Args|Input shape|Output shape|Returns|Raises|Example|Reference".split("|")
# Headings of other houses, and ours in the plural.
FOREIGN = (
    "Arguments|Attributes|Call arguments|Examples|Note|Notes|Parameters|References"
    "|See Also|Usage|Yields"
).split("|")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|pragma: no cover")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def check(rule, paths):
    """Fails with a line for each thing that a rule finds in the files."""
    found = [f"{path}: {fault}" for path in paths for fault in rule(path)]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def public(body):
    """Yields the definitions in a class or module that have no underscore."""
    for node in body:
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)) and node.name[0] != "_":
            yield node


def documented(path):
    """Yields the module, its public classes and functions and their methods."""
    tree = tree_of(path)
    yield "the module", tree
    for node in public(tree.body):
        yield node.name, node
        if isinstance(node, ast.ClassDef):
            for method in public(node.body):
                yield f"{node.name}.{method.name}", method


def is_accessory(node):
    """Tells the setter of a property and the overloads of a function."""
    names = map(ast.unparse, getattr(node, "decorator_list", []))
    return any(name.endswith((".setter", ".deleter", "overload")) for name in names)


def mirrors(path):
    """Returns where the test of a module may be, none for one that needs none."""
    folder, stem = path.parent, path.stem.lstrip("_")
    if str(path) in UNMIRRORED or not any(public(tree_of(path).body)):
        return []
    # Kernels are run by the samples of the ops that call them, on every backend.
    if str(folder) == "backends/base":
        return []
    places = [f"tests/{folder}/test_{stem}.py"]
    if str(folder) == "kerasish/ops":
        places.append(f"tests/{folder}/samples/{stem}.py")
    return places


def test_modules_have_a_mirrored_test():
    def unmirrored(path):
        places = mirrors(path)
        if places and not any((ROOT / place).exists() for place in places):
            yield f"write {' or '.join(places)}"

    check(unmirrored, modules())


def test_modules_are_short():
    def long(path):
        count = len(text_of(path).splitlines())
        if str(path) not in LONG and count > LIMIT:
            yield f"{count} lines, split it by its ideas"

    check(long, source_files())


def test_all_is_complete():
    def lacking(path):
        listed = all_of(path)
        offered = {node.name for node in public(tree_of(path).body)}
        if listed is None and offered:
            yield "no `__all__`"
        listed = listed or []
        if missing := sorted(offered - set(listed)):
            yield f"`__all__` lacks {missing}"
        if len(set(listed)) < len(listed):
            yield "`__all__` repeats a name"

    def init_lacking(path):
        imported = {
            alias.asname or alias.name
            for node in tree_of(path).body
            if isinstance(node, IMPORTS)
            for alias in node.names
        }
        listed = all_of(path) or []
        if missing := sorted(imported - set(listed)):
            yield f"`__all__` lacks {missing}"

    check(lacking, source_files())
    inits = {p for p in source_files() if str(p) not in WITH_LOGIC} - set(modules())
    check(init_lacking, sorted(inits))


def test_inits_only_re_export():
    def re_exports(node):
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant)
        # Refusing a second import name is not logic of the package.
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            return isinstance(node.body[0], ast.Raise)
        return isinstance(node, IMPORTS) or (
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        )

    def logic(path):
        if path.name == "__init__.py" and str(path) not in WITH_LOGIC:
            for node in tree_of(path).body:
                if not re_exports(node):
                    yield f"line {node.lineno} is no import and no `__all__`"

    check(logic, source_files())


def test_own_code_is_imported_absolutely_and_at_the_top():
    def inner(path):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and node.level:
                yield f"line {node.lineno} is a relative import"
            if isinstance(node, FUNCTIONS):
                for line in ast.walk(node):
                    if isinstance(line, IMPORTS) and "kerasish" in ast.unparse(line):
                        yield f"line {line.lineno} imports inside a function"

    check(inner, source_files())


def test_nothing_is_unfinished():
    def unfinished(path):
        if match := UNFINISHED.search(text_of(path)):
            yield match[0]
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Raise) and node.exc is not None:
                raised = ast.unparse(node.exc)
                # With a message of what a subclass must define, it is a contract.
                if raised in {"NotImplementedError", "NotImplementedError()"}:
                    yield f"line {node.lineno} raises {raised} without a message"

    check(unfinished, source_files())


def test_what_is_public_is_documented():
    def bare(path):
        for name, node in documented(path):
            if ast.get_docstring(node) is None and not is_accessory(node):
                yield f"no docstring on {name}"

    check(bare, source_files())


def test_docstrings_use_the_headings_of_the_house_in_their_order():
    def misheaded(path):
        for name, node in documented(path):
            text = ast.get_docstring(node) or ""
            found = re.findall(r"^([A-Z][A-Za-z ]+):$", text, re.MULTILINE)
            if foreign := [heading for heading in found if heading in FOREIGN]:
                yield f"{name} has {foreign}, the house has {HEADINGS}"
            house = [heading for heading in found if heading in HEADINGS]
            if house != sorted(set(house), key=HEADINGS.index):
                yield f"{name} has {house}, the order is {HEADINGS}"

    check(misheaded, source_files())


def test_tests_are_no_package():
    # A `tests/kerasish/__init__.py` would be imported as `kerasish`.
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_exceptions_are_of_files_that_exist():
    named = [*LONG, *UNMIRRORED, *WITH_LOGIC]
    assert not [name for name in named if not (ROOT / name).exists()]
