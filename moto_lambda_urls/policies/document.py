"""A policy document that is never changed, and what it says whoever asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from .evaluate import statements


class PolicyDocument(dict[str, Any]):
    """A policy document that nobody changes: a change of the policy makes another one.

    So what it says of a question is its own to remember, as long as no request can change the answer.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(document)
        self._answers: dict[Hashable, bool] = {}

    def remember(self, question: Hashable, answer: Callable[[], bool]) -> bool:
        """The answer to ``question``, asked for once."""
        found = self._answers.get(question)
        if found is None:
            found = self._answers[question] = answer()
        return found

    def reads_only(self, keys: frozenset[str]) -> bool:
        """Whether all that it reads of a request is among the condition ``keys``, given in lower case."""
        return "${" not in json.dumps(self) and all(key in keys for key in self._condition_keys())

    def _condition_keys(self) -> set[object]:
        found: set[object] = set()
        for statement in statements(self):
            condition = statement.get("Condition", {})
            for keys in condition.values() if isinstance(condition, Mapping) else [None]:
                found.update([str(key).lower() for key in keys] if isinstance(keys, Mapping) else [None])
        return found
