"""What README and docs show runs as it is shown."""

import re
from pathlib import Path

import pytest
from images import save

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = [
    pytest.param(code, id=f"{page.name}-{number}")
    for page in PAGES
    for number, code in enumerate(
        re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    )
]


@pytest.fixture
def cats_and_dogs(tmp_path, monkeypatch):
    """A folder `images` and its `labels.csv` in the current directory."""
    rows = ["image,label"]
    for number in range(20):
        save(tmp_path / "images" / f"{number:04d}.jpg", number)
        rows.append(f"{number:04d},{'cat' if number % 2 else 'dog'}")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("code", EXAMPLES)
@pytest.mark.usefixtures("cats_and_dogs")
def test_example_runs(code):
    """Every Python example of the README and the docs runs without an error."""
    exec(compile(code, "example", "exec"), {"__name__": "example"})


def test_readme_examples_are_found():
    """The README shows at least one example for the test above to run."""
    assert any("README" in example.id for example in EXAMPLES)


def test_readme_lists_every_argument_beyond_keras():
    """Every keyword-only argument stands in the README's table."""
    import inspect

    from keras_csv_dataset import image_dataset_from_csv

    readme = PAGES[0].read_text("utf-8")
    parameters = inspect.signature(image_dataset_from_csv).parameters.values()
    ours = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert [name for name in ours if f"| `{name}` |" not in readme] == []
