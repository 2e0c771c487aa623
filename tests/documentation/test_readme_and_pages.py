"""The examples in the README and the docs run, and the pages match the code."""

import ast
import inspect
import re
from pathlib import Path

import keras
import pandas as pd
import pytest

from images import save
from keras_csv_dataset import image_dataset_from_csv
from other_process import run_python
from places import DOCS, PACKAGE, README, TESTS

PAGES = [README, *sorted(DOCS.glob("*.md"))]


def fenced(page: Path, language: str) -> list[str]:
    """The fenced code blocks of a page in one language."""
    pattern = rf"^```{language}\n(.*?)^```"
    return re.findall(pattern, page.read_text("utf-8"), re.M | re.S)


# These examples use a different backend from these tests.
OTHER_BACKENDS = DOCS / "jax_and_pytorch.md"
# Its examples are one script, which `test_kaggle_page.py` runs.
ONE_SCRIPT = DOCS / "kaggle.md"
# Its examples need the collection that `test_check_page.py` writes.
WITH_FAULTS = DOCS / "check.md"
# Each of its examples prints what follows it, which `test_by_hand_page.py` checks.
WITH_OUTPUT = DOCS / "by_hand.md"
# Their first examples write the data of the others.
WITH_DATA = (DOCS / "recipes.md", DOCS / "rows_that_hold_more.md")


def examples(page: Path) -> list[str]:
    """The Python examples of a page, each of which runs by itself."""
    codes = fenced(page, "python")
    if page in WITH_DATA:
        codes[1:] = [f"{codes[0]}\n{code}" for code in codes[1:]]
    return codes


def marks(page: Path, code: str) -> "list[pytest.MarkDecorator]":
    """The marks of an example: those beyond the README are many, and so slow."""
    grain = [pytest.mark.grain] if 'format="grain"' in code else []
    return grain if page == README else [*grain, pytest.mark.slow]


EXAMPLES = [
    pytest.param(code, id=f"{page.name}-{number}", marks=marks(page, code))
    for page in PAGES
    if page not in (OTHER_BACKENDS, ONE_SCRIPT, WITH_FAULTS, WITH_OUTPUT)
    for number, code in enumerate(examples(page))
]

