"""The benchmark command runs; its speed is not tested."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest

from benchmarks.cases import CASES
from benchmarks.chart import SHOWN
from benchmarks.contenders import CONTENDERS
from benchmarks.report import BEGIN, Ratio, missing_rows, put_in
from places import PACKAGE, TESTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> SimpleNamespace:
    """The output of one run of the command with `--tiny`, with all cases."""
    output = tmp_path_factory.mktemp("benchmarks")
    (output / "benchmarks.md").write_text(
        put_in(f"# Mine\n\n{BEGIN}", "old") + "\nMy last word.\n"
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


@pytest.mark.parametrize("case", SHOWN)
def test_everybody_has_a_bar(run, case):
    """Every contender of every case in the chart has a bar below its name.

    The name of an option of this package is its arguments.
    """
    texts = ["".join(text.itertext()) for text in run.chart.iter() if text.text]
    shown = [CONTENDERS[o] for o in SHOWN[case] if not CONTENDERS[o].needs]
    for one in shown:
        package = "keras_csv_dataset, " if one.role == "opt-in" else ""
        name = one.label.removeprefix(package)
        assert any(text.startswith(f"{name}: ") for text in texts), name


def test_page_keeps_what_is_around_its_tables(run):
    """The tables replace only the text between the marks of an existing page."""
    page = put_in(f"# Mine\n\n{BEGIN}", run.printed) + "\nMy last word.\n"
    assert run.page == page


def test_what_the_rounds_cannot_tell_apart_is_equal():
    """A contender that is faster in one round and slower in another is equal."""
    assert str(Ratio(1.05, 0.98, 1.1)) == "equal (0.98 to 1.10)"
    assert str(Ratio(1.05, 1.01, 1.1)) == "1.05 (1.01 to 1.10)"
