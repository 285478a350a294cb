"""Names and ARNs of functions and layers in the forms that requests use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from moto.utilities.utils import get_partition

from ..exceptions import AccessDeniedException, InvalidParameterValueException, ResourceNotFoundException

# The structure of the model's FunctionUrlFunctionName and NamespacedFunctionName, which are checked before.
_FORMS = re.compile(
    r"(?:arn:[\w-]*:lambda:)?"
    r"(?:(?P<region>(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d):)?"
    r"(?:(?P<account_id>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[\w.-]+)"
    r"(?::(?P<qualifier>[\w.$-]+))?",
    re.ASCII,
)


Key = tuple[str, str | None]
"""A function's name, and a version or alias of it; None is the function itself."""


@dataclass(frozen=True, slots=True)
class FunctionName:
    """A function as a request names it; ``qualifier`` is a version or an alias, None for the function itself."""

    name: str
    qualifier: str | None = None
    account_id: str | None = None
    region: str | None = None


def parse(text: str) -> FunctionName:
    """What ``text`` names: a name, ``name:qualifier``, an ARN or a part of one.

    >>> parse("123456789012:function:orders:live")
    FunctionName(name='orders', qualifier='live', account_id='123456789012', region=None)

    A text of none of these forms is taken for a name, so that it is reported as a function that is not there.
    """
    match = _FORMS.fullmatch(text)
    return FunctionName(**match.groupdict()) if match else FunctionName(text)


def resolve(text: str, qualifier: str | None, *, region: str, account_id: str, action: str) -> Key:
    """The function, version or alias that a request to ``region`` of ``account_id`` names.

    ``text`` is its FunctionName, in any form, and ``qualifier`` its Qualifier.

    :raises InvalidParameterValueException: both name a qualifier, and not the same.
    :raises ResourceNotFoundException: ``text`` is an ARN of another region.
    :raises AccessDeniedException: ``text`` names another account. A decision: no policy lets accounts manage each
        other's functions here, so the answer is AWS's where no policy does; ``action`` is the operation it names.
    """
    named = parse(text)
    if qualifier and named.qualifier and qualifier != named.qualifier:
        raise InvalidParameterValueException(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    if named.region and named.region != region:
        raise ResourceNotFoundException(
            f"Functions from '{named.region}' are not reachable in this region ('{region}')"
        )
    if named.account_id and named.account_id != account_id:
        if action == "CreateFunction":
            raise AccessDeniedException(None)
        raise not_authorized(account_id, action, make_function_arn(region, named.account_id, named.name))
    return named.name, qualifier or named.qualifier


def not_authorized(account_id: str, action: str, arn: str) -> AccessDeniedException:
    """What AWS answers to ``account_id`` when no policy of ``arn``'s owner lets it call the operation ``action``."""
    return AccessDeniedException(
        f"User: arn:aws:iam::{account_id}:root is not authorized to perform: lambda:{action} on resource: {arn} "
        f"because no resource-based policy allows the lambda:{action} action"
    )


def make_function_arn(region: str, account_id: str, name: str, qualifier: str | None = None) -> str:
    """The ARN of the function ``name``, or of its version or alias ``qualifier``."""
    arn = f"arn:{get_partition(region)}:lambda:{region}:{account_id}:function:{name}"
    return f"{arn}:{qualifier}" if qualifier else arn


@dataclass(frozen=True, slots=True)
class LayerName:
    """A layer as a request names it, by name or ARN; ``version`` is the number in the ARN of a version."""

    name: str
    account_id: str
    region: str
    version: int = 0

    @property
    def arn(self) -> str:
        """The layer's ARN, without a version."""
        return f"arn:{get_partition(self.region)}:lambda:{self.region}:{self.account_id}:layer:{self.name}"

    def version_arn(self, number: int) -> str:
        """The ARN of the version ``number``."""
        return f"{self.arn}:{number}"


def parse_layer(text: str, *, region: str, account_id: str) -> LayerName:
    """What ``text``, a layer's name or an ARN that the service model's patterns take, names; a name alone is one of
    ``account_id`` in ``region``.
    """
    parts = text.split(":")
    if len(parts) < 7:  # a name, or arn:aws:lambda:::awslayer:name
        return LayerName(parts[-1], account_id, region)
    _, _, _, arn_region, arn_account_id, _, name, *version = parts
    return LayerName(name, arn_account_id, arn_region, int(version[0]) if version else 0)
