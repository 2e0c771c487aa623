"""Reports: an inspection as one page with pictures that a browser opens offline."""

from keras_csv_dataset._report.page import render_page

__all__ = ["render_page"]
