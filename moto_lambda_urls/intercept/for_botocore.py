"""botocore's session, which is built on urllib3 and has exceptions of its own for what fails there."""

from __future__ import annotations

from ..patching.patches import Patches, own_class
from .errors import unwrapping


def patch(patches: Patches) -> None:
    """Let the handler's exceptions through."""
    patches.method(own_class("botocore.httpsession", "URLLib3Session"), "send", unwrapping)
