"""Recognises TIFF, AVIF, HEIC and DICOM, and knows which packages decode them."""

import importlib.metadata
import importlib.util
from collections.abc import Callable, Collection
from dataclasses import dataclass

INSTALL = "pip install 'keras-csv-dataset[formats]'"
_PACKAGES = ("pillow", "pillow-heif", "pydicom")

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DICOM, _DICOM_AT = b"DICM", 128
# AVIF and HEIC files begin with a box that lists their brands, of 4 bytes each. The
# second number of the box is a version.
_BRANDS_BOX, _FIRST_BRAND, _VERSION = b"ftyp", 8, 12
_MOST_BRANDS = 64
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
    *(b"mif1", b"msf1"),
}


@dataclass(frozen=True)
class Kind:
    """A format that is decoded in Python.

    Attributes:
        name: Its name.
        suffixes: Suffixes of its files, in lower case.
        package: The package that decodes it.
        is_readable: Whether that package is installed.
    """

    name: str
    suffixes: tuple[str, ...]
    package: str
    is_readable: Callable[[], bool]

    @property
    def need(self) -> str:
        """Which package is needed, as a sentence without its full stop."""
        return f"{self.name} files need {self.package}"


def _is_installed(module: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(module) is not None


def _has_avif() -> bool:
    """Whether Pillow decodes AVIF, as most builds do from version 11.3 on."""
    try:
        from PIL import features
    except ImportError:
        return False
    # Older versions raise an error for a module that they do not know.
    return "avif" in features.modules and bool(features.check_module("avif"))


TIFF = Kind("TIFF", (".tif", ".tiff"), "Pillow", _is_installed("PIL"))
AVIF = Kind("AVIF", (".avif",), "Pillow 11.3 or newer", _has_avif)
HEIC = Kind("HEIC", (".heic", ".heif"), "pillow-heif", _is_installed("pillow_heif"))
DICOM = Kind("DICOM", (".dcm", ".dicom"), "pydicom", _is_installed("pydicom"))
KINDS = (TIFF, AVIF, HEIC, DICOM)
# All of them, whether or not they can be decoded here. Without the preamble of the
# standard, nothing tells that a file is DICOM.
PYTHON_FORMATS = (TIFF.name, AVIF.name, HEIC.name, f"{DICOM.name} with a preamble")
PYTHON_SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)


def recognise(contents: bytes) -> Kind | None:
    """The kind of a file, from its first bytes; `None` if it is none of `KINDS`."""
    # What precedes the signature of a DICOM file can be anything, even that of a TIFF.
    if contents.startswith(_DICOM, _DICOM_AT):
        return DICOM
    if contents.startswith(_TIFF):
        return TIFF
    if contents.startswith(_BRANDS_BOX, 4):
        brands = _brands(contents)
        # AVIF files have the general brands of HEIC files, too.
        if brands & _AVIF_BRANDS:
            return AVIF
        if brands & _HEIC_BRANDS:
            return HEIC
    return None


def _brands(contents: bytes) -> set[bytes]:
    length = min(int.from_bytes(contents[:4], "big"), 4 * _MOST_BRANDS)
    places = range(_FIRST_BRAND, min(length, len(contents)) - 3, 4)
    return {contents[at : at + 4] for at in places if at != _VERSION}


def readable_suffixes() -> tuple[str, ...]:
    """The suffixes of the formats whose packages are installed."""
    return tuple(s for kind in KINDS if kind.is_readable() for s in kind.suffixes)


def say_what_to_install(suffixes: Collection[str]) -> str:
    """Says which packages decode files with some suffixes, if they are missing.

    Returns:
        A sentence, or nothing if nothing is missing.
    """
    kinds = [kind for kind in KINDS if not {*kind.suffixes}.isdisjoint(suffixes)]
    needs = [kind.need for kind in kinds if not kind.is_readable()]
    return f"{', '.join(needs)}: {INSTALL}" if needs else ""


def decoder_versions() -> str:
    """The versions of the packages that decode these formats."""
    return ", ".join(f"{package} {_version(package)}" for package in _PACKAGES)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
