"""Steps of a deployment in one call: the package, the function's name, the function, its role."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from ..messages.addresses import PREFIX, PROCESS_TAG, URL_ID_TAG
from ..messages.limits import MAX_NAME_LENGTH
from .handler_names import DEFAULT_HANDLER_NAME, handler_name_in

if TYPE_CHECKING:
    from .requirements import Requirements

RUNTIME = f"python3.{sys.version_info.minor}"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")
_SUFFIXES = (".py", ".zip")
_IMPORTABLE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")


@dataclass(frozen=True, kw_only=True)
class HandlerCode:
    """A deployment package and the ``Handler`` that is called in it."""

    zip_file: bytes
    handler: str


@dataclass(frozen=True, kw_only=True)
class Packaging:
    """How a package is made of what is on the disk, the ``Handler`` in it (None for what the code says), and where it
    runs (None for what the mock's option says)."""

    handler_name: str | None = None
    exclude: Iterable[str] = ()
    requirements: Requirements | None = None
    process: bool | None = None


def package_of(handler: object, how: Packaging) -> HandlerCode:
    """The package of a folder, a file or a zip; for a callable or a module path a placeholder.

    :raises ValueError: a str names no module and function; the disk has no such thing, or something else there; ``how``
        asks for what only a package can have.
    :raises TypeError: ``handler`` is of no known kind.
    """
    if how.process and not isinstance(handler, bytes | Path):
        raise ValueError(f"process=True needs a package, as pathlib.Path or bytes, and handler is {handler!r}")
    if isinstance(handler, Path):
        return _packaged(handler, how)
    if how.exclude or how.requirements:
        raise ValueError(f"exclude= and requirements= belong to a folder or a .py file, and handler is {handler!r}")
    handler_name = how.handler_name or DEFAULT_HANDLER_NAME
    if isinstance(handler, bytes):
        return HandlerCode(zip_file=handler, handler=handler_name)
    if isinstance(handler, str):
        return HandlerCode(zip_file=placeholder(), handler=_dotted(handler))
    if callable(handler):
        return HandlerCode(zip_file=placeholder(), handler=handler_name)
    raise TypeError(
        f"handler is {handler!r}: give a callable taking (event, context), an ASGI or WSGI application, a name like "
        "'package.module.handler', a folder, a .py file or a zip as pathlib.Path, or a zip as bytes"
    )


def _packaged(path: Path, how: Packaging) -> HandlerCode:
    # Not loaded with a mock: most tests deploy callables.
    from .packaging import check_upload_size, package
    from .requirements import installed

    if how.requirements is None:
        zip_file = package(path, exclude=how.exclude)
    else:
        with installed(how.requirements, beside=path if path.is_dir() else path.parent) as folder:
            zip_file = package(path, exclude=how.exclude, dependencies=folder)
    check_upload_size(zip_file, path)
    is_source = path.is_dir() or path.suffix == ".py"
    found = handler_name_in(path) if is_source and how.handler_name is None else how.handler_name
    return HandlerCode(zip_file=zip_file, handler=found or DEFAULT_HANDLER_NAME)


def _dotted(name: str) -> str:
    dotted = name.replace(":", ".", 1)
    if not _IMPORTABLE.fullmatch(dotted) or name.endswith(_SUFFIXES):
        raise ValueError(
            f"handler={name!r} names no module and function: write 'package.module.handler' or "
            "'package.module:handler', or give the path of a folder, a .py file or a zip as a pathlib.Path"
        )
    return dotted


def placeholder() -> bytes:
    """A deployment package without code."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        # Of zip's first date, as the test's may be one that a zip does not have.
        package.writestr(zipfile.ZipInfo("PLACEHOLDER"), "The handler is found in the test's own process.\n")
    return buffer.getvalue()


def new_name(handler: object) -> str:
    """A unique function name that begins with the name of ``handler``."""
    stem = _stem(handler)
    return f"{_NOT_IN_NAMES.sub('-', stem).strip('-')[: MAX_NAME_LENGTH - 9] or 'function'}-{uuid4().hex[:8]}"


def _stem(handler: object) -> str:
    if isinstance(handler, str):
        return handler
    if isinstance(handler, Path):
        return handler.resolve().stem  # "." has no name
    return str(getattr(handler, "__name__", ""))


def given(**settings: Any) -> dict[str, Any]:
    """Those of ``settings`` that are not None."""
    return {name: value for name, value in settings.items() if value is not None}


def tags(*, url_id: str | None, process: bool | None) -> dict[str, str] | None:
    """The tags that choose the id of a function's URL, and where the function runs; None where neither is chosen."""
    chosen_process = None if process is None else str(process).lower()
    return given(**{URL_ID_TAG: url_id or None, PROCESS_TAG: chosen_process}) or None


def create_function(client: Any, package: HandlerCode, name: str, alias: str | None, **settings: Any) -> None:
    """Create the function ``name`` from ``package``, with those ``settings`` that are not None; it is Active then.

    :param alias: to point at the function's first version; None publishes no version.
    """
    function = client.create_function(
        FunctionName=name,
        Handler=package.handler,
        Code={"ZipFile": package.zip_file},
        Publish=alias is not None,
        **given(**settings),
    )
    if function["State"] == "Pending":
        for qualifier in {"$LATEST", function["Version"]}:
            while client.get_function_configuration(FunctionName=name, Qualifier=qualifier)["State"] == "Pending":
                pass
    if alias is not None:
        client.create_alias(FunctionName=name, Name=alias, FunctionVersion=function["Version"])


def role_arn(iam: Any, name: str) -> str:
    """The ARN of the role ``name`` that Lambda may assume, created if it is not there."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    try:
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
    return arn


def url_id_of(url: str, url_ports: Callable[[], Mapping[str, int]]) -> str:
    """The id of a function URL in any of the forms that a server gives: after ``/_aws/lambda-url/``, in the host, or by
    its port.

    :param url_ports: called for the ports of the ids that have their own.
    :raises LookupError: no id has the port.
    """
    parts = urlsplit(url)
    if parts.path.startswith(PREFIX):
        return parts.path.removeprefix(PREFIX).partition("/")[0]
    url_id, is_named, _ = (parts.hostname or "").partition(".lambda-url.")
    if is_named:
        return url_id
    for url_id, port in url_ports().items():
        if port == parts.port:
            return url_id
    raise LookupError(f"the server has no function URL {url}")
