"""The page of `check --report`, as text; other tests open it in a browser."""

import re
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspections import (
    HOSTILE,
    full_inspection,
    inspection_of,
    page_of,
    place,
    view,
)
from keras_csv_dataset._inspection import KINDS, Finding, Numbers, SubsetCounts
from keras_csv_dataset._report import render_page
from places import PACKAGE

# Elements that mark text up, and so depend on it; all others are the template's.
MARKUP = {"code", "br", "wbr"}
MARKS = {"hidden", "blank"}
CSS = (PACKAGE / "_report/templates/report.css").read_text("utf-8")


class Parsed(HTMLParser):
    """The elements and texts of a page, as a browser reads them.

    Attributes:
        elements: Tag and attributes of each element, without those that mark text up.
        names: The text of each `<bdi>`, in order.
        text: All text but the style, in one string.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.names: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Records an element that is not markup."""
        self._open.append(tag)
        if tag == "bdi":
            self.names.append("")
        if tag not in MARKUP and dict(attrs).get("class") not in MARKS:
            self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Closes an element, and those in it that have no end."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        """Records text."""
        if "style" in self._open:
            return
        self.text += data
        if "bdi" in self._open:
            self.names[-1] += data

    def attributes(self, name: str) -> "list[str | None]":
        """The values of an attribute, of all elements."""
        return [attrs[name] for _, attrs in self.elements if name in attrs]

    def count(self, tag: str) -> int:
        """Number of elements with a tag."""
        return sum(found == tag for found, _ in self.elements)


def visible(text: str) -> str:
    """The text with escapes in place of what has no shape of its own."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


def found(kind: str = "near_duplicates", *groups, **attributes) -> Finding:
    """A finding of a kind with these groups."""
    return Finding(**{"kind": kind, "message": "M", "groups": groups} | attributes)


# --- Text of strangers


hostile_text = st.lists(
    st.sampled_from(HOSTILE) | st.text(max_size=4), min_size=1, max_size=2
).map("".join)


@settings(max_examples=60, deadline=None)
@given(text=hostile_text)
def test_no_text_changes_the_elements_of_the_page(text):
    """Whatever names, labels and messages contain, they add no element or attribute."""
    harmless = Parsed(render_page(full_inspection(), view))
    # Texts that are keys of one dictionary stay different.
    hostile = Parsed(render_page(full_inspection(lambda t: text + t), view))
    assert hostile.elements == harmless.elements


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("attribute", ["name", "label", "detail"])
def test_text_about_a_row_comes_out_as_it_went_in(attribute, text):
    """A name, label or detail is shown as written, with hidden characters escaped."""
    text = text or "empty"
    page = page_of(found("blurred_images", (place(**{attribute: text}),)))
    assert visible(text) in Parsed(page).names


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_files_columns_and_classes_come_out_as_they_went_in(text):
    """The label file, columns, outputs and classes are shown as written."""
    numbers = Numbers(minimum=0, median=1, maximum=2, edges=[0, 1, 2], counts=[1, 1])
    page = page_of(
        found("similar_classes", classes=(f"{text}1",)),
        source=f"{text}2",
        classes={f"{text}3": {f"{text}4": 3}},
        numbers={f"{text}5": numbers},
    )
    expected = {visible(f"{text}{number}") for number in range(1, 6)}
    assert expected <= set(Parsed(page).names)


@pytest.mark.parametrize("text", [text for text in HOSTILE if "`" not in text])
def test_message_and_advice_come_out_as_they_went_in(text):
    """A message and an advice are shown as written, line by line."""
    page = page_of(found(message=f"M {text}", advice=f"A {text}"))
    expected = {visible(f"{m} {text}".replace("\n", "")) for m in "MA"}
    assert expected <= set(Parsed(page).names)


def test_words_in_backticks_are_code():
    """Backticks in an advice mark code, whose text is escaped too."""
    page = page_of(found(advice="Pass `--label-mode <int>` or ` alone."))
    code = '<code class="code">--label-mode &lt;int&gt;</code>'
    assert f"Pass {code} or ` alone." in page


