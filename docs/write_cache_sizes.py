"""Writes the table in `getting_started.md` of the room that cached images take.

Run `python docs/write_cache_sizes.py` after you change what a cache keeps.
"""

from pathlib import Path

from written_parts import with_part

from keras_csv_dataset._images import Cache, ImageSpec

PAGE = Path(__file__).parent / "getting_started.md"
_BEGIN = "<!-- Written by write_cache_sizes.py. -->\n"
_DTYPES = ("float32", "uint8")
_NUMBERS_OF_IMAGES = (10_000, 50_000, 1_000_000)
_SIDES = (64, 128, 224, 256, 512)


def with_table(page: str) -> str:
    """Returns the page with the current table between its two markers."""
    return with_part(page, _BEGIN, _table())


def _table() -> str:
    columns = [(number, dtype) for number in _NUMBERS_OF_IMAGES for dtype in _DTYPES]
    titles = [f"{number:,} images, {dtype}" for number, dtype in columns]
    lines = [_line(["`image_size`", *titles]), _line(["---"] * (1 + len(columns)))]
    for side in _SIDES:
        spec = ImageSpec(image_size=(side, side))
        sizes = [
            Cache(dtype=dtype).size_in_words([(number, spec)])
            for number, dtype in columns
        ]
        lines.append(_line([f"{side} × {side}", *sizes]))
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
