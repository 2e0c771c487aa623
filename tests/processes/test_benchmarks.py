"""The benchmark command runs; its speed is not tested."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest

from benchmarks.cases import CASES, GRAIN
from benchmarks.chart import SHOWN
from benchmarks.contenders import CONTENDERS, why_no_grain
from benchmarks.report import BEGIN, END, missing_rows, put_in
from places import PACKAGE, TESTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> SimpleNamespace:
    """The output of one run of the command with `--tiny`, with all cases."""
    output = tmp_path_factory.mktemp("benchmarks")
    (output / "benchmarks.md").write_text(
        f"# Mine\n\n{BEGIN}old\n{END}\nMy last word.\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--tiny", "--output", str(output)],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
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


@pytest.mark.parametrize("case", CASES)
def test_everybody_has_a_row(run, case):
    """Every contender of every case has a row in the printed tables."""
    assert missing_rows(run.printed, case) == []


def test_everybody_has_a_bar(run):
    """Every contender of every case in the chart has a bar with its name."""
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
    """The tables replace only the text between the marks of an existing page."""
    assert run.page == put_in(f"# Mine\n\n{BEGIN}{END}\nMy last word.\n", run.printed)