def test_flags_are_code_that_is_not_divided_between_lines():
    """A flag in an advice stays on one line, whatever stands around it."""
    page = page_of(found(advice="Pass --label-mode int, or--not --this-- --9."))
    code = '<code class="flag">--label-mode</code>'
    assert f"Pass {code} int, or--not --this-- --9." in page


def without_wbr(page: str) -> str:
    """A page without the places where names may be divided between lines."""
    return page.replace("<wbr>", "")


def test_hidden_characters_are_marked():
    """The escape of a hidden character differs from the same text in a name."""
    page = page_of(found(classes=("a\u202eb", r"a\u202eb")))
    assert r'<bdi>a<span class="hidden">\u202e</span>b</bdi>' in page
    assert r"<bdi>a\u202eb</bdi>" in without_wbr(page)


def test_blanks_that_are_easily_overlooked_are_marked():
    """Blanks at the ends of a label, and several in a row, are marked."""
    page = page_of(found(classes=("cat ", "a  b", "a b")))
    for shown in (
        'cat<span class="blank"> </span>',
        'a<span class="blank">  </span>b',
        "a b",
    ):
        assert f"<bdi>{shown}</bdi>" in page


def test_long_names_are_cut_in_the_middle():
    """A name of thousands of characters keeps its beginning and its end."""
    page = page_of(found("dark_images", (place(name=f"start{'x' * 9999}.png"),)))
    (name,) = [n for n in Parsed(page).names if n.startswith("start")]
    assert len(name) < 200
    assert name.endswith("x.png")


def test_page_is_utf_8_whatever_names_contain():
    """Names that are no valid Unicode do not stop the page from being saved."""
    page_of(found("dark_images", (place(name="\udcff", label="\ud800"),))).encode()


# --- One page, and nothing else


def test_nothing_is_loaded_from_elsewhere():
    """All addresses are places in the page or data in it; no style names another."""
    page = Parsed(render_page(full_inspection(), view))
    assert page.attributes("src") == page.attributes("style") == []
    addresses = {re.match(r"#|data:image/webp;base64,|data:,", a or "") for a in
                 page.attributes("href")}  # fmt: skip
    assert None not in addresses
    assert not re.search(r"url\(|@import|https?:", CSS)


