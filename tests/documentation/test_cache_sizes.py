"""The documentation's table of the room that cached images take."""

from places import DOCS


def test_table_is_up_to_date(monkeypatch):
    """The table of sizes matches the output of `docs/write_cache_sizes.py`."""
    monkeypatch.syspath_prepend(DOCS)
    from write_cache_sizes import PAGE, with_table

    page = PAGE.read_text("utf-8")
    assert with_table(page) == page, "Run: python docs/write_cache_sizes.py"
