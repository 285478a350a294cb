"""Public attributes replaced while a mock is active."""

from __future__ import annotations

from typing import Any, Protocol


class Patch(Protocol):
    """Something changed that can be changed back."""

    def undo(self) -> None:
        """Change it back."""


class Replaced:
    """``owner.name`` replaced; ``undo`` puts the original back, unless somebody else has replaced it since."""

    def __init__(self, owner: Any, name: str, replacement: Any) -> None:
        self._owner, self._name, self._replacement = owner, name, replacement
        self._original = getattr(owner, name)
        setattr(owner, name, replacement)

    def undo(self) -> None:
        """Put the original back."""
        if getattr(self._owner, self._name) is self._replacement:
            setattr(self._owner, self._name, self._original)
