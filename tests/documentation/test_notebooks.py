"""The tutorials run without errors, and are stored without outputs."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from places import NOTEBOOKS, PACKAGE

PATHS = [pytest.param(path, id=path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))]


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook in its stored format."""
    return nbformat.read(path, nbformat.NO_CONVERT)


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
def test_notebook_ends_with_an_assertion(path):
    """The last statement of a notebook asserts its result."""
    last = read(path).cells[-1]
    assert last.cell_type == "code"
    assert isinstance(ast.parse(last.source).body[-1], ast.Assert)


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
