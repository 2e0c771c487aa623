"""Decodes DICOM files with pydicom, and applies their look-up tables.

Stored values become levels as in the standard (PS3.3, C.11.1 and C.11.2): the modality
look-up table or the rescaling gives them a meaning, such as Hounsfield units, and the
first VOI look-up table or window selects those that are shown.
"""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._formats.opened import Opened, Pixels, RefusalError

# The only elements that are read: nothing about patients.
_ELEMENTS = [
    *("Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PlanarConfiguration"),
    *("PhotometricInterpretation", "PixelRepresentation"),
    *("BitsAllocated", "BitsStored", "HighBit"),
    *("PixelData", "FloatPixelData", "DoubleFloatPixelData"),
    *("ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
    *("RescaleSlope", "RescaleIntercept", "ModalityLUTSequence"),
    *("WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence"),
    *(
        f"{kind}PaletteColorLookupTable{part}"
        for colour in ("Red", "Green", "Blue")
        for kind, part in (
            (colour, "Descriptor"),
            (colour, "Data"),
            (f"Segmented{colour}", "Data"),
        )
    ),
    "SpecificCharacterSet",
]
# Where enhanced files have the rescaling and the window of their frames.
_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
_PARTS_OF_GROUPS = ("PixelValueTransformationSequence", "FrameVOILUTSequence")
# A file in this transfer syntax is inflated before its header can be read.
_DEFLATED, _HEAD = b"1.2.840.10008.1.2.1.99", 4096
_GREY = ("MONOCHROME1", "MONOCHROME2")
_PALETTE = "PALETTE COLOR"
_FEW_BITS = 8
_MORE_DECODERS = "pip install 'pylibjpeg[all]' adds decoders to pydicom"

Values = NDArray[Any]


def open_dicom(contents: bytes) -> Opened:
    """Opens the only frame of a DICOM file."""
    import pydicom

    if _DEFLATED in contents[:_HEAD]:
        raise RefusalError("it is deflated: save it in another transfer syntax")
    file = pydicom.dcmread(io.BytesIO(contents), specific_tags=[*_ELEMENTS, *_GROUPS])
    if "Rows" not in file or "Columns" not in file:
        raise RefusalError("it contains no image")
    frames = int(file.get("NumberOfFrames") or 1)
    if frames > 1:
        raise RefusalError(
            f"it contains {frames} frames: save each that has a label as a file of its "
            "own"
        )
    for groups in _GROUPS:
        _take_up(file, groups)
    size = int(file.Rows), int(file.Columns)
    return Opened(size, lambda: _levels(file))


def _take_up(file: Any, groups: str) -> None:
    """Takes the rescaling and the window of the only frame for those of the file."""
    for group in (file.get(groups) or [])[:1]:
        for part in _PARTS_OF_GROUPS:
            for item in (group.get(part) or [])[:1]:
                file.update(item)


def _levels(file: Any) -> Pixels:
    from pydicom.pixels import apply_color_lut

    stored = _decompressed(file)
    interpretation = file.PhotometricInterpretation
    if interpretation in _GREY:
        shares = _shares(stored, file)
        if interpretation == "MONOCHROME1":
            shares = 1 - shares
        grey: Pixels = np.rint(shares * 255).astype(np.uint8)
        return grey[..., np.newaxis]
    if interpretation == _PALETTE:
        stored = apply_color_lut(stored, file)
        bits = int(file.RedPaletteColorLookupTableDescriptor[2])
        if stored.max() >> bits:
            bits = 8 * stored.dtype.itemsize
    else:
        bits = int(file.BitsStored)
    if stored.ndim != 3 or stored.shape[2] != 3:
        raise RefusalError(
            f"its kind of colours, {interpretation}, is not decoded here"
        )
    colours: Pixels = (stored >> max(bits - 8, 0)).astype(np.uint8)
    return colours


def _decompressed(file: Any) -> Values:
    from pydicom.pixels import get_decoder, pixel_array

    syntax = file.file_meta.TransferSyntaxUID
    if get_decoder(syntax).is_available:
        try:
            return pixel_array(file)  # type: ignore[no-any-return]
        except RuntimeError as error:
            reason = " ".join(str(error).split())
            raise RefusalError(f"{reason} ({_MORE_DECODERS})") from error
    raise RefusalError(f"its pixels are compressed as {syntax.name}: {_MORE_DECODERS}")


def _shares(stored: Values, file: Any) -> Values:
    """Levels of grey from 0 to 1, as the first VOI look-up or window shows them."""
    values = stored.astype(np.float32)
    # What the range of the levels is, if so few bits are stored that all are used.
    ends = _ends_of_few_bits(stored, file)
    if tables := file.get("ModalityLUTSequence"):
        values, ends = _look_up(values, tables[0])
        if ends[1] >= 1 << _FEW_BITS:
            ends = np.array([])  # It may use few of its bits.
    else:
        slope = float(_given(file.get("RescaleSlope"), 1))
        intercept = float(_given(file.get("RescaleIntercept"), 0))
        values = values * np.float32(slope) + np.float32(intercept)
        ends = np.sort(ends * slope + intercept)
    if not np.isfinite(values).all():
        raise RefusalError("some of its values are no numbers")
    if tables := file.get("VOILUTSequence"):
        values, ends = _look_up(values, tables[0])
    elif file.get("WindowWidth") is not None and file.get("WindowCenter") is not None:
        return _in_window(
            values,
            _first(file.WindowCenter),
            _first(file.WindowWidth),
            str(file.get("VOILUTFunction") or "LINEAR"),
        )
    # Without a window, viewers show the lowest value in black and the highest in white.
    lowest, highest = ends if len(ends) else (values.min(), values.max())
    if lowest == highest:
        return np.zeros_like(values)
    shares: Values = ((values - lowest) / (highest - lowest)).clip(0, 1)
    return shares


def _given(value: Any, default: float) -> Any:
    """The value of an element, which may be missing or empty."""
    return default if value is None else value


def _ends_of_few_bits(stored: Values, file: Any) -> Values:
    """The lowest and the highest value that up to 8 stored bits hold; else nothing."""
    if stored.dtype.kind == "f" or file.BitsStored > _FEW_BITS:
        return np.array([])
    span = 2 ** int(file.BitsStored)
    start = -(span // 2) if file.PixelRepresentation else 0
    return np.array([start, start + span - 1], np.float64)


def _look_up(values: Values, table: Any) -> tuple[Values, Values]:
    """Looks values up in a table, and returns the ends of what it can contain, too.

    Values beyond an end of the table are taken for those at the end.
    """
    length, first, bits = table.LUTDescriptor
    entries = table.LUTData
    if isinstance(entries, bytes):
        length = length or 1 << 16
        is_wide = len(entries) >= 2 * length
        entries = np.frombuffer(entries, "<u2" if is_wide else "u1")[:length]
    entries = np.atleast_1d(np.asarray(entries, np.float32))
    places = np.rint(values).astype(np.int64) - int(first)
    ends = np.array([0, 2 ** int(bits) - 1], np.float64)
    return entries[places.clip(0, len(entries) - 1)], ends


def _in_window(values: Values, centre: float, width: float, function: str) -> Values:
    """The share of the window that lies below each value, from 0 to 1."""
    function = function.upper()
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        raise RefusalError(f"its VOI LUT function is unknown: {function}")
    if not (width >= 1 if function == "LINEAR" else width > 0):
        raise RefusalError(f"its window has the width {width:g}")
    if function == "SIGMOID":
        with np.errstate(over="ignore"):
            exact: Values = 1 / (1 + np.exp(-4 * (values - np.float32(centre)) / width))
        return exact
    if function == "LINEAR":
        centre, width = centre - 0.5, width - 1
    if width == 0:
        return (values > centre).astype(np.float32)
    below = (values - np.float32(centre)) / np.float32(width) + 0.5
    return below.clip(0, 1)


def _first(values: Any) -> float:
    """The first of several alternatives, or the only one."""
    try:
        return float(values)
    except TypeError:
        return float(values[0])
