"""The page on `check` is true: its commands run, and their output is quoted."""

import re
import shlex

import pytest

from keras_csv_dataset.__main__ import main
from places import DOCS

PAGE = (DOCS / "check.md").read_text("utf-8")

pytestmark = pytest.mark.slow


@pytest.fixture
def example(tmp_path, monkeypatch):
    """The collection that the page inspects, as the current folder."""
    monkeypatch.syspath_prepend(DOCS)
    from check_example import write_collection

    monkeypatch.chdir(tmp_path)
    write_collection(tmp_path)


def commands() -> "list[list[str]]":
    """The arguments of every command on the page, without where its output goes."""
    lines = re.findall(r"^keras-csv-dataset (check .*)$", PAGE, re.M)
    return [shlex.split(line.partition(" > ")[0]) for line in lines]


@pytest.mark.usefixtures("example")
def test_the_quoted_findings_are_the_real_ones(capsys):
    """The first command prints the findings that the page quotes."""
    (quoted,) = re.findall(r"^```text\n(.*?)^```", PAGE, re.M | re.S)
    assert main(commands()[0]) == 1
    printed = capsys.readouterr().out
    assert printed.endswith("\n\n" + quoted)


@pytest.mark.usefixtures("example")
def test_the_report_is_made_by_the_command_on_the_page(monkeypatch):
    """The report that the page shows is made by the command that the page gives."""
    monkeypatch.syspath_prepend(DOCS)
    from check_example import COMMAND

    assert [*shlex.split(COMMAND), "report.html"] == commands()[0]


@pytest.mark.usefixtures("example")
def test_the_leak_is_mended_as_the_page_says(capsys):
    """There is a leak; with the groups that are written, it is gone."""
    write, inspect = commands()[1:3]
    assert main(write) == 1
    assert "are in several subsets" in capsys.readouterr().out
    assert main(inspect) == 1
    assert "several subsets" not in capsys.readouterr().out


@pytest.mark.usefixtures("example")
@pytest.mark.filterwarnings("ignore:groups.csv, line :UserWarning")
def test_every_command_and_example_runs(capsys):
    """All commands find something, and the Python examples run on what they write."""
    for command in commands():
        assert main(command) == 1, command
        output = capsys.readouterr().out
    with open("report.json", "w", encoding="utf-8") as file:
        file.write(output)
    for code in re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S):
        exec(compile(code, "example", "exec"), {"__name__": "example"})
    printed = capsys.readouterr().out
    assert "(training)" in printed
    assert "(validation)" in printed
