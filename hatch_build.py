"""Makes the description of the built package from the README, for the package index.

The index shows the description without the repository, so relative links would be dead.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Description(MetadataHookInterface):
    """Sets the field `readme`, which `pyproject.toml` declares as dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Adds the README with links that work outside the repository."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "docs"))
        try:
            from repository import read_repository, with_absolute_links
        finally:
            sys.path.pop(0)
        text = with_absolute_links(
            (root / "README.md").read_text("utf-8"),
            read_repository(root / "pyproject.toml"),
        )
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
