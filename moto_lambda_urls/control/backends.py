"""Reference-counted installation of the Lambda backend with function URLs in moto's place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends

from ..patching.counted import Counted
from ..patching.first_use import load
from . import in_moto


class _Place:
    """One of moto's sets of Lambda backends, the class that makes them, and the name of ours."""

    def __init__(self, backends: Any, theirs: type[LambdaBackend], ours: str) -> None:
        self.backends = backends
        self.theirs = theirs
        self._ours = ours
        # moto asks whether what makes its backends is a class of tagged resources.
        self.maker = type(ours, (theirs,), {"__new__": self._make})

    @property
    def ours(self) -> Any:
        return getattr(load("control.models"), self._ours)

    def _make(self, _maker: type, *args: Any, **kwargs: Any) -> Any:
        """A backend of ours: all that it needs is loaded with the first one, not with the mock."""
        return self.ours(*args, **kwargs)


_PLACES = (
    _Place(lambda_backends, LambdaBackend, "FunctionUrlBackend"),
    _Place(lambda_simple_backends, LambdaSimpleBackend, "SimpleFunctionUrlBackend"),  # for ``use_docker: False``
)


def install() -> None:
    """Make moto's Lambda ours, existing backends and functions included; each call wants an ``uninstall``."""
    _ours.install()


def uninstall(*, keep: bool = False) -> None:
    """Give moto its own Lambda back when the last user leaves. Functions stay; URLs and policies are forgotten, or with
    ``keep`` only put aside, for the next ``install`` to find them with their functions.

    :raises RuntimeError: there is no ``install`` to undo.
    """
    _ours.uninstall(keep)


def _adopt() -> None:
    _change(lambda place: place.maker, lambda place, backend: load("control.adoption").adopt(backend, place.ours))


def _release(keep: bool) -> None:
    _change(
        lambda place: place.theirs,
        lambda place, backend: load("control.adoption").release(backend, place.theirs, keep=keep),
    )


def _change(maker_at: Callable[[_Place], type], change: Callable[[_Place, Any], None]) -> None:
    """Let ``maker_at`` each place make its backends from now on, and ``change`` those that there are."""
    in_moto.change_backends([(place.backends, maker_at(place), partial(change, place)) for place in _PLACES])


_ours = Counted(_adopt, _release)
