"""Methods replaced for a while, and all of them put back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

Method = Callable[..., Any]


class Patches:
    """What has been replaced, to be undone together."""

    def __init__(self) -> None:
        self._replaced: list[tuple[type, str, Method, Method]] = []
        self._active = True

    def method(self, owner: type, name: str, make: Callable[[Method], Method]) -> None:
        """Replace the method ``name`` that ``owner`` itself defines by ``make(original)``.

        The replacement steps aside once the patches are undone, also where somebody has kept hold of it.
        """
        patches = self
        original = vars(owner)[name]
        replacement = make(original)

        @wraps(original)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return (replacement if patches._active else original)(self, *args, **kwargs)

        setattr(owner, name, method)
        self._replaced.append((owner, name, original, method))

    def undo(self) -> None:
        """Put the originals back.

        Where another tool has patched on top, its patch stays, and what it puts back later is ours, which steps aside.
        """
        self._active = False
        while self._replaced:
            owner, name, original, method = self._replaced.pop()
            if vars(owner).get(name) is method:
                setattr(owner, name, original)


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
