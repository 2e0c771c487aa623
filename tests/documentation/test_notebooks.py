"""The tutorials run without errors, install what they need, and have no outputs."""

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from places import NOTEBOOKS, PACKAGE, ROOT

PATHS = [pytest.param(path, id=path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook in its stored format."""
    return nbformat.read(path, nbformat.NO_CONVERT)


def code_of(path: Path) -> list[str]:
    """The code cells of a notebook, in order."""
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def test_notebooks_are_found():
    """The tests below find at least one notebook."""
    assert PATHS != []


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_notebook_runs(path, tmp_path, monkeypatch):
    """Every cell runs without an error, and leaves no file in the working folder."""
    working, temporary = tmp_path / "working", tmp_path / "temporary"
    working.mkdir()
    temporary.mkdir()
    # A kernel that ends slowly is killed before it deletes its temporary folder.
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    NotebookClient(
        read(path),
        timeout=240,
        kernel_name="python3",
        resources={"metadata": {"path": str(working)}},
    ).execute()
    assert list(working.iterdir()) == []


@pytest.mark.parametrize("path", PATHS)
def test_notebook_begins_like_an_example_of_keras(path):
    """Title, author, dates and description come first, and then the introduction."""
    cells = read(path).cells
    assert re.fullmatch(
        r"# .+\n\n"
        r"(\[Open in Colab\]\(https://.+\)\n\n)?"
        r"\*\*Author:\*\* .+<br>\n"
        r"\*\*Date created:\*\* \d{4}-\d\d-\d\d<br>\n"
        r"\*\*Last modified:\*\* \d{4}-\d\d-\d\d<br>\n"
        r"\*\*Description:\*\* .+",
        cells[0].source,
    )
    headings = [
        re.match(r"## (Introduction|Set-up)", cell.source)
        for cell in cells
        if cell.cell_type == "markdown" and cell.source.startswith("## ")
    ]
    assert [heading and heading[1] for heading in headings[:2]] == [
        "Introduction",
        "Set-up",
    ]


@pytest.mark.parametrize("path", PATHS)
def test_every_cell_has_its_reason(path):
    """No code stands without a text above it."""
    kinds = [cell.cell_type for cell in read(path).cells]
    assert ("code", "code") not in set(pairwise(kinds))


@pytest.mark.parametrize("path", PATHS)
def test_notebook_ends_with_something_to_do(path):
    """A notebook ends with exercises for the reader."""
    assert "Your turn\n" in read(path).cells[-1].source


@pytest.mark.parametrize("path", PATHS)
def test_notebook_is_kept_without_outputs(path):
    """A stored notebook has no outputs, execution counts or editor metadata."""
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.id for cell in notebook.cells if cell.metadata] == []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs] == []
    assert [cell.id for cell in code if cell.execution_count is not None] == []


# What Colab ships of what the package needs and the tutorials use, and IPython, which
# knows `%pip`.
COLAB = [
    *("tensorflow==2.19.*", "keras==3.10.*", "pandas==2.2.*"),
    *("ipython", "matplotlib", "scikit-image", "scikit-learn"),
]
VERSIONS = """
from importlib.metadata import version
import json
print(json.dumps({name: version(name) for name in ("tensorflow", "keras", "pandas")}))
"""
LOAD = """
import keras_csv_dataset
assert callable(keras_csv_dataset.image_dataset_from_csv)
print(keras_csv_dataset.__file__)
"""


def run(*command: str | Path, **options) -> subprocess.CompletedProcess:
    """Runs a command; no package is found where these tests find it."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | options.pop("env", {})
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, **options
    )


def find_python() -> str | None:
    """Python 3.12, which may be known to pyenv alone."""
    print_path = ("-c", "import sys; print(sys.executable)")
    for version in ({}, {"PYENV_VERSION": "3.12"}):
        try:
            found = run("python3.12", *print_path, env=version)
        except FileNotFoundError:
            return None
        if found.returncode == 0:
            return found.stdout.strip()
    return None


@pytest.fixture
def colab(tmp_path):
    """Python in a fresh environment with what Colab ships, without the package."""
    python = find_python()
    if python is None:
        pytest.skip("needs Python 3.12")
    assert run(python, "-m", "venv", tmp_path / "colab").returncode == 0
    installed = run(tmp_path / "colab/bin/pip", "install", "--quiet", *COLAB)
    assert installed.returncode == 0, installed.stderr
    return tmp_path / "colab/bin/python"


def copy_clone(folder: Path) -> None:
    """Copies what a clone has and the build reads."""
    folder.mkdir()
    for name in ("docs", "keras_csv_dataset", "notebooks"):
        ignored = shutil.ignore_patterns("__pycache__", "_build")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)


def run_first_cell(python: Path, folder: Path, **env) -> subprocess.CompletedProcess:
    """Runs a notebook's first code cell in a folder, and then imports the package."""
    cell = code_of(sorted(NOTEBOOKS.glob("*.ipynb"))[0])[0]
    script = folder / "first_cell.ipy"
    script.write_text(f"{cell}\n{LOAD}")
    versions = run(python, "-c", VERSIONS).stdout
    ran = run(python, "-m", "IPython", "--colors=NoColor", script, cwd=folder, env=env)
    assert json.loads(run(python, "-c", VERSIONS).stdout) == json.loads(versions)
    return ran


@pytest.mark.slow
def test_first_cell_finds_the_package(colab, tmp_path):
    """The first cell installs an uploaded wheel or a clone, or says that it needs one.

    It is one test, because the environment takes a minute to make.
    """
    clone, elsewhere = tmp_path / "clone", tmp_path / "elsewhere"
    copy_clone(clone)
    elsewhere.mkdir()

    ran = run_first_cell(colab, elsewhere, PIP_NO_INDEX="1")
    message = ran.stdout.strip().splitlines()[-1]
    assert message.startswith("ModuleNotFoundError: ")
    assert "in a clone of the repository" in message
    assert "`python -m build`" in message

    built = run(colab, "-m", "pip", "wheel", "--no-deps", "-w", elsewhere, clone)
    assert built.returncode == 0, built.stderr
    ran = run_first_cell(colab, elsewhere)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "site-packages" in ran.stdout.splitlines()[-1]

    removed = run(colab, "-m", "pip", "uninstall", "--yes", "keras-csv-dataset")
    assert removed.returncode == 0, removed.stderr
    ran = run_first_cell(colab, clone / "notebooks")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "site-packages" in ran.stdout.splitlines()[-1]


def test_first_cell_is_the_same_in_all_notebooks():
    """The first cells differ only in the names of what they look for and install."""
    cells = {
        re.sub(r"\[[a-z,]+\]\".*|\(\"keras_csv_dataset\".*", "", code_of(path)[0])
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
    }
    assert len(cells) == 1
