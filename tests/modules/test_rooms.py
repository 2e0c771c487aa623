"""The layers of the package: which room may import which."""

import ast
from pathlib import Path

import pytest

from places import PACKAGE

# The layers of the package, lowest first. A room imports only from the floors below it.
FLOORS = [
    ["_groups", "_messages", "_structure"],
    ["_files"],
    ["_table", "_images"],
    ["_labels", "_formats"],
    ["_rows"],
    ["_split", "_tf", "_grain"],
    ["_inspection"],
    ["_arguments", "_announcements", "_frameworks"],
    ["_image_dataset"],
    ["_report"],
    ["_cli"],
    ["__main__"],
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# Third-party packages, and the rooms that may import them.
FRAMEWORKS = {
    "tensorflow": {"_tf", "_files"},
    "grain": {"_grain"},
    "cv2": {"_grain", "_inspection", "_report"},
    "scipy": {"_inspection"},
    "jinja2": {"_report"},
    "simplejpeg": {"_grain"},
    "PIL": {"_formats", "_grain", "_cli"},
    "pillow_heif": {"_formats"},
    "pydicom": {"_formats"},
    "matplotlib": {"_cli"},
    "sklearn": {"_cli"},
}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")
NAME = PACKAGE.name


def room_of(path: Path) -> str:
    """The room of a module: its sub-package, or the module itself at the top level."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(path: Path) -> "set[str]":
    """The modules that a module imports, except those imported only for types."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if node.module == NAME else {node.module or ""}
    return found


def rooms_used_by(path: Path) -> "list[list[str]]":
    """Every import from the package, as the parts of its name below the package."""
    own = [name for name in imports_of(path) if name.startswith(f"{NAME}.")]
    paths = [name.split(".")[1:] for name in own]
    return [parts for parts in paths if parts[0] in FLOOR]


def test_every_room_has_its_floor():
    """`FLOORS` lists exactly the rooms that exist."""
    assert {room_of(path) for path in MODULES} == set(FLOOR)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path):
    """A module imports only from its own room and from the floors below it."""
    here = room_of(path)
    there = {parts[0] for parts in rooms_used_by(path)} - {here}
    assert [room for room in there if FLOOR[room] >= FLOOR[here]] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_are_imported_through_their_init(path):
    """A module imports from another room only the names in that room's `__init__`."""
    here = room_of(path)
    inside = [parts for parts in rooms_used_by(path) if parts[0] != here]
    assert [".".join(parts) for parts in inside if len(parts) > 1] == []


@pytest.mark.parametrize("package", FRAMEWORKS)
def test_framework_is_imported_in_its_rooms_only(package):
    """Only the rooms that need a third-party package import it."""
    users = {
        room_of(path)
        for path in MODULES
        if package in {name.partition(".")[0] for name in imports_of(path)}
    }
    assert users <= FRAMEWORKS[package]
    assert users, "no room imports it: remove it above"


@pytest.mark.parametrize("room", [r for r in FLOOR if (PACKAGE / r).is_dir()])
def test_room_exports_what_it_lists(room):
    """`__all__` of a room lists all its imports, and other rooms use each of them."""
    tree = ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8"))
    assert ast.get_docstring(tree), "one sentence says what the room is for"
    imported = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )
    assert sorted(imported) == sorted(listed)
    elsewhere = "".join(p.read_text("utf-8") for p in MODULES if room_of(p) != room)
    assert [name for name in listed if name not in elsewhere] == []
