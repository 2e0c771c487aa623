"""The commands `check`, `preview` and `demo`."""

from keras_csv_dataset._cli.demo import run_demo
from keras_csv_dataset._cli.flags import in_flags
from keras_csv_dataset._cli.preview import draw_preview
from keras_csv_dataset._cli.report import check

__all__ = ["check", "draw_preview", "in_flags", "run_demo"]
