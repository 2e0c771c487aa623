"""Reports: an inspection as text for the terminal, as JSON, and as a page."""

from keras_csv_dataset._report.page import render_page, require_extra
from keras_csv_dataset._report.record import as_record
from keras_csv_dataset._report.text import report_lines

__all__ = ["as_record", "render_page", "report_lines", "require_extra"]
