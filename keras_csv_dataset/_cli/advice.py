"""Turns advice about Python arguments into advice about flags."""

import ast
import inspect
import json
import re
import shlex
from typing import Any

from keras_csv_dataset._cli.arguments import FLAGS, NOT_ABOUT_ROWS, POSITIONAL
from keras_csv_dataset._image_dataset import image_dataset_from_csv

_PARAMETERS = inspect.signature(image_dataset_from_csv).parameters
_FLAGS = {flag.name: flag for flag in FLAGS if flag.name in _PARAMETERS}
_LITERAL = (
    r'"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|\[[^]\n]*\]|\{[^}\n]*\}"
    r"|None|True|False|-?\d+(?:\.\d+)?(?:e-?\d+)?"
)
_DIRECTORY, _ = POSITIONAL


def _any_of(*names: str) -> str:
    return f"(?:{'|'.join(names)})"


# What is left out on the command line: all but `label_mode=None`.
_ABSENT = re.compile(
    r"\b([Pp]ass|[Ww]ith) `?(?!label_mode|shuffle)"
    rf"({_any_of(*_FLAGS, _DIRECTORY)})=(?:None|False)`?"
)
# Quoted text, such as the name of a file, stays as it is.
_ARGUMENT = re.compile(
    r"(?<!\w)'(?:[^'\\\n]|\\.)*'"
    rf"|`?\b({_any_of(*_FLAGS, *NOT_ABOUT_ROWS)})=({_LITERAL})`?"
)
_NAME = re.compile(rf"`({_any_of(*_FLAGS, *POSITIONAL)})`")
# What advice is worded differently for a shell, once the arguments are flags.
_REWORDED = {
    "pass the DataFrame": 'write a new CSV with df.to_csv("new.csv", index=False)',
    "--stratify must be False": "--stratify must be left out",
}


def in_flags(message: str) -> str:
    """Rewrites the arguments in a message, so that they can be typed in a shell.

    An argument without a flag is marked as available only in Python.
    """
    message = _ABSENT.sub(_leave_out, message)
    message = _ARGUMENT.sub(_flag_with_value, message)
    message = _NAME.sub(lambda match: _flag(match[1]), message)
    for words, others in _REWORDED.items():
        message = message.replace(words, others)
    return message


def _flag(name: str) -> str:
    return name.upper() if name in POSITIONAL else _FLAGS[name].spelling


def _leave_out(match: re.Match[str]) -> str:
    verb, name = match[1], _flag(match[2])
    if verb in ("With", "with"):
        return f"{verb}out {name}"
    return f"{'Leave' if verb == 'Pass' else 'leave'} {name} out"


def _flag_with_value(match: re.Match[str]) -> str:
    name, literal = match.groups()
    if name is None:
        return match[0]
    if name in NOT_ABOUT_ROWS:
        return f"{match[0]} (in Python)"
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        return match[0]
    if isinstance(value, bool):  # a flag without a value, or no flag
        return match[0] if value == _FLAGS[name].default else _flag(name)
    if value is None and name != "label_mode":
        return f"no {_flag(name)}"
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
