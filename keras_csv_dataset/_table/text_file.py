"""The text of a CSV file: where it is, how it is encoded, and its lines."""

import csv
import io
import lzma
import os
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from keras_csv_dataset._files import LocalCopy, is_address

# Options that are needed to read the text of the file, whatever its cells mean.
_OPENING_OPTIONS = ("encoding", "encoding_errors", "compression", "storage_options")
# Control characters that do not occur in text: separators that keep lines whole.
_NEVER_IN_TEXT = "\x1f\x1e\x1d\x1c\x01\x02\x03\x04"
_COMPRESSED = (".gz", ".bz2", ".zip", ".xz", ".zst", ".tar", ".tgz")
_CANNOT_UNPACK = (
    *(EOFError, OSError, NotImplementedError),
    *(lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, zlib.error),
)
# Addresses that pandas reads itself.
_WEB = ("http://", "https://", "ftp://", "ftps://")
# The first bytes of tables that are not CSV, and the function that reads each.
_OTHER_TABLES = {
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ("an Excel file", "read_excel({path!r})"),
    # A CSV can begin with the same letters, but not with what follows them.
    rb"PAR1[\x00-\x08\x0e-\x1f]": ("a Parquet file", "read_parquet({path!r})"),
    rb"ARROW1\x00|FEA1\x00": ("a Feather or Arrow file", "read_feather({path!r})"),
    rb"\x89HDF\r\n\x1a\n": ("an HDF5 file", "read_hdf({path!r})"),
    rb'\s*\{\s*"[^\n]*\}\s*\n\s*\{': (
        "a JSON file with one object per line",
        "read_json({path!r}, lines=True)",
    ),
    rb'\s*(\{\s*"|\[\s*[{\[])': ("a JSON file", "read_json({path!r})"),
}


# The first bytes of compressed files, and what pandas calls the compression.
_COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"BZh91AY&SY": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}


