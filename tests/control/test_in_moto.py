"""What the package relies on inside moto: it is there, and private names are touched in one place each."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest
from moto.core.models import MockAWS
from support import moto_usage
from support.moto_names import NAMES

RELIED_ON = sorted({*moto_usage.imported_names(), *(name for names in NAMES.values() for name in names)})
PRIVATE = {
    place: {part for name in names for part in name.split(".") if moto_usage.is_private(part)}
    for place, names in NAMES.items()
}
for place in ("control/in_moto.py", "runtime/log_streams.py"):
    PRIVATE[place].add("__class__")


@pytest.mark.parametrize("name", RELIED_ON)
def test_installed_moto_has(name: str) -> None:
    assert moto_usage.is_there(name)


@pytest.mark.parametrize(
    "name",
    [
        "moto.awslambda.models.LambdaStorage._funktions",
        "moto.awslambda.models.LambdaStore._functions",
        "moto.awslambda.models.LambdaStorage.found_version",
        "moto.awslambda.storage.LambdaStorage",
    ],
)
def test_a_name_that_the_installed_moto_lacks(name: str) -> None:
    assert not moto_usage.is_there(name)


def test_private_names_of_moto_are_touched_in_their_place_only() -> None:
    elsewhere = [
        f"moto_lambda_urls/{path}:{line}: {name}"
        for path, line, name in moto_usage.touches()
        if name not in PRIVATE.get(path, ())
    ]
    assert elsewhere == []


def test_places_touch_the_private_names_that_they_are_for() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path, _, name in moto_usage.touches():
        found[path].add(name)
    assert found == {place: names for place, names in PRIVATE.items() if names}


def test_places_are_modules() -> None:
    assert [place for place in NAMES if not (moto_usage.PACKAGE / place).is_file()] == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("backend._lambdas.all()", "_lambdas"),
        ("getattr(backend, '_lambdas')", "_lambdas"),
        ("vars(backend)['_lambdas']", "_lambdas"),
        ("class Backend:\n  def _lambdas(self): ...", "_lambdas"),
        ("from moto.sqs import models\nqueue.__class__ = Queue", "__class__"),
        ("from moto.core.models import _patch", "_patch"),
        ("from moto.moto_api._internal import mock_random", "_internal"),
        ("import moto.moto_api._internal", "_internal"),
    ],
)
def test_a_private_name_is_found(source: str, name: str) -> None:
    assert {found for _, found in moto_usage.touched(ast.parse(source), frozenset({"_lambdas"}))} == {name}


@pytest.mark.parametrize(
    "source",
    ["self._mine", "lambdas", "spec.__class__ = Spec", "from ._version import _x", "from motocross._x import _y"],
)
def test_other_names_are_no_finding(source: str) -> None:
    assert list(moto_usage.touched(ast.parse(source), frozenset({"_lambdas"}))) == []


def test_keys_that_moto_puts_into_the_environment() -> None:
    # ``gateway.auth.callers`` verifies them.
    keys = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}
    assert MockAWS()._fake_creds == keys
