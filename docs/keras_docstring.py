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
    "bool": "`True` or `False`",
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


def to_markdown(function: Callable[..., Any]) -> str:
    """Returns the signature and the docstring of a function as MyST Markdown."""
    summary, *rest = _SECTION.split(inspect.getdoc(function) or "")
    texts = {
        title: textwrap.dedent(text.strip("\n"))
        for title, text in zip(rest[::2], rest[1::2], strict=True)
    }
    parts = [_fence_directive(function), summary, "`````\n"]
    parts += _arguments(function, dict(_entries(texts.pop("Args"))))
    for title, text in texts.items():
        parts.append(f"## {title}\n")
        if title == "Raises":
            parts += [f"`{name}`\n: {body}\n" for name, body in _entries(text)]
        elif title == "Example":
            parts.append(f"```pycon\n{text.strip()}\n```\n")
        else:
            parts.append(text + "\n")
    return "\n".join(parts)


def _fence_directive(function: Callable[..., Any]) -> str:
    signature = inspect.signature(function)
    # Types would hide the names; the sections below state the types.
    bare = signature.replace(
        parameters=[
            parameter.replace(annotation=inspect.Parameter.empty)
            for parameter in signature.parameters.values()
        ],
        return_annotation=inspect.Signature.empty,
    )
    return f"`````{{py:function}} {function.__name__}{bare}\n"


def _arguments(
    function: Callable[..., Any], texts: dict[str, str]
) -> Iterator[str]:
    """A section for each group, and in it one for each argument."""
    parameters = inspect.signature(function).parameters
    for group, names in groups_of(function).items():
        yield f"## {group}\n"
        for name in names:
            parameter = parameters[name]
            kinds = in_words(parameter.annotation)
            if parameter.default is not inspect.Parameter.empty:
                default = str(parameter.default)
                if isinstance(parameter.default, str):
                    default = f'"{default}"'
                kinds += f"; default `{default}`"
            yield f"### `{name}`\n\n{{.types}}\n{kinds}\n\n{texts.pop(name)}\n"
    if texts:
        raise ValueError(f"The docstring describes no arguments: {[*texts]}")


def groups_of(function: Callable[..., Any]) -> dict[str, list[str]]:
    """The names of the arguments by the comments in the signature."""
    groups: dict[str, list[str]] = {}
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
        """Reads the docstring and parses it as part of the page."""
        module, _, name = self.arguments[0].rpartition(".")
        function = getattr(importlib.import_module(module), name)
        self.env.note_dependency(inspect.getfile(inspect.unwrap(function)))
        parsed = self.parse_text_to_nodes(to_markdown(function))
        _link_arguments(parsed, {*inspect.signature(function).parameters})
        return parsed


def _link_arguments(parsed: list[nodes.Node], names: set[str]) -> None:
    """Gives each argument's section its name as an anchor, and links the signature."""
    for node in parsed:
        for section in node.findall(nodes.section):
            name = section[0].astext()
            if name in names:
                # docutils would have `image-column`, which nobody guesses.
                section["ids"] = [name, *(i for i in section["ids"] if i != name)]
        for parameter in node.findall(addnodes.desc_parameter):
            name = parameter[0].astext()
            if name in names:
                link = nodes.reference("", "", parameter[0], internal=True, refid=name)
                parameter[0] = link


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the directive with Sphinx."""
    app.add_directive("keras-function", KerasFunction)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
