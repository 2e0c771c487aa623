"""The page on how fast it is has a row for everybody."""

import pytest

from benchmarks.cases import CASES
from benchmarks.report import missing_rows
from places import DOCS


@pytest.mark.parametrize("case", CASES)
def test_documentation_has_a_row_for_everybody(case):
    """The page of the documentation was written with the cases of today."""
    page = (DOCS / "benchmarks.md").read_text("utf-8")
    assert missing_rows(page, case) == [], "Run: python -m benchmarks --output ../docs"
