"""The documentation in Chromium, as a person with a telephone sees it."""

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keras_csv_dataset import image_dataset_from_csv
from places import DOCS

pytestmark = [pytest.mark.docs, pytest.mark.browser]

PHONE = {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True}
# The first lines of CSV files, which may be long, break anywhere in their cells.
BREAKS_CODE = {"layouts.md"}
LEAST_CONTRAST = 4.5  # that of WCAG 2.1, AA

BROKEN_WORDS = """
return [...document.querySelectorAll("article code .pre")]
    .filter(word => word.getClientRects().length > 1)
    .map(word => word.textContent)
"""
# The colours of text and background of paragraphs, links, code and cells.
COLOURS = """
const background = element => {
    const colour = getComputedStyle(element).backgroundColor
    return colour.endsWith(", 0)") ? background(element.parentElement) : colour
}
return ["p", "a.reference", "p code", "td", "pre span", "h1"]
    .map(selector => document.querySelector("article " + selector))
    .filter(element => element)
    .map(element => [
        element.textContent, getComputedStyle(element).color, background(element)
    ])
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The built pages; the tutorials have no outputs."""
    folder = tmp_path_factory.mktemp("site")
    made = shutil.ignore_patterns("_build", "tutorials", "report")
    shutil.copytree(DOCS, folder / "docs", ignore=made)
    shutil.copytree(DOCS.parent / "notebooks", folder / "notebooks")
    for name in ("CHANGELOG.md", "pyproject.toml"):
        shutil.copy(DOCS.parent / name, folder)
    command = [sys.executable, "-m", "sphinx", "-W", "--quiet"]
    command += ["-D", "nb_execution_mode=off", "docs", "html"]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return folder / "html"


@pytest.fixture(params=[path.name for path in sorted(DOCS.glob("*.md"))])
def page(request, site) -> Path:
    """One page after the other."""
    return site / request.param.replace(".md", ".html")


@pytest.fixture
def phone(chromium, page):
    """The page on a telephone."""
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    chromium.get(page.as_uri())
    return chromium


def test_a_page_does_not_pan_sideways(phone):
    """No page is wider than a telephone: what is too wide has its own scroll bar."""
    width = phone.execute_script("return document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


def test_words_of_code_are_not_broken(phone, page):
    """No flag and no argument is divided between two lines."""
    if page.with_suffix(".md").name in BREAKS_CODE:
        pytest.skip("breaks the first lines of CSV files")
    assert phone.execute_script(BROKEN_WORDS) == []


def test_pictures_have_alternative_texts(phone):
    """Each picture of a page is described in words."""
    script = "return [...document.querySelectorAll('article img')].map(i => i.alt)"
    texts = phone.execute_script(script)
    assert [text for text in texts if len(text.split()) < 5] == []


def test_pictures_keep_their_size(phone):
    """A picture is not shrunk to a telephone, where its text would be too small."""
    script = "return [...document.querySelectorAll('article img')].map(i => i.width)"
    assert [width for width in phone.execute_script(script) if width < 760] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_background(phone, scheme):
    """Text has enough contrast, in the light and in the dark."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    phone.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    found = phone.execute_script(COLOURS)
    assert found
    faint = [text for text, *colours in found if contrast(*colours) < LEAST_CONTRAST]
    assert faint == []


def contrast(*colours: str) -> float:
    """The contrast ratio of two colours, such as `rgb(0, 0, 0)`, after WCAG 2.1."""
    lights = []
    for colour in colours:
        levels = [int(level) / 255 for level in re.findall(r"\d+", colour)[:3]]
        linear = [
            level / 12.92 if level <= 0.03928 else ((level + 0.055) / 1.055) ** 2.4
            for level in levels
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_every_argument_has_a_link(site):
    """`api.html#image_column` leads to the argument, and the signature links to it."""
    api = (site / "api.html").read_text("utf-8")
    names = inspect.signature(image_dataset_from_csv).parameters
    for name in names:
        assert f'<section id="{name}">' in api
        # From the signature, from the table of contents, and from the heading.
        assert api.count(f'href="#{name}"') == 3


def test_arguments_are_grouped_as_in_the_signature(monkeypatch):
    """Each comment in the signature is a heading, and each argument is below one."""
    monkeypatch.syspath_prepend(DOCS)
    from keras_docstring import groups_of

    groups = groups_of(image_dataset_from_csv)
    names = [name for group in groups.values() for name in group]
    assert names == list(inspect.signature(image_dataset_from_csv).parameters)
    assert "label_column" in groups["Which column plays which part"]


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("csv", "path or `pandas.DataFrame`"),
        ("image_size", "integer or pair; default `(256, 256)`"),
        ("missing_images", 'string; default `"error"`'),
        ("class_weight", "string, dictionary or `None`; default `None`"),
        ("stratify", "boolean, name of a column or list; default `False`"),
    ],
)
def test_types_are_those_that_a_person_would_name(monkeypatch, name, types):
    """The page says `dictionary`, and not `Mapping[str, Any]`."""
    monkeypatch.syspath_prepend(DOCS)
    from keras_docstring import types_of

    parameter = inspect.signature(image_dataset_from_csv).parameters[name]
    assert types_of(parameter) == types
