import ast

import pytest

import kerasish
from tests.sources import all_of, tree_of

INIT = "kerasish/__init__.py"


def names_for_type_checkers():
    guarded = next(n for n in tree_of(INIT).body if isinstance(n, ast.If))
    return {alias.name for node in guarded.body for alias in node.names}


def test_type_checkers_see_the_names_that_are_loaded_lazily():
    written = names_for_type_checkers() | {"__version__", "version"}
    assert written == set(all_of(INIT))


@pytest.mark.parametrize("name", kerasish.__all__)
def test_public_name_can_be_loaded(name):
    assert getattr(kerasish, name) is not None
    assert name in dir(kerasish)


def test_version():
    assert kerasish.version() == kerasish.__version__


def test_unknown_name():
    match = "'kerasish' has no attribute 'Sequentail'. Did you mean 'Sequential'"
    with pytest.raises(AttributeError, match=match):
        kerasish.Sequentail  # noqa: B018
    assert not hasattr(kerasish, "__wrapped__")
