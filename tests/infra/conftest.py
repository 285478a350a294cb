"""Fixtures for tests with tools that npm and pip install; ``nox -s infra`` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import Command
from support.npm import Npm
from support.projects import Project
from support.virtual_environments import VirtualEnvironments


@pytest.fixture(scope="session")
def npm(pytestconfig: pytest.Config) -> Npm:
    """Installs into a folder that the next run finds again."""
    assert pytestconfig.cache is not None
    return Npm(pytestconfig.cache.mkdir("npm"))


@pytest.fixture(scope="session")
def virtual_environments(pytestconfig: pytest.Config) -> VirtualEnvironments:
    """Installs into a folder that the next run finds again."""
    assert pytestconfig.cache is not None
    return VirtualEnvironments(pytestconfig.cache.mkdir("virtual-environments"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a server without options."""
    command = Command(tmp_path, "server", "-p", "0")
    yield command.url
    command.kill()


@pytest.fixture
def project(server: str, tmp_path: Path) -> Project:
    """An empty project."""
    folder = tmp_path / "shop"
    folder.mkdir()
    return Project(folder, endpoint_url=server)
