"""A hook of MkDocs: links to files beside docs/ lead to the repository, since the site does not have them."""

from __future__ import annotations

import re
from typing import Any

_OUTSIDE = re.compile(r"\]\(\.\./([^)\s]*)\)")


def on_page_markdown(markdown: str, *, config: Any, **_: Any) -> str:
    """The page with each link out of docs/ made absolute, as MkDocs calls it for every page."""
    return _OUTSIDE.sub(rf"]({config.repo_url}/blob/main/\1)", markdown)
