"""A function to have URLs and permissions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def fn(create_function: Callable[..., str], aws_lambda: Any) -> str:
    """A function with a published version and an alias ``live`` of it; its name."""
    create_function("fn")
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    return "fn"
