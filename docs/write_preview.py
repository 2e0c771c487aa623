"""Draws `_static/preview.png`, the picture of the README and of the front page.

Run `python docs/write_preview.py` after a change of what `keras-csv-dataset preview`
draws. The photographs come with scikit-image and scikit-learn.
"""

import csv
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_images

PICTURE = Path(__file__).parent / "_static" / "preview.png"
# Of two rows: the gallery is then as wide as a page.
COMMAND = "preview images labels.csv --lines"
LINES = [3, 9, 24, 33, 40, 45, 69, 120]

# The side of an image in pixels: `preview` draws it a little smaller, so it is sharp.
_SIDE = 200


def write_collection(folder: Path) -> None:
    """Writes `images/0000.jpg`, … and `labels.csv`: parts of six photographs."""
    images = folder / "images"
    images.mkdir()
    rows = [["image", "label"]]
    for label, photograph in _photographs().items():
        for part in _parts(Image.fromarray(photograph)):
            name = f"{len(rows) - 1:04d}.jpg"
            part.save(images / name, quality=95)
            rows.append([name, label])
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _photographs() -> dict[str, np.ndarray]:
    temple, dahlia = load_sample_images().images
    return {
        "temple": temple,
        "dahlia": dahlia,
        "cat": data.chelsea(),
        "coffee": data.coffee(),
        "motorcycle": data.stereo_motorcycle()[0],
        "galaxy": data.hubble_deep_field(),
    }


def _parts(photograph: Image.Image) -> list[Image.Image]:
    """Squares of the photograph, in its own pixels, that overlap by half."""
    return [
        photograph.crop((left, top, left + _SIDE, top + _SIDE))
        for top in range(0, photograph.height - _SIDE + 1, _SIDE // 2)
        for left in range(0, photograph.width - _SIDE + 1, _SIDE // 2)
    ]


def draw(picture: Path) -> None:
    """Draws the preview of the collection."""
    lines = map(str, LINES)
    with TemporaryDirectory() as folder:
        write_collection(Path(folder))
        command = [sys.executable, "-m", "keras_csv_dataset", *COMMAND.split(), *lines]
        subprocess.run([*command, "-o", picture], cwd=folder, check=True)


if __name__ == "__main__":
    draw(PICTURE)
