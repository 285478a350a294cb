"""An API with AWS Lambda Powertools."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import (
    CORSConfig,
    LambdaFunctionUrlResolver,
    Response,
    content_types,
)
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, NotFoundError
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent, event_source

logger = Logger(service="api")
app = LambdaFunctionUrlResolver(cors=CORSConfig("https://app.example", max_age=60, allow_credentials=True))


class OutOfStock(Exception):  # noqa: N818 - the application's own word
    pass


@app.get("/todos/<number>")
def show(number: str) -> dict[str, Any]:
    if not number.isdigit():
        raise BadRequestError("a number, please")
    if number == "0":
        raise NotFoundError("nothing has number 0")
    event = app.current_event
    return {
        "id": int(number),
        "query": event.query_string_parameters,
        "ip": event.request_context.http.source_ip,
        "request_id": event.request_context.request_id,
    }


@app.post("/todos")
def create() -> Response[str]:
    logger.info("created", extra={"title": app.current_event.json_body["title"]})
    return Response(
        status_code=HTTPStatus.CREATED,
        content_type=content_types.APPLICATION_JSON,
        body=f'{{"title":"{app.current_event.json_body["title"]}"}}',
        headers={"Location": "/todos/1"},
        cookies=[Cookie(name="a", value="1"), Cookie(name="b", value="2", http_only=True)],
    )


@app.get("/zipped", compress=True)
def zipped() -> str:
    return "zipped " * 200


@app.get("/binary")
def binary() -> Response[bytes]:
    return Response(status_code=200, content_type="application/octet-stream", body=bytes(range(256)))


@app.get("/sold")
def sold() -> None:
    raise OutOfStock("gone")


@app.exception_handler(OutOfStock)  # type: ignore[untyped-decorator]  # the library gives it no types
def on_out_of_stock(error: OutOfStock) -> Response[str]:
    return Response(status_code=410, content_type="text/plain", body=str(error))


@app.get("/fail")
def fail() -> None:
    raise RuntimeError("unexpected")


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> Any:
    return app.resolve(event, context)


@event_source(data_class=LambdaFunctionUrlEvent)
def typed(event: LambdaFunctionUrlEvent, context: Any) -> dict[str, Any]:
    return {
        "path": event.path,
        "method": event.http_method,
        "body": event.decoded_body,
        "cookies": event.cookies,
        "domain": event.request_context.domain_name,
        "arn": (event.request_context.authorizer.iam.user_arn if event.request_context.authorizer else None),
    }