class TextFile:
    """A text file on disk, compressed, or at an address.

    Attributes:
        name: The file's name, for messages.
    """

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        self.name = os.path.basename(path)
        self._path = os.path.expanduser(path)
        self._options = {k: options[k] for k in _OPENING_OPTIONS if k in options}
        self._line_end = options.get("lineterminator")
        if _is_for_tensorflow(path, options):
            self._copy = LocalCopy(path)
            self._path = self._copy.path
        if "://" not in self._path:
            self._refuse_missing_file()
        if self._is_plain:
            self._refuse_other_tables()
            self._refuse_nul()

    def lines(self) -> Iterator[str]:
        """The lines as an editor shows them, with their ends."""
        if self._is_plain and self._line_end is None:
            return self._lines_on_disk(self._encoding)
        return self._lines_from_pandas()

    @property
    def _encoding(self) -> str:
        encoding = self._options.get("encoding") or "utf-8"
        is_utf_8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8")
        return "utf-8-sig" if is_utf_8 else encoding

    @property
    def _is_plain(self) -> bool:
        compressed = self._options.get("compression", "infer") not in ("infer", None)
        compressed = compressed or self._path.lower().endswith(_COMPRESSED)
        return "://" not in self._path and not compressed

    def _lines_on_disk(self, encoding: str) -> Iterator[str]:
        errors = self._options.get("encoding_errors", "strict")
        try:
            # The line ends stay as they are: they can be part of a cell.
            with open(self._path, encoding=encoding, errors=errors, newline="") as file:
                yield from file
        except UnicodeError as error:
            raise ValueError(self._encoding_message(error)) from None
        except (LookupError, OSError) as error:
            raise ValueError(f"{self.name} cannot be read: {error}.") from None

    def _lines_from_pandas(self) -> Iterator[str]:
        """The lines of a file that pandas unpacks or downloads."""
        text = "\n".join(self._read_lines(self._options.get("encoding")))
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise ValueError(
                f"{self.name}, line {line}: the line contains a NUL character. Remove "
                "the character."
            )
        yield from io.StringIO(text, newline="")

    def _read_lines(self, encoding: str | None) -> list[str]:
        """Reads a file as a table of one column, with a separator that is not in it."""
        options: dict[str, Any] = {
            **self._options,
            "encoding": encoding,
            "lineterminator": self._line_end,
            "dtype": object,
            "header": None,
            "names": ["line"],
            "index_col": False,
            "na_filter": False,
            "quoting": csv.QUOTE_NONE,
            "skip_blank_lines": False,
            "on_bad_lines": "error",
        }
        for separator in _NEVER_IN_TEXT:
            try:
                frame = pd.read_csv(self._path, sep=separator, **options)
            except pd.errors.ParserError:
                continue
            except pd.errors.EmptyDataError:
                return []
            except UnicodeError as error:
                raise ValueError(self._encoding_message(error)) from None
            except (ImportError, PermissionError):
                raise
            except (*_CANNOT_UNPACK, ValueError, TypeError, LookupError) as error:
                problem = "opened" if "://" in self._path else "unpacked"
                problem = "read" if self._is_plain else problem
                raise ValueError(
                    f"{self.name} cannot be {problem}: {error}. Check the file and "
                    "`csv_options`."
                ) from None
            lines: list[str] = frame["line"].tolist()
            return lines
        raise ValueError(
            f"{self.name} cannot be read: it is full of control characters. If it is "
            'a CSV, pass its encoding, as in csv_options={"encoding": "utf-16"}.'
        )

    def _refuse_missing_file(self) -> None:
        if os.path.isdir(self._path):
            raise ValueError(
                "`csv` must be a file, not a folder; it comes after `directory`. "
                f"Received: csv={self._path!r}"
            )
        if not os.path.isfile(self._path):
            raise FileNotFoundError(
                "`csv` must be a file that exists. Received: csv="
                f"{self._path!r}, in the folder {os.getcwd()!r}"
            )
        try:
            with open(self._path, "rb") as file:
                file.read(1)
        except OSError as error:
            raise ValueError(
                f"`csv` must be a file that can be read ({error.strerror}). "
                f"Received: csv={self._path!r}"
            ) from None

    def _refuse_other_tables(self) -> None:
        with open(self._path, "rb") as file:
            first = file.read(1 << 16).removeprefix(b"\xef\xbb\xbf")
        for pattern, (kind, call) in _OTHER_TABLES.items():
            if re.match(pattern, first):
                raise self._is_other_table(kind, call)
        if first.startswith(b"PK\x03\x04"):
            self._refuse_zip()
        for start, compression in _COMPRESSIONS.items():
            if first.startswith(start):
                raise self._is_compressed(compression)

    def _refuse_zip(self) -> None:
        """Refuses a ZIP archive, which spreadsheets are, too."""
        try:
            with zipfile.ZipFile(self._path) as archive:
                members = archive.namelist()
        except zipfile.BadZipFile:
            raise ValueError(
                f"{self.name} is a damaged ZIP archive or Excel file, not a CSV."
            ) from None
        if any(member.startswith("xl/") for member in members):
            raise self._is_other_table("an Excel file", "read_excel({path!r})")
        if {"content.xml", "mimetype"} <= set(members):
            kind = "an OpenDocument file"
            raise self._is_other_table(kind, "read_excel({path!r})")
        if len(members) == 1:
            raise self._is_compressed("zip")
        raise ValueError(
            f"{self.name} is a ZIP archive of {len(members)} files, not a CSV. Unpack "
            "it, and pass the CSV."
        )

    def _is_other_table(self, kind: str, call: str) -> ValueError:
        return ValueError(
            f"{self.name} is {kind}, not a CSV. Read it with pandas, and pass "
            f"the DataFrame: csv=pandas.{call.format(path=self._path)}"
        )

    def _is_compressed(self, compression: str) -> ValueError:
        return ValueError(
            f"{self.name} is compressed. Pass "
            f'csv_options={{"compression": "{compression}"}} to unpack it.'
        )

    def _refuse_nul(self) -> None:
        """Refuses NUL characters, which no text contains."""
        if self._encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
            return
        line = 1
        with open(self._path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 24), b""):
                before, nul, _ = chunk.partition(b"\0")
                line += before.count(b"\n")
                if nul:
                    raise ValueError(
                        f"{self.name}, line {line}: the line contains a NUL character. "
                        "If the file is in UTF-16, pass its encoding: "
                        'csv_options={"encoding": "utf-16"} (or "utf-16-le", '
                        '"utf-16-be"); if it is not, remove the character.'
                    )

    def _encoding_message(self, error: UnicodeError) -> str:
        encoding = self._options.get("encoding") or "utf-8"
        where, other = self.name, "cp1252"
        lines = (
            self._lines_on_disk("latin-1")
            if self._is_plain
            else self._read_lines("latin-1")
        )
        for number, line in enumerate(lines, start=1):
            if number == 1 and line.startswith(("\xff\xfe", "\xfe\xff")):
                other = "utf-16"
            try:
                line.encode("latin-1").decode(encoding)
            except UnicodeError:
                where = f"{self.name}, line {number}"
                break
        reason = str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = f"byte 0x{error.object[error.start]:02x}: {error.reason}"
        return (
            f"{where}: the text is not encoded in {encoding} ({reason}). Save the file "
            "as UTF-8, or pass its encoding, for example "
            f'csv_options={{"encoding": "{other}"}}.'
        )


def _is_for_tensorflow(path: str, options: Mapping[str, Any]) -> bool:
    """Whether TensorFlow, rather than pandas, has to read an address."""
    is_pandas = path.lower().startswith(_WEB) or "storage_options" in options
    return is_address(path) and not is_pandas
