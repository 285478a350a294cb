"""A mock's scope."""

from __future__ import annotations

import threading

from moto_lambda_urls.state.scope import Scope


def test_once_makes_one_thing_for_each_mock() -> None:
    first, second = Scope(), Scope()
    made: list[Scope] = []

    def make(mine: Scope) -> int:
        made.append(mine)
        return len(made)

    assert [first.once(make), first.once(make), second.once(make), first.once(make)] == [1, 1, 2, 1]
    assert made == [first, second]


def test_once_from_threads_at_once() -> None:
    scope, together, made, got = Scope(), threading.Barrier(4), [], []

    def make(_: Scope) -> object:
        made.append(object())
        return made[-1]

    def ask() -> None:
        together.wait(10)
        got.append(scope.once(make))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == made * 4
