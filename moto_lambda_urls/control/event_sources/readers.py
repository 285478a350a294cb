"""Positions of event source mappings in the streams that they read."""

from __future__ import annotations

from collections.abc import Generator
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary


class Reader:
    """What one mapping has read of its stream: ``positions`` are numbers of records, by moto's shards.

    Records come in their order: one thread delivers, without a lock while the function runs, and what becomes due
    meanwhile, by other threads or by the function itself, is delivered by that thread too.
    """

    def __init__(self) -> None:
        self.positions: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._lock = Lock()
        self._is_due = False
        self._is_delivering = False

    def turns(self) -> Generator[None, None, None]:
        """A turn for each time at which something became due; none where another thread takes them."""
        with self._lock:
            self._is_due = True
            if self._is_delivering:
                return
            self._is_delivering = True
        try:
            while self._takes_due():
                yield
        finally:
            with self._lock:
                self._is_delivering = False

    def _takes_due(self) -> bool:
        with self._lock:
            self._is_due, was_due = False, self._is_due
            self._is_delivering = was_due
            return was_due
