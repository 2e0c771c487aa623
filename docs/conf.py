"""Sphinx configuration. Build with `sphinx-build -W docs docs/_build/html`."""

import json
import shutil
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

project = "keras-csv-dataset"
author = "the authors of keras-csv-dataset"
project_copyright = author
release = version = installed_version("keras-csv-dataset")

extensions = ["myst_nb", "keras_docstring"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
maximum_signature_line_length = 60
highlight_language = "none"
pygments_style = "friendly"
pygments_dark_style = "monokai"

nb_execution_mode = "force"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True

html_theme = "furo"
html_title = "keras-csv-dataset"
html_static_path = ["_static"]
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
        for cell in notebook["cells"]:
            if "import keras" in "".join(cell["source"]):
                # TensorFlow's log messages about the processor do not help a reader.
                cell["metadata"].setdefault("tags", []).append("remove-stderr")
        (tutorials / path.name).write_text(json.dumps(notebook), "utf-8")


copy_notebooks()