def test_page_has_no_script_and_forbids_it():
    """The page has no script, and its policy allows none, and no network."""
    page = Parsed(render_page(full_inspection(), view))
    assert page.count("script") == 0
    assert [a for _, attrs in page.elements for a in attrs if a.startswith("on")] == []
    (policy,) = [
        attrs["content"]
        for _, attrs in page.elements
        if attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    assert {rule.strip() for rule in policy.split(";")} == {
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    }


def test_template_marks_no_text_as_safe():
    """The template escapes everything that it is given."""
    source = (PACKAGE / "_report/templates/report.html.jinja").read_text("utf-8")
    assert not re.search(r"\|\s*safe|autoescape|Markup", source)


def test_links_lead_to_places_in_the_page():
    """Every link and every reference names an element that exists once."""
    page = Parsed(render_page(full_inspection(), view))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    links = {a[1:] for a in page.attributes("href") if a and a.startswith("#")}
    labels = set(page.attributes("aria-labelledby"))
    assert links | labels <= set(ids)


def test_page_can_be_used_without_seeing_it():
    """There are landmarks, one main heading, captions, and names for all drawings."""
    page = Parsed(render_page(full_inspection(), view))
    for tag in ("header", "nav", "main", "footer", "h1"):
        assert page.count(tag) == 1, tag
    assert page.count("caption") == page.count("table") > 0
    drawings = [attrs for tag, attrs in page.elements if tag == "svg"]
    unnamed = [a for a in drawings if "aria-label" not in a and "aria-hidden" not in a]
    assert unnamed == []


# --- What is found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finding_is_shown(kind):
    """The title, severity, message and advice are shown, and the row with its file."""
    row = place(15, label="a cat", name="a.png", subset="test", detail="9 bits")
    finding = found(kind, (row,), message="It is wrong.", advice="Mend it.")
    text = Parsed(page_of(finding)).text
    severity = KINDS[kind].severity.capitalize()
    for shown in (KINDS[kind].title, severity, "It is wrong.", "Mend it."):
        assert shown in text
    for shown in ("a cat", "Line 17", "test", "a.png", "9 bits"):
        assert shown in text


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_wrong_is_not_said_if_something_was_found(kind):
    """A finding of any kind keeps the page from saying that nothing is wrong."""
    assert "Nothing is wrong" not in page_of(found(kind))


def test_nothing_is_wrong():
    """Without findings the page says so."""
    assert "Nothing is wrong." in page_of()


def test_what_was_not_looked_for_is_said():
    """The page says what was not looked for, also if nothing else was found."""
    skipped = ["EXIF orientations are not looked for <b>."]
    assert skipped[0] in Parsed(page_of(skipped=skipped)).names


def test_summary_says_what_was_inspected():
    """The first words name the file, and count rows, images, classes and findings."""
    page = page_of(
        found("missing_images"),
        found("dark_images"),
        found("light_images"),
        counts={"rows": 1200},
        formats={".jpg": 1000, ".png": 100},
        classes={"label": {"cat": 1, "dog": 2}},
        subsets={
            "training": SubsetCounts(images=1000, classes={}),
            "validation": SubsetCounts(images=100, classes={}),
        },
    )
    text = Parsed(page).text
    assert "1,200 rows, 1,100 images and 2 classes." in text
    assert "Of the images, 1,000 for training and 100 for validation." in text
    assert "Found: 1 error and 2 notes." in text


def test_empty_label_is_not_the_same_as_none():
    """A label that is an empty text and a label that is missing look different."""
    pair = (place(0, label=""), place(1, label=None))
    text = Parsed(page_of(found("identical_files", pair))).text
    assert text.index("empty text") < text.index("no label")


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        ("conflicting_duplicates", "2 different labels"),
        ("leaking_duplicates", "2 subsets"),
        ("identical_files", None),
    ],
)
def test_duplicates_share_a_frame_that_names_what_differs(kind, mark):
    """A finding about labels or subsets counts them in the groups where they differ."""
    same = (place(0, subset="training"), place(1, label=None, subset="training"))
    split = (place(2, subset="training"), place(3, label="dog", subset="test"))
    text = Parsed(page_of(found(kind, same, split))).text
    for words in ("2 different labels", "2 subsets"):
        assert text.count(words) == (words == mark)


def test_only_contradicting_labels_are_marked():
    """Labels are marked as conflicting in the group where they differ."""
    same = (place(0, label="cow"), place(1, label="cow"))
    other = (place(2, label="cat"), place(3, label="dog"))
    page = page_of(found("conflicting_duplicates", same, other))
    marked = re.findall(r'class="label conflict">.*?<bdi>(.*?)</bdi>', page)
    assert marked == ["cat", "dog"]


def test_row_of_a_dataframe_has_no_line():
    """A row of a DataFrame is named by its number."""
    page = page_of(found("dark_images", (place(15, line=None),)))
    assert "Row 15" in Parsed(page).text


def test_rows_without_an_image_are_a_table():
    """Rows whose images are missing are listed with line, file and label."""
    rows = [(place(n, None, label=[None, "cat", None][n]),) for n in range(3)]
    page = page_of(found("missing_images", *rows))
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["2", "3", "4"]
    shown = Parsed(page)
    assert [n for n in shown.names if n[:3] == "row"] == [
        f"row{n}.png" for n in range(3)
    ]
    assert shown.text.count("no label") == 2
    assert "3 rows" in shown.text


def test_rows_that_belong_together_stay_together_in_the_table():
    """Two spellings of a group are rows of one part of a table, without pictures."""
    groups = [
        tuple(place(2 * n + k, None, label=None, detail=f"g{n}{k}") for k in range(2))
        for n in range(3)
    ]
    page = page_of(found("similar_groups", *groups))
    parts = [re.findall(r"g\d\d", p) for p in page.split("<tbody")[1:]]
    assert parts == [["g00", "g01"], ["g10", "g11"], ["g20", "g21"]]
    assert "No image file" not in page


