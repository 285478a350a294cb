"""docs/options.md is written from the table, and the table names what signatures, pytest and commands really have."""

from __future__ import annotations

import argparse
import inspect
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.options_table import APP, CHAPTERS, MOCK, OPTIONS, PATH, SERVER, page

import moto_lambda_urls
from moto_lambda_urls import pytest_plugin, server
from moto_lambda_urls.server import cli

PACKAGE = Path(moto_lambda_urls.__file__).parent
ADVICE = "run python tests/support/options_table.py"


def test_page_is_that_of_the_table() -> None:
    assert PATH.read_text() == page(), ADVICE


@pytest.mark.parametrize("name", [MOCK, SERVER, APP])
def test_arguments(name: str) -> None:
    taker: Callable[..., Any] = getattr(server if name == APP else moto_lambda_urls, name)
    keywords = [each for each in inspect.signature(taker).parameters.values() if each.kind is each.KEYWORD_ONLY]
    table = {option.name: option.arguments[name] for option in OPTIONS if name in option.arguments}
    assert table == {each.name: each.default for each in keywords}


def test_marker_and_ini_options(pytestconfig: pytest.Config) -> None:
    table = sorted(option.name for option in OPTIONS if option.in_pytest)
    assert table == sorted(pytest_plugin.OPTIONS)
    for name in table:
        pytestconfig.getini(pytest_plugin.INI_PREFIX + name)


def commands() -> Mapping[str, argparse.ArgumentParser]:
    [found] = [each for each in cli._parser("1.2.3")._actions if isinstance(each, argparse._SubParsersAction)]
    return found.choices


@pytest.mark.parametrize("command", ["server", "serve", "deploy", "proxy"])
def test_flags(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {option.variable for option in OPTIONS} & set(os.environ):
        monkeypatch.delenv(name)
    real = {
        each.option_strings[-1]: (each.option_strings[0], each.default, each.nargs == 0)
        for each in commands()[command]._actions
        if each.option_strings and each.dest != "help"
    }
    table = {
        option.flag: (option.short or option.flag, option.flags[command], not option.text)
        for option in OPTIONS
        if command in option.flags
    }
    assert table == real
    assert set(commands()) == {"server", "serve", "deploy", "proxy"}


def test_examples_of_flags_are_accepted() -> None:
    positional = {"serve": ["app.py:handler"], "deploy": ["template.yaml"]}
    for option in OPTIONS:
        for command in option.flags:
            value = [option.text.strip("'")] if option.text else []
            cli._parser("1.2.3").parse_args([command, *positional.get(command, []), option.flag, *value])


def test_variables() -> None:
    ours = re.compile(r"(?<=[\"'])MOTO_[A-Z_]+[A-Z](?=[\"'])|\bTEST_(?:SERVER|PROXY)_MODE\b")
    read = {name for path in PACKAGE.rglob("*.py") for name in ours.findall(path.read_text())}
    assert read == {option.variable for option in OPTIONS if option.variable} - {"AWS_ENDPOINT_URL"}


def test_headings_are_unique() -> None:
    titles = [option.name or option.flag or option.variable for option in OPTIONS]
    assert len(titles) == len(set(titles)) == sum(map(len, CHAPTERS.values()))
