"""Normalisation of answers: what differs from run to run becomes a word in angle brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"\d\d:\d\d:\d\d"

_URL = "https://<url-id>.lambda-url.<region>.on.aws/"

# In this order: a time holds a date, a trace id holds hexadecimal digits.
_PATTERNS = [
    (re.compile(r"http://127\.0\.0\.1:\d+/_aws/lambda-url/[a-z0-9]{32}/"), _URL),
    (re.compile(r"\b[a-z0-9]{32}(?=\.lambda-url\.)"), "<url-id>"),
    (re.compile(r"https://[^\s\"]*X-Amz-Signature=[^\s\"]*"), "<presigned URL>"),
    (re.compile(rf"\b\d{{4}}-\d\d-\d\d[T ]{_CLOCK}(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(rf"(?<!\d){_DAY}T\d{{6}}Z"), "<time>"),
    (re.compile(rf"\b[A-Z][a-z]{{2}}, \d\d [A-Z][a-z]{{2}} \d{{4}} {_CLOCK} GMT"), "<time>"),
    (re.compile(rf"\b\d\d/[A-Z][a-z]{{2}}/\d{{4}}:{_CLOCK} [+-]\d{{4}}"), "<time>"),
    (re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b(?!-)"), "<date>"),
    (re.compile(rf"(?<![\dA-Za-z]){_DAY}(?![\dA-Za-z])"), "<date>"),
    (re.compile(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;[A-Za-z]+=[^;\s\"]+)*"), "<trace>"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\bcsc-[0-9a-z]{17}\b"), "csc-<id>"),
    (re.compile(r"\bA(?:KIA|SIA)[A-Z0-9]{12,}\b"), "<access key>"),
    (re.compile(r"\bA(?:ROA|IDA)[A-Z0-9]{12,}\b"), "<unique id>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha-256>"),
    (re.compile(r"\bUser: \S+ (?=is not authorized)"), "User: <caller> "),
    # AWS's members of an enumeration come in an order of its own, and ours are those of the installed service model.
    (re.compile(r"(enum value set: )\[[^\]]*\]"), r"\1[<values of the model>]"),
]

_BY_NAME = {
    "timeEpoch": "<time>",
    "LastModified": "<time>",
    "LastModifiedTime": "<time>",
    "CreationTime": "<time>",
    "sourceIp": "<address>",
    "x-forwarded-for": "<address>",
    "x-forwarded-port": "<port>",
    "stackTrace": "<lines of the traceback>",
    "Timestamp": "<time>",
}
"""Members whose values say nothing beyond being there."""

_SECRET = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|aws4_request,|X-Amz-Signature=|X-Amz-Security-Token=|\bIQoJ")


class SecretFoundError(Exception):
    """A recording holds what nobody else may see; it was not written."""


class Normaliser:
    """Replaces what differs from run to run.

    ``names`` maps literal texts, such as the account's number, to what stands for them; the longest is looked for
    first.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)

    def add(self, text: str, name: str) -> None:
        """Let ``name`` stand for ``text``, too."""
        self._names[text] = name

    def text(self, text: str) -> str:
        """``text`` with words in angle brackets for what differs."""
        for literal in sorted(self._names, key=len, reverse=True):
            text = text.replace(literal, self._names[literal])
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def value(self, value: Any, name: str = "") -> Any:
        """The same for whatever JSON holds; ``name`` is that of the member which has it."""
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(each, str(key)) for key, each in value.items()}
        if name in _BY_NAME and value not in (None, ""):
            return _BY_NAME[name]
        if isinstance(value, (list, tuple)):
            return [self.value(each) for each in value]
        return self.text(value) if isinstance(value, str) else value


def check_no_secret(text: str, secrets: Iterable[str]) -> None:
    """Make sure that ``text`` holds none of ``secrets``, nor anything of the form of a key, a token or a signature.

    :raises SecretFoundError: it does; the message does not say which.
    """
    if any(secret and secret in text for secret in secrets):
        raise SecretFoundError("The recording holds a secret of the credentials that were used: it is not written.")
    if _SECRET.search(text):
        raise SecretFoundError("The recording holds what looks like a key or a signature: it is not written.")
