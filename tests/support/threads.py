"""Ways to call a function: in this thread, or in another one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def in_main(call: Callable[[], Any]) -> Any:
    return call()


def in_worker(call: Callable[[], Any]) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call()))
    thread.start()
    thread.join()
    return results[0]
