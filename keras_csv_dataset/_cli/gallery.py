"""The gallery of `preview`: images with their labels, files and lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._cli.canvas import fit, new_figure, pixels_of, shorten
from keras_csv_dataset._rows import IMAGE_INPUT, Samples

# A row of the gallery has this many images at most, or fewer samples with several each.
_MOST_IMAGES_PER_ROW = 6
# In inches, as all sizes here.
_CELL_WIDTH = 2.0
_GAP = 0.15
_LABEL_HEIGHT = 0.17
_NOTE_HEIGHT = 0.14
# In points, of which an inch has 72. A letter is about 0.6 of its size wide.
_LABEL_SIZE, _NOTE_SIZE = 9.0, 8.0
_LETTERS_OF_LABEL, _LETTERS_OF_NOTE = 26, 27


@dataclass(frozen=True, kw_only=True)
class Caption:
    """The text around an image.

    Attributes:
        labels: The lines above it.
        notes: The lines in small text below it.
    """

    labels: list[str]
    notes: list[str]


def panels_of(samples: Samples, batch: Any) -> NDArray[np.float32]:
    """A picture of each sample: its images side by side, with masks over the first.

    Returns:
        float32 `(samples, height, width, 3)`, from 0 to 255.
    """
    inputs, labels = batch[:2] if isinstance(batch, tuple) else (batch, None)
    names = samples.paths.names or [IMAGE_INPUT]
    images = (
        [inputs[name] for name in names] if isinstance(inputs, Mapping) else [inputs]
    )
    panels = [np.array(image, np.float32) for image in images]
    for name, target in samples.targets.titled():
        if target.names_files:
            label = np.asarray(labels[name] if name else labels)
            if target.mode == "mask":
                panels[0] = _with_mask(panels[0], label[..., 0])
            else:
                panels.append(label * min(1, 255 / max(label.max(), 1)))
    return np.concatenate(panels, axis=2)


def _with_mask(
    images: NDArray[np.float32], masks: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Draws the classes of masks over images, each but 0 in a colour."""
    import matplotlib

    colours = 255 * matplotlib.colormaps["tab10"](masks % 10)[..., :3]
    drawn = (images + colours.astype(np.float32)) / 2
    return np.where(masks[..., np.newaxis] > 0, drawn, images)


def caption_of(
    samples: Samples, number: int, directory: str | None, num_images: int = 1
) -> Caption:
    """The labels of a sample, its files, its line in the CSV, and its inputs.

    Args:
        samples: All samples.
        number: The sample.
        directory: The folder of images, which names of files do not repeat.
        num_images: Number of images side by side, which is how wide the text may be.
    """
    letters = num_images * _LETTERS_OF_NOTE
    paths = (paths[0] for paths in samples.paths_of(np.array([number])))
    files = ", ".join(_name_in(directory, path) for path in paths)
    notes = [shorten(files, letters, keep_end=True)]
    line = samples.source.line_of(int(samples.rows[number]))
    if line is not None:
        where = f"line {line}"
        is_short = len(notes[0]) + len(where) + 2 <= letters
        notes = [f"{notes[0]}, {where}"] if is_short else [*notes, where]
    for name, values in samples.inputs.items():
        notes.append(shorten(f"{name} {_in_words(values[number])}", letters))
    return Caption(labels=_labels_of(samples, number, num_images), notes=notes)


def _labels_of(samples: Samples, number: int, num_images: int) -> list[str]:
    """The labels of a sample, a line for each output."""
    lines = []
    for name, target in samples.targets.titled():
        if target.names_files:
            continue
        if target.class_names is None:
            text = _in_words(target.batch(np.int64(number)))
        else:
            text = ", ".join(target.classes_of(number)) or "no class"
        lines.append(
            shorten(f"{name} {text}" if name else text, num_images * _LETTERS_OF_LABEL)
        )
    return lines


def _name_in(directory: str | None, path: str) -> str:
    """The path of a file from `directory` on."""
    if directory is None:
        return path
    return path.removeprefix(directory).lstrip("/\\")


def _in_words(values: Any) -> str:
    """Numbers or text, as they are written."""
    return ", ".join(
        value if isinstance(value, str) else f"{value:g}"
        for value in np.atleast_1d(values).tolist()
    )


def draw_gallery(
    panels: NDArray[np.float32], captions: Sequence[Caption]
) -> NDArray[np.uint8]:
    """Draws pictures in rows and columns, each with its caption.

    Args:
        panels: float32 `(samples, height, width, 3)`, from 0 to 255.
        captions: As many captions.

    Returns:
        uint8 `(height, width, 3)`.
    """
    _, height, width, _ = panels.shape
    num_images = width // height
    most_columns = max(1, _MOST_IMAGES_PER_ROW // num_images)
    rows = -(-len(panels) // most_columns)
    # Eight images are two rows of four, rather than of six and two.
    columns = -(-len(panels) // rows)
    above = _LABEL_HEIGHT * max(len(caption.labels) for caption in captions)
    below = _NOTE_HEIGHT * max(len(caption.notes) for caption in captions)
    cell_width = _CELL_WIDTH * num_images
    image_width = cell_width - _GAP
    image_height = image_width * height / width
    cell_height = above + image_height + below + 1.5 * _GAP
    figure = new_figure(cell_width * columns, cell_height * rows)
    for place, (panel, caption) in enumerate(zip(panels, captions, strict=True)):
        row, column = divmod(place, columns)
        left = cell_width * column + _GAP / 2
        bottom = cell_height * (rows - 1 - row) + _GAP + below
        axes = figure.add_axes(
            (
                left / (cell_width * columns),
                bottom / (cell_height * rows),
                image_width / (cell_width * columns),
                image_height / (cell_height * rows),
            )
        )
        _draw_cell(axes, panel, caption)
    return pixels_of(figure)


def _draw_cell(axes: Any, panel: NDArray[np.float32], caption: Caption) -> None:
    axes.imshow(panel.clip(0, 255).astype(np.uint8), aspect="auto")
    axes.set_axis_off()
    # Labels and names of files are no formulas, whatever is between two `$`.
    style = {"transform": axes.transAxes, "ha": "center", "parse_math": False}
    width = 72 * axes.get_position().width * axes.figure.get_figwidth()
    labels = [fit(label, width, _LABEL_SIZE) for label in caption.labels]
    axes.text(0.5, 1.02, "\n".join(labels), va="bottom", size=_LABEL_SIZE, **style)
    axes.text(
        *(0.5, -0.03, "\n".join(caption.notes)),
        va="top",
        size=_NOTE_SIZE,
        color="dimgrey",
        **style,
    )
