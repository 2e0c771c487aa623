"""Files with damaged headers end in an image or an error, never in a dead process."""

import io
import random
import struct

import pytest
import tensorflow as tf
from PIL import Image

from other_process import run_python

pytestmark = pytest.mark.slow

NUM_FILES = 120
# Decodes all files of a folder in the check and in training, and prints what happened.
# A process that takes more address space than the limit dies.
CHILD = """
import os, resource, sys, warnings
import numpy as np
import pandas as pd
from images import batches, load

folder, format, color_mode = sys.argv[1:]
names = sorted(os.listdir(folder))
warnings.simplefilter("ignore")
table = pd.DataFrame({"image": names, "label": range(len(names))})
arguments = {"format": format, "color_mode": color_mode, "batch_size": None}
resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
checked = load(folder, table, corrupt_images="skip", **arguments)
images = sum(1 for _ in batches(checked))
assert images == len(checked.file_paths), (images, len(checked.file_paths))
passed = {os.path.basename(path) for path in checked.file_paths}
refused = table[~table["image"].isin(passed)]
# In one dataset: the iterator of either format goes on after an error.
unchecked = iter(load(folder, refused, **arguments)) if len(refused) else ()
for name in refused["image"]:
    try:
        next(unchecked)
    except Exception as error:
        if type(error).__name__ not in ("InvalidArgumentError", "ValueError"):
            raise
    else:
        print("read but refused by the check:", name)
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def variants() -> "list[tuple[str, bytes]]":
    """An image of every kind of header, with its suffix."""
    noise = Image.effect_noise((24, 20), 60)
    frames = [noise.rotate(90 * turns) for turns in range(3)]
    moving = {"save_all": True}
    kinds = [
        (".jpg", "RGB", {}),
        (".jpg", "L", {"progressive": True}),
        (".jpg", "CMYK", {}),
        (".png", "RGB", {}),
        (".png", "P", {}),
        (".png", "1", {}),
        (".png", "LA", {}),
        (".png", "I;16", {}),
        (".bmp", "RGB", {}),
        (".bmp", "L", {}),
        (".bmp", "RGBA", {}),
        (".gif", "P", {}),
        (".gif", "P", moving),
    ]
    if hasattr(tf.io, "decode_webp"):
        kinds += [
            (".webp", "RGB", {}),
            (".webp", "RGBA", {}),
            (".webp", "RGB", {"lossless": True}),
            (".webp", "RGB", {"exif": b"Exif\0\0"}),
            (".webp", "RGB", moving),
            (".webp", "RGBA", moving),
            (".webp", "RGB", {"lossless": True, **moving}),
        ]
    files = []
    Image.init()
    for suffix, mode, options in kinds:
        first, *others = (frame.convert(mode) for frame in frames)
        if options.get("save_all"):
            options = {**options, "append_images": others}
        file = io.BytesIO()
        first.save(file, Image.EXTENSION[suffix], **options)
        files.append((suffix, file.getvalue()))
    return [*files, (".png", interlaced(files[3][1]))]


def interlaced(png: bytes) -> bytes:
    """A PNG whose header says that it is interlaced, with the right checksum."""
    import zlib

    header = png[12:28] + b"\x01"
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


def damage(content: bytes, rng: random.Random) -> bytes:
    """Changes a few bytes, most of them in the header; some of a PNG's pass its CRC."""
    import zlib

    spoilt = bytearray(content)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(min(len(spoilt), rng.choice([48, 48, 200, len(spoilt)])))
        extreme = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        spoilt[at] = rng.choice([extreme, spoilt[at] ^ 1 << rng.randrange(8)])
    if spoilt[:4] == b"\x89PNG" and rng.random() < 0.8:
        spoilt[29:33] = struct.pack(">I", zlib.crc32(spoilt[12:29]))
    if spoilt[12:16] == b"VP8X":
        # A canvas of 16,777,216 × 10 pixels is allowed, but takes a minute to decode.
        spoilt[26] = spoilt[29] = 0
    if rng.random() < 0.2:
        del spoilt[rng.randrange(len(spoilt)) :]
    return bytes(spoilt)


def write_damaged(folder, number: int, seed: int) -> None:
    """Writes damaged files, and some more whose suffix is another format's."""
    rng = random.Random(seed)
    kinds = variants()
    for place in range(number):
        suffix, content = kinds[place % len(kinds)]
        if rng.random() < 0.2:
            suffix = rng.choice([".png", ".jpg"])
        (folder / f"{place:05}{suffix}").write_bytes(damage(content, rng))


@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize(
    "format", ["tf", pytest.param("grain", marks=pytest.mark.grain)]
)
def test_damaged_headers_do_not_end_the_process(folder, format, color_mode):
    """The check and training agree about each file, in two gigabytes of memory."""
    write_damaged(folder, NUM_FILES, seed=7)
    done = run_python(CHILD, folder, format, color_mode, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    *disagreements, peak = done.stdout.splitlines()
    assert not disagreements
    assert int(peak.split()[1]) < 2_000_000
