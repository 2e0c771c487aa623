"""Writes the link "Open in Colab" below the titles of the notebooks.

Run `python docs/write_colab_links.py` after you change `[project.urls]` in
`pyproject.toml`. Without an address there, it removes the links.
"""

import json
from pathlib import Path

from repository import Repository, read_repository

ROOT = Path(__file__).parents[1]
_TEXT = "[Open in Colab]"


def colab_link(repository: Repository | None, name: str) -> str | None:
    """The link that opens a notebook in Colab, in Markdown."""
    address = repository and repository.colab(f"notebooks/{name}")
    return f"{_TEXT}({address})" if address else None


def without_link(first_cell: str) -> tuple[str, str]:
    """Divides the first cell into its title and the text below, without the link."""
    title, _, text = first_cell.partition("\n")
    text = text.lstrip("\n")
    if text.startswith(_TEXT):
        text = text.partition("\n")[2].lstrip("\n")
    return title, text


def with_link(notebook: str, repository: Repository | None, name: str) -> str:
    """Returns the text of a notebook with the current link, or without one."""
    contents = json.loads(notebook)
    first = contents["cells"][0]
    title, text = without_link("".join(first["source"]))
    link = colab_link(repository, name)
    paragraphs = [title, link, text] if link else [title, text]
    first["source"] = "\n\n".join(paragraphs).splitlines(keepends=True)
    # As Jupyter writes it.
    return json.dumps(contents, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    repository = read_repository(ROOT / "pyproject.toml")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text = path.read_text("utf-8")
        path.write_text(with_link(text, repository, path.name), "utf-8")