def test_findings_without_labels_do_not_speak_of_them():
    """If no row of a finding has a label, the missing labels are not mentioned."""
    pair = (place(0, label=None), place(1, label=None))
    page = page_of(found("identical_files", pair), found("missing_labels", (pair[0],)))
    assert "no label" not in page
    assert "Label" not in Parsed(page).text


def test_image_that_cannot_be_decoded_has_no_picture():
    """The reason stands where the picture would be."""
    page = Parsed(page_of(found("corrupt_images", (place(path="/broken/a.png"),))))
    assert "Cannot be decoded" in page.text
    assert page.count("image") == 0


# --- The size of the page


def test_each_image_is_decoded_and_stored_once():
    """An image that several findings show is in the page once."""
    decoded = []

    def count_and_view(path: str) -> np.ndarray:
        decoded.append(path)
        return view(path)

    pair = (place(0, "/red/0.png"), place(1, "/blue/1.png"))
    kinds = ("identical_files", "leaking_duplicates", "near_duplicates")
    page = Parsed(page_of(*(found(k, pair) for k in kinds), view=count_and_view))
    assert sorted(decoded) == ["/blue/1.png", "/red/0.png"]
    assert page.count("image") == 2
    assert len([a for a in page.attributes("href") if a.startswith("#picture-")]) == 6


def test_groups_beyond_the_first_are_counted():
    """Of 10,000 pairs, 60 are drawn, and the others are counted."""
    pairs = [(place(n), place(n)) for n in range(10_000)]
    page = Parsed(page_of(found("near_duplicates", *pairs)))
    assert page.text.count("row59.png") == 2
    assert "row60.png" not in page.text
    assert "and 9,940 more groups" in page.text
    assert "10,000 groups of 20,000 images" in page.text


def test_images_beyond_the_first_of_a_group_are_counted():
    """Of 40 duplicates of one image, 12 are drawn, and the others are counted."""
    group = tuple(place(n) for n in range(40))
    text = Parsed(page_of(found("near_duplicates", group))).text
    assert text.count(".png") == 12
    assert "and 28 more in this group" in text


def test_classes_beyond_the_first_are_counted():
    """Of the 100 classes of a finding, 60 are named, and the others are counted."""
    finding = found("single_image_classes", classes=tuple(f"c{n}" for n in range(100)))
    page = Parsed(page_of(finding))
    assert page.names.count("c59") == 1
    assert "c60" not in page.names
    assert "and 40 more classes" in page.text


@pytest.mark.parametrize("text", ["name", "\u202e<" * 500, "<" * 9999], ids=len)
def test_page_stays_small_whatever_was_found(text):
    """Findings of each kind with 10,000 groups of noise stay below 20 MB."""
    noise = np.random.RandomState(0).randint(0, 256, (200, 200, 3), np.uint8)
    group = tuple(
        place(n, f"/noise/{n}.png", name=text, label=text + str(n), detail=text)
        for n in range(20)
    )
    findings = [
        found(kind, *[group] * 10_000, message=text, advice=text, classes=(text,) * 99)
        for kind in KINDS
    ] * 9
    many = {text + str(n): n for n in range(10_000)}
    view = lambda path: noise + np.uint8(int(path[7:-4]))  # noqa: E731
    page = page_of(
        *findings,
        view=view,
        classes={"label": many},
        sizes={(h, w): 1 for h in range(1, 200) for w in range(1, 200)},
    )
    assert len(page.encode()) < 20_000_000
    assert "more findings" in page


def test_every_finding_has_its_share_of_the_space():
    """If the images are noise, every finding has fewer pictures, but none has none."""
    random = np.random.RandomState(0)

    def noise(path: str) -> np.ndarray:
        return random.randint(0, 256, (200, 200, 3), np.uint8)

    rows = [(place(n, f"/noise/{n}.png"),) for n in range(60 * len(KINDS))]
    findings = [found(k, *rows[60 * n : 60 * (n + 1)]) for n, k in enumerate(KINDS)]
    page = page_of(*findings, view=noise)
    assert len(page) < 12_000_000
    sections = page.split('<section class="finding"')[1:]
    numbers = [section.count('href="#picture-') for section in sections]
    assert len(numbers) == len(KINDS)
    assert 5 <= min(numbers) <= max(numbers) < 60
    for number, section in zip(numbers, sections, strict=True):
        assert f"and {60 - number} more images" in section


