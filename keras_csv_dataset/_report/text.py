"""The report for the terminal."""

from collections.abc import Iterator, Mapping

from keras_csv_dataset._announcements import printable
from keras_csv_dataset._inspection import (
    KINDS,
    Finding,
    Inspection,
    Numbers,
    Place,
)
from keras_csv_dataset._messages import quote
from keras_csv_dataset._report.wording import nothing_found

# What each count is called.
_TITLES = {
    "rows": "rows",
    "rows_with_image_file": "  with an image file",
    "rows_without_image_file": "  without an image file",
    "rows_naming_an_image_again": "  naming an image again",
    "image_files_without_row": "image files that no row names",
    "images_that_cannot_be_decoded": "images that cannot be decoded",
    "rows_with_image_without_label": "rows with an image, but without a label",
}
_LONGEST_NAME = 60
_BAR_WIDTH = 30
_MOST_PLACES = 3
# Lines of a bar chart: half of them the largest, half of them the smallest.
_LINES_SHOWN = 20
_LEVELS = "▁▂▃▄▅▆▇█"
_PLAIN_LEVELS = ".:-=+*#@"


def report_lines(inspection: Inspection) -> Iterator[str]:
    """The report, line by line: what is there, then what was found."""
    yield from _counts(inspection)
    for output, counts in inspection.classes.items():
        yield ""
        title = "classes" if output == "label" else f"classes {output}"
        shares = {
            name: subset.classes[output] for name, subset in inspection.subsets.items()
        }
        by_size = dict(sorted(counts.items(), key=lambda item: -item[1]))
        yield from _bars(title, by_size, shares)
    for name, numbers in inspection.numbers.items():
        yield ""
        yield from _histogram(name, numbers)
    sizes = {f"{h} × {w}": n for (h, w), n in inspection.sizes.items()}
    for title, counts in (("formats", inspection.formats), ("height × width", sizes)):
        if counts:
            yield ""
            yield from _bars(title, counts, {})
    yield ""
    yield from map(_in_one_line, inspection.findings)
    if not inspection.findings:
        yield nothing_found(inspection)
    yield from inspection.skipped


def _counts(inspection: Inspection) -> Iterator[str]:
    width = max(map(len, _TITLES.values()))
    for key, count in inspection.counts.items():
        yield f"{_TITLES[key]:{width}}  {count:>9,}"
    for name, subset in inspection.subsets.items():
        yield f"{'images for ' + name:{width}}  {subset.images:>9,}"
    for column, convention in inspection.conventions.items():
        of = f" of column {column!r}" if len(inspection.conventions) > 1 else ""
        yield f"names{of} matched {convention.phrase}"


def _in_one_line(finding: Finding) -> str:
    """What was found, where it is for the first time, and what to do."""
    kind = KINDS[finding.kind]
    sentences = [f"{kind.severity.capitalize()}: {finding.message}"]
    # Messages about rows name the first one.
    if finding.groups and kind.family != "rows":
        first = ", ".join(map(_where, finding.groups[0][:_MOST_PLACES]))
        sentences.append(f"First: {first}.")
    return " ".join([*sentences, finding.advice]).strip()


def _where(place: Place) -> str:
    where = f"row {place.row}" if place.line is None else f"line {place.line}"
    about = [text for text in (place.subset, place.label) if text is not None]
    return f"{where} ({', '.join(map(_short, about))})" if about else where


def _short(text: str) -> str:
    is_plain = text.isprintable() and len(text) <= _LONGEST_NAME
    return text if is_plain else quote(text)


def _bars(
    title: str, counts: Mapping[str, int], parts: Mapping[str, Mapping[str, int]]
) -> Iterator[str]:
    """A bar chart: the first and the last names, and what share is in each part."""
    # Names that are too long or that cannot be printed are quoted.
    shown = {name: _short(name) for name in _ends([*counts])}
    width = max(map(len, (title, *shown.values())))
    most = max(*counts.values(), 1)
    block = "█" if printable("█") == "█" else "#"
    columns = "".join(f"  {part:>10}" for part in parts)
    yield f"{title:{width}}     images{columns}"
    for number, (name, text) in enumerate(shown.items()):
        if number == _LINES_SHOWN // 2 and len(shown) < len(counts):
            yield f"... {len(counts) - len(shown)} more ..."
        count = counts[name]
        bar = block * max(round(_BAR_WIDTH * count / most), count > 0)
        shares = "".join(
            f"  {part[name] / count if count else 0:>10.1%}" for part in parts.values()
        )
        yield f"{text:{width}}  {count:>9,}{shares}  {bar}".rstrip()


def _ends(names: list[str]) -> list[str]:
    """All names, or the first and the last ones if there are too many for a screen."""
    half = _LINES_SHOWN // 2
    return names if len(names) <= _LINES_SHOWN else names[:half] + names[-half:]


def _histogram(name: str, numbers: Numbers) -> Iterator[str]:
    levels = _LEVELS if printable(_LEVELS) == _LEVELS else _PLAIN_LEVELS
    most = max(numbers.counts)
    shape = "".join(
        levels[(count * (len(levels) - 1) + most - 1) // most] if count else " "
        for count in numbers.counts
    )
    yield (
        f"numbers {name}: minimum {numbers.minimum:g}, median {numbers.median:g}, "
        f"maximum {numbers.maximum:g}"
    )
    yield f"  {numbers.minimum:g} [{shape}] {numbers.maximum:g}"
