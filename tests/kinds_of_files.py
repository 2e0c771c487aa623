"""An image of every supported kind: formats, colour modes, subsamplings."""

from pathlib import Path

import numpy as np
from PIL import Image


def picture(height: int, width: int, mode: str) -> Image.Image:
    """A smooth pattern in every channel, with noise, as in a photograph."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    channels = range(4 if mode.endswith("A") else 3)
    waves = np.stack([np.sin(y / (3 + i)) * np.cos(x / (5 - i)) for i in channels], -1)
    noise = rng.normal(0, 8, waves.shape)
    pixels = (127 + 100 * waves + noise).clip(0, 255).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


# Every kind of file: its name, Pillow's mode and the options for saving it.
COLOR_MODES = ("rgb", "grayscale", "rgba")
JPEG = {"quality": 85}
KINDS = {
    "444.jpg": ("RGB", {**JPEG, "subsampling": "4:4:4"}),
    "422.jpg": ("RGB", {**JPEG, "subsampling": "4:2:2"}),
    "420.jpg": ("RGB", {**JPEG, "subsampling": "4:2:0"}),
    "progressive.jpeg": ("RGB", {**JPEG, "progressive": True}),
    "grey.jpg": ("L", JPEG),
    "cmyk.jpg": ("CMYK", JPEG),
    "rgb.png": ("RGB", {}),
    "rgba.png": ("RGBA", {}),
    "grey.png": ("L", {}),
    "grey_alpha.png": ("LA", {}),
    "grey_16_bits.png": ("I;16", {}),
    "palette.png": ("P", {}),
    "transparent_palette.png": ("P", {"transparency": bytes(range(256))}),
    "transparent_colour.png": ("RGB", {"transparency": (1, 2, 3)}),
    "two_colours.png": ("1", {}),
    "rgb.bmp": ("RGB", {}),
    "rgba.bmp": ("RGBA", {}),
    "palette.gif": ("P", {}),
    "grey.gif": ("L", {}),
}


def save_kinds(folder: Path) -> Path:
    """Writes an image of every kind and returns the folder."""
    for name, (mode, options) in KINDS.items():
        image = picture(61, 83, "L" if mode == "I;16" else mode)
        if mode == "I;16":
            image = Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
        image.save(folder / name, **options)
    return folder
