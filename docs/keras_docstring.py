"""Renders a function whose docstring has Keras's format, which is Markdown.

The directive `{keras-function} package.function` inserts the signature, a section for
each group of arguments, and the other sections of the docstring. A comment in the
signature starts a group, and is its heading. Each argument has a heading with its name,
its types and its default, and an anchor, `#image_column`, to which the signature links.

Sphinx's own extensions expect reStructuredText. They would break the lists, the fenced
code, and the paragraphs under `Returns:`, which Keras does not indent.
"""

import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

_SECTION = re.compile(r"^(Args|Returns|Raises|Example):$", re.M)
_ENTRY = re.compile(r"^(\w+): ", re.M)
# A comment in the signature, or an argument.
_GROUP_OR_ARGUMENT = re.compile(r"^    (?:# (?P<group>.+)\.|(?P<name>\w+): .*,)$")

# What a person calls a type, by how its annotation begins. Names of the package's own
# choices of strings are not here: they are all a `string`.
_WORDS = {
    "None": "`None`",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "string",
    "tuple": "pair",
    "list": "list",
    "Sequence": "list",
    "Mapping": "dictionary",
    "Hashable": "name of a column",
    "FilePath": "path",
    "pd.DataFrame": "`pandas.DataFrame`",
    "ClassWeight": "string | dictionary",
}


def _to_markdown(function: Callable[..., Any], summary: str) -> str:
    """The signature and the first part of the docstring."""
    signature = inspect.signature(function)
    # Types would hide the names; the sections below state the types.
    bare = signature.replace(
        parameters=[
            parameter.replace(annotation=inspect.Parameter.empty)
            for parameter in signature.parameters.values()
        ],
        return_annotation=inspect.Signature.empty,
    )
    return f"`````{{py:function}} {function.__name__}{bare}\n\n{summary}\n`````\n"


def types_of(parameter: inspect.Parameter) -> str:
    """The types of an argument and its default, as Markdown."""
    kinds = in_words(parameter.annotation)
    if parameter.default is inspect.Parameter.empty:
        return kinds
    default = parameter.default
    text = f'"{default}"' if isinstance(default, str) else str(default)
    return f"{kinds}; default `{text}`"


def groups_of(function: Callable[..., Any]) -> dict[str, list[str]]:
    """The names of the arguments by the comments in the signature."""
    groups: dict[str, list[str]] = {}
    names: list[str] = []
    for line in inspect.getsource(function).splitlines():
        if line.startswith(")"):
            break
        if match := _GROUP_OR_ARGUMENT.match(line):
            if match["group"]:
                groups[match["group"]] = names = []
            else:
                names.append(match["name"])
    return groups


def in_words(annotation: str) -> str:
    """The types that an annotation allows, as a person calls them, each once."""
    # What is in brackets says more than most readers want to know.
    outside = re.sub(r"\[[^\[\]]*\]", "", re.sub(r"\[[^\[\]]*\]", "", annotation))
    words = " | ".join(_WORDS.get(kind, "string") for kind in outside.split(" | "))
    *others, last = dict.fromkeys(words.split(" | "))
    return f"{', '.join(others)} or {last}" if others else last


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """The names of arguments or errors, and what the docstring says of each."""
    _, *rest = _ENTRY.split(text)
    for name, entry in zip(rest[::2], rest[1::2], strict=True):
        first, _, others = entry.partition("\n")
        body = f"{first}\n{textwrap.dedent(others)}".strip()
        # MyST needs a blank line before a list; Keras's docstrings have none.
        yield name, re.sub(r"\n(?=- )", "\n\n", body, count=1)


class KerasFunction(SphinxDirective):
    """The directive `{keras-function}`."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Reads the docstring and parses its parts."""
        module, _, name = self.arguments[0].rpartition(".")
        function = getattr(importlib.import_module(module), name)
        self.env.note_dependency(inspect.getfile(inspect.unwrap(function)))
        summary, *rest = _SECTION.split(inspect.getdoc(function) or "")
        texts = {
            title: textwrap.dedent(text.strip("\n"))
            for title, text in zip(rest[::2], rest[1::2], strict=True)
        }
        parsed = self.parse_text_to_nodes(_to_markdown(function, summary))
        _link_signature(parsed)
        parsed += self._arguments(function, dict(_entries(texts.pop("Args"))))
        for title, text in texts.items():
            parsed.append(self._section(title.lower(), title, _body(title, text)))
        return parsed

    def _arguments(
        self, function: Callable[..., Any], texts: dict[str, str]
    ) -> Iterator[nodes.section]:
        """A section for each group, and in it one for each argument."""
        parameters = inspect.signature(function).parameters
        for group, names in groups_of(function).items():
            section = self._section(nodes.make_id(group), group, "")
            for name in names:
                body = f"{{.types}}\n{types_of(parameters[name])}\n\n{texts.pop(name)}"
                section += self._section(name, f"`{name}`", body)
            yield section
        if texts:
            raise ValueError(f"No group in the signature has: {', '.join(texts)}")

    def _section(self, anchor: str, title: str, body: str) -> nodes.section:
        # Nested headings are not sections, which the page's table of contents lists.
        inline, _ = self.parse_inline(title)
        section = nodes.section("", nodes.title("", "", *inline), ids=[anchor])
        section += self.parse_text_to_nodes(body)
        return section


def _body(title: str, text: str) -> str:
    if title == "Raises":
        return "\n".join(f"`{name}`\n: {body}\n" for name, body in _entries(text))
    return f"```pycon\n{text.strip()}\n```" if title == "Example" else text


def _link_signature(parsed: list[nodes.Node]) -> None:
    """Links the names in the signature to the sections of the arguments."""
    for node in parsed:
        for parameter in node.findall(addnodes.desc_parameter):
            name = parameter[0]
            if name.astext().isidentifier():
                to = {"internal": True, "refid": name.astext()}
                parameter[0] = nodes.reference("", "", name, **to)


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the directive with Sphinx."""
    app.add_directive("keras-function", KerasFunction)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
