"""Replacement of attributes of classes, modules and objects, undone together; the warning where one is missing."""

from __future__ import annotations

import gc
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, wraps
from importlib import metadata
from types import FunctionType, ModuleType
from typing import Any

from .counted import Counted

Method = Callable[..., Any]
_PACKAGE = __name__.partition(".")[0] + "."


class MissingSeam(AttributeError):  # noqa: N818 - a fact about a library, which ``Patches.library`` makes a warning of
    """A class or module does not define what was to be replaced."""

    def __init__(self, owner: str, name: str) -> None:
        super().__init__(f"{owner} has no {name} of its own")


class UntestedLibraryWarning(RuntimeWarning):
    """A library's release lacks an attribute that the tested releases have; the library is not patched."""


class Patches:
    """Replacements that are undone together; undoing never raises, and puts back everything that can be."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def method(self, owner: type | ModuleType, name: str, make: Callable[[Method], Method]) -> None:
        """Replace the function or method ``name`` that ``owner`` itself defines by ``make(original)``.

        ``original`` is called as a function is: with the instance first, or the class for a class method. It reaches
        descriptors of other tools (wrapt's wrappers) bound, as an attribute access would. The replacement steps aside
        once it is undone, also where somebody has kept hold of it or has put a replacement of their own on top.

        :raises MissingSeam: ``owner`` does not define ``name``.
        """
        if name not in vars(owner):
            raise MissingSeam(_named(owner), name)
        kept = vars(owner)[name]
        original = _callable(kept, owner)
        replacement = make(original)
        active = True

        @wraps(kept)
        def method(*args: Any, **kwargs: Any) -> Any:
            return (replacement if active else original)(*args, **kwargs)

        def step_aside() -> None:
            nonlocal active
            active = False

        self.callback(step_aside)
        self._replace(owner, name, kept, _of_kind(kept, method))

    def held_method(self, owner: type, name: str, make: Callable[[Method], Method]) -> None:
        """As ``method``, for a plain method, and also for code that has kept the library's function and calls that.

        :raises MissingSeam: ``owner`` does not define ``name`` as such.
        """
        function = own_function(owner, name)
        if vars(owner)[name] is not function:  # another tool's replacement comes first, and may not call the function
            self.method(owner, name, make)
        self._function(function, make)

    def value(self, owner: Any, name: str, value: Any) -> None:
        """Replace the attribute ``name`` of ``owner`` by ``value`` itself.

        :raises AttributeError: there is none.
        """
        kept = vars(owner)[name] if name in getattr(owner, "__dict__", ()) else getattr(owner, name)
        self._replace(owner, name, kept, value)

    def added(self, owner: Any, name: str, value: Any) -> None:
        """Give ``owner`` the attribute ``name``, which it has not got."""

        def take_away() -> None:
            if _present(owner, name) is value:
                delattr(owner, name)

        setattr(owner, name, value)
        self.callback(take_away)

    def callback(self, undo: Callable[[], object]) -> None:
        """Call ``undo`` when the patches are undone, to take back a change that is not an attribute's."""
        self._undo.append(undo)

    @contextmanager
    def library(self, distribution: str, tested: str) -> Iterator[Patches]:
        """All or nothing: one warning where ``distribution`` lacks what the block looks up, imports or replaces.

        The block replaces by the ``Patches`` that it is given. They are undone with these, and at once where something
        is missing: an AttributeError (``MissingSeam`` is one), or an ImportError of a module outside this package.

        :param tested: the releases that are tested, as the warning shows them: "0.27 to 0.28".
        """
        of_library = Patches()
        self.callback(of_library.undo)
        try:
            yield of_library
        except (AttributeError, ImportError) as missing:
            of_library.undo()
            if isinstance(missing, ImportError) and f"{missing.name}.".startswith(_PACKAGE):
                raise
            _warn_of_missing(distribution, tested, str(missing))

    def undo(self) -> None:
        """Put the originals back, the last one replaced first.

        Where another tool has patched on top, its patch stays, and what it puts back later is ours, which steps aside.
        """
        while self._undo:
            with suppress(Exception):  # what refuses to be put back must not keep the rest from it
                self._undo.pop()()

    def _function(self, function: FunctionType, make: Callable[[Method], Method]) -> None:
        kept = function.__code__, function.__kwdefaults__
        original = _copy(function)
        replacement = {"_replacement": make(original)}

        def put_back() -> None:
            replacement["_replacement"] = original
            if function.__kwdefaults__ is replacement:
                function.__code__, function.__kwdefaults__ = kept

        self.callback(put_back)
        function.__kwdefaults__ = replacement
        function.__code__ = (_awaiting if inspect.iscoroutinefunction(function) else _calling).__code__

    def _replace(self, owner: Any, name: str, kept: Any, value: Any) -> None:
        def put_back() -> None:
            if _present(owner, name) is value:
                setattr(owner, name, kept)

        setattr(owner, name, value)
        self.callback(put_back)


def own_class(module: str, name: str) -> type:
    """The class that the library module ``module`` (a name) defines as ``name``.

    While a tool for tests has put something in its place (``mock.patch``, a cassette of VCR, httpretty), it is found
    among Python's classes.

    :raises MissingSeam: there is no such class.
    """
    held = getattr(sys.modules.get(module), name, None)
    if isinstance(held, type) and _is_named(held, module, name):
        return held
    found = [each for each in _subclasses(object, set()) if _is_named(each, module, name)]
    if not found:
        raise MissingSeam(module, name)
    return next((each for each in found if _is_of_loaded_module(each)), found[0])


def own_function(owner: type, name: str) -> FunctionType:
    """The function that the library's class ``owner`` defines as its method ``name``.

    While a tool for tests has put something in its place, it is found among Python's objects.

    :raises MissingSeam: there is no such function, or it is a closure.
    """
    own = f"{owner.__qualname__}.{name}"
    namespaces = [each.__globals__ for each in vars(owner).values() if type(each) is FunctionType]

    def is_own(each: object) -> bool:
        return (
            type(each) is FunctionType
            and each.__qualname__ == own
            and each.__closure__ is None
            and each.__module__ == each.__globals__.get("__name__")  # not so where ``wraps`` has copied the names
            and any(each.__globals__ is namespace for namespace in namespaces)
        )

    held = vars(owner).get(name)
    if not callable(held):
        raise MissingSeam(_named(owner), name)
    unwrapped = inspect.unwrap(held, stop=is_own)
    found = unwrapped if is_own(unwrapped) else next(filter(is_own, gc.get_objects()), None)
    if not isinstance(found, FunctionType):
        raise MissingSeam(_named(owner), name)
    return found


def _is_named(owner: type, module: str, name: str) -> bool:
    return owner.__module__ == module and owner.__qualname__ == name


def _is_of_loaded_module(owner: type) -> bool:
    # A module that was imported twice has defined its classes twice.
    functions = [each for each in vars(owner).values() if isinstance(each, FunctionType)]
    return any(vars(sys.modules.get(each.__module__, object())) is each.__globals__ for each in functions)


def _subclasses(owner: type, seen: set[int]) -> Iterator[type]:
    each: type
    for each in type.__subclasses__(owner):
        if id(each) not in seen:  # a class may not be hashed: one of Python 3.14's typing warns
            seen.add(id(each))
            yield each
            yield from _subclasses(each, seen)


def _calling(*args: Any, _replacement: Method, **kwargs: Any) -> Any:
    return _replacement(*args, **kwargs)


async def _awaiting(*args: Any, _replacement: Method, **kwargs: Any) -> Any:
    return await _replacement(*args, **kwargs)


def _copy(function: FunctionType) -> FunctionType:
    copy = FunctionType(function.__code__, function.__globals__, function.__name__, function.__defaults__)
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__module__ = __name__  # ``own_function`` is not to take it for the library's
    return copy


def _callable(kept: Any, owner: type | ModuleType) -> Method:
    """What ``make`` gets as the original: a function of the instance or class, whatever descriptor ``kept`` is."""
    if isinstance(owner, ModuleType) or type(kept) is FunctionType:
        function: Method = kept
    elif isinstance(kept, staticmethod):
        function = kept.__get__(None, owner)
    else:
        bound = _bound_to_class if isinstance(kept, classmethod) else _bound_to_instance
        function = wraps(kept)(lambda self, *args, **kwargs: bound(kept, self)(*args, **kwargs))
    return function


def _bound_to_class(kept: Any, owner: type) -> Method:
    method: Method = kept.__get__(None, owner)
    return method


def _bound_to_instance(kept: Any, instance: object) -> Method:
    # What is no descriptor, like a Mock, is called without the instance.
    method: Method = kept.__get__(instance, type(instance)) if hasattr(type(kept), "__get__") else kept
    return method


def _of_kind(kept: Any, method: Method) -> Any:
    if isinstance(kept, staticmethod):
        return staticmethod(method)
    return classmethod(method) if isinstance(kept, classmethod) else method


def _present(owner: Any, name: str) -> Any:
    return vars(owner)[name] if name in getattr(owner, "__dict__", ()) else getattr(owner, name, None)


def _named(owner: type | ModuleType) -> str:
    return f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__


@cache
def _warn_of_missing(distribution: str, tested: str, missing: str) -> None:
    try:
        version = metadata.version(distribution)
    except metadata.PackageNotFoundError:
        version = "of an unknown version"
    warnings.warn(
        f"{distribution} {version} is left alone: {missing}. Tested are {tested}; function URLs and {distribution} do "
        f"not meet in this process.",
        UntestedLibraryWarning,
        stacklevel=2,
    )


def counted_patches(patch: Callable[[Patches], None]) -> Counted[[]]:
    """A reference-counted installation of what ``patch`` replaces."""
    patches = Patches()

    def on() -> None:
        try:
            patch(patches)
        except BaseException:
            patches.undo()
            raise

    return Counted(on, patches.undo)
