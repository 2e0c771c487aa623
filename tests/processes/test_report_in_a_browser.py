"""The page of `check --report` in Chromium, as a person sees and uses it."""

import io
import json
import time

import numpy as np
import pytest
from PIL import Image

from inspections import HOSTILE, colour_of, full_inspection, view
from keras_csv_dataset._inspection import KINDS
from keras_csv_dataset._report import render_page

pytestmark = [pytest.mark.slow, pytest.mark.browser]

PHONE, DESKTOP = (400, 800), (1200, 900)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> "dict[str, str]":
    """Addresses of a page with harmless text, and of pages with hostile text."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {"harmless": ""} | {f"hostile{n}": t for n, t in enumerate(HOSTILE)}
    addresses = {}
    for name, text in texts.items():
        page = render_page(full_inspection(lambda harmless, t=text: t + harmless), view)
        (folder / f"{name}.html").write_text(page, "utf-8")
        addresses[name] = (folder / f"{name}.html").as_uri()
    return addresses


@pytest.fixture
def show(chromium, pages):
    """Opens a page in a window of a given size, with a colour scheme."""

    def open_page(name: str = "harmless", size=DESKTOP, scheme: str = "light"):
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1}
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        set_up = chromium.execute_cdp_cmd
        is_phone = {"mobile": size == PHONE}
        set_up("Emulation.setDeviceMetricsOverride", metrics | is_phone)
        set_up("Emulation.setEmulatedMedia", {"features": features})
        chromium.get_log("browser")
        chromium.get_log("performance")
        chromium.get(pages[name])
        return chromium

    return open_page


def requests(browser, page: str) -> "list[str]":
    """The addresses that a page asked for, without the data in the page itself."""
    entries = browser.get_log("performance")
    messages = [json.loads(entry["message"])["message"] for entry in entries]
    sent = [
        message["params"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    # A browser that has just started may still be loading its own first page.
    own = [one["request"]["url"] for one in sent if one["documentURL"] == page]
    return [address for address in own if not address.startswith("data:")]


def press(browser, key: str) -> None:
    """Presses a key."""
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(key).perform()


def pixels(png: bytes) -> np.ndarray:
    """The pixels of a screenshot: uint8 `(height, width, 3)`."""
    return np.array(Image.open(io.BytesIO(png)).convert("RGB"))


NAMES = ["harmless", *(f"hostile{n}" for n in range(len(HOSTILE)))]


@pytest.mark.parametrize("name", NAMES)
def test_page_runs_nothing_and_asks_for_nothing(show, pages, name):
    """No name runs a script, opens a dialog, is an error, or asks for another file."""
    from selenium.common.exceptions import NoAlertPresentException

    browser = show(name)
    time.sleep(0.1)  # for what would load or run later
    with pytest.raises(NoAlertPresentException):
        _ = browser.switch_to.alert.text
    assert requests(browser, pages[name]) == [pages[name]]
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.scripts.length") == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [320, 400])
def test_page_is_as_wide_as_a_phone(show, name, width):
    """Nothing is wider than the screen, whatever names contain."""
    browser = show(name, (width, 800))
    inside = browser.execute_script(
        "return [document.documentElement.scrollWidth, document.body.scrollWidth]"
    )
    assert max(inside) <= width


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_no_text_lies_over_other_text(show, size):
    """The columns of the tables, and the captions, do not overlap."""
    overlaps = show(size=size).execute_script(
        """
        const boxes = [...document.querySelectorAll("td, th, figcaption p, nav a")]
          .map(e => [e.getBoundingClientRect(), e.textContent])
          .filter(([b]) => b.width > 1);
        const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
        return boxes.flatMap(([a, s], i) => boxes.slice(i + 1)
          .filter(([b]) => meet(a, b)).map(([b, t]) => [s, t]));
        """
    )
    assert overlaps == []


def test_dark_mode_changes_the_colours(show):
    """The page is light in light mode and dark in dark mode."""
    light = pixels(show(scheme="light").get_screenshot_as_png())
    dark = pixels(show(scheme="dark").get_screenshot_as_png())
    assert np.median(light) > 200
    assert np.median(dark) < 60


def test_all_thumbnails_can_be_decoded(show):
    """The browser decodes the thumbnails under the policy of the page."""
    browser = show()
    widths = browser.execute_async_script(
        """
        const done = arguments[arguments.length - 1];
        Promise.all([...document.querySelectorAll("image")].map(async (image) => {
          const copy = new Image();
          copy.src = image.href.baseVal;
          await copy.decode().catch(() => null);
          return copy.naturalWidth;
        })).then(done);
        """
    )
    assert widths == [80, 80]


def test_every_picture_is_that_of_its_row(show):
    """The picture of each row is drawn, in its colour."""
    browser = show()
    found = browser.find_elements("css selector", "figure:has(.picture)")
    assert len(found) == 2 * 2 * len(KINDS) // 3
    for figure in found[:4]:
        picture = figure.find_element("css selector", ".picture")
        # A screenshot has only that part of an element which is in the window.
        browser.execute_script(
            "arguments[0].scrollIntoView({block: 'center'})", picture
        )
        height, width = (drawn := pixels(picture.screenshot_as_png)).shape[:2]
        is_red = figure.find_element("css selector", ".label").text.endswith("cat")
        expected = colour_of("/red/0.png" if is_red else "/blue/0.png")
        np.testing.assert_allclose(drawn[height // 2, width // 2], expected, atol=12)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_finding_is_reached_with_the_keyboard(show, size):
    """Tab and Enter lead from the contents to each finding, with a visible focus."""
    from selenium.webdriver import Keys

    browser = show(size=size)
    reached = []
    for number in range(1, len(KINDS) + 1):
        browser.execute_script("scrollTo(0, 0)")
        _tab_to(browser, f"nav a[href='#finding-{number}']")
        outline = "return getComputedStyle(document.activeElement).outlineStyle"
        assert browser.execute_script(outline) == "solid"
        press(browser, Keys.ENTER)
        top = browser.execute_script(
            "return document.activeElement.getBoundingClientRect().top"
        )
        assert -1 <= top < size[1]
        reached.append(browser.execute_script("return document.activeElement.id"))
    assert reached == [f"finding-{n}" for n in range(1, len(KINDS) + 1)]


def _tab_to(browser, selector: str) -> None:
    """Presses Tab from the start of the contents until an element has the focus."""
    from selenium.webdriver import Keys

    browser.execute_script("document.querySelector('nav a').focus()")
    is_there = f'return document.activeElement.matches("{selector}")'
    for _ in range(100):
        if browser.execute_script(is_there):
            # A key makes the focus visible, as it is for those who use no mouse.
            press(browser, Keys.SHIFT)
            return
        press(browser, Keys.TAB)
    pytest.fail(f"Tab does not lead to {selector}")


def test_first_tab_skips_to_the_findings(show):
    """The first link of the page is visible when focused, and leads to the findings."""
    from selenium.webdriver import Keys

    browser = show()
    press(browser, Keys.TAB)
    link = browser.switch_to.active_element
    assert link.text == "Skip to the findings"
    time.sleep(0.1)
    assert link.rect["y"] >= 0
    press(browser, Keys.ENTER)
    assert browser.switch_to.active_element.tag_name == "main"


def test_printed_page_is_dark_text_on_white(show):
    """On paper, text is dark on white, also for those who prefer dark mode."""
    browser = show(scheme="dark")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    media = {"media": "print", "features": features}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    printed = pixels(browser.get_screenshot_as_png())
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert np.median(printed) > 240
    assert printed.min() < 60


def test_screen_readers_find_names_for_everything(show):
    """In the tree for screen readers, each image, link and region has a name."""
    browser = show()
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"image", "img", "link", "region", "navigation", "table", "heading"}
    nameless = [
        node["role"]["value"]
        for node in nodes
        if not node.get("ignored")
        and node["role"]["value"] in roles
        and not node.get("name", {}).get("value")
    ]
    assert nameless == []
    headings = [n for n in nodes if n.get("role", {}).get("value") == "heading"]
    assert len(headings) > len(KINDS)
