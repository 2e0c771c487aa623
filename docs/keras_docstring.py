"""Renders docstrings in Keras's format, which is Markdown.

The directive `{keras-function} package.function` inserts the signature and the
docstring. Sphinx's own extensions expect reStructuredText. They would break the lists,
the fenced code, and the paragraphs under `Returns:`, which Keras does not indent.
"""

import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_SECTION = re.compile(r"^(Args|Returns|Raises|Example):$", re.M)
_ENTRY = re.compile(r"^(\w+): ", re.M)


def to_markdown(function: Callable[..., Any]) -> str:
    """Returns the signature and the docstring of a function as MyST Markdown."""
    parts = [_fence_directive(function), *_sections(inspect.getdoc(function) or "")]
    return "\n".join([*parts, "`````", ""])


def _fence_directive(function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    # Types would hide the names; the docstring states the types.
    bare = signature.replace(
        parameters=[
            parameter.replace(annotation=inspect.Parameter.empty)
            for parameter in signature.parameters.values()
        ],
        return_annotation=inspect.Signature.empty,
    )
    return f"`````{{py:function}} {function.__name__}{bare}\n"


def _sections(docstring: str) -> Iterator[str]:
    summary, *rest = _SECTION.split(docstring)
    yield summary
    for title, text in zip(rest[::2], rest[1::2], strict=True):
        yield f":::{{rubric}} {title}\n:::\n"
        text = textwrap.dedent(text.strip("\n"))
        if title in ("Args", "Raises"):
            yield _definitions(text)
        elif title == "Example":
            yield f"```pycon\n{text.strip()}\n```\n"
        else:
            yield text + "\n"


def _definitions(text: str) -> str:
    """Converts `name: text` entries to a definition list."""
    _, *rest = _ENTRY.split(text)
    entries = zip(rest[::2], rest[1::2], strict=True)
    return "\n".join(_definition(name, entry) for name, entry in entries)


def _definition(name: str, entry: str) -> str:
    first, _, others = entry.partition("\n")
    body = f"{first}\n{textwrap.dedent(others)}".strip()
    # MyST needs a blank line before a list; Keras's docstrings have none.
    body = re.sub(r"\n(?=- )", "\n\n", body, count=1)
    return f"`{name}`\n: " + textwrap.indent(body, "  ").strip() + "\n"


class KerasFunction(SphinxDirective):
    """The directive `{keras-function}`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Reads the docstring and parses it as part of the page."""
        module, _, name = self.arguments[0].rpartition(".")
        function = getattr(importlib.import_module(module), name)
        self.env.note_dependency(inspect.getfile(inspect.unwrap(function)))
        return self.parse_text_to_nodes(to_markdown(function))


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the directive with Sphinx."""
    app.add_directive("keras-function", KerasFunction)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
