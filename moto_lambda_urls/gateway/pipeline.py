"""The data plane from end to end: a request to a function URL in, AWS's response out."""

from __future__ import annotations

import logging
import time

from ..control.url_index import Indexed, url_index
from ..invocations import HandlerError, ScopedInvocationRequest, Throttled, custom_resources, invoke, stream
from ..messages import Request, Response
from ..state import scope
from ..state.record import JsonText
from . import auth, cors, refusals
from .arrival import Arrival, arrive
from .entry import Entry, exception_to_raise
from .event import encode_event, to_event
from .framing import finish, internal_server_error, unknown_url
from .refusals import Refused
from .result import raw_response, streamed_response, to_response

_logger = logging.getLogger("moto_lambda_urls")

MAX_URLS_NAMED = 10


def handle(request: Request) -> Response:
    """Answer ``request`` as the function URL at ``request.host`` does.

    Raises nothing but what the handler raised, when ``raise_handler_errors`` is on, and a FunctionUrlPermissionWarning
    where the warnings filter makes it an error.
    """
    arrival = arrive(request.method)
    url = url_index.find(request.host)
    if url is None:
        return _without_url(request, arrival)
    preflight = cors.preflight(url.config.cors, request)
    if preflight is not None:
        return finish(preflight, arrival)
    with Entry(url, arrival) as entry:
        try:
            response = _answer(request, url, arrival, entry)
        except Refused as refused:
            response = finish(refused.response, arrival)
        response = cors.add_headers(url.config.cors, request, response)
        entry.answered(response)
    return response


def handle_too_large(request: Request) -> Response:
    """Refuse ``request``, whose body was not read: it is over ``MAX_EVENT_BYTES`` by itself."""
    config = url_index.find_url(request.host)
    if config is None:
        return handle(request)
    response = finish(refusals.request_too_large().response, arrive(request.method))
    return cors.add_headers(config.cors, request, response)


def _answer(request: Request, url: Indexed, arrival: Arrival, entry: Entry) -> Response:
    """The function's response, or the planned fault's.

    :raises Refused: AWS answers itself, without the function.
    """
    caller = _authorize(request, url, arrival)
    event = to_event(request, arrival, config=url.config, caller=caller)
    payload = encode_event(event)
    entry.event = JsonText(payload)
    fault = entry.fault = scope.next_fault(url.config.url_id)
    if fault is not None:
        time.sleep(fault.delay)
        if fault.response is not None:
            return finish(fault.response, arrival)
    call = _to_call(url, arrival, event, payload)
    entry.version, entry.placement = str(call.function.version), call.placement
    run = _stream if url.config.invoke_mode == "RESPONSE_STREAM" else _invoke
    try:
        return run(call, arrival, entry)
    except Throttled as throttled:
        raise refusals.throttled() from throttled


def _authorize(request: Request, url: Indexed, arrival: Arrival) -> auth.Caller | None:
    config, backend = url
    return auth.authorize(
        request,
        config,
        resource_policy=backend.resource_policy(config.function_name, config.qualifier),
        authorization=scope.options().authorization,
        callers=auth.MotoCallers(),
        now=arrival.now,
        warned=scope.warned(),
    )


def _to_call(url: Indexed, arrival: Arrival, event: dict[str, object], payload: bytes) -> ScopedInvocationRequest:
    config, backend = url
    function = backend.target(config)
    if function is None:  # its alias, or the function, went while the request was on its way
        raise refusals.not_authorized()
    return ScopedInvocationRequest(
        function=function,
        invoked_arn=config.function_arn,
        qualifier=config.qualifier,
        request_id=arrival.request_id,
        payload=payload,
        event=event,
        reserved_concurrency=backend.reserved_concurrency(config.function_name),
        metrics=backend.invocation_metrics,
        trace_id=arrival.trace_header,
    )


def _invoke(call: ScopedInvocationRequest, arrival: Arrival, entry: Entry) -> Response:
    outcome = entry.outcome = invoke(call, entry.held)
    if outcome.error is not None:
        return _failed(outcome.error, arrival)
    return to_response(outcome.payload, arrival)


def _stream(call: ScopedInvocationRequest, arrival: Arrival, entry: Entry) -> Response:
    pieces = stream(call)
    pieces.at_end, entry.is_streaming = entry.end_stream, True
    if pieces.outcome is None or pieces.prelude is not None:
        return streamed_response(pieces.prelude, pieces, arrival)
    body = b"".join(pieces)  # The handler has ended: what it made may be part of an answer in which it failed.
    error = pieces.outcome.error
    if error is not None and (not body or scope.options().raise_handler_errors):
        return _failed(error, arrival)
    return raw_response(body, arrival)


def _failed(error: HandlerError, arrival: Arrival) -> Response:
    exception = exception_to_raise(error)
    if exception is not None:
        raise exception
    return internal_server_error(arrival)


def _without_url(request: Request, arrival: Arrival) -> Response:
    if custom_resources.is_response(request):
        return finish(custom_resources.take_response(request), arrival)
    if url_index.is_closed(request.host):
        return finish(refusals.not_authorized().response, arrival)
    _log_unknown(request)
    return unknown_url(request, arrival)


def _log_unknown(request: Request) -> None:
    known = url_index.urls()
    named = ", ".join(known[:MAX_URLS_NAMED]) or "none"
    more = f" and {len(known) - MAX_URLS_NAMED} more" if len(known) > MAX_URLS_NAMED else ""
    asked = f"{request.method} https://{request.host}{request.raw_path}"
    _logger.warning("%s: there is no such function URL. Known: %s%s", asked, named, more)
