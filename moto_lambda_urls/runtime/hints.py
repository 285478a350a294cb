"""Advice on common errors of functions, chosen by the error's type and message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

_MAX_NAMED = 10
_ASGI = re.compile(r"\w+\(\) missing \d+ required positional arguments?: (?:.* and )?'send'")
_WSGI = re.compile(r"'(?:wsgi\.\w+|REQUEST_METHOD|PATH_INFO|SCRIPT_NAME|SERVER_NAME|LambdaContext)'")
_WRAP = (
    "The handler may be {} application, which Lambda cannot call: it takes {}, not (event, context). On AWS, wrap it "
    "in the package: handler = {}. Here, deploy(app), register(name, app) and the command serve wrap the object.\n"
)
_OF_ASGI = _WRAP.format("an ASGI", "(scope, receive, send)", "mangum.Mangum(app)")
_OF_WSGI = _WRAP.format("a WSGI", "(environ, start_response)", "apig_wsgi.make_lambda_handler(app)")
_KINDS = re.compile(r"Object of type (async_generator|generator|coroutine) is not JSON serializable")
_NOT_JSON = {
    "async_generator": "Lambda's Python runtime takes no async generator. A generator (def with yield) streams, at a "
    "URL with InvokeMode RESPONSE_STREAM.\n",
    "generator": "A generator streams at a URL with InvokeMode RESPONSE_STREAM, and only there.\n",
    "coroutine": "Lambda's Python runtime awaits nothing: let handler(event, context) call asyncio.run.\n",
}
_RELATIVE = re.compile(r"the 'package' argument is required to perform a relative import for '")
_OF_RELATIVE = (
    "A module's name that begins with a dot is relative, and to nothing here. Handler names its module from the "
    "package's folder on, as in app.handler or orders/app.handler: it begins with no dot and no slash.\n"
)
_HINTS = (
    ("TypeError", _ASGI, _OF_ASGI),
    ("KeyError", _WSGI, _OF_WSGI),
    ("TypeError", _WSGI, _OF_WSGI),
    ("TypeError", _RELATIVE, _OF_RELATIVE),
)


def hint(error_type: str, message: str) -> str:
    """A line on what an error of this type and message comes from where that is something else, or nothing."""
    if error_type == "Runtime.MarshalError" and (kind := _KINDS.search(message)):
        return _NOT_JSON[kind[1]]
    found = (text for kind, pattern, text in _HINTS if kind == error_type and pattern.search(message))
    return next(found, "")


def names_hint(module_name: str, wanted: str, *, functions: Sequence[str], defined: Sequence[str]) -> str:
    """The configured handler, and the ``functions`` of its module that ``wanted`` may be: those of a like name first,
    then those that are ``defined`` there."""
    alike = get_close_matches(wanted, functions)
    names = list(dict.fromkeys([*alike, *(defined or functions)]))[:_MAX_NAMED]
    meant = f"; did you mean Handler={f'{module_name}.{names[0]}'!r}?" if alike else ""
    return f"Handler is {f'{module_name}.{wanted}'!r}; {module_name} has {', '.join(names) or 'no functions'}{meant}"


def package_hint(members: Sequence[str]) -> str:
    """What a deployment package holds at its top; what Python keeps there when it imports is not of the package."""
    names = sorted({*members} - {"__pycache__"})
    return f"Its deployment package holds {', '.join(names) or 'nothing'}"
