"""The benchmark command runs, and its page is complete; how fast is not asserted."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import pytest

import keras_csv_dataset
from benchmarks.cases import CASES, GRAIN
from benchmarks.chart import SHOWN
from benchmarks.contenders import CONTENDERS, why_no_grain
from benchmarks.report import BEGIN, END, label, put_in

TESTS = Path(__file__).parent
LABELS = {
    name: [label(one) for one in case.contenders if one not in GRAIN]
    for name, case in CASES.items()
}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> SimpleNamespace:
    """What the command prints and writes at its smallest, all cases in one run."""
    output = tmp_path_factory.mktemp("benchmarks")
    (output / "benchmarks.md").write_text(
        f"# Mine\n\n{BEGIN}old\n{END}\nMy last word.\n"
    )
    package = Path(keras_csv_dataset.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--tiny", "--output", str(output)],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(
        printed=done.stdout,
        page=(output / "benchmarks.md").read_text("utf-8"),
        chart=ET.parse(output / "benchmarks.svg"),
    )


def missing_rows(page: str, case: str) -> "list[str]":
    """The contenders of a case that have no row in the tables of a page."""
    rows = [line.split(" | ")[:2] for line in page.splitlines()]
    return [one for one in LABELS[case] if [f"| {CASES[case].title}", one] not in rows]


@pytest.mark.parametrize("case", CASES)
def test_everybody_has_a_row(run, case):
    """Every contender of every case has a row in the tables that are printed."""
    assert missing_rows(run.printed, case) == []


def test_everybody_has_a_bar(run):
    """Every contender of every case that is drawn has a bar with its name."""
    texts = ["".join(text.itertext()) for text in run.chart.iter() if text.text]
    names = {contender.label for contender in CONTENDERS.values()}
    expected = [
        CONTENDERS[one].label
        for case in SHOWN
        for one in CASES[case].contenders
        if one not in GRAIN or not why_no_grain()
    ]
    assert sorted(text for text in texts if text in names) == sorted(expected)


def test_page_keeps_what_is_around_its_tables(run):
    """A page that is there gets the tables between its marks, and keeps the rest."""
    assert run.page == put_in(f"# Mine\n\n{BEGIN}{END}\nMy last word.\n", run.printed)


@pytest.mark.parametrize("case", CASES)
def test_documentation_has_a_row_for_everybody(case):
    """The page of the documentation was written with the cases of today."""
    page = (TESTS.parent / "docs" / "benchmarks.md").read_text("utf-8")
    assert missing_rows(page, case) == [], "Run: python -m benchmarks --output ../docs"
