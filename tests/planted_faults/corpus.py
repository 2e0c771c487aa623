"""Writes images with planted faults, a label file, and what was planted.

A folder contains `images`, `labels.csv` and `truth.json`. Everything follows from the
seed and the images that the faults are planted in.
"""

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from planted_faults.changes import FAULTS, NEAR, QUALITIES
from planted_faults.doubts import doubts
from planted_faults.sources import Base

QUALITY = 90  # Of JPEG files, unless a kind of near duplicates is about it.

COPY = "same bytes"
RESAVED = "PNG with other compression"
CONVERTED = "PNG and BMP"
GREY = "grey for other reasons"

# A pair of names: the original, then its duplicate.
Pair = tuple[str, str]


@dataclass
class Truth:
    """What was planted. All images are named by their paths below `images`.

    Attributes:
        identical_files: Pairs with the same bytes, by how they were made.
        identical_pixels: Pairs of different files with the same pixels.
        near_duplicates: Pairs of images of which one is a changed copy of the other.
        faults: The images with a fault, by the kind of finding and by what was done.
        families: The images made from one image, for those that have several. All
            their pairs are duplicates, whether they are among the pairs above or not.
        conflicting: The names that have another label than the rest of their family.
        alike: Images without content. Whether they are duplicates of each other is a
            matter of taste, so their pairs count neither for nor against a method.
        doubtful: The images, by the kind of finding, that may have the fault although
            it was not planted. They count neither for nor against a method.
    """

    identical_files: dict[str, list[Pair]] = field(default_factory=dict)
    identical_pixels: dict[str, list[Pair]] = field(default_factory=dict)
    near_duplicates: dict[str, list[Pair]] = field(default_factory=dict)
    faults: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    families: list[list[str]] = field(default_factory=list)
    conflicting: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    doubtful: dict[str, list[str]] = field(default_factory=dict)


def read_truth(folder: Path) -> Truth:
    """What was planted in the images of a folder."""
    return Truth(**json.loads((folder / "truth.json").read_text("utf-8")))


def write_corpus(
    folder: Path,
    bases: Sequence[Base],
    pairs: int = 60,
    images: int = 20,
    near: Iterable[str] = tuple(NEAR),
    faults: Iterable[str] = tuple(FAULTS),
    seed: int = 0,
) -> Truth:
    """Writes images with planted faults.

    Args:
        folder: The folder to write to. It must not exist.
        bases: The images that the faults are planted in. A third of those that remain
            after the exact duplicates and the faults is left as it is.
        pairs: The number of pairs of each kind.
        images: The number of images with each fault.
        near: The kinds of near duplicates.
        faults: The faults of single images.
        seed: Determines which image gets which fault.

    Returns:
        What was planted.
    """
    (folder / "images").mkdir(parents=True)
    return _Writer(folder, bases, seed).write(pairs, images, list(near), list(faults))


