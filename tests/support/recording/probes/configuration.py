"""Probes of the configuration API of function URLs, and of permissions."""

from __future__ import annotations

from ..place import Place
from .asking import probe

_OTHER = "111122223333"


@probe(
    "text for a bad `AuthType`; `Cors: {}` clears the configuration; text of malformed JSON types and of a wrong "
    "`Marker`",
    of_model=True,
)
def url_parameters(place: Place) -> None:
    name = place.function()
    place.call("create_function_url_config", FunctionName=name, AuthType="OPEN")
    place.call("create_function_url_config", FunctionName=name, AuthType="none")
    path = f"/2021-10-31/functions/{name}/url"
    for body in (
        b'{"AuthType": 1}',
        b'{"AuthType": "NONE", "Cors": "all"}',
        b'{"AuthType": "NONE", "Cors": {"AllowOrigins": "*"}}',
        b'{"AuthType": "NONE", "Cors": {"MaxAge": "long"}}',
        b'{"AuthType": "NONE", "Cors": {"AllowCredentials": 1}}',
        b'["NONE"]',
        b'{"AuthType": ',
        b"",
    ):
        place.post(path, body)
    place.url(name, grant=False, Cors={"AllowOrigins": ["*"], "MaxAge": 5})
    place.call("update_function_url_config", FunctionName=name, Cors={})
    place.call("get_function_url_config", FunctionName=name)
    place.call("list_function_url_configs", FunctionName=name, Marker="nonsense")


@probe(decided="how long AWS takes differs from time to time")
def at_once(place: Place) -> None:
    url = place.url(place.function(), grant=False)
    place.ask(url, only_status=True, case="at once, without a permission")
    place.grant(url)
    place.ask(url, only_status=True, case="at once, with both permissions")
    place.make("lambda", "delete_function_url_config", FunctionName=url.function_name)
    place.ask(url, only_status=True, case="at once, deleted")


@probe("`InvokedViaFunctionUrl` with another action")
def permissions(place: Place) -> None:
    name = place.function()
    to_all = {"FunctionName": name, "Principal": "*"}
    place.make("lambda", "add_permission", StatementId="a", Action="lambda:InvokeFunction", **to_all)
    stale = "00000000-0000-4000-8000-000000000000"
    place.call("remove_permission", FunctionName=name, StatementId="a", RevisionId=stale)
    for number, action in enumerate(("lambda:InvokeFunctionUrl", "lambda:GetFunction", "lambda:*")):
        place.call("add_permission", StatementId=f"b{number}", Action=action, InvokedViaFunctionUrl=True, **to_all)
    place.call("get_policy", FunctionName=name)


@probe()
def another_account(place: Place) -> None:
    arn = f"arn:aws:lambda:{place.region}:{_OTHER}:function:{place.name('missing')}"
    for operation in ("get_function_url_config", "list_function_url_configs", "get_policy", "get_function"):
        place.call(operation, FunctionName=arn)
