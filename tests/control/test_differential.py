"""The same calls under mock_aws and mock_lambda_urls: docs/differences.md lists all that differs."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from support import differences
from support.difference_reasons import REASONS

pytestmark = pytest.mark.in_process
MOTO = version("moto")


@pytest.mark.skipif(
    differences.described_moto() != MOTO,
    reason=f"docs/differences.md is about moto {differences.described_moto()}, not {MOTO}",
)
def test_differences_are_those_of_the_docs() -> None:
    assert differences.document() == differences.PATH.read_text()


def test_each_reason_explains_something() -> None:
    text = differences.PATH.read_text()
    for reason in REASONS:
        section = text.partition(f"## {reason.title}\n")[2].partition("\n## ")[0]
        assert reason.source in section
        assert section.count("\n| ") > 2, reason.title
