"""The picture of `keras-csv-dataset preview`: images with labels, and the classes."""

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._cli.canvas import one_below_the_other, with_all_fonts
from keras_csv_dataset._cli.distribution import draw_distribution
from keras_csv_dataset._cli.gallery import caption_of, draw_gallery, panels_of
from keras_csv_dataset._cli.selection import Selection, choose_sound
from keras_csv_dataset._cli.specs import Specs
from keras_csv_dataset._images import Cache, ImageSpec
from keras_csv_dataset._rows import Samples

_ROOM = 24
_SEED = 0
_SPEC = ImageSpec(image_size=(192, 192), pad_to_aspect_ratio=True)


def draw_preview(
    samples: Samples,
    selection: Selection,
    specs: Specs,
    framework: ModuleType,
    path: Path,
) -> list[str]:
    """Draws images with their labels, and the distribution of the labels.

    Args:
        samples: Images and their labels.
        selection: Which of them are drawn and counted.
        specs: What was read, and whether images are turned.
        framework: Decodes the images.
        path: Where to write the picture; the suffix determines the format.

    Returns:
        A line for each image that was chosen but cannot be decoded, and what else is
        not in the picture.

    Raises:
        ImportError: If matplotlib is not installed.
        ValueError: If no image can be decoded.
    """
    try:
        import matplotlib.image as matplotlib_image
    except ImportError as error:
        raise ImportError(
            "The preview needs matplotlib: pip install 'keras-csv-dataset[preview]'"
        ) from error
    chosen, notes = choose_sound(
        samples, selection.drawable, _SPEC, framework, room=_ROOM, seed=_SEED
    )
    spec = replace(_SPEC, exif_orientation=specs.exif_orientation)
    panels = _decode(samples, chosen, spec, framework)
    num_images = panels.shape[2] // panels.shape[1]
    directory = specs.rows.directory
    captions = [caption_of(samples, n, directory, num_images) for n in chosen.tolist()]

    def draw() -> NDArray[np.uint8]:
        gallery = draw_gallery(panels, captions)
        width = gallery.shape[1]
        pictures = [gallery]
        for name, target in samples.targets.titled():
            if target.mode != "text" and not target.names_files:
                title = name or "Labels"
                title += f" ({selection.subset})" if selection.subset else ""
                counted = selection.counted
                pictures.append(draw_distribution(target, counted, title, width))
        return one_below_the_other(pictures)

    if selection.is_by_line and len(selection.drawable) > len(chosen):
        notes.append(
            f"{len(chosen)} of the {len(selection.drawable)} images on these lines are "
            "drawn."
        )
    picture, is_complete = with_all_fonts(draw)
    if not is_complete:
        notes.append(
            "No installed font has all characters of the labels and names. Those that "
            "are missing are drawn as boxes: install a font that has them, such as one "
            "of the Noto fonts."
        )
    matplotlib_image.imsave(path, picture)
    return notes


def _decode(
    samples: Samples,
    chosen: NDArray[np.int64],
    spec: ImageSpec,
    framework: ModuleType,
) -> NDArray[np.float32]:
    """The pictures of some samples, in their order."""
    dataset = framework.build_dataset(
        samples.with_orientations(chosen, spec, lambda done, total: None),
        chosen,
        spec,
        batch_size=len(chosen),
        shuffle_buffer_size=None,
        seed=0,
        # Some formats are decoded only for a cache.
        cache=Cache(),
    )
    return panels_of(samples, next(iter(dataset)))