def test_pictures_beyond_the_space_are_left_out_of_a_group():
    """A group that takes all the space keeps its captions."""
    random = np.random.RandomState(0)

    def noise(path: str) -> np.ndarray:
        return random.randint(0, 256, (200, 200, 3), np.uint8)

    group = tuple(place(n, f"/noise/{n}.png", name=f"n{n}") for n in range(12))
    findings = [found("near_duplicates", group), *[found("dark_images")] * 59]
    page = Parsed(page_of(*findings, view=noise))
    assert 0 < page.text.count("Not drawn, to keep the page small") < 12
    assert [name for name in page.names if name[0] == "n"] == [
        f"n{n}" for n in range(12)
    ]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((400, 800), (100, 200)),
        ((800, 400), (200, 100)),
        ((1, 9999), (1, 200)),
        ((30, 20), (30, 20)),
        ((1, 1), (1, 1)),
    ],
)
def test_thumbnails_keep_the_aspect_ratio(shape, expected):
    """Large images shrink to 200 pixels; smaller ones keep their size."""
    image = np.zeros((*shape, 3), np.uint8)
    page = page_of(found("dark_images", (place(),)), view=lambda path: image)
    (attrs,) = [attrs for tag, attrs in Parsed(page).elements if tag == "image"]
    assert (int(attrs["height"]), int(attrs["width"])) == expected


# --- Charts


def test_classes_have_a_bar_and_a_number_for_each_subset():
    """Equal shares of two subsets are bars of equal length; large classes are first."""
    page = page_of(
        classes={"label": {"dog": 22, "cat": 88}},
        subsets={
            "training": SubsetCounts(
                images=100, classes={"label": {"dog": 20, "cat": 80}}
            ),
            "validation": SubsetCounts(
                images=10, classes={"label": {"dog": 2, "cat": 8}}
            ),
        },
    )
    bars = [a["width"] for t, a in Parsed(page).elements if t == "rect"]
    assert bars == ["100.0%", "100.0%", "25.0%", "25.0%"]
    rows = re.sub(r"<.*?>", " ", page[page.index("<tbody>") :]).split()
    assert rows[:8] == ["cat", "80", "80.0%", "8", "80.0%", "88", "dog", "20"]


def test_class_that_a_subset_lacks_has_no_bar_there():
    """A class without images in a subset has a bar for the other subset alone."""
    page = page_of(
        classes={"label": {"cat": 5}},
        subsets={
            "training": SubsetCounts(images=5, classes={"label": {"cat": 5}}),
            "test": SubsetCounts(images=0, classes={"label": {}}),
        },
    )
    assert Parsed(page).count("rect") == 1


def test_largest_and_smallest_of_many_classes_are_drawn():
    """Of 1,000 classes, the 20 largest and the 20 smallest have bars."""
    page = Parsed(page_of(classes={"label": {f"c{n}": n for n in range(1, 1001)}}))
    shown = [name for name in page.names if re.fullmatch(r"c\d+", name)]
    assert shown == [f"c{n}" for n in (*range(1000, 980, -1), *range(20, 0, -1))]
    assert "and 960 more between the largest and the smallest" in page.text


def dots(sizes: "dict[tuple[int, int], int]") -> "list[dict[str, float]]":
    """The dots of a scatter plot: `cx`, `cy` and `r`, in the order of drawing."""
    page = page_of(sizes=sizes)
    plot = page[page.index('class="dots"') :] if 'class="dots"' in page else ""
    circles = [attrs for tag, attrs in Parsed(plot).elements if tag == "circle"]
    return [{name: float(value) for name, value in dot.items()} for dot in circles]


