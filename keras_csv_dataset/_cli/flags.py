"""Turns advice about Python arguments into advice about flags."""

import ast
import json
import re
import shlex
from typing import Any

# The arguments that have a flag of the same name.
_WITH_FLAG = (
    *("class_names", "csv_options", "follow_links", "format", "image_column"),
    "input_columns",
    *("label_column", "label_mode", "label_separator", "missing_images"),
    *("missing_labels", "weight_column"),
)
_WITHOUT_FLAG = ("corrupt_images", "directory")
_POSITIONAL = ("directory", "csv")
_LITERAL = (
    r'"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|\[[^]\n]*\]|\{[^}\n]*\}"
    r"|None|True|False|\d+"
)
_ARGUMENT = re.compile(
    rf"`?\b({'|'.join((*_WITH_FLAG, *_WITHOUT_FLAG))})=({_LITERAL})`?"
)
_NAME = re.compile(rf"`({'|'.join((*_WITH_FLAG, *_POSITIONAL))})`")


def in_flags(message: str) -> str:
    """Rewrites the arguments in a message, so that they can be typed in a shell.

    An argument without a flag is marked as available only in Python.
    """
    message = _ARGUMENT.sub(_flag_with_value, message)
    message = _NAME.sub(lambda match: _flag(match[1]), message)
    return message.replace(
        "pass the DataFrame", 'write a new CSV with df.to_csv("new.csv", index=False)'
    )


def _flag(name: str) -> str:
    return name.upper() if name in _POSITIONAL else f"--{name.replace('_', '-')}"


def _flag_with_value(match: re.Match[str]) -> str:
    name, literal = match.groups()
    if name in _WITHOUT_FLAG:
        # A folder that was received is shown unchanged.
        advised = name != "directory" or literal == "None"
        return f"{match[0]} (in Python)" if advised else match[0]
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        return match[0]
    if isinstance(value, bool):  # a flag without a value, or no flag
        return _flag(name) if value else match[0]
    words = [shlex.quote(part) for part in _parts(value)]
    # A value that begins with a hyphen would be taken for a flag.
    joint = "=" if words and words[0].startswith(("-", "'-")) else " "
    return joint.join([_flag(name), " ".join(words)])


def _parts(value: Any) -> list[str]:
    if value is None:
        return ["none"]
    if isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False)]
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
