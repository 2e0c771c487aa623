"""Sphinx configuration. Build with `sphinx-build -W docs docs/_build/html`."""

import json
import shutil
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent))
from check_example import write_report
from repository import read_repository, source_of
from write_colab_links import colab_link, without_link

DOCS = Path(__file__).parent
# None as long as pyproject.toml has no address of the repository.
REPOSITORY = read_repository(DOCS.parent / "pyproject.toml")

project = "keras-csv-dataset"
author = "the authors of keras-csv-dataset"
project_copyright = author
release = version = installed_version("keras-csv-dataset")

extensions = ["myst_nb", "keras_docstring"]
exclude_patterns = ["_build", "report"]
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
maximum_signature_line_length = 60
highlight_language = "none"
pygments_style = "friendly"
pygments_dark_style = "monokai"

nb_execution_mode = "force"
nb_execution_timeout = 240
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True
# What TensorFlow logs about the CPU and the GPU does not help a reader.
nb_output_stderr = "remove"

html_theme = "furo"
html_title = "keras-csv-dataset"
html_static_path = ["_static"]
html_extra_path = ["report"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sourcelink = False


def copy_notebooks() -> None:
    """Copies the notebooks to the folder where Sphinx looks for pages."""
    tutorials = DOCS / "tutorials"
    shutil.rmtree(tutorials, ignore_errors=True)
    tutorials.mkdir()
    for path in sorted((DOCS.parent / "notebooks").glob("*.ipynb")):
        notebook = json.loads(path.read_text("utf-8"))
        link_at_the_top(notebook, path.name)
        for cell in notebook["cells"]:
            # The copy is in a folder of the pages, the notebook is beside them.
            source = "".join(cell["source"])
            cell["source"] = source.replace("](../docs/", "](../")
        (tutorials / path.name).write_text(json.dumps(notebook), "utf-8")


def make_report() -> None:
    """Inspects the example of the page on `check`, for the page to show."""
    report = DOCS / "report"
    report.mkdir(exist_ok=True)
    write_report(report / "check_report.html")


def link_at_the_top(notebook: dict[str, Any], name: str) -> None:
    """Puts links below a tutorial's title: to the notebook itself, and to Colab."""
    first = notebook["cells"][0]
    title, text = without_link("".join(first["source"]))
    # Sphinx copies the file that this role names to the folder of the pages.
    links = [f"{{download}}`Download the notebook <../../notebooks/{name}>`"]
    link = colab_link(REPOSITORY, name)
    if link:
        links.append(link)
    top = [":::{container} notebook-links", " ".join(links), ":::"]
    first["source"] = "\n".join([title, "", *top, "", text])


def link_to_source(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Gives a page's "view" and "edit" links the file from which it is made."""
    # Pages that Sphinx writes by itself, such as the search, have no source.
    suffix = context.get("page_source_suffix")
    if REPOSITORY and suffix:
        path = source_of(page + suffix)
        context["theme_source_view_link"] = REPOSITORY.view(path)
        context["theme_source_edit_link"] = REPOSITORY.edit(path)


def setup(app: Sphinx) -> None:
    """Makes what pages show, and links them to their sources."""
    copy_notebooks()
    make_report()
    app.connect("html-page-context", link_to_source)
