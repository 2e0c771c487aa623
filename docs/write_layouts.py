"""Writes the table in `layouts.md` from the layouts that the tests load.

Run `python docs/write_layouts.py` after you change `tests/layouts.py`.
"""

import runpy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from written_parts import with_part

DOCS = Path(__file__).parent
PAGE = DOCS / "layouts.md"
_BEGIN = "<!-- Written by write_layouts.py from tests/layouts.py. -->\n"
_MOST_FIELDS = 5
_MOST_CHARACTERS = 24
_MOST_COLUMNS = 4


def with_table(page: str) -> str:
    """Returns the page with the current table between its two markers."""
    return with_part(page, _BEGIN, _table())


def _table() -> str:
    layouts = runpy.run_path(str(DOCS.parent / "tests" / "layouts.py"))["LAYOUTS"]
    lines = ["| your file | first lines | arguments to add |", "|---|---|---|"]
    for layout in layouts:
        name = _escape(f"**{layout.name}**<br>{layout.shape}")
        begin = [line for line in (layout.header, layout.rows[0]) if line]
        cells = [name, _lines(map(_shorten_line, begin)), _call(layout)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _call(layout: Any) -> str:
    keywords = [f"{name}={_literal(value)}" for name, value in layout.call.items()]
    if not layout.pandas:
        return _lines(keywords) or "none"
    columns = str(layout.call.get("label_column"))
    pandas = layout.pandas.replace(columns, "columns")
    return f"{_lines([pandas])}<br>then pass `df` with<br>{_lines(keywords)}"


def _shorten_line(line: str) -> str:
    """Returns the first fields and the last field of a line, each shortened."""
    line = line.replace("{folder}", "/data")
    delimiter = next((d for d in ";\t" if d in line), ",")
    fields = [_shorten(field) for field in line.split(delimiter)]
    if len(fields) > _MOST_FIELDS:
        fields = [*fields[:3], "…", fields[-1]]
    return delimiter.replace("\t", " ⇥ ").join(fields)


def _shorten(text: str) -> str:
    half = _MOST_CHARACTERS // 2
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:half]}…{text[-half:]}"


def _literal(value: Any) -> str:
    """Formats a value as Python code with double quotes; shortens long lists."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        items = list(map(_literal, value))
        if len(items) > _MOST_COLUMNS:
            items = [*items[:2], "…", items[-1]]
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        items = [f"{_literal(key)}: {_literal(item)}" for key, item in value.items()]
        return f"{{{', '.join(items)}}}"
    return repr(value)


def _lines(codes: Iterable[str]) -> str:
    """Formats lines of code for one table cell."""
    return "<br>".join(f"`{_escape(code)}`" for code in codes)


def _escape(text: str) -> str:
    """Escapes text for a cell of a Markdown table."""
    return text.replace("|", r"\|")


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
