"""How far each mapping has read, and which thread delivers; `sources.begin` decides where reading begins."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from .windows import Window


@dataclass(eq=False)
class Progress:
    """What was done of one lane of a shard: ``position`` is the number of the last record that is done with.

    ``window`` is the tumbling window that is open.
    """

    position: int = 0
    window: Window | None = None
    is_gathering: bool = False
    """Whether records wait for the end of the batching window."""
    ended_at: int | None = None
    """The number of the last record that comes into ``window``, where the shard has ended."""


class Shards:
    """The progress in the shards of one stream, by moto's shards and by their lanes."""

    def __init__(self) -> None:
        self._lanes: WeakKeyDictionary[Any, list[Progress]] = WeakKeyDictionary()
        self._begin: WeakKeyDictionary[Any, int] = WeakKeyDictionary()

    def begin_at(self, shard: Any, position: int) -> None:
        """Leave out what is in moto's ``shard`` up to ``position``, and read what comes after it."""
        self._begin[shard] = position
        self._lanes.pop(shard, None)

    def go_on_at(self, shard: Any, position: int) -> None:
        """Read what comes after ``position`` in moto's ``shard``, with the windows that are open in its lanes."""
        self._begin[shard] = position
        for lane in self._lanes.get(shard, ()):
            lane.position, lane.is_gathering = position, False

    def end_windows_at(self, shard: Any, position: int) -> None:
        """Let the windows that are open in moto's ``shard`` end with the record numbered ``position``."""
        for lane in self._lanes.get(shard, ()):
            lane.ended_at = None if lane.window is None else position

    def lanes(self, shard: Any, count: int) -> list[Progress]:
        """The progress in the ``count`` lanes of ``shard``. With another number of lanes than before some records come
        again, and none is left out."""
        lanes = self._lanes.get(shard)
        if lanes is None or len(lanes) != count:
            reached = min((each.position for each in lanes or ()), default=self._begin.get(shard, 0))
            lanes = self._lanes[shard] = [Progress(reached) for _ in range(count)]
        return lanes


@dataclass(eq=False)
class Reader:
    """What one mapping has read of its source.

    Records of a shard come in their order: one thread delivers, without a lock while the function runs, and what
    becomes due meanwhile, by other threads or by the function itself, is delivered by that thread too. Of a queue
    ``most`` threads may deliver.
    """

    shards: Shards = field(default_factory=Shards)

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._is_due = False
        self._delivering = 0

    @property
    def is_delivering(self) -> bool:
        return self._delivering > 0

    def turns(self, most: int = 1) -> Generator[None, None, None]:
        """A turn for each time at which something became due; none where other threads, ``most`` of them, take them."""
        with self._lock:
            self._is_due = True
            if self._delivering >= most:
                return
            self._delivering += 1
        try:
            while self._takes_due():
                yield
        except BaseException:
            with self._lock:
                self._delivering -= 1
            raise

    def _takes_due(self) -> bool:
        with self._lock:
            self._is_due, was_due = False, self._is_due
            self._delivering -= not was_due
            return was_due
