"""Where a function's handler runs: in this process, in one of its own, or in moto's Docker; and why."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from moto.awslambda.utils import get_backend

from ..messages.addresses import PROCESS_TAG
from ..runtime.exceptions import LoadError
from ..runtime.in_process.loading.bundled import unlike_here
from ..runtime.in_process.loading.handlers import is_outside, module_of
from ..runtime.in_process.loading.loader import is_python
from ..runtime.in_process.loading.packages import PackageRefused, extensions_of, has_module, member_names
from ..runtime.variables import EXEC_WRAPPER
from ..state import scope
from ..state.record import Placement
from .layers import layer_archives

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_logger = logging.getLogger("moto_lambda_urls")
_STANDS_IN = Placement("here", "a registered callable stands in")
_IMPORTED = "neither its package nor a layer holds its handler, which is imported here"
_UNREADABLE = "its package or a layer cannot be read"
_ALIKE = "it bundles nothing that differs from here"
_MAX_NAMED = 3
_decided: WeakKeyDictionary[LambdaFunction, tuple[tuple[object, ...], Placement]] = WeakKeyDictionary()
"""Of the process, as moto's functions are."""


def placement_of(function: LambdaFunction) -> Placement:
    """Where the version ``function`` runs now; the log says so once for each code and configuration."""
    if scope.registered_handler(function.function_name) is not None:
        return _STANDS_IN
    tag, option = _tags(function).get(PROCESS_TAG), scope.options().processes
    code = (function.code_sha_256, function.handler, function.run_time, *_layer_arns(function))
    revision = (tag, option, function.environment_vars.get(EXEC_WRAPPER), *code)
    revised, placement = _decided.get(function, (None, _STANDS_IN))
    if revised != revision:
        wish = _Wish(tag, option)
        placement = _decide(function, wish)
        _decided[function] = revision, placement
        is_refused = wish.is_own and wish.wanted and placement.place != "process"
        _logger.log(
            logging.WARNING if is_refused else logging.INFO, "Function %s runs %s", function.function_name, placement
        )
    return placement


class _Wish:
    """What was asked for: ``process`` as ``deploy`` was told, else the option; ``text`` is how that is written.

    ``wanted`` is True or False, None for what the package decides; ``is_own`` says that it is the function's own.
    """

    def __init__(self, tag: str | None, option: scope.Processes) -> None:
        tagged = {"true": True, "false": False}.get(tag or "")
        self.is_own = tagged is not None
        self.wanted = {"always": True, "never": False, "auto": None}[option] if tagged is None else tagged
        self.text = f'processes="{option}"' if tagged is None else f"process={tagged}"

    def but(self, obstacle: str) -> str:
        """Why a process that was wanted is not to be had; ``obstacle`` alone where none was."""
        return f"{self.text}, but {obstacle}" if self.wanted else obstacle


def _decide(function: LambdaFunction, wish: _Wish) -> Placement:
    if not is_python(function):
        return _of_another_language(function, wish)
    if wish.wanted is False:
        return Placement("here", wish.text)
    try:
        reason = _reason_for_process(function, wish)
    except (LoadError, PackageRefused):  # what is wrong is said when it is loaded
        return Placement("here", wish.but(_UNREADABLE))
    if reason is None:
        return Placement("here", wish.but(_IMPORTED) if wish.wanted else _ALIKE)
    obstacle = _obstacle(function)
    return Placement("process", reason) if obstacle is None else Placement("here", f"{reason}, but {obstacle}")


def _of_another_language(function: LambdaFunction, wish: _Wish) -> Placement:
    if function.package_type == "Image":
        return Placement("docker", "it is a container image")
    if wish.wanted is False:
        return Placement("docker", wish.text)
    obstacle = _obstacle(function)
    if obstacle is not None:
        return Placement("docker", obstacle)
    return Placement("process", wish.text if wish.wanted else f"its runtime is {function.run_time}")


def _obstacle(function: LambdaFunction) -> str | None:
    # Not loaded with a mock: few have functions that need processes.
    from ..runtime.processes.deployment import obstacle

    return obstacle(function.run_time or "python")


def _reason_for_process(function: LambdaFunction, wish: _Wish) -> str | None:
    """Why the Python code of ``function`` runs in a process of its own; None when it does not.

    A handler that is nowhere gets the process that was wanted for it: there its error is AWS's.

    :raises LoadError, PackageRefused: its package or a layer cannot be read.
    """
    archives = [getattr(function, "code_bytes", b""), *layer_archives(function)]
    package, *layers = [member_names(archive) for archive in archives]
    is_packaged = has_module(str(function.handler), package, chain(*layers))
    if wish.wanted:
        return wish.text if is_packaged or not is_outside(module_of(str(function.handler))) else None
    if not is_packaged:
        return None
    wrapper = f"it has {EXEC_WRAPPER}" if function.environment_vars.get(EXEC_WRAPPER) else None
    return wrapper or _differences(chain(package, *layers)) or _extensions(archives)


def _differences(names: Iterable[str]) -> str | None:
    found = [
        f"{name} {version}, {'which this environment lacks' if here is None else f'here it is {here}'}"
        for name, version, here in unlike_here(names)
    ]
    return _bundles(found)


def _extensions(archives: Iterable[bytes]) -> str | None:
    found = [f"the C extension {name}" for archive in archives for name in extensions_of(archive)]
    return _bundles(found)


def _bundles(found: Sequence[str]) -> str | None:
    if not found:
        return None
    more = f", and {len(found) - _MAX_NAMED} more" if len(found) > _MAX_NAMED else ""
    return f"it bundles {'; '.join(found[:_MAX_NAMED])}{more}"


def _tags(function: LambdaFunction) -> Mapping[str, str]:
    if str(function.version) != "$LATEST":  # versions have none of their own
        function = get_backend(function.account_id, function.region).get_function(function.function_name)
    tags: Mapping[str, str] = function.tags
    return tags


def _layer_arns(function: LambdaFunction) -> list[str]:
    return [layer["Arn"] for layer in function.layers]
