from __future__ import annotations

import threading

from moto_lambda_urls.control.event_sources.readers import Reader


def test_a_turn() -> None:
    reader = Reader()
    assert len(list(reader.turns())) == 1
    assert len(list(reader.turns())) == 1


def test_what_becomes_due_meanwhile_is_a_turn_of_the_same_thread() -> None:
    reader, taken = Reader(), []
    elsewhere: list[None] = []
    for number, _ in enumerate(reader.turns()):
        taken.append(number)
        if number == 0:
            thread = threading.Thread(target=lambda: elsewhere.extend(reader.turns()))
            thread.start()
            thread.join()
    assert (taken, elsewhere) == ([0, 1], [])


def test_turns_that_are_given_up() -> None:
    reader = Reader()
    turns = reader.turns()
    next(turns)
    turns.close()
    assert len(list(reader.turns())) == 1