@pytest.mark.parametrize("side", [120, 100_000], ids=["linear", "logarithmic"])
def test_sizes_are_dots_in_the_drawing(side):
    """Wide images are right, high ones up, and frequent ones large and drawn first."""
    small, high, wide = dots({(100, side): 2, (side, 100): 50, (100, 100): 500})
    assert wide["cx"] > small["cx"] == high["cx"]
    assert high["cy"] < small["cy"] == wide["cy"]
    assert small["r"] > high["r"] > wide["r"]
    for dot in (small, wide, high):
        assert 52 <= dot["cx"] <= 388
        assert 12 <= dot["cy"] <= 348


def test_one_size_is_a_sentence():
    """A plot of one dot would say less than a sentence."""
    assert dots({(32, 48): 1000}) == []
    page = page_of(sizes={(32, 48): 1000})
    assert "All 1,000 images are 32 × 48 pixels (height × width)." in page


def test_many_sizes_are_few_dots():
    """Of 40,000 sizes, those that are nearly the same share a dot."""
    sizes = {(h, w): 1 for h in range(100, 300) for w in range(100, 300)}
    assert 100 < len(dots(sizes)) < 2000


@pytest.mark.parametrize(
    ("edges", "counts"),
    [
        ([0.0, 1.0, 2.0], [3, 0]),
        ([-1e-9, 0.0, 1e-9], [1, 1]),
        ([1e300, 2e300], [7]),
        ([5.0, 5.0], [7]),
        ([0.0, 1.0], [0]),
        ([float("nan"), float("nan")], [1]),
    ],
)
def test_histograms_of_any_numbers(edges, counts):
    """The columns lie within the drawing; numbers that are all equal need none."""
    numbers = Numbers(
        minimum=edges[0], median=edges[0], maximum=edges[-1], edges=edges, counts=counts
    )
    elements = Parsed(page_of(numbers={"age": numbers})).elements
    columns = [a for tag, a in elements if tag == "rect"]
    assert len(columns) == (len(counts) if edges[0] < edges[-1] and any(counts) else 0)
    for column in columns:
        assert 52 <= float(column["x"]) <= 388
        assert float(column["y"]) + float(column["height"]) == pytest.approx(152)


# --- Colours, and what is not installed


def colours(scheme: str) -> "dict[str, str]":
    """The colours of the light or the dark scheme."""
    light, dark = re.findall(r":root \{(.*?--.*?)\}", CSS, re.DOTALL)
    return dict(
        re.findall(r"--([\w-]+): (#\w{6})", light if scheme == "light" else dark)
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        channels = np.array([int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)])
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ (0.2126, 0.7152, 0.0722))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_enough_contrast(scheme):
    """Text has the contrast of WCAG's level AA, and so have bars and dots."""
    palette = colours(scheme)
    texts = [(t, b) for t in ("ink", "soft", "link") for b in ("paper", "sheet")]
    texts += [(s, f"{s}-tint") for s in ("error", "warning", "note")]
    texts += [("ink", "mat"), ("soft", "mat"), ("error", "sheet"), ("sound", "paper")]
    assert {(t, b) for t, b in texts if contrast(palette[t], palette[b]) < 4.5} == set()
    bars = [(c, b) for c in ("one", "two", "three") for b in ("paper", "sheet")]
    assert {(c, b) for c, b in bars if contrast(palette[c], palette[b]) < 3} == set()


def test_both_schemes_have_the_same_colours():
    """No colour of the light scheme is left in the dark one."""
    assert colours("light").keys() == colours("dark").keys()


@pytest.mark.parametrize(
    ("module", "name"), [("jinja2", "jinja2"), ("cv2", "opencv-python-headless")]
)
def test_extra_that_is_not_installed_is_named(monkeypatch, module, name):
    """Without jinja2 or OpenCV, the error says what to install."""
    monkeypatch.setitem(sys.modules, module, None)
    message = rf"^The report needs {name}: pip install 'keras-csv-dataset\[check\]'$"
    with pytest.raises(ImportError, match=message):
        render_page(inspection_of(), view)
