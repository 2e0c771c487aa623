"""Makes the page: everything is counted and drawn first, and then written at once."""

from functools import cache
from typing import TYPE_CHECKING

from keras_csv_dataset._inspection import Inspection
from keras_csv_dataset._report.charts import (
    class_bars,
    histograms,
    plain_bars,
    scatter,
)
from keras_csv_dataset._report.findings import show_findings
from keras_csv_dataset._report.pictures import Pictures, View
from keras_csv_dataset._report.summary import summarize, titles_of_counts
from keras_csv_dataset._report.wording import (
    breakable,
    pieces_of_name,
    pieces_of_prose,
    plain,
)

if TYPE_CHECKING:
    from jinja2 import Template

# What to install for a module of another name.
_DISTRIBUTIONS = {"cv2": "opencv-python-headless"}


def render_page(inspection: Inspection, view: View) -> str:
    """Writes an inspection as one HTML page that needs no other file and no network.

    However much was found, the page stays below 20 MB: it draws the first groups and
    images of each finding, and counts the others.

    Args:
        inspection: What was counted and found.
        view: Decodes the image at a path to uint8 `(height, width, 3)`, RGB. It raises
            `ValueError` if it cannot.

    Returns:
        The page, to be saved as UTF-8.

    Raises:
        ImportError: If jinja2 or OpenCV is not installed.
    """
    require_extra()
    pictures = Pictures(view)
    findings = show_findings(inspection.findings, pictures)
    page: str = _template().render(
        inspection=inspection,
        summary=summarize(inspection, findings),
        findings=findings,
        more_findings=len(inspection.findings) - len(findings),
        classes=class_bars(inspection.classes, inspection.subsets),
        sizes=scatter(inspection.sizes),
        histograms=histograms(inspection.numbers),
        counts=titles_of_counts(inspection.counts),
        formats=plain_bars("", inspection.formats) if inspection.formats else None,
        pictures=pictures.drawn,
    )
    return page


def require_extra() -> None:
    """Refuses to go on without the packages that the page needs.

    Raises:
        ImportError: If jinja2 or OpenCV is not installed.
    """
    try:
        import cv2  # noqa: F401
        import jinja2  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"The report needs {_DISTRIBUTIONS.get(error.name or '', error.name)}: "
            "pip install 'keras-csv-dataset[check]'"
        ) from error


@cache
def _template() -> "Template":
    """The template. It escapes all text, and refuses names that it does not know.

    It alone writes HTML: it gets text and numbers, and marks none as safe.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__ or "", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "breakable": breakable,
        "name": pieces_of_name,
        "prose": pieces_of_prose,
        "plain": plain,
        "thousands": "{:,}".format,
        "percent": "{:.1%}".format,
    }
    return environment.get_template("report.html.jinja")
