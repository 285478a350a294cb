"""botocore's service models, and what it works out from them, shared by all sessions and clients of a process."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

import botocore.client
import botocore.hooks
import botocore.loaders
import botocore.model
import pytest

HAS_KEYWORDS = inspect.CO_VARKEYWORDS


def share(patch: pytest.MonkeyPatch) -> None:
    """Let ``patch`` replace what each boto3 session and client does anew, and what only depends on botocore's files.

    moto begins each mock with a new session, and nearly each test with a mock. A botocore without one of these names
    does that part itself.
    """
    patch.setattr("botocore.session.create_loader", _one_loader())
    for owner, name, replacement in (
        (botocore.hooks, "accepts_kwargs", _accepts_kwargs),
        (botocore.hooks.EventAliaser, "__init__", _one_cache_of_aliases),
        (botocore.client.ClientCreator, "_load_service_model", _one_service_model),
        (botocore.client.ClientCreator, "_create_methods", _methods_made_once),
        (botocore.client.ClientCreator, "_create_name_mapping", _names_made_once),
    ):
        if (original := getattr(owner, name, None)) is not None:
            patch.setattr(owner, name, functools.wraps(original)(replacement(original)))


def _one_loader() -> Callable[..., Any]:
    create = botocore.loaders.create_loader
    loader = create()

    def shared(search_path: str | None = None) -> Any:
        if search_path:
            return create(search_path)
        loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each boto3 session appends its own folder
        return loader

    return shared


def _accepts_kwargs(original: Callable[..., Any]) -> Callable[..., Any]:
    def accepts(function: Any) -> Any:
        plain = getattr(function, "__func__", function)
        return plain.__code__.co_flags & HAS_KEYWORDS if isinstance(plain, FunctionType) else original(function)

    return accepts


def _one_cache_of_aliases(original: Callable[..., None]) -> Callable[..., None]:
    caches: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}

    def initialize(self: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, *arguments, **keywords)
        self._alias_name_cache = caches.setdefault(tuple(self._event_aliases.items()), {})

    return initialize


def _one_service_model(original: Callable[..., Any]) -> Callable[..., Any]:
    # By the loaded JSON itself, which stays as long as its ServiceModel: a session with files of its own has others.
    models: dict[int, tuple[Any, Any]] = {}

    def load(self: Any, service_name: str, api_version: str | None = None) -> Any:
        description = self._loader.load_service_model(service_name, "service-2", api_version=api_version)
        if id(description) not in models:
            models[id(description)] = description, original(self, service_name, api_version)
        return models[id(description)][1]

    return load


def _methods_made_once(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    made: dict[int, tuple[Any, dict[str, Any]]] = {}

    def create(self: Any, service_model: Any) -> dict[str, Any]:
        if id(service_model) not in made:
            made[id(service_model)] = service_model, original(self, service_model)
        return dict(made[id(service_model)][1])  # extensions add to what a client's class has

    return create


_names_made_once = _methods_made_once
