"""Runs Python in a separate process that can import the package and the helpers."""

import os
import subprocess
import sys
from typing import Any

from places import PACKAGE, TESTS


def start_python(
    code: str, *arguments: object, environment: "dict[str, str] | None" = None, **how
) -> "subprocess.Popen[str]":
    """Starts code with arguments and does not wait for it."""
    return subprocess.Popen(**_call(code, arguments, environment), **how)


def run_python(
    code: str, *arguments: object, environment: "dict[str, str] | None" = None, **how
) -> "subprocess.CompletedProcess[str]":
    """Runs code with arguments, waits for it, and captures its output."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "check": False, **how}
    return subprocess.run(**_call(code, arguments, environment), **how)


def _call(
    code: str, arguments: "tuple[object, ...]", environment: "dict[str, str] | None"
) -> "dict[str, Any]":
    path = os.pathsep.join([str(PACKAGE.parent), str(TESTS)])
    return {
        "args": [sys.executable, "-c", code, *map(str, arguments)],
        "env": {**os.environ, "PYTHONPATH": path, **(environment or {})},
        "text": True,
        "encoding": "utf-8",
    }
