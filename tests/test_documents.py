"""The pages hold together: a link leads somewhere."""

import re

import pytest

from tests.sources import ROOT, text_of

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text_of(page))
    files = [link for link in links if not re.match(r"\w+:", link)]
    folder = (ROOT / page).parent
    assert not [link for link in files if not (folder / link).exists()]
