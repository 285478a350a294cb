"""Event patterns of filter criteria, as pure functions.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any

_MISSING = object()
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether the JSON object ``event`` has, for each name in ``pattern``, a value that its rules accept."""
    return _answer_of(_is_matched(pattern, event))


_Question = Generator[Any, bool, bool]
"""Yields the questions that it depends on, and returns its answer: patterns may be nested deeper than Python calls."""


def _answer_of(question: _Question) -> bool:
    asked, answer = [question], None
    while asked:
        try:
            asked.append(asked[-1].send(answer))  # type: ignore[arg-type]  # a question that begins is sent None
            answer = None
        except StopIteration as end:
            asked.pop()
            answer = end.value
    return bool(answer)


def _is_matched(pattern: Mapping[str, Any], event: Any) -> _Question:
    return (yield from _all(_is_field_matched(name, rules, event) for name, rules in pattern.items()))


def _is_field_matched(name: str, rules: Any, event: Any) -> _Question:
    if name == "$or":
        return (yield from _any(_is_matched(each, event) for each in rules))
    value = event.get(name, _MISSING) if isinstance(event, Mapping) else _MISSING
    values = value if isinstance(value, list) else [value]
    if isinstance(rules, Mapping):
        return (yield from _any(_is_matched(rules, each) for each in values))
    return any(_accepts(rule, each) for rule in rules for each in values)


def _all(questions: Iterable[_Question]) -> _Question:
    for each in questions:
        if not (yield each):
            return False
    return True


def _any(questions: Iterable[_Question]) -> _Question:
    for each in questions:
        if (yield each):
            return True
    return False


def _accepts(rule: Any, value: Any) -> bool:
    if not isinstance(rule, Mapping):
        return _equals(rule, value)
    [(name, operand)] = rule.items()
    if name == "exists":  # of a leaf: an object has no value of its own
        return bool(operand) == (value is not _MISSING and not isinstance(value, Mapping))
    accepts = _OPERATORS[name]
    return value is not _MISSING and accepts(operand, value)


def _equals(wanted: Any, value: Any) -> bool:
    # In Python True is 1.
    return isinstance(wanted, bool) == isinstance(value, bool) and bool(wanted == value)


def _is_any_case(wanted: str, value: Any) -> bool:
    return isinstance(value, str) and value.casefold() == wanted.casefold()


def _begins(wanted: Any, value: Any) -> bool:
    return isinstance(value, str) and _part_equals(wanted, lambda length: value[:length])


def _ends(wanted: Any, value: Any) -> bool:
    return isinstance(value, str) and _part_equals(wanted, lambda length: value[max(0, len(value) - length) :])


def _part_equals(wanted: Any, part: Callable[[int], str]) -> bool:
    if isinstance(wanted, Mapping):
        text = wanted["equals-ignore-case"]
        return _is_any_case(text, part(len(text)))
    return bool(part(len(wanted)) == wanted)


def _is_none_of(unwanted: Any, value: Any) -> bool:
    return not any(_accepts(each, value) for each in (unwanted if isinstance(unwanted, list) else [unwanted]))


def _is_in_range(bounds: Sequence[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return all(_COMPARISONS[sign](value, bound) for sign, bound in zip(bounds[::2], bounds[1::2], strict=True))


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "anything-but": _is_none_of,
    "equals-ignore-case": _is_any_case,
    "numeric": _is_in_range,
    "prefix": _begins,
    "suffix": _ends,
}


def is_pattern(pattern: Any) -> bool:
    """Whether ``pattern`` is a JSON object of fields, each with a list of known rules or with fields of its own."""
    return _answer_of(_is_valid(pattern))


def _is_valid(pattern: Any) -> _Question:
    if not isinstance(pattern, Mapping):
        return False
    return (yield from _all(_are_rules(name, rules) for name, rules in pattern.items()))


def _are_rules(name: str, rules: Any) -> _Question:
    if name == "$or":
        return isinstance(rules, list) and (yield from _all(map(_is_valid, rules)))
    if isinstance(rules, Mapping):
        return (yield from _is_valid(rules))
    return isinstance(rules, list) and bool(rules) and all(map(_is_rule, rules))


def _is_rule(rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return not isinstance(rule, list)
    return len(rule) == 1 and all(_OPERANDS.get(name, _never)(operand) for name, operand in rule.items())


def _never(_operand: Any) -> bool:
    return False


def _is_affix(operand: Any) -> bool:
    if isinstance(operand, Mapping):
        return set(operand) == {"equals-ignore-case"} and isinstance(operand["equals-ignore-case"], str)
    return isinstance(operand, str)


def _is_range(operand: Any) -> bool:
    return (
        isinstance(operand, list)
        and len(operand) in (2, 4)
        and all(sign in _COMPARISONS for sign in operand[::2])
        and all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in operand[1::2])
    )


def _is_unwanted(operand: Any) -> bool:
    unwanted = operand if isinstance(operand, list) else [operand]
    nested = any(isinstance(each, Mapping) and "anything-but" in each for each in unwanted)
    return bool(unwanted) and not nested and all(map(_is_rule, unwanted))


_OPERANDS: Mapping[str, Callable[[Any], bool]] = {
    "anything-but": _is_unwanted,
    "equals-ignore-case": lambda operand: isinstance(operand, str),
    "exists": lambda operand: isinstance(operand, bool),
    "numeric": _is_range,
    "prefix": _is_affix,
    "suffix": _is_affix,
}
