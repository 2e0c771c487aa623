"""Links to the repository, whose address is in `pyproject.toml` alone.

The pages link to it, and so does the README in the description of the built package.
Without an address, `read_repository` returns None, and there are no such links.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

BRANCH = "main"

_GITHUB = "https://github.com/"
_COLAB = "https://colab.research.google.com/github/"

# What stands between a repository's address and a branch, to read or edit a file.
_SEPARATORS = {_GITHUB: "", "https://gitlab.com/": "/-"}

# A fenced block of code, or a link or an image in Markdown with a relative address.
_CODE_OR_LINK = re.compile(
    r"^```.*?^```$|(?P<image>!?)\[(?P<text>[^\]]*)\]\((?!https?:|#)(?P<path>[^)]+)\)",
    re.M | re.S,
)

# Pages that are made from a file elsewhere than in the folder `docs`.
_SOURCES = {"changelog.md": "CHANGELOG.md"}


@dataclass(frozen=True)
class Repository:
    """The address of the repository, and from it the addresses of its files."""

    host: str
    name: str

    def view(self, path: str) -> str:
        """The page that shows a file."""
        return self._page("blob", path)

    def raw(self, path: str) -> str:
        """The address of a file's content, such as a picture."""
        return self._page("raw", path)

    def edit(self, path: str) -> str:
        """The page that edits a file."""
        return self._page("edit", path)

    def colab(self, path: str) -> str | None:
        """The address that opens a notebook in Colab, which knows GitHub only."""
        if self.host != _GITHUB:
            return None
        return f"{_COLAB}{self.name}/blob/{BRANCH}/{path}"

    def _page(self, action: str, path: str) -> str:
        separator = _SEPARATORS[self.host]
        return f"{self.host}{self.name}{separator}/{action}/{BRANCH}/{path}"


def read_repository(pyproject: Path) -> Repository | None:
    """Reads `Repository` in the table `[project.urls]`, if there is one."""
    project = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    address = project.get("urls", {}).get("Repository")
    if address is None:
        return None
    for host in _SEPARATORS:
        if address.startswith(host):
            name = address.removeprefix(host).rstrip("/").removesuffix(".git")
            return Repository(host, name)
    raise ValueError(
        "`Repository` in pyproject.toml must start with "
        f"{' or '.join(_SEPARATORS)}; add other hosts to docs/repository.py. "
        f"Received: Repository={address!r}"
    )


def with_absolute_links(text: str, repository: Repository | None) -> str:
    """The text of a Markdown file at the top of the repository, to be read elsewhere.

    Args:
        text: The text.
        repository: Where the files are. Without one, relative links are replaced by
            their texts, and images are left out.
    """

    def replace(match: re.Match[str]) -> str:
        image, words, path = match["image"], match["text"], match["path"]
        if path is None:
            return match[0]  # code
        if repository is None:
            return "" if image else words
        address = repository.raw(path) if image else repository.view(path)
        return f"{image}[{words}]({address})"

    return _CODE_OR_LINK.sub(replace, text)


def source_of(page: str) -> str:
    """The file in the repository from which a page is made.

    The page of a tutorial is made from a copy of its notebook.
    """
    folder, _, name = page.rpartition("/")
    if folder == "tutorials":
        return f"notebooks/{name}"
    return _SOURCES.get(page, f"docs/{page}")
