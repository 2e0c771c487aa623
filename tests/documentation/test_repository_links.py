"""The documentation links to the repository if `pyproject.toml` has its address."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from places import NOTEBOOKS, ROOT

ADDRESS = "https://github.com/someone/something"
NOTEBOOK = "1_from_a_csv_to_predictions.ipynb"


def fill_in(address: str) -> str:
    """The text of `pyproject.toml` with an address instead of the commented example."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    text = re.sub(r"^# (\[project\.urls\])$", r"\1", text, flags=re.M)
    line = f'Repository = "{address}"'
    text, count = re.subn(r'^(?:# )?Repository = ".*"$', line, text, flags=re.M)
    assert count == 1
    return text


@pytest.fixture
def read_repository(tmp_path, monkeypatch):
    """Reads the repository from a `pyproject.toml` with a given text."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    from repository import read_repository

    def read(text: str):
        path = tmp_path / "pyproject.toml"
        path.write_text(text, "utf-8")
        return read_repository(path)

    return read


@pytest.mark.parametrize("ending", ["", "/", ".git"])
def test_address_is_read_from_where_the_comment_shows_it(read_repository, ending):
    """The commented example in `pyproject.toml` works when it is uncommented."""
    repository = read_repository(fill_in(ADDRESS + ending))
    assert repository.view("a.md") == f"{ADDRESS}/blob/main/a.md"


def test_without_the_table_there_is_no_repository(read_repository):
    """Without the table, there is no repository."""
    assert read_repository('[project]\nname = "keras-csv-dataset"\n') is None


def test_gitlab_has_no_colab(read_repository):
    """Links to GitLab have GitLab's form, and there is no link to Colab."""
    repository = read_repository(fill_in("https://gitlab.com/someone/something"))
    assert repository.edit("a.md") == (
        "https://gitlab.com/someone/something/-/edit/main/a.md"
    )
    assert repository.colab("a.ipynb") is None


def test_unknown_host_is_refused(read_repository):
    """The address of an unknown host raises an error."""
    with pytest.raises(
        ValueError, match=r"must start with .* Received: .*example\.org"
    ):
        read_repository(fill_in("https://example.org/someone/something"))


TEXT = """\
![A\npicture](docs/a.png) [guide](docs/a.md), [site](https://example.org/a.md), [b](#b)
```python
lines[0](docs)
```
"""


@pytest.mark.parametrize(
    ("address", "first_line"),
    [
        (
            ADDRESS,
            f"![A\npicture]({ADDRESS}/raw/main/docs/a.png) "
            f"[guide]({ADDRESS}/blob/main/docs/a.md), ",
        ),
        (
            "https://gitlab.com/someone/something",
            "![A\npicture](https://gitlab.com/someone/something/-/raw/main/docs/a.png) "
            "[guide](https://gitlab.com/someone/something/-/blob/main/docs/a.md), ",
        ),
        (None, " guide, "),
    ],
)
def test_relative_links_become_absolute(read_repository, address, first_line):
    """Outside the repository, relative links lead to it, or are texts without one."""
    from repository import with_absolute_links

    repository = read_repository(fill_in(address)) if address else None
    others = TEXT.partition("guide](docs/a.md), ")[2]
    assert with_absolute_links(TEXT, repository) == first_line + others