class _Writer:
    """Writes one corpus."""

    def __init__(self, folder: Path, bases: Sequence[Base], seed: int) -> None:
        self._folder = folder
        self._random = np.random.default_rng(seed)
        self._order = [bases[n] for n in self._random.permutation(len(bases))]
        self._labels: dict[str, str] = {}
        self._families: dict[str, list[str]] = defaultdict(list)
        self._numbers = iter(self._random.permutation(10**6).tolist())
        self._truth = Truth()

    def write(
        self, pairs: int, images: int, near: list[str], faults: list[str]
    ) -> Truth:
        """Plants everything, then writes the label file and the truth."""
        for kind in faults:
            for name in FAULTS[kind]:
                self._plant_faults(kind, name, self._take(images))
        for kind, name in (
            ("identical_files", COPY),
            ("identical_pixels", RESAVED),
            ("identical_pixels", CONVERTED),
        ):
            self._plant_exact(kind, name, self._take(pairs))
        self._plant_near(near, pairs)
        self._truth.families = list(self._families.values())
        self._contradict()
        self._look()
        self._write_csv()
        text = json.dumps(asdict(self._truth), indent=1, ensure_ascii=False)
        (self._folder / "truth.json").write_text(text + "\n", "utf-8")
        return self._truth

    def _take(self, count: int) -> Iterator[Base]:
        """Images that are used for nothing else."""
        if count > len(self._order):
            raise ValueError(f"There are {count - len(self._order)} images too few.")
        taken, self._order = self._order[:count], self._order[count:]
        return iter(taken)

    def _name(self, suffix: str, label: str) -> str:
        """A new name. Names and their order tell nothing about what was planted."""
        name = f"{next(self._numbers):06d}{suffix}"
        self._labels[name] = label
        return name

    def _path(self, name: str) -> Path:
        return self._folder / "images" / name

    def _save(self, image: Image.Image, label: str, suffix: str, **options) -> str:
        name = self._name(suffix, label)
        image.save(self._path(name), **options)
        return name

    def _save_jpeg(self, image: Image.Image, label: str, **options) -> str:
        return self._save(image, label, ".jpg", **{"quality": QUALITY, **options})

    def _plant_faults(self, kind: str, name: str, bases: Iterable[Base]) -> None:
        change = FAULTS[kind][name]
        names = []
        for base in bases:
            image = change(base.image, self._random)
            if kind == "sixteen_bit_images":
                names.append(self._save(image, base.label, ".png"))
            elif kind == "exif_orientation":
                names.append(self._save_turned(image, base.label))
            elif kind in ("blank_images", "dark_images", "light_images"):
                # JPEG would add or remove what little there is to see.
                names.append(self._save(image, base.label, ".png"))
            else:
                names.append(self._save_jpeg(image, base.label))
        self._truth.faults.setdefault(kind, {})[name] = names
        if kind == "blank_images":
            self._truth.alike += names

    def _save_turned(self, image: Image.Image, label: str) -> str:
        """Saves what a camera that was turned saves: upright only with EXIF."""
        orientation, turn = (
            (3, Image.Transpose.ROTATE_180),
            (6, Image.Transpose.ROTATE_90),
            (8, Image.Transpose.ROTATE_270),
        )[self._random.integers(3)]
        exif = Image.Exif()
        exif[0x0112] = orientation
        return self._save_jpeg(image.transpose(turn), label, exif=exif)

    def _plant_exact(self, kind: str, name: str, bases: Iterable[Base]) -> None:
        planted = []
        for base in bases:
            if name == COPY:
                first = self._save_jpeg(base.image, base.label)
                second = self._name(".jpg", base.label)
                shutil.copyfile(self._path(first), self._path(second))
            else:
                first = self._save(base.image, base.label, ".png")
                other = (
                    (".png", {"compress_level": 1}) if name == RESAVED else (".bmp", {})
                )
                second = self._save(base.image, base.label, other[0], **other[1])
            planted.append((first, second))
            self._families[first] = [first, second]
        getattr(self._truth, kind)[name] = planted

    def _plant_near(self, kinds: list[str], pairs: int) -> None:
        """Plants near duplicates, several of an image if there are too few images."""
        originals = [
            (base, self._save_jpeg(base.image, base.label))
            for base in self._take(len(self._order))
        ]
        used = originals[: len(originals) * 2 // 3]
        place = 0
        for kind in kinds:
            planted: list[Pair] = []
            while len(planted) < pairs:
                base, first = used[place % len(used)]
                place += 1
                if kind == "grey" and base.image.mode == "L":
                    continue
                second = self._save_near(base, kind)
                planted.append((first, second))
                self._families.setdefault(first, [first]).append(second)
            self._truth.near_duplicates[kind] = planted

    def _save_near(self, base: Base, kind: str) -> str:
        image = NEAR[kind](base.image, self._random)
        return self._save_jpeg(image, base.label, quality=QUALITIES.get(kind, QUALITY))

    def _contradict(self) -> None:
        """Gives the last image of every tenth family another label."""
        classes = sorted(set(self._labels.values()))
        for family in self._truth.families[::10]:
            place = classes.index(self._labels[family[-1]])
            self._labels[family[-1]] = classes[(place + 1) % len(classes)]
            self._truth.conflicting.append(family[-1])

    def _look(self) -> None:
        """Finds what was not planted: grey images, and those that may have a fault."""
        faults = self._truth.faults
        sixteen_bit = _names(faults.get("sixteen_bit_images", {}))
        grey: list[str] = []
        doubtful: dict[str, list[str]] = defaultdict(list)
        sizes = {name: _size(self._path(name)) for name in sorted(self._labels)}
        median = float(np.median([np.hypot(*size) for size in sizes.values()]))
        for name, size in sizes.items():
            with Image.open(self._path(name)) as image:
                if image.mode == "L":
                    grey.append(name)
                for kind in doubts(image, np.hypot(*size) / median):
                    doubtful[kind].append(name)
        # Grey images are a fault only among coloured ones.
        if len(grey) < len(sizes) / 2:
            doubtful["grey_images"] = sorted(sixteen_bit)
            planted = _names(faults.get("grey_images", {}))
            rest = [name for name in grey if name not in planted]
            faults.setdefault("grey_images", {})[GREY] = rest
        for kind, names in doubtful.items():
            known = _names(faults.get(kind, {}))
            rest = [name for name in names if name not in known]
            self._truth.doubtful[kind] = rest

    def _write_csv(self) -> None:
        path = self._folder / "labels.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["image", "label"])
            writer.writerows(sorted(self._labels.items()))


def _names(parts: dict[str, list[str]]) -> set[str]:
    return {name for names in parts.values() for name in names}


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size
