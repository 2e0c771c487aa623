"""A small folder with a CSV, and its dataset with `format="grain"`."""

from pathlib import Path

import pandas as pd

from images import load, numbers_and_labels, save_all

NUM_IMAGES = 20


def save_coloured(root: Path) -> Path:
    """Writes `00.png` to `19.png` into `images`, and a `labels.csv` next to it."""
    names = [f"{number:02}.png" for number in range(NUM_IMAGES)]
    save_all(root / "images", names)
    labels = [f"class {number % 3}" for number in range(NUM_IMAGES)]
    frame = pd.DataFrame({"image": names, "label": labels, "group": labels[::-1]})
    frame.to_csv(root / "labels.csv", index=False)
    return root


def open_grain(root: Path, **arguments):
    """The shuffled dataset of such a folder, in batches of four."""
    defaults = {"shuffle": True, "seed": 3, "batch_size": 4, "label_column": "label"}
    return load(
        root / "images",
        root / "labels.csv",
        **{"format": "grain", **defaults, **arguments},
    )


def numbers(dataset) -> list[int]:
    """The numbers of the images in an epoch, decoded from their colours."""
    return [number for number, _ in numbers_and_labels(dataset)]
