"""Code that lets a refused request through, as Python to paste where the request came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ..messages import Request
from ..messages.addresses import DEFAULT_REGION, PREFIX, is_aws_api
from ..state import scope

if TYPE_CHECKING:
    from ..control.url_configs import FunctionUrlConfig

PATH_CHARACTERS = "/%!$&()*+,;=:@-._~"
FIXTURE = "  # lambda_urls: the fixture, or what mock_lambda_urls() gives"
INVOKE_URL = "lambda:InvokeFunctionUrl"
# AWS asks for it too since October 2025.
INVOKE_FUNCTION = "lambda:InvokeFunction"
PUBLIC_SIDS = {INVOKE_URL: "FunctionURLAllowPublicAccess", INVOKE_FUNCTION: "FunctionURLInvokeAllowPublicAccess"}
_REGION = re.compile(r"[a-z0-9-]+\.lambda-url\.([a-z0-9-]+)\.on\.aws")
_LIKENESS = 0.8


def endpoint_url(request: Request) -> str | None:
    """Where whoever sent ``request`` finds AWS's API: at the server that got it; None at AWS's own names, which a mock
    in the process answers, or a proxy.
    """
    if not request.is_served:
        return None
    known = scope.options().endpoint_url
    host = request.header("host") or request.host
    if known is not None or is_aws_api(host):
        return known
    _, of_url, after = host.partition(".lambda-url.")  # of <id>.lambda-url.<region>.localhost:5000
    return f"{request.scheme}://{after.partition('.')[2] if of_url else host}"


def shown_url(config: FunctionUrlConfig, request: Request) -> str:
    """The URL of ``config`` for whoever sent ``request``."""
    endpoint = endpoint_url(request)
    if endpoint is None:
        return config.url
    scheme, _, host = endpoint.partition("://")
    return scope.innermost().shown_url(config, scheme=scheme, host=host)


def asked_url(request: Request) -> str:
    """The URL, without a path, that ``request`` came to."""
    if not request.is_served:
        return f"https://{request.host}/"
    host = request.header("host") or request.host
    if is_aws_api(host):
        return f"https://{host}/"
    below = f"{PREFIX}{request.host.partition('.')[0]}/" if _came_by_path(request) else "/"
    return f"{request.scheme}://{host}{below}"


def _came_by_path(request: Request) -> bool:
    return request.signed_path is not None and request.signed_path.startswith(PREFIX)


def client(request: Request, region: str, *, service: str = "lambda", name: str = "client") -> str:
    """The line that defines ``client``. At a server it has the endpoint, as boto3 asks AWS without one."""
    endpoint = endpoint_url(request)
    at = "" if endpoint is None else f", endpoint_url={endpoint!r}"
    return f"{name} = boto3.client({service!r}, region_name={region!r}{at})"


def target(config: FunctionUrlConfig) -> str:
    """The arguments that name the function of ``config``, or its alias."""
    qualifier = "" if config.qualifier is None else f", Qualifier={config.qualifier!r}"
    return f"FunctionName={config.function_name!r}{qualifier}"


def nearest(host: str, configs: Iterable[FunctionUrlConfig]) -> FunctionUrlConfig | None:
    """The URL of ``configs`` that was meant by ``host``: of the same id elsewhere, of a function of that name, or of an
    id that differs by few characters; None when there is none.
    """
    by_name: dict[str, FunctionUrlConfig] = {}
    for config in configs:
        by_name.setdefault(config.function_name.lower(), config)
    by_name |= {config.url_id: config for config in configs}
    found = get_close_matches(host.partition(".")[0].lower(), by_name, n=1, cutoff=_LIKENESS)
    return by_name[found[0]] if found else None


def grants(named: str, auth_type: str, principal: str, actions: Mapping[str, str]) -> list[str]:
    """The ``add_permission`` calls on the function ``named`` that give ``principal`` the ``actions``, which map to
    statement ids.
    """
    how = {INVOKE_URL: f"FunctionUrlAuthType={auth_type!r}", INVOKE_FUNCTION: "InvokedViaFunctionUrl=True"}
    return [
        f"client.add_permission({named}, StatementId={sid!r}, Action={action!r}, Principal={principal!r}, "
        f"{how[action]})"
        for action, sid in actions.items()
    ]


def of_unknown_url(request: Request, near: FunctionUrlConfig | None) -> str:
    """The URL that was meant, ``near``, or the calls that make one."""
    if near is not None:
        return f"url = {shown_url(near, request)!r}  # that of {near.function_arn}, the nearest to the one asked"
    region = _REGION.fullmatch(request.host)
    lines = [
        client(request, region[1] if region else DEFAULT_REGION),
        "name = 'orders'  # that of your function",
        "url = client.create_function_url_config(FunctionName=name, AuthType='NONE')['FunctionUrl']",
        *grants("FunctionName=name", "NONE", "*", PUBLIC_SIDS),
    ]
    return "\n".join(lines)


def of_deleted_url(
    request: Request, config: FunctionUrlConfig, missing: Mapping[str, str], *, has_function: bool, has_target: bool
) -> str:
    """The calls that make a URL, which is another, in place of the deleted one of ``config``, and its deleted alias;
    ``missing`` are the grants that the public lacks, as of ``grants``.
    """
    name = f"FunctionName={config.function_name!r}"
    lines = [] if has_function else [f"# when there is a function {config.function_name} again:"]
    lines.append(client(request, config.region))
    if config.qualifier is not None and not has_target:
        lines += [
            f"version = client.publish_version({name})['Version']",
            f"client.create_alias({name}, Name={config.qualifier!r}, FunctionVersion=version)",
        ]
    create = f"client.create_function_url_config({target(config)}, AuthType={config.auth_type!r})"
    lines.append(f"url = {create}['FunctionUrl']")
    if config.auth_type == "NONE":
        lines += grants(target(config), config.auth_type, "*", missing)
    return "\n".join(lines)


def of_throttled(request: Request, config: FunctionUrlConfig) -> str:
    """The calls that take the function's reserved concurrency back."""
    return (
        f"{client(request, config.region)}\nclient.delete_function_concurrency(FunctionName={config.function_name!r})"
    )


def of_pending(request: Request, config: FunctionUrlConfig) -> str:
    """The calls that wait for the function to be Active."""
    waiter = "client.get_waiter('function_active_v2')"
    return f"{client(request, config.region)}\n{waiter}.wait({target(config)})"


def of_planned(request: Request, config: FunctionUrlConfig) -> str:
    """The call that ends the planned faults of the URL."""
    told = "" if request.is_served else FIXTURE
    return (
        "# every fault planned for this URL; one alone: cancel() on what its fail() or delay() returned\n"
        f"lambda_urls.faults.clear({config.url_id!r}){told}"
    )
