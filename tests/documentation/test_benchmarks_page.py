"""The benchmarks page has a row for every contender."""

import pytest

from benchmarks.cases import CASES
from benchmarks.report import missing_rows
from places import DOCS


@pytest.mark.parametrize("case", CASES)
def test_documentation_has_a_row_for_everybody(case):
    """The benchmarks page has a row for every contender of every current case."""
    page = (DOCS / "benchmarks.md").read_text("utf-8")
    assert missing_rows(page, case) == [], "Run: python -m benchmarks --output ../docs"