# The causes of the messages in docs/errors.md, in the same order: the label file (None
# for the fixture's) and the keyword arguments.
MESSAGES = {
    "no row fits a file": ("image,label\ncat_1,cat\ndog_1,dog\n", {}),
    "several columns of files": (
        "id,scan,label\n0000,0001.jpg,dog\n0001,0000.jpg,cat\n",
        {},
    ),
    "masks but no images": (
        "image,mask,label\nx_1.png,0000.jpg,dog\nx_2.png,0001.jpg,cat\n",
        {},
    ),
    "some images missing": ("image,label\n0000,dog\n0001,cat\n0091,dog\n", {}),
    "a format that cannot be decoded": ("id,label\n0000,dog\nscan_1,cat\n", {}),
    "broken images": (
        "image,label\n0000,dog\nbroken,cat\nempty,cat\n",
        {"corrupt_images": "error"},
    ),
    "no file system": (None, {"directory": "s4://bucket/images"}),
    "two files fit": ("image,label\n0000,dog\n0001,cat\na,cat\n", {}),
    "no absolute path": ("image,label\n0000.jpg,dog\n", {"directory": None}),
    "files elsewhere": ("image,label\nold/0000.jpg,dog\nold/0001.jpg,cat\n", {}),
    "which labels": ("image,breed,sex\n0000,husky,f\n0001,corgi,m\n", {}),
    "no such column": ("image,label\n0000,dog\n", {"label_column": "lable"}),
    "ragged rows": ("image,label\n0000,dog\n0001,cat, brown\n", {}),
    "encoding": ("image,label\n0000,Möwe\n0001,Star\n", {}),
    "no CSV": ("PAR1\x15\x04", {}),
    "rounded ids": (
        None,
        {
            "csv": pd.DataFrame({"image": [12345678901234567.0], "label": ["cat"]}),
            "image_column": "image",
        },
    ),
    "no header": ("0000.jpg,dog\n0001.jpg,cat\n", {}),
    "blank input": (
        "image,age,label\n0000,31,dog\n0001,,cat\n0002,62,dog\n",
        {"input_columns": ["age"]},
    ),
    "input called image": (
        "file,image,label\n0000,bright,dog\n0001,dark,cat\n",
        {"image_column": "file", "input_columns": ["image"]},
    ),
    "output without a column": (
        "image,label,x,y,w,h\n0000,dog,1,2,3,4\n0001,cat,5,6,7,8\n",
        {"label_mode": {"label": "int", "box": "raw"}},
    ),
    "blank label": ("image,label\n0000,dog\n0001,\n", {}),
    "two labels for one image": ("image,label\n0000,dog\n0001,cat\n0000,cat\n", {}),
    "class_names leaves one out": (
        "image,label\n0000,dog\n0001,cat\n0002,Cat\n",
        {"class_names": ["cat", "dog"]},
    ),
    "three classes are not binary": (
        "image,label\n0000,dog\n0001,cat\n0002,bird\n",
        {"label_mode": "binary"},
    ),
    "several labels in a cell": (
        "image,tags\n0000,clear primary\n0001,haze\n",
        {"label_mode": "multi_hot"},
    ),
    "a flag that is neither 0 nor 1": (
        "image,cough,fever\n0000,1,0\n0001,-1,1\n",
        {"label_mode": "multi_hot", "label_column": ["cough", "fever"]},
    ),
    "not one-hot": (
        "image,cat,dog\n0000,1,0\n0001,1,1\n",
        {"label_column": ["cat", "dog"]},
    ),
    "no number": ("image,age\n0000,3.5\n0001,unknown\n", {"label_mode": "raw"}),
    "class weights by index": (
        "image,label\n0000,dog\n0001,cat\n",
        {"class_weight": {0: 1, 1: 5}},
    ),
    "masks that are JPEGs": (
        "image,mask\n0000,0001\n0002,0003\n",
        {"label_mode": "mask", "image_column": "image", "label_column": "mask"},
    ),
    "masks of another size": (
        "image,mask\n0000,small.png\n0001,a.png\n",
        {
            "label_mode": "mask",
            "label_column": "mask",
            "image_column": "image",
            "corrupt_images": "error",
        },
    ),
    "masks of colours": (
        "image,mask\n0000,colours.png\n0001,a.png\n",
        {
            "label_mode": "mask",
            "label_column": "mask",
            "image_column": "image",
            "corrupt_images": "error",
        },
    ),
    "no seed": (None, {"validation_split": 0.2, "subset": "training"}),
    "no subset": (None, {"validation_split": 0.2}),
    "an empty subset": (
        None,
        {"validation_split": 0.02, "subset": "both", "seed": 1},
    ),
}


@pytest.fixture
def cats_and_dogs(tmp_path, monkeypatch):
    """A folder `images`, a `labels.csv` and a mask in the current directory."""
    rows = ["image,label"]
    for number in range(20):
        save(tmp_path / "images" / f"{number:04d}.jpg", number)
        rows.append(f"{number:04d},{'cat' if number % 2 else 'dog'}")
    (tmp_path / "labels.csv").write_text("\n".join(rows) + "\n")
    save(tmp_path / "masks" / "0000.png", 1)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def untidy_folder(cats_and_dogs):
    """The same, with a TIFF file, corrupt files, masks, and files of the same name."""
    save(cats_and_dogs / "old" / "0000.jpg", 0)
    for name in ("scan_1.tif", "a.jpg", "a.png"):
        save(cats_and_dogs / "images" / name, 0)
    save(cats_and_dogs / "images" / "small.png", 0, size=(4, 4))
    save(cats_and_dogs / "images" / "colours.png", 1)
    (cats_and_dogs / "images" / "broken.jpg").write_bytes(b"not an image")
    (cats_and_dogs / "images" / "empty.jpg").write_bytes(b"")
    return cats_and_dogs


