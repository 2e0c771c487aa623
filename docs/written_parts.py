"""Replaces the parts of pages that scripts write."""

_END = "<!-- The end of what it writes. -->\n"


def with_part(page: str, begin: str, part: str) -> str:
    """Returns a page with a part in place of the one that it has.

    Args:
        page: The page, with two markers around the part.
        begin: The line before the part, which names the script.
        part: The new part.
    """
    before, _, rest = page.partition(begin)
    after = rest.partition(_END)[2]
    return f"{before}{begin}\n{part}\n{_END}{after}"
