"""A mask of every kind of PNG, written byte by byte, and the numbers in it."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

# The kinds of colours of a PNG -> its channels.
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}


@dataclass(frozen=True)
class KindOfMask:
    """How the numbers of a mask are written.

    Attributes:
        kind: The kind of colours.
        bits: Bits of each channel.
        transparency: Contents of a `tRNS` chunk, if there is one.
        others: Other chunks that precede the pixels: name -> contents.
    """

    kind: int
    bits: int
    transparency: bytes | None = None
    others: "Mapping[bytes, bytes]" = field(default_factory=dict)

    def numbers(self, height: int, width: int) -> np.ndarray:
        """Numbers that use all the bits, and are unlike their neighbours."""
        rng = np.random.default_rng(self.bits)
        return rng.integers(0, 1 << self.bits, (height, width))

    def save(self, path: Path, numbers: np.ndarray) -> None:
        """Writes a mask in which every pixel has its number."""
        height, width = numbers.shape
        channels = np.repeat(numbers[..., None], _CHANNELS[self.kind], axis=2)
        if self.kind in (GREY_ALPHA, RGBA):
            channels[..., -1] = np.arange(width) % (1 << self.bits)
        lines = b"".join(b"\0" + self._packed(line.ravel()) for line in channels)
        header = struct.pack(">IIBBBBB", width, height, self.bits, self.kind, 0, 0, 0)
        chunks = {b"IHDR": header, **self.others}
        if self.kind == PALETTE:
            # The colours are no function of the indices that a decoder could invert.
            chunks[b"PLTE"] = bytes(3 << self.bits)
        if self.transparency is not None:
            chunks[b"tRNS"] = self.transparency
        chunks |= {b"IDAT": zlib.compress(lines), b"IEND": b""}
        written = b"".join(map(_chunk, chunks.keys(), chunks.values()))
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + written)

    def _packed(self, values: np.ndarray) -> bytes:
        bits = values[:, None] >> np.arange(self.bits)[::-1] & 1
        return np.packbits(bits.astype(np.uint8)).tobytes()


def _chunk(name: bytes, contents: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + contents))
    return struct.pack(">I", len(contents)) + name + contents + check


KINDS_OF_MASKS = {
    **{f"grey of {bits} bits": KindOfMask(GREY, bits) for bits in (1, 2, 4, 8, 16)},
    **{f"palette of {bits} bits": KindOfMask(PALETTE, bits) for bits in (1, 2, 4, 8)},
    **{
        f"transparent palette of {bits} bits": KindOfMask(
            PALETTE, bits, transparency=bytes(range(1 << bits))
        )
        for bits in (1, 2, 4, 8)
    },
    # As long as the transparency of a grey PNG, which is one level.
    "palette with two transparent colours": KindOfMask(PALETTE, 8, bytes([0, 128])),
    "palette with other chunks": KindOfMask(
        *(PALETTE, 4), others={b"sBIT": b"\x08\x08\x08", b"gAMA": b"\0\0\xb1\x8f"}
    ),
    "grey with a transparent level": KindOfMask(GREY, 8, bytes([0, 1])),
    "grey of 2 bits with a transparent level": KindOfMask(GREY, 2, bytes([0, 1])),
    "grey of 16 bits with a transparent level": KindOfMask(GREY, 16, bytes([9, 9])),
    "grey and alpha": KindOfMask(GREY_ALPHA, 8),
    "grey and alpha of 16 bits": KindOfMask(GREY_ALPHA, 16),
    "equal colours": KindOfMask(RGB, 8),
    "equal colours of 16 bits": KindOfMask(RGB, 16),
    "equal colours and alpha": KindOfMask(RGBA, 8),
}
