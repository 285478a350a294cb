"""botocore: handlers' exceptions pass through its HTTP session, which would make exceptions of its own of them."""

from __future__ import annotations

from ..messages import Handle
from ..patching.patches import Patches, own_class
from .errors import unwrapping


def patch(patches: Patches, _handle: Handle) -> None:
    """Let the handler's exceptions through."""
    patches.method(own_class("botocore.httpsession", "URLLib3Session"), "send", unwrapping)
