"""The pytest plugin: fixtures, their marker and ini options, and the requests in the report of a failed test."""

from __future__ import annotations

import pkgutil
from collections.abc import Generator, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pytest

import moto_lambda_urls

from .patching.tracebacks import trim

if TYPE_CHECKING:
    from .controller import LambdaUrls
    from .server import LambdaUrlsServer
    from .state.record import Invocation
    from .state.recorder import InvocationSequence

MARKER = "lambda_urls"
OPTIONS = (
    "authorization",
    "function_states",
    "handlers",
    "max_processes",
    "processes",
    "raise_handler_errors",
    "validate",
)
INI_PREFIX = "lambda_urls_"
SECTION = "function URL requests"
_LIKENESS = 0.9  # of a name to that of an option: a letter or two are wrong
_MAX_SHOWN = 10
_LOG_SECTIONS = ("Captured log", "Captured stderr")
_SHOWN = pytest.StashKey["list[InvocationSequence]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(INI_PREFIX + "authorization", "Who may call function URLs: standard, strict or off.", default=None)
    parser.addini(
        INI_PREFIX + "function_states", "How functions begin: immediate (Active) or pending, as on AWS.", default=None
    )
    parser.addini(
        INI_PREFIX + "handlers",
        "Callables that stand in for functions' code, a line each: name = package.module:handler",
        type="linelist",
        default=[],
    )
    parser.addini(
        INI_PREFIX + "max_processes",
        "How many processes of functions there may be at once, 32 unless set.",
        default=None,
    )
    parser.addini(
        INI_PREFIX + "processes",
        "Which deployment packages run in processes of their own: auto, always or never.",
        default=None,
    )
    parser.addini(
        INI_PREFIX + "raise_handler_errors",
        "Let exceptions of handlers reach the test instead of becoming a 502.",
        type="bool",
        default=None,
    )
    parser.addini(
        INI_PREFIX + "validate",
        "Who says which packages, runtimes and values CreateFunction takes: aws, or moto, which takes any.",
        default=None,
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "lambda_urls(*, authorization='standard', function_states='immediate', handlers=None, "
        "max_processes=32, processes='auto', raise_handler_errors=False, validate='aws'): "
        "options of the fixtures lambda_urls and lambda_urls_server, as of mock_lambda_urls",
    )

    known = [INI_PREFIX + option for option in OPTIONS]
    for name in _configured(config):
        spelt = name.lower().replace("-", "_")
        is_meant = spelt.startswith(MARKER) or get_close_matches(spelt, known, n=1, cutoff=_LIKENESS)
        if is_meant and not _is_option(config, name):
            raise pytest.UsageError(f"{name!r} is no option of moto-lambda-urls; they are {', '.join(known)}")
    try:
        config.getini(INI_PREFIX + "raise_handler_errors")
    except (TypeError, ValueError, pytest.UsageError) as error:
        raise pytest.UsageError(f"{INI_PREFIX}raise_handler_errors is true or false: {error}") from error


def _configured(config: pytest.Config) -> Iterable[str]:
    """The names of the options in the ini file and after ``-o``: pytest warns of those that nobody knows, if at all."""
    overridden = [given.partition("=")[0].strip() for given in config.getoption("override_ini") or ()]
    # pytest 9 deprecates inicfg, and has nothing public in its place.
    in_file = getattr(config, "_inicfg", None)
    return [*(config.inicfg if in_file is None else in_file), *overridden]


def _is_option(config: pytest.Config, name: str) -> bool:
    if name.removeprefix(INI_PREFIX) in OPTIONS:
        return True
    try:
        config.getini(name)
    except ValueError:  # no plugin has it
        return False
    return True


@pytest.fixture
def lambda_urls(request: pytest.FixtureRequest) -> Iterator[LambdaUrls]:
    """A mocked AWS whose Lambda has function URLs, for this test: deploy, call, look at the invocations."""
    with moto_lambda_urls.mock_lambda_urls(**_options(request)) as urls:
        _show(request, urls.requests)
        yield urls


@pytest.fixture
def lambda_urls_server(request: pytest.FixtureRequest) -> Iterator[LambdaUrlsServer]:
    """A running server of the mocked AWS, function URLs included, for this test's code in other processes."""
    options = _options(request)
    raise_handler_errors = options.pop("raise_handler_errors", False)
    with moto_lambda_urls.LambdaUrlsServer(**options) as server:
        _show(request, server.requests)
        yield server
        if raise_handler_errors:
            _raise_first_error(server.invocations)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a test's own marker where no fixture reads it; one of a class or module may be for other tests."""
    is_marked = any(marker.name == MARKER for marker in item.own_markers)
    if is_marked and not {MARKER, f"{MARKER}_server"} & set(getattr(item, "fixturenames", ())):
        pytest.fail(f"the marker {MARKER} has no effect: the test does not use the fixture {MARKER}", pytrace=False)


@pytest.hookimpl(specname="pytest_runtest_makereport")
def pytest_trim_traceback(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Trim the traceback of ``call`` after pytest has set that of a ``unittest.TestCase``, before its report."""
    if call.excinfo is not None and not item.config.option.fulltrace:
        error = call.excinfo.value
        trim(error)
        if error.__traceback__ is not None:
            call.excinfo = pytest.ExceptionInfo.from_exception(error)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed:
        for requests in item.stash.get(_SHOWN, []):
            _shorten_logs(report, requests)
            _add_section(report, _listing(requests), item.config.option.showcapture)
    return report


def _shorten_logs(report: pytest.TestReport, requests: InvocationSequence) -> None:
    """Leave to the listing of ``requests`` what it says of them under their lines: logs have each line alone."""
    said = {f"\n{details}" for each in _shown(requests)[1] for details in _details(each) if details}
    for place, (name, text) in enumerate(report.sections):
        if name.startswith(_LOG_SECTIONS):
            for details in said:
                text = text.replace(details, "")
            report.sections[place] = (name, text)


def _add_section(report: pytest.TestReport, text: str, shown_captures: str) -> None:
    """Show ``text`` under the failure, also where pytest's ``--show-capture`` leaves such sections out."""
    add_to_failure = getattr(report.longrepr, "addsection", None)
    if shown_captures == "all" or add_to_failure is None:
        report.sections.append((SECTION, text))
    else:
        add_to_failure(SECTION, text, "-")


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    options = _ini_options(request.config)
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        if marker.args:
            raise TypeError(f"the marker {MARKER} takes only keyword arguments, not {marker.args!r}")
        for name in marker.kwargs:
            if name not in OPTIONS:
                raise TypeError(f"the marker {MARKER} has no option {name!r}; they are {', '.join(OPTIONS)}")
        options.update(marker.kwargs)
    return options


def _ini_options(config: pytest.Config) -> dict[str, Any]:
    given = {option: config.getini(INI_PREFIX + option) for option in OPTIONS}
    if given["handlers"]:
        given["handlers"] = dict(map(_named_handler, given["handlers"]))
    if given["max_processes"] is not None:
        given["max_processes"] = _number(str(given["max_processes"]))
    return {option: value for option, value in given.items() if value not in (None, [])}


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise pytest.UsageError(f"{INI_PREFIX}max_processes: {text!r} is not a number") from None


def _named_handler(line: str) -> tuple[str, Any]:
    name, equals, target = (part.strip() for part in line.partition("="))
    if not (name and equals and ":" in target):
        raise pytest.UsageError(f"{INI_PREFIX}handlers: {line!r} is not of the form name = package.module:handler")
    try:
        return name, pkgutil.resolve_name(target)
    except (ImportError, AttributeError) as error:
        raise pytest.UsageError(f"{INI_PREFIX}handlers: {line!r}: {error}") from error


def _show(request: pytest.FixtureRequest, requests: InvocationSequence) -> None:
    request.node.stash.setdefault(_SHOWN, []).append(requests)


def _raise_first_error(invocations: InvocationSequence) -> None:
    # A server's clients get a 502, wherever they are; the test gets the exception when it is over.
    for invocation in invocations:
        if invocation.error is not None and invocation.error.exception is not None:
            raise invocation.error.exception


def _listing(requests: InvocationSequence) -> str:
    lines, newest = _shown(requests)
    shown: set[str] = set()
    for each in newest:
        line, _, details = each.report.partition("\n")
        lines += [line, *([] if not details else ["    as above"] if details in shown else [details])]
        shown.add(details)
    return "\n".join(lines) or "none"


def _shown(requests: InvocationSequence) -> tuple[list[str], list[Invocation]]:
    """The newest of ``requests``, after the newest earlier one that something is to be said about, and lines on those
    that are left out.
    """
    made = list(requests)
    earlier, newest = made[:-_MAX_SHOWN], made[-_MAX_SHOWN:]
    told = [each for each in earlier if each.refusal or each.error]
    if not told:
        return [f"... {len(earlier)} earlier"] if earlier else [], newest
    line = f"... {len(earlier)} earlier, {len(told)} of them refused or failed; the newest of these:"
    return [line], [told[-1], *newest]


def _details(each: Invocation) -> list[str]:
    """What is said of ``each`` under its line, as the listing has it and as logs have it: these name no function."""
    _, _, details = each.report.partition("\n")
    function, _, rest = details.partition("\n")
    return [details, rest if function.startswith("    function: ") else ""]
