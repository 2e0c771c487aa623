"""TIFF and DICOM files become levels from 0 to 255, by the documented rules."""

import io
import struct
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, TiffImagePlugin

pytest.importorskip("pydicom", reason="the extra `formats` is not installed")
pytest.importorskip("pillow_heif", reason="the extra `formats` is not installed")

import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array

from formats_in_python import dicom, look_up_table, picture
from formats_in_python import tiff as tiff_of_tags
from keras_csv_dataset._formats import (
    declared_size_in_python,
    decode_in_python,
    readable_suffixes,
    recognise,
)

RAMP = np.arange(60, dtype=np.uint16).reshape(6, 10) * 1000
SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=9)


def tiff(pixels, **options) -> bytes:
    """A TIFF file with some pixels."""
    file = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(file, "TIFF", **options)
    return file.getvalue()


class TestTiff:
    """Levels of TIFF files."""

    @settings(deadline=None)
    @given(levels=arrays(np.uint16, SHAPES))
    @pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
    def test_sixteen_bits_keep_the_upper_eight(self, levels, compression):
        """A grey TIFF of 16 bits is read as a PNG of 16 bits: `level >> 8`."""
        decoded = decode_in_python(tiff(levels, compression=compression))
        assert np.array_equal(decoded[..., 0], levels >> 8)

    @pytest.mark.parametrize("order", ["<", ">"])
    @pytest.mark.parametrize("channels", [3, 4])
    def test_colours_of_sixteen_bits_keep_the_upper_eight(self, order, channels):
        """A TIFF of 16 bits for each colour, and for alpha, does so too."""
        levels = np.arange(4 * 5 * channels, dtype=np.uint16).reshape(4, 5, channels)
        levels *= 800
        mark, magic = (b"II", b"*\0") if order == "<" else (b"MM", b"\0*")
        data = levels.astype(f"{order}u2").tobytes()
        shorts = [(256, 5), (257, 4), (258, 200), (259, 1), (262, 2), (273, 300)]
        shorts += [(277, channels), (278, 4), (279, len(data))]
        if channels == 4:
            shorts.append((338, 2))  # alpha that colours are not multiplied by
        entries = b"".join(
            struct.pack(f"{order}HHIHxx", tag, 3, channels if tag == 258 else 1, value)
            if tag != 258
            else struct.pack(f"{order}HHII", tag, 3, channels, value)
            for tag, value in shorts
        )
        head = mark + magic + struct.pack(f"{order}IH", 8, len(shorts)) + entries
        bits = struct.pack(f"{order}4H", 16, 16, 16, 16)
        contents = (head.ljust(200, b"\0") + bits).ljust(300, b"\0") + data
        assert np.array_equal(decode_in_python(contents), levels >> 8)

    @settings(deadline=None)
    @given(levels=arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32)))
    def test_floats_from_0_to_1_become_0_to_255(self, levels):
        """Floats are scaled by 255 and rounded."""
        decoded = decode_in_python(tiff(levels))
        assert np.array_equal(decoded[..., 0], np.rint(levels * np.float32(255)))

    @pytest.mark.parametrize(
        ("value", "shown"), [(1.5, "0 to 1.5"), (-1, "-1 to 0"), (np.nan, "nan to nan")]
    )
    def test_other_floats_are_refused(self, value, shown):
        """Levels beyond that range are not guessed: the error says what to do."""
        levels = np.zeros((4, 5), np.float32)
        levels[2, 3] = value
        with pytest.raises(ValueError, match=rf"floats from {shown}: scale them to"):
            decode_in_python(tiff(levels))

    @pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32])
    def test_numbers_with_a_sign_are_refused(self, dtype):
        """Numbers with a sign or of 32 bits have no scale: the error says so."""
        if dtype != np.int32:
            unsigned = np.uint8 if dtype == np.int8 else np.uint16
            file = tiff(RAMP.astype(unsigned), tiffinfo={339: 2})
        else:
            file = tiff(RAMP.astype(dtype))
        with pytest.raises(
            ValueError, match=r"signed or 32-bit integers.*save it with unsigned 8"
        ):
            decode_in_python(file)

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
    def test_white_may_be_zero(self, dtype):
        """Levels of which the file says that 0 is white are inverted."""
        levels = RAMP // 300
        scale = {np.uint8: 1, np.uint16: 257, np.float32: 1 / 255}[dtype]
        file = tiff((levels * scale).astype(dtype), tiffinfo={262: 0})
        # Pillow inverts levels of 8 bits when it writes them, but no others.
        wanted = levels if dtype == np.uint8 else 255 - levels
        assert np.array_equal(decode_in_python(file)[..., 0], wanted)

    def test_of_several_pages_the_first_is_read(self):
        """Further pages are ignored, as further frames of a GIF are."""
        pages = [Image.fromarray(np.full((4, 5), n, np.uint8)) for n in (10, 20, 30)]
        file = tiff(pages[0], save_all=True, append_images=pages[1:])
        assert np.array_equal(decode_in_python(file), np.full((4, 5, 1), 10))

    @pytest.mark.parametrize(
        ("mode", "channels"),
        [("1", 1), ("L", 1), ("LA", 4), ("P", 3), ("RGB", 3), ("RGBA", 4), ("CMYK", 3)],
    )
    def test_every_kind_of_pixel_is_read(self, mode, channels):
        """The pixels are those that Pillow converts to grey, RGB, or RGBA."""
        image = picture().convert(mode)
        wanted = image.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels])
        decoded = decode_in_python(tiff(image))
        assert decoded.shape == (21, 27, channels)
        assert np.array_equal(decoded, np.asarray(wanted).reshape(decoded.shape))

    @pytest.mark.parametrize("kind", [3, 5], ids=["floats of 16 bits", "complex"])
    def test_an_unknown_kind_of_pixel_is_named(self, kind):
        """The error does not call the file damaged, and says what Pillow reads."""
        file = tiff(RAMP, tiffinfo={339: kind})
        with pytest.raises(ValueError, match=r"^Pillow does not read its .*: save it"):
            decode_in_python(file)

    def test_the_tiles_may_not_be_larger_than_an_image(self):
        """A tile is decoded as a whole, however small the image is."""
        tiles = {322: 40_000, 323: 40_000, 324: 8, 325: 10}
        with pytest.raises(ValueError, match="declares 1,600,000,000 pixels, more"):
            decode_in_python(tiff_of_tags(2, 2, {259: 5, **tiles}))

    def test_too_many_channels_are_named(self):
        """The error does not call a multispectral image damaged."""
        with pytest.raises(ValueError, match=r"^Pillow does not read its kind"):
            decode_in_python(tiff_of_tags(2, 2, {277: 9}))

    def test_premultiplied_grey_is_read_or_refused(self):
        """Grey that was multiplied by its alpha is divided by it, as of Pillow 13."""
        levels = np.stack([RAMP // 1000, np.full_like(RAMP, 51)], 2).astype(np.uint8)
        # The kind of the second channel: alpha, not multiplied or multiplied.
        entries = [struct.pack("<HHIH", 338, 3, 1, kind) for kind in (2, 1)]
        file = tiff(Image.merge("LA", [*map(Image.fromarray, np.rollaxis(levels, 2))]))
        assert entries[0] in file
        file = file.replace(*entries)
        if not any(mode == "La" for mode, _ in TiffImagePlugin.OPEN_INFO.values()):
            with pytest.raises(ValueError, match=r"^Pillow does not read its kind"):
                decode_in_python(file)
            return
        decoded = decode_in_python(file).astype(int)
        assert np.array_equal(decoded[..., 3], levels[..., 1])
        wanted = np.minimum(levels[..., :1].astype(int) * 5, 255)
        assert abs(decoded[..., :3] - wanted).max() <= 1

    def test_lab_is_not_taken_for_rgb(self):
        """Lightness and two opponent colours are not levels of red, green and blue."""
        levels = np.asarray(picture())
        with pytest.raises(ValueError, match=r"kind of colours, LAB, .*save it as RGB"):
            decode_in_python(tiff(Image.frombytes("LAB", (27, 21), levels.tobytes())))

    @pytest.mark.parametrize("changes", [{}, {262: 0}], ids=["black", "white"])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_planes_are_read_or_refused(self, dtype, changes):
        """Pillow misreads planes without compression, unless they have 8 bits."""
        levels = (RAMP // 300).astype(dtype)
        wanted = decode_in_python(tiff(levels, tiffinfo=changes))
        in_planes = {284: 2, **changes}
        if dtype == np.uint8 and not changes:
            file = tiff(levels, tiffinfo=in_planes)
        else:
            with pytest.raises(ValueError, match=r"stored one after .* or compressed"):
                decode_in_python(tiff(levels, tiffinfo=in_planes))
            file = tiff(levels, tiffinfo=in_planes, compression="tiff_lzw")
        assert np.array_equal(decode_in_python(file), wanted)


def shown_by_pydicom(contents: bytes) -> np.ndarray:
    """Levels from 0 to 255 of a file with a VOI look-up table or a window."""
    file = pydicom.dcmread(io.BytesIO(contents))
    values = apply_voi_lut(apply_modality_lut(pixel_array(file), file), file)
    if "VOILUTSequence" in file:
        ends = [0, 2 ** file.VOILUTSequence[0].LUTDescriptor[2] - 1]
    else:
        ends = apply_voi_lut(np.array([-1e30, 1e30]), file)
    levels = (values.astype(float) - ends[0]) / (ends[1] - ends[0]) * 255
    is_inverted = file.PhotometricInterpretation == "MONOCHROME1"
    return 255 - levels if is_inverted else levels


class TestDicom:
    """Levels of DICOM files; pydicom, which applies the standard, is the oracle."""

    @settings(deadline=None)
    @given(
        stored=arrays(np.uint16, SHAPES, elements=st.integers(0, 4095))
        | arrays(np.int16, SHAPES, elements=st.integers(-2048, 2047)),
        slope=st.sampled_from([None, 1, 0.5, 2]),
        intercept=st.integers(-2000, 2000),
        centre=st.integers(-3000, 5000),
        width=st.integers(2, 5000),
        function=st.sampled_from([None, "LINEAR", "LINEAR_EXACT", "SIGMOID"]),
        interpretation=st.sampled_from(["MONOCHROME1", "MONOCHROME2"]),
    )
    def test_the_window_becomes_0_to_255(
        self, stored, slope, intercept, centre, width, function, interpretation
    ):
        """The rescaled values in the window are shown as the standard says."""
        elements = {
            "BitsStored": 12,
            "HighBit": 11,
            "WindowCenter": centre,
            "WindowWidth": width,
            "PhotometricInterpretation": interpretation,
        }
        if slope is not None:
            elements |= {"RescaleSlope": slope, "RescaleIntercept": intercept}
        if function is not None:
            elements["VOILUTFunction"] = function
        contents = dicom(stored, **elements)
        decoded = decode_in_python(contents)
        assert decoded.shape == (*stored.shape, 1)
        with np.errstate(over="ignore"):
            wanted = shown_by_pydicom(contents)
        assert abs(decoded[..., 0] - wanted).max() <= 0.51

    def test_the_first_of_several_windows_counts(self):
        """Further windows are other views of the same values."""
        several = dicom(RAMP, WindowCenter=[9000, 1], WindowWidth=[5000, 2])
        one = dicom(RAMP, WindowCenter=9000, WindowWidth=5000)
        assert np.array_equal(decode_in_python(several), decode_in_python(one))

    def test_a_window_of_width_1_is_a_threshold(self):
        """Values up to the centre are black, and higher ones white."""
        contents = dicom(RAMP, WindowCenter=9000.5, WindowWidth=1)
        assert np.array_equal(decode_in_python(contents)[..., 0], 255 * (RAMP > 9000))

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    @pytest.mark.parametrize("first", [0, 100])
    def test_a_voi_look_up_table_is_preferred_to_a_window(self, dtype, first):
        """Values beyond an end of the table are taken for those at the end."""
        largest = np.iinfo(dtype).max
        entries = (np.linspace(0, 1, 2000) ** 2 * largest).astype(dtype)
        stored = RAMP // 20
        contents = dicom(
            stored,
            VOILUTSequence=look_up_table(entries, first),
            WindowCenter=5,
            WindowWidth=5,
        )
        places = (stored.astype(int) - first).clip(0, 1999)
        wanted = np.rint(entries[places] / largest * 255)
        assert abs(decode_in_python(contents)[..., 0] - wanted).max() <= 1

    def test_a_modality_look_up_table_comes_before_the_window(self):
        """The window applies to the values that the table gives."""
        entries = np.arange(60, dtype=np.uint16)[::-1] * 500
        elements = {"WindowCenter": 15000, "WindowWidth": 20000}
        contents = dicom(
            RAMP // 1000, ModalityLUTSequence=look_up_table(entries), **elements
        )
        same = dicom(entries.reshape(6, 10), **elements)
        assert np.array_equal(decode_in_python(contents), decode_in_python(same))

    @pytest.mark.parametrize("interpretation", ["MONOCHROME1", "MONOCHROME2"])
    def test_eight_bits_without_a_window_are_kept(self, interpretation):
        """Levels of 8 bits are not stretched; `MONOCHROME1` is inverted."""
        stored = np.arange(50, 80, dtype=np.uint8).reshape(5, 6)
        contents = dicom(stored, PhotometricInterpretation=interpretation)
        wanted = 255 - stored if interpretation == "MONOCHROME1" else stored
        assert np.array_equal(decode_in_python(contents)[..., 0], wanted)

    @pytest.mark.parametrize("slope", [None, 2, -2])
    def test_more_bits_without_a_window_are_stretched(self, slope):
        """The lowest value becomes black, the highest white, as in viewers."""
        elements = (
            {} if slope is None else {"RescaleSlope": slope, "RescaleIntercept": 7}
        )
        shares = RAMP / RAMP.max()
        wanted = 1 - shares if slope == -2 else shares
        decoded = decode_in_python(dicom(RAMP + 123, **elements))
        assert abs(decoded[..., 0] - wanted * 255).max() <= 0.51

    def test_a_deep_modality_table_is_stretched(self):
        """A table of 16 bits may use few of them: its values are stretched, too."""
        table = look_up_table(np.arange(100, 200, dtype=np.uint16))
        stored = np.arange(60, dtype=np.uint16).reshape(6, 10)
        decoded = decode_in_python(dicom(stored, ModalityLUTSequence=table))
        assert (decoded.min(), decoded.max()) == (0, 255)

    @pytest.mark.parametrize(
        ("rescaling", "same"),
        [
            ({"RescaleSlope": 2}, {"RescaleSlope": 2, "RescaleIntercept": 0}),
            ({"RescaleIntercept": -9}, {"RescaleSlope": 1, "RescaleIntercept": -9}),
        ],
        ids=["slope", "intercept"],
    )
    def test_half_a_rescaling_counts(self, rescaling, same):
        """A slope without an intercept, or the reverse, changes nothing else."""
        stored = np.arange(60, dtype=np.uint16).reshape(6, 10)
        window = {"WindowCenter": 30, "WindowWidth": 50}
        decoded = decode_in_python(dicom(stored, **window, **rescaling))
        wanted = decode_in_python(dicom(stored, **window, **same))
        assert np.array_equal(decoded, wanted)
        assert not np.array_equal(decoded, decode_in_python(dicom(stored, **window)))

    @pytest.mark.parametrize("whose", ["Shared", "PerFrame"])
    def test_the_window_of_a_frame_is_applied(self, whose):
        """Enhanced files have the rescaling and the window in groups of frames."""
        stored = np.arange(60, dtype=np.uint16).reshape(6, 10)
        rescaling = {"RescaleSlope": 2, "RescaleIntercept": -7}
        window = {"WindowCenter": 30, "WindowWidth": 50}
        parts = ("PixelValueTransformationSequence", "FrameVOILUTSequence")
        group = pydicom.Dataset()
        for part, elements in zip(parts, (rescaling, window), strict=True):
            item = pydicom.Dataset()
            for keyword, value in elements.items():
                setattr(item, keyword, value)
            setattr(group, part, pydicom.Sequence([item]))
        groups = {f"{whose}FunctionalGroupsSequence": pydicom.Sequence([group])}
        decoded = decode_in_python(dicom(stored, **groups, NumberOfFrames=1))
        wanted = decode_in_python(dicom(stored, **rescaling, **window))
        assert np.array_equal(decoded, wanted)

    @pytest.mark.parametrize("window", [{}, {"WindowCenter": 1, "WindowWidth": 9}])
    def test_values_that_are_no_numbers_are_refused(self, window):
        """They have no level, with or without a window."""
        stored = np.zeros((6, 10), np.uint32)
        file = pydicom.dcmread(io.BytesIO(dicom(stored, **window)))
        del file.PixelData, file.BitsStored, file.HighBit, file.PixelRepresentation
        file.FloatPixelData = np.full((6, 10), np.nan, np.float32).tobytes()
        written = io.BytesIO()
        file.save_as(written)
        with pytest.raises(ValueError, match="some of its values are no numbers"):
            decode_in_python(written.getvalue())

    def test_an_image_of_one_value_is_black(self):
        """There is nothing to stretch."""
        assert not decode_in_python(dicom(np.full((4, 5), 7, np.uint16))).any()

    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_colours_are_read(self, dtype):
        """Of colours with 16 bits, the upper eight are kept."""
        colours = np.asarray(picture())
        stored = colours.astype(dtype) * (257 if dtype == np.uint16 else 1)
        assert np.array_equal(decode_in_python(dicom(stored)), colours)

    def test_a_palette_is_applied(self):
        """Indices become the colours of the palette."""
        palette = {
            f"{colour}PaletteColorLookupTable{part}": value
            for number, colour in enumerate(("Red", "Green", "Blue"))
            for part, value in (
                ("Descriptor", [60, 0, 8]),
                ("Data", bytes(range(number, 60 + number))),
            )
        }
        stored = np.arange(60, dtype=np.uint8).reshape(6, 10)
        contents = dicom(stored, PhotometricInterpretation="PALETTE COLOR", **palette)
        assert np.array_equal(decode_in_python(contents), stored[..., None] + [0, 1, 2])

    @pytest.mark.parametrize("segmented", [False, True])
    def test_every_encoding_of_a_palette_is_read(self, segmented):
        """A palette of 8 bits may be in words of 16, or in segments."""
        indices = np.arange(12, dtype=np.uint8).reshape(3, 4)
        palette = np.array([n * 20 for n in range(12)], "<u2")
        data = palette if not segmented else np.array([0, 12, *palette], "u1")
        file = pydicom.dcmread(io.BytesIO(dicom(indices)))
        file.PhotometricInterpretation = "PALETTE COLOR"
        for colour in ("Red", "Green", "Blue"):
            name = f"{colour}PaletteColorLookupTable"
            file.add_new(f"{name}Descriptor", "US", [12, 0, 8])
            named = f"Segmented{name}Data" if segmented else f"{name}Data"
            file.add_new(named, "OW", data.tobytes())
        written = io.BytesIO()
        file.save_as(written)
        decoded = decode_in_python(written.getvalue())
        assert np.array_equal(decoded, np.repeat(palette[indices][..., None], 3, 2))

    def test_compressed_pixels_are_read(self):
        """RLE is decompressed without further packages."""
        elements = {"WindowCenter": 9000, "WindowWidth": 5000}
        assert np.array_equal(
            decode_in_python(dicom(RAMP, compress=True, **elements)),
            decode_in_python(dicom(RAMP, **elements)),
        )

    def test_the_error_says_what_decodes_other_compressions(self, monkeypatch):
        """Without a decoder, the error names the compression and the packages."""
        contents = dicom(RAMP, compress=True)
        decoder = SimpleNamespace(is_available=False)
        monkeypatch.setattr("pydicom.pixels.get_decoder", lambda uid: decoder)
        with pytest.raises(
            ValueError,
            match=r"compressed as RLE Lossless: pip install 'pylibjpeg\[all\]'",
        ):
            decode_in_python(contents)

    def test_several_frames_are_refused(self):
        """A label of a series is none of its first frame."""
        frames = np.zeros((3, 4, 5), np.uint8)
        with pytest.raises(ValueError, match="it contains 3 frames: save each"):
            decode_in_python(dicom(frames, NumberOfFrames=3))

    def test_a_deflated_file_is_refused(self):
        """It would be inflated, however large it is, before its header can be read."""
        contents = dicom(RAMP).replace(
            b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99"
        )
        with pytest.raises(ValueError, match="it is deflated"):
            decode_in_python(contents)

    def test_a_file_without_an_image_is_refused(self):
        """Reports and plans are DICOM files, too."""
        contents = dicom(RAMP)
        file = pydicom.dcmread(io.BytesIO(contents))
        del file.Rows
        without = io.BytesIO()
        file.save_as(without)
        with pytest.raises(ValueError, match="it contains no image"):
            decode_in_python(without.getvalue())

    @pytest.mark.parametrize(
        ("elements", "why"),
        [
            ({"WindowWidth": 0}, "its window has the width 0"),
            (
                {"WindowWidth": 5, "VOILUTFunction": "CURVE"},
                "function is unknown: CURVE",
            ),
        ],
    )
    def test_a_window_that_means_nothing_is_refused(self, elements, why):
        """The error says what is wrong with it."""
        with pytest.raises(ValueError, match=why):
            decode_in_python(dicom(RAMP, WindowCenter=5, **elements))


def test_the_signature_of_a_dicom_file_comes_first():
    """What precedes it can be that of a TIFF, so that programs for both can read it."""
    contents = b"II*\0" + dicom(RAMP)[4:]
    assert recognise(contents).name == "DICOM"
    assert declared_size_in_python(contents) == (6, 10)


def test_what_cannot_be_read_declares_no_size():
    """The size of a damaged file is that of other formats that are damaged."""
    assert declared_size_in_python(b"II*\0 damaged") == (0, 0)
    assert declared_size_in_python(b"something else") == (0, 0)


def test_formats_without_their_packages_cannot_be_read(monkeypatch):
    """Only the formats whose packages are installed count as formats that are read."""
    assert {".tif", ".avif", ".heic", ".dcm"} <= {*readable_suffixes()}
    monkeypatch.setitem(sys.modules, "pydicom", None)
    assert {".dcm", ".dicom"}.isdisjoint(readable_suffixes())
    assert ".heic" in readable_suffixes()
