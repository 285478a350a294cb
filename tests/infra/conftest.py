"""Fixtures for tests with tools that npm installs; ``nox -s infra`` runs them."""

from __future__ import annotations

import pytest
from support.npm import Npm


@pytest.fixture(scope="session")
def npm(pytestconfig: pytest.Config) -> Npm:
    """Installs into a folder that the next run finds again."""
    assert pytestconfig.cache is not None
    return Npm(pytestconfig.cache.mkdir("npm"))