@pytest.fixture
def same_policy():
    """Sets the policy of Keras's dtypes back, which the recipe on 16 bits changes."""
    policy = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("code", EXAMPLES)
@pytest.mark.usefixtures("cats_and_dogs", "same_policy")
def test_example_runs(code, monkeypatch):
    """Every Python example of the README and the docs runs without an error."""
    monkeypatch.setenv("NUM_HOSTS", "2")
    monkeypatch.setenv("HOST", "0")
    exec(compile(code, "example", "exec"), {"__name__": "example"})


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, marks=pytest.mark.pytorch if "import torch" in code else ())
        for code in fenced(OTHER_BACKENDS, "python")
    ],
    ids=["jax", "torch", "resume"],
)
@pytest.mark.grain
@pytest.mark.slow
@pytest.mark.usefixtures("cats_and_dogs")
def test_example_without_tensorflow_runs(code):
    """Every example of the page on JAX and PyTorch runs without TensorFlow."""
    code += '\nimport sys\nassert "tensorflow" not in sys.modules\n'
    run = run_python(code, environment={"KERAS_BACKEND": "jax"})
    assert run.returncode == 0, run.stderr


def test_readme_examples_are_found():
    """The test above runs at least one example of the README."""
    assert any("README" in example.id for example in EXAMPLES)


def test_readme_lists_every_argument_beyond_keras():
    """The README's table lists every keyword-only argument."""
    readme = README.read_text("utf-8")
    parameters = inspect.signature(image_dataset_from_csv).parameters.values()
    ours = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert [name for name in ours if f"| `{name}` |" not in readme] == []


@pytest.mark.parametrize("number", range(len(MESSAGES)), ids=list(MESSAGES))
def test_quoted_message_is_the_real_one(number, untidy_folder):
    """The troubleshooting page quotes each message word for word."""
    labels, keywords = list(MESSAGES.values())[number]
    if labels is not None:
        # Not UTF-8, for the case "encoding"; the same bytes for ASCII text.
        (untidy_folder / "labels.csv").write_bytes(labels.encode("cp1252"))
    arguments = {"directory": "images", "csv": "labels.csv", **keywords}

    quoted = fenced(DOCS / "errors.md", "text")[number].removesuffix("\n")
    with pytest.raises(ValueError, match=rf"\A{re.escape(quoted)}\Z"):
        image_dataset_from_csv(**arguments, verbose=False)


def test_every_quoted_message_is_checked():
    """The test above checks every message on the troubleshooting page."""
    assert len(fenced(DOCS / "errors.md", "text")) == len(MESSAGES)


def test_message_during_training_is_the_real_one():
    """The code contains the message that the table says is its own, the first."""
    page = (DOCS / "errors.md").read_text("utf-8").partition("## During training")[2]
    rows = re.findall(r"^\| `(.+?)`", page, re.M)
    assert len(rows) > 5
    trees = (ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py"))
    texts = [
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert any(rows[0] in text for text in texts)


def test_page_of_layouts_is_up_to_date(monkeypatch):
    """The table of layouts matches the output of `docs/write_layouts.py`."""
    monkeypatch.syspath_prepend(DOCS)
    from write_layouts import PAGE, with_table

    page = PAGE.read_text("utf-8")
    assert with_table(page) == page, "Run: python docs/write_layouts.py"


def test_every_room_is_described():
    """The page on the architecture describes every room of the package."""
    page = (DOCS / "inside.md").read_text("utf-8")
    described = re.findall(r"^\| `(_\w+)` \|", page, re.M)
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    rooms |= {path.stem for path in PACKAGE.glob("_*.py")} - {"__init__"}
    assert sorted(described) == sorted(rooms)


def test_every_promise_names_a_test_that_exists():
    """Every test that the reliability page names exists."""
    page = (DOCS / "reliability.md").read_text("utf-8")
    named = re.findall(r"`(test_\w+)`", page.partition("| tested by |")[2])
    tests = "\n".join(p.read_text("utf-8") for p in TESTS.rglob("test_*.py"))
    assert len(named) > 20
    assert [name for name in named if f"def {name}(" not in tests] == []
