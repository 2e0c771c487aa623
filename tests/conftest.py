"""Fixtures that all tests share; they also silence TensorFlow's log."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import tensorflow as tf

from images import NAMES, save_all
from in_each_format import FORMAT

_BROWSER_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_addoption(parser):
    parser.addoption(
        "--optimize-graphs",
        action="store_true",
        help="let TensorFlow optimize graphs as it does for users, which takes longer "
        "at the start of each iterator",
    )


def pytest_configure(config):
    # Before any module makes a tensor: later, it has no effect.
    if not config.getoption("--optimize-graphs"):
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


@pytest.fixture(params=["tf", pytest.param("grain", marks=pytest.mark.grain)])
def each_format(request):
    """Runs a test once for each format, for the calls that do not pass `format`."""
    token = FORMAT.set(request.param)
    yield request.param
    FORMAT.reset(token)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder called `images`."""
    path = tmp_path / "images"
    path.mkdir()
    return path


@pytest.fixture
def write_csv(tmp_path: Path):
    """Writes text to `labels.csv` next to the folder of images."""

    def write(text: str, name: str = "labels.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    """A folder with the images `a.png` to `h.png`, numbered from 0."""
    folder = tmp_path_factory.mktemp("images")
    save_all(folder, [f"{name}.png" for name in NAMES])
    return folder


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator:
    """A headless Chromium with a new profile that records requests and its console."""
    binary = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("Chromium or its driver is not installed")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in [
        *_BROWSER_FLAGS,
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ]:
        options.add_argument(flag)
    options.set_capability(
        "goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"}
    )
    # A dialog stays open, so that a test finds it.
    options.unhandled_prompt_behavior = "ignore"
    browser = webdriver.Chrome(options, Service(driver))
    yield browser
    browser.quit()
