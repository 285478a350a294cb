"""The data plane from end to end: a request to a function URL in, AWS's response out."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ..control.exceptions import ResourceConflictException
from ..control.functions.deployed import DeployedFunction
from ..control.url_index import Indexed, url_index
from ..invocations import HandlerError, ScopedInvocationRequest, Throttled, custom_resources, invoke, stream
from ..messages import Request, Response
from ..state import scope
from ..state.faults import Fault
from ..state.record import Deferred, Refusal
from . import auth, cors, cures, refusals
from .arrival import Arrival, arrive
from .entry import Entry, exception_to_raise, record_answer
from .event import check_size, to_event
from .framing import finish, internal_server_error, unknown_url
from .refusals import FunctionUrlPermissionWarning, Refused
from .result import BadResultError, raw_response, streamed_response, to_response

if TYPE_CHECKING:
    from ..control.url_configs import FunctionUrlConfig

MAX_URLS_NAMED = 10


def handle(request: Request, *, keeps_warned: bool = True) -> Response:
    """Answer ``request`` as the function URL at ``request.host`` does.

    ``keeps_warned`` says whether a request that ends in a FunctionUrlPermissionWarning is recorded.

    Raises nothing but what the handler raised, when ``raise_handler_errors`` is on, and a FunctionUrlPermissionWarning
    where the warnings filter makes it an error.
    """
    arrival = arrive(request.method)
    url = url_index.find(request.host)
    if url is None:
        return _without_url(request, arrival)
    preflight = cors.preflight(url.config.cors, request)
    if preflight is not None:
        return _answer_preflight(request, url.config, arrival, preflight)
    with Entry(url, arrival) as entry:
        try:
            response = _answer(request, url, arrival, entry)
        except Refused as refused:
            response = finish(refused.response, arrival)
            entry.refused(request, refused.refusal)
        except FunctionUrlPermissionWarning as raised:
            if keeps_warned and raised.refusal is not None:
                entry.refused(request, raised.refusal)
            raise
        response = cors.add_headers(url.config.cors, request, response)
        entry.answered(response)
    return response


def handle_too_large(request: Request) -> Response:
    """Refuse ``request``, whose body was not read: it is over ``MAX_EVENT_BYTES`` by itself."""
    config = url_index.find_url(request.host)
    if config is None:
        return handle(request)
    arrival, refused = arrive(request.method), _told_size(refusals.request_too_large(), request, config)
    response = cors.add_headers(config.cors, request, finish(refused.response, arrival))
    _record(request, config, arrival, response, refused.refusal)
    return response


def _answer_preflight(request: Request, config: FunctionUrlConfig, arrival: Arrival, answer: Response) -> Response:
    response = finish(answer, arrival)
    _record(request, config, arrival, response, cors.refused_preflight(config, request, answer))
    return response


def _record(
    request: Request, config: FunctionUrlConfig, arrival: Arrival, response: Response, refusal: Refusal | None
) -> None:
    name, qualifier = config.function_name, config.qualifier
    record_answer(request, arrival, response, refusal, config, function_name=name, qualifier=qualifier)


def _answer(request: Request, url: Indexed, arrival: Arrival, entry: Entry) -> Response:
    """The function's response.

    :raises Refused: AWS answers itself, without the function, or a planned fault does.
    """
    caller = _authorize(request, url, arrival)
    make_event = partial(to_event, request, arrival, config=url.config, caller=caller)
    event = make_event()
    _refuse_too_large(event, request, url.config)
    entry.event = Deferred(make_event, request.size)  # anew, since the handler may change its own
    fault = entry.fault = scope.next_fault(url.config.url_id, request.raw_path)
    if fault is not None:
        time.sleep(fault.delay)
        if fault.response is not None:
            raise Refused(fault.response, _planned(fault, request, url.config))
    call = _to_call(request, url, arrival, event)
    entry.version, entry.placement = str(call.function.version), call.placement
    entry.handler_name = call.function.handler or entry.handler_name
    run = _stream if url.config.invoke_mode == "RESPONSE_STREAM" else _invoke
    try:
        return run(call, arrival, entry)
    except Throttled as throttled:
        raise refusals.throttled(throttled, cures.of_throttled(request, url.config)) from throttled
    except BadResultError as bad:
        entry.failed(request, bad)
        return internal_server_error(arrival, status=bad.status)


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


def _refuse_too_large(event: dict[str, object], request: Request, config: FunctionUrlConfig) -> None:
    try:
        check_size(event, request)
    except Refused as refused:
        raise _told_size(refused, request, config) from refused


def _told_size(refused: Refused, request: Request, config: FunctionUrlConfig) -> Refused:
    size = str(len(request.body)) if request.body else request.header("content-length")
    compared = {} if size is None else {"the body has": f"{size} bytes"}
    return refusals.told(refused, compared=compared, cure=auth.of_too_large(request, config, auth.MotoCallers()))


def _planned(fault: Fault, request: Request, config: FunctionUrlConfig) -> Refusal:
    return Refusal(
        reason="the test planned this answer, with fail()",
        compared={"fault": "; ".join(map(str, fault.plans))},
        cure=cures.of_planned(request, config),
    )


def _to_call(request: Request, url: Indexed, arrival: Arrival, event: dict[str, object]) -> ScopedInvocationRequest:
    config, backend = url
    function = backend.target(config)
    if function is None:  # its alias, or the function, went while the request was on its way
        raise refusals.not_authorized(_deleted(request, url, arrival))
    try:
        DeployedFunction.adopt(function).check_active()
    except ResourceConflictException as conflict:
        raise refusals.not_active(conflict.message, cures.of_pending(request, config)) from conflict
    return ScopedInvocationRequest(
        function=function,
        invoked_arn=config.function_arn,
        qualifier=config.qualifier,
        request_id=arrival.request_id,
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
        return streamed_response(pieces.prelude, pieces, arrival, pieces.content_type)
    body = b"".join(pieces)  # The handler has ended: what it made may be part of an answer in which it failed.
    error = pieces.outcome.error
    if error is not None and (not body or scope.options().raise_handler_errors):
        return _failed(error, arrival)
    return raw_response(body, arrival, pieces.content_type)


def _failed(error: HandlerError, arrival: Arrival) -> Response:
    exception = exception_to_raise(error)
    if exception is not None:
        raise exception
    return internal_server_error(arrival)


def _without_url(request: Request, arrival: Arrival) -> Response:
    if custom_resources.is_response(request):
        return finish(custom_resources.take_response(request), arrival)
    deleted = url_index.find_deleted(request.host)
    refusal = _unknown(request) if deleted is None else _deleted(request, deleted, arrival)
    response = unknown_url(request, arrival)
    if url_index.find_closed(request.host) is not None:
        response = finish(refusals.not_authorized(refusal).response, arrival)
    record_answer(request, arrival, response, refusal, _NoUrl(request.host))
    return response


class _NoUrl(NamedTuple):
    """A host that is no function URL, as events name one."""

    host: str
    account_id: str = "anonymous"
    auth_type: str = "NONE"

    @property
    def url_id(self) -> str:
        return self.host.partition(".")[0]


def _deleted(request: Request, url: Indexed, arrival: Arrival) -> Refusal:
    config, backend = url
    has_function = backend.target(replace(config, qualifier=None)) is not None
    has_target = backend.target(config) is not None
    what = "" if has_target else "the alias of " if has_function else "the function of "
    again = [each for each in url_index.configs() if each.function_arn == config.function_arn]
    if again:
        cure = f"url = {cures.shown_url(again[0], request)!r}  # the one that {config.function_arn} has now"
    else:
        policy = backend.resource_policy(config.function_name, config.qualifier)
        missing = auth.missing_for_public(request, config, policy, arrival.now)
        cure = cures.of_deleted_url(request, config, missing, has_function=has_function, has_target=has_target)
    return Refusal(reason=f"{what}this URL, that of {config.function_arn}, was deleted", cure=cure)


def _unknown(request: Request) -> Refusal:
    known = url_index.configs()
    named = ", ".join(cures.shown_url(each, request) for each in known[:MAX_URLS_NAMED]) or "none"
    more = f" and {len(known) - MAX_URLS_NAMED} more" if len(known) > MAX_URLS_NAMED else ""
    compared = {"asked": cures.asked_url(request), "known": f"{named}{more}"}
    cure = cures.of_unknown_url(request, cures.nearest(request.host, known))
    return Refusal(reason="there is no such function URL", compared=compared, cure=cure)
