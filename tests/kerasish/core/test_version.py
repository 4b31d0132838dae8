import re

from kerasish.core.version import __version__


def test_version_is_a_plain_release_number():
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