@pytest.mark.parametrize("is_filled_in", [False, True])
def test_description_of_the_package_has_no_relative_link(tmp_path, is_filled_in):
    """What the package index shows is the README, without a link that leads nowhere."""
    pytest.importorskip("hatchling")
    from hatchling.metadata.core import ProjectMetadata
    from hatchling.plugin.manager import PluginManager

    for name in ("README.md", "LICENSE", "hatch_build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("keras_csv_dataset/__init__.py", "docs/repository.py"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(ROOT / name, tmp_path / name)
    if is_filled_in:
        (tmp_path / "pyproject.toml").write_text(fill_in(ADDRESS), "utf-8")
    description = ProjectMetadata(str(tmp_path), PluginManager()).core.readme
    assert "## Install it" in description
    links = re.findall(r"\]\(([^)]+)\)", description)
    assert [link for link in links if not link.startswith("https://")] == []
    assert (f"{ADDRESS}/raw/main/docs/_static/preview.png" in links) == is_filled_in


@pytest.fixture
def with_link(monkeypatch):
    """Writes the link to Colab into the text of a notebook, or removes it."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    from write_colab_links import with_link

    return with_link


def test_notebooks_have_the_link_that_the_address_gives(with_link, read_repository):
    """Each stored notebook links to Colab if there is an address, and else does not."""
    repository = read_repository((ROOT / "pyproject.toml").read_text("utf-8"))
    stored = {path.name: path.read_text("utf-8") for path in NOTEBOOKS.glob("*.ipynb")}
    written = {name: with_link(text, repository, name) for name, text in stored.items()}
    assert stored == written, "Run `python docs/write_colab_links.py`."


def test_link_is_written_and_removed(with_link, read_repository):
    """The link stands below the title; without an address it goes, and nothing else."""
    plain = with_link((NOTEBOOKS / NOTEBOOK).read_text("utf-8"), None, NOTEBOOK)
    repository = read_repository(fill_in(ADDRESS))
    linked = with_link(plain, repository, NOTEBOOK)
    title, blank, link, *_ = json.loads(linked)["cells"][0]["source"]
    assert (title, blank) == ("# From a CSV to predictions\n", "\n")
    assert link == (
        "[Open in Colab](https://colab.research.google.com/github/someone/something"
        f"/blob/main/notebooks/{NOTEBOOK})\n"
    )
    assert with_link(linked, repository, NOTEBOOK) == linked
    assert with_link(linked, None, NOTEBOOK) == plain


def with_messages(notebook: str) -> str:
    """Returns a notebook in which TensorFlow has written messages below a cell."""
    contents = json.loads(notebook)
    cell = next(cell for cell in contents["cells"] if cell["cell_type"] == "code")
    for stream, text in (("stderr", "E0000 failed call to cuInit"), ("stdout", "Yes")):
        output = {"output_type": "stream", "name": stream, "text": f"{text}\n"}
        cell["outputs"].append(output)
    return json.dumps(contents)


def build(folder: Path, pyproject: str) -> dict[str, str]:
    """Builds three pages with this `pyproject.toml`; returns the HTML of each page."""
    docs = folder / "docs"
    notebooks = folder / "notebooks"
    shutil.copytree(ROOT / "docs" / "_static", docs / "_static")
    notebooks.mkdir()
    text = (NOTEBOOKS / NOTEBOOK).read_text("utf-8")
    (notebooks / NOTEBOOK).write_text(with_messages(text), "utf-8")
    shutil.copy(ROOT / "CHANGELOG.md", folder)
    scripts = (path.name for path in (ROOT / "docs").glob("*.py"))
    for name in ["changelog.md", *scripts]:
        shutil.copy(ROOT / "docs" / name, docs)
    (docs / "index.md").write_text(
        "# Start here\n\n```{toctree}\n:glob:\n\nchangelog\ntutorials/*\n```\n"
    )
    (folder / "pyproject.toml").write_text(pyproject, "utf-8")

    command = [sys.executable, "-m", "sphinx", "-W", "--quiet"]
    command += ["-D", "nb_execution_mode=off", str(docs), str(folder / "html")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return {
        path.stem: path.read_text("utf-8") for path in (folder / "html").rglob("*.html")
    }


def links(html: str) -> set[str]:
    """The links of a page to the repository or to Colab."""
    found = re.findall(r'href="(https://[^"]*)"', html)
    return {link for link in found if "someone/something" in link or "colab" in link}


@pytest.mark.docs
def test_pages_link_to_the_repository(tmp_path):
    """Each page links to its source, and a tutorial also to its notebook in Colab."""
    html = build(tmp_path, fill_in(ADDRESS))
    notebook = f"notebooks/{NOTEBOOK}"
    expected = {
        "index": {
            f"{ADDRESS}/blob/main/docs/index.md",
            f"{ADDRESS}/edit/main/docs/index.md",
        },
        "changelog": {
            f"{ADDRESS}/blob/main/CHANGELOG.md",
            f"{ADDRESS}/edit/main/CHANGELOG.md",
        },
        NOTEBOOK.removesuffix(".ipynb"): {
            f"{ADDRESS}/blob/main/{notebook}",
            f"{ADDRESS}/edit/main/{notebook}",
            "https://colab.research.google.com/github/someone/something"
            f"/blob/main/{notebook}",
        },
        "check_report": set(),
        "search": set(),
        "genindex": set(),
    }
    assert {page: links(text) for page, text in html.items()} == expected


@pytest.fixture(scope="module")
def without_address(tmp_path_factory):
    """The folder of the pages, and the HTML of each, without an address."""
    folder = tmp_path_factory.mktemp("without_address")
    return folder, build(folder, '[project]\nname = "keras-csv-dataset"\n')


@pytest.mark.docs
def test_pages_link_nowhere_without_an_address(without_address):
    """Without an address, no page links to its source, to an editor or to Colab."""
    _, html = without_address
    assert NOTEBOOK.removesuffix(".ipynb") in html
    traces = ["View this page", "Edit this page", "Open in Colab", "colab.research"]
    assert [
        (page, trace)
        for page, text in html.items()
        for trace in traces
        if trace in text
    ] == []


@pytest.mark.docs
def test_tutorial_is_offered_for_download_without_messages(without_address):
    """A tutorial's page links to its notebook, and shows no messages of TensorFlow."""
    folder, _ = without_address
    page = folder / "html" / "tutorials" / NOTEBOOK.replace(".ipynb", ".html")
    html = page.read_text("utf-8")
    links = re.findall(r'href="([^"]*\.ipynb)"', html)
    assert len(links) == 1
    downloaded = (page.parent / links[0]).read_text("utf-8")
    assert downloaded == (folder / "notebooks" / NOTEBOOK).read_text("utf-8")
    assert "Yes" in html
    assert "cuInit" not in html
