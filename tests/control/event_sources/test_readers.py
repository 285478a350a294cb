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


def test_turns_of_several_threads() -> None:
    reader = Reader()
    first, second = reader.turns(2), reader.turns(2)
    next(first)
    next(second)
    assert list(reader.turns(2)) == [], "one of the two takes it"
    assert (len(list(second)), len(list(first))) == (1, 0)
    assert len(list(reader.turns(2))) == 1


class MotoShard:
    """What a reader knows a shard by."""


def test_another_number_of_lanes_begins_where_the_last_one_is() -> None:
    shards, shard = Reader().shards, MotoShard()
    shards.begin_at(shard, 3)
    lanes = shards.lanes(shard, 2)
    assert [each.position for each in lanes] == [3, 3]
    lanes[0].position, lanes[1].position = 9, 5
    assert shards.lanes(shard, 2) is lanes
    assert [each.position for each in shards.lanes(shard, 3)] == [5, 5, 5]
    shards.begin_at(shard, 0)
    assert [each.position for each in shards.lanes(shard, 3)] == [0, 0, 0]
