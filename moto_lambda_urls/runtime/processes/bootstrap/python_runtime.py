"""The runtime of functions in Python: from the Runtime API to the handler and back.

It runs on Python 3.8 and later, in a process that has nothing of this package but this folder, and behaves like
awslambdaric, AWS's own runtime. One file by design: every module more would delay each cold start.
"""

from __future__ import annotations

import _socket
import builtins
import importlib
import json
import marshal
import os
import sys
import time
from binascii import b2a_base64
from collections.abc import Iterator
from json.encoder import encode_basestring, encode_basestring_ascii
from math import isfinite, isnan

TYPE_CHECKING = False
if TYPE_CHECKING:  # the typing module takes longer to import than all that a small handler needs
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

NO_BREAK_SPACE = "\u00a0"
HTTP_INTEGRATION = "application/vnd.awslambda.http-integration-response"
FIRST_READ_BYTES = 1 << 16
"""Bytes for the first read of an event: for more, memory would be mapped and unmapped each time."""
TEXT_FRAME, JSON_FRAME = 0xA55A0003, 0xA55A0002
WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


FORKED = (
    "[ERROR] A child that os.fork() made came back from the function's code, and is ended: it must not answer for its "
    "parent. Let it end itself, with os._exit(0).\n"
)


class FaultException(Exception):  # noqa: N818 - awslambdaric's name
    """An error that the runtime itself reports, by its type in Lambda's words; ``names`` is told besides."""

    names: Any = None

    def __init__(self, error_type: str, message: str, trace: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.trace = list(trace)


class RuntimeClient:
    """A connection to the Runtime API, kept open; the process ends when the other side does."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self._socket.connect((host, int(port)))
        self._socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self._address = address
        self._received = b""
        self._process = os.getpid()

    def next(self) -> tuple[dict[str, str], bytes]:
        """The headers, by names in lower case, and the body of the next invocation."""
        self._send("GET", "invocation/next", {}, None)
        status, headers, body = self._response()
        if status != 200:
            raise RuntimeError("Failed to get next")
        return headers, body

    def post(self, path: str, body: bytes, **headers: str) -> int:
        """The status of the answer to ``body``."""
        self._send("POST", path, headers, body)
        return self._response()[0]

    def begin_stream(self, path: str, content_type: str) -> None:
        """Begin a streamed response; ``piece`` and ``end_stream`` go on."""
        trailers = "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"
        headers = {"Content_Type": content_type, "Trailer": trailers, "Transfer_Encoding": "chunked"}
        self._send("POST", path, {"Lambda_Runtime_Function_Response_Mode": "streaming", **headers}, None)

    def piece(self, data: bytes) -> None:
        """One piece of a streamed response."""
        if data:
            self._write(b"%x\r\n%b\r\n" % (len(data), data))

    def end_stream(self, error: Mapping[str, Any] | None = None) -> None:
        """The end of a streamed response, or ``error``, which ended it."""
        trailers = ""
        if error is not None:
            body = b2a_base64(error_payload(error), newline=False).decode()
            trailers = f"Lambda-Runtime-Function-Error-Type: {error['errorType']}\r\n"
            trailers += f"Lambda-Runtime-Function-Error-Body: {body}\r\n"
        self._write(b"0\r\n" + trailers.encode() + b"\r\n")
        self._response()

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> None:
        lines = [f"{method} /2018-06-01/runtime/{path} HTTP/1.1", f"Host: {self._address}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += [] if body is None else [f"Content-Length: {len(body)}"]
        self._write("\r\n".join([*lines, "", ""]).encode() + (body or b""))

    def _write(self, data: bytes) -> None:
        if os.getpid() != self._process:  # the connection is the parent's
            try:
                os.write(2, FORKED.encode())
            finally:
                os._exit(1)
        try:
            self._socket.sendall(data)
        except OSError:
            os._exit(1)

    def _response(self) -> tuple[int, dict[str, str], bytes]:
        while b"\r\n\r\n" not in self._received:
            self._receive(FIRST_READ_BYTES)
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        length = int(headers["content-length"])
        while len(self._received) < length:
            self._receive(1 << 20)
        body, self._received = self._received[:length], self._received[length:]
        return int(first.split(" ")[1]), headers, body

    def _receive(self, size: int) -> None:
        try:
            data = self._socket.recv(size)
        except OSError:
            data = b""
        if not data:
            os._exit(1)
        self._received += data


class FunctionLog:
    """The function's log: messages of loggers, each of them one event."""

    json = (os.environ.get("AWS_LAMBDA_LOG_FORMAT") or "").upper() == "JSON"
    request_id: str | None = None
    tenant_id: str | None = None

    def log(self, message: str) -> None:
        """Write a message in a frame that says where it ends."""
        data = message.encode("utf-8", "surrogatepass")
        kind = JSON_FRAME if self.json else TEXT_FRAME
        head = kind.to_bytes(4, "big") + len(data).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big")
        data = head + data
        while data:
            data = data[os.write(1, data) :]

    def error(self, error: Mapping[str, Any]) -> None:
        """Write what is posted as an error."""
        if self.json:
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.log(to_json({"timestamp": now, "level": "ERROR", **error}))
            return
        message = error["errorMessage"]
        lines = [f"[ERROR] {error['errorType']}{': ' if message else ''}{message}"]
        lines.append("Traceback (most recent call last):")
        for entry in error["stackTrace"]:
            lines += [with_visible_indent(line) for line in entry.splitlines()] or [""]
        self.log("\n".join(lines))


def with_visible_indent(line: str) -> str:
    """Lambda's console cuts spaces off."""
    text = line.lstrip(" ")
    return NO_BREAK_SPACE * (len(line) - len(text)) + text


class LoggingHook:
    """Sets Lambda's logging up when the function imports it: that takes longer than most small handlers run."""

    def __init__(self, log: FunctionLog, folder: str) -> None:
        self._log = log
        self._folder = folder

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The spec of logging, whose module is set up once it is loaded; None for all others."""
        if name != "logging":
            return None
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self]
        specs = (finder.find_spec(name, path, target) for finder in sys.meta_path)
        spec = next(spec for spec in specs if spec is not None)
        assert spec.loader is not None
        load = spec.loader.exec_module

        def load_and_set_up(module: Any) -> None:
            load(module)
            own_module("python_logging", self._folder).set_up(self._log)

        spec.loader.exec_module = load_and_set_up  # type: ignore[method-assign]  # of this loader alone
        return spec


def own_module(name: str, folder: str) -> Any:
    """A module beside this one, which the function's own of that name do not see."""
    sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(folder)
        sys.modules.pop(name, None)


class Shown:
    """Base of objects whose ``repr`` shows their fields, as awslambdaric's do."""

    fields: tuple[str, ...] = ()

    def __init__(self, values: Mapping[str, Any]) -> None:
        for name in self.fields:
            setattr(self, name, values.get(name))

    def __repr__(self) -> str:
        shown = ",".join([f"{name}={getattr(self, name)}" for name in self.fields])
        return f"{type(self).__name__}([{shown}])"


class CognitoIdentity(Shown):
    """Who called, through the AWS Mobile SDK."""

    fields = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(Shown):
    """The app that called."""

    fields = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(Shown):
    """What the caller sent as its context."""

    fields = ("custom", "env", "client")


class LambdaContext(Shown):
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    fields = (
        "aws_request_id",
        "log_group_name",
        "log_stream_name",
        "function_name",
        "memory_limit_in_mb",
        "function_version",
        "invoked_function_arn",
        "client_context",
        "identity",
        "tenant_id",
    )

    def __init__(self, headers: Mapping[str, str], log: FunctionLog) -> None:
        get = os.environ.get
        super().__init__(
            {
                "aws_request_id": headers["lambda-runtime-aws-request-id"],
                "log_group_name": get("AWS_LAMBDA_LOG_GROUP_NAME"),
                "log_stream_name": get("AWS_LAMBDA_LOG_STREAM_NAME"),
                "function_name": get("AWS_LAMBDA_FUNCTION_NAME"),
                "memory_limit_in_mb": get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
                "function_version": get("AWS_LAMBDA_FUNCTION_VERSION"),
                "invoked_function_arn": headers.get("lambda-runtime-invoked-function-arn"),
                "tenant_id": headers.get("lambda-runtime-aws-tenant-id"),
            }
        )
        self._log = log
        self._epoch_deadline_time_in_ms = int(headers["lambda-runtime-deadline-ms"])
        sent = parsed(headers.get("lambda-runtime-client-context"), "Client Context")
        self._w3c_fields = w3c_fields(sent)
        if sent is not None:
            client = sent.get("client")
            self.client_context = ClientContext({**sent, "client": None if client is None else Client(client)})
        cognito = parsed(headers.get("lambda-runtime-cognito-identity"), "Cognito Identity") or {}
        ids = {"cognito_identity_id": cognito.get("cognitoIdentityId")}
        self.identity = CognitoIdentity({**ids, "cognito_identity_pool_id": cognito.get("cognitoIdentityPoolId")})

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the Timeout, 0 when it has passed."""
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def w3c(self) -> dict[str, str]:
        """The W3C trace context that the caller sent."""
        return dict(self._w3c_fields)

    def log(self, msg: object) -> None:
        """Write ``msg`` to the log as it is."""
        self._log.log(str(msg))


def parsed(header: str | None, name: str) -> Any:
    """A header's JSON; None when there is none."""
    try:
        return json.loads(header) if header else None
    except ValueError as error:
        raise FaultException("Runtime.LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}") from None


def w3c_fields(sent: Any) -> dict[str, str]:
    """The trace context, taken out of the client context."""
    fields = sent.pop("w3c", None) if isinstance(sent, dict) else None
    names = ("traceparent", "tracestate", "baggage")
    return {name: fields[name] for name in names if isinstance(fields, dict) and isinstance(fields.get(name), str)}


RUNTIMES_IN_ASCII = tuple([f"AWS_Lambda_python3.{minor}" for minor in range(6, 12)])
ASCII = os.environ.get("AWS_EXECUTION_ENV") in RUNTIMES_IN_ASCII
encoded = json.JSONEncoder(ensure_ascii=ASCII).encode


def to_json(value: Any) -> str:
    """JSON as simplejson writes it for awslambdaric: Decimals as numbers, bytes as text, named tuples as objects."""
    try:
        marshal.dumps(value)  # takes Python's own types, and refuses their subclasses
        return encoded(value)
    except (TypeError, ValueError, RecursionError):
        return written(value, encode_basestring_ascii if ASCII else encode_basestring, [])


def error_payload(error: Mapping[str, Any]) -> bytes:
    """``error`` as JSON; a lone surrogate, which UTF-8 has no bytes for, stays escaped."""
    return to_json(error).encode(errors="backslashreplace")


def written(value: Any, quote: Callable[[str], str], outer: list[int]) -> str:
    """``value`` in JSON; ``outer`` holds the ids of the containers around it."""
    simple = scalar(value, quote)
    if simple is not None:
        return simple
    if id(value) in outer:
        raise ValueError("Circular reference detected")
    inside = [*outer, id(value)]
    as_dict = getattr(value, "_asdict", None)
    if isinstance(value, tuple) and callable(as_dict):
        value = as_dict()
    if isinstance(value, dict):
        entries = [(quote(key_of(key, quote)), written(each, quote, inside)) for key, each in value.items()]
        return "{" + ", ".join([f"{key}: {text}" for key, text in entries]) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join([written(each, quote, inside) for each in value])}]"
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def scalar(value: Any, quote: Callable[[str], str]) -> str | None:
    """``value`` in JSON, None if it is a container, or nothing that JSON has."""
    if isinstance(value, str):
        return quote(value)
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        if isfinite(value):
            return float.__repr__(value)
        return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, bytes):
        return quote(value.decode())
    if type(value).__module__ in ("decimal", "_pydecimal") and hasattr(value, "is_nan"):
        return "NaN" if value.is_nan() else str(value)
    return None


def key_of(key: Any, quote: Callable[[str], str]) -> str:
    """A key of an object."""
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return key.decode()
    if key is None or isinstance(key, (int, float)):
        return str(scalar(key, quote))
    raise TypeError(f"keys must be str, int, float, bool or None, not {type(key).__name__}")


def marshalled(result: object) -> bytes:
    """The payload that a handler's ``result`` becomes."""
    if isinstance(result, bytes):
        return result
    try:
        return to_json(result).encode()
    except Exception as error:
        raise FaultException("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def unmarshalled(payload: bytes) -> Any:
    """The event."""
    try:
        return json.loads(payload)
    except ValueError as error:
        raise FaultException("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None


def find_handler(name: str) -> Any:
    """The handler that the configuration names."""
    try:
        module_name, attribute = name.rsplit(".", 1)
    except ValueError as error:
        raise FaultException("Runtime.MalformedHandlerName", f"Bad handler '{name}': {error}") from None
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise FaultException("Runtime.BuiltInModuleConflict", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise FaultException("Runtime.ImportModuleError", message) from None
    except SyntaxError as error:
        trace = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        message = f"Syntax error in module '{module_name}': {error}"
        raise FaultException("Runtime.UserCodeSyntaxError", message, (trace,)) from None
    try:
        return getattr(module, attribute)
    except AttributeError:
        fault = FaultException("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module_name}'")
        fault.names = {"module": module_name, "wanted": attribute, **functions_in(module)}
        raise fault from None


def functions_in(module: Any) -> dict[str, list[str]]:
    """The names of what can be called in ``module``, and of what is defined there."""
    functions = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")][:200]
    name = module.__name__
    return {
        "functions": functions,
        "defined": [each for each in functions if getattr(vars(module)[each], "__module__", None) == name],
    }


def error_of(exception: Exception, request_id: str = "") -> dict[str, Any]:
    """What is posted for ``exception``."""
    if isinstance(exception, FaultException):
        error_type, message, trace = exception.error_type, exception.message, exception.trace
    else:
        error_type, message, trace = type(exception).__name__, str(exception), stack_trace(exception)
    trace = [shown(entry) for entry in trace]
    return {"errorMessage": shown(message), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def stack_trace(exception: Exception) -> list[str]:
    """The frames from where the function's code begins, without marks under the lines."""
    import traceback  # most functions never need it

    frames = [
        (frame.filename, frame.lineno or 0, frame.name, frame.line)
        for frame in traceback.extract_tb(exception.__traceback__)
    ]
    while frames and frames[0][0] == __file__:
        del frames[0]
    return traceback.format_list(frames)


VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
places: list[tuple[str, str]] = []
"""The folders that stand for those of AWS."""


def shown(text: str) -> str:
    """``text`` with the paths that it would have on AWS."""
    for here, there in places:
        text = text.replace(here, there)
    return text


def report_init_error(api: RuntimeClient, log: FunctionLog, exception: Exception) -> NoReturn:
    """Say that the function cannot start, and end."""
    import logging

    error = error_of(exception)
    logging.warning(WARNING)
    log.error(error)
    headers = {"Lambda_Runtime_Function_Error_Type": error["errorType"]}
    if isinstance(exception, FaultException) and exception.names:
        from urllib.parse import quote

        headers["Moto_Lambda_Urls_Names"] = quote(to_json(exception.names))
    api.post("init/error", error_payload(error), **headers)
    sys.exit(1)


def run(api: RuntimeClient, log: FunctionLog, handler: Any) -> NoReturn:
    """Serve one invocation after the other."""
    while True:
        headers, payload = api.next()
        request_id = FunctionLog.request_id = headers["lambda-runtime-aws-request-id"]
        FunctionLog.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        trace_id = headers.get("lambda-runtime-trace-id")
        if trace_id is not None:
            os.environ["_X_AMZN_TRACE_ID"] = trace_id
        else:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        path = "invocation/" + request_id
        try:
            context = LambdaContext(headers, log)
            result = handler(unmarshalled(payload), context)
            # A convention of ours: Lambda's Python has no streaming.
            if isinstance(result, Iterator) and headers.get("lambda-runtime-function-response-mode") == "streaming":
                stream(api, log, request_id, result)
                continue
            body = marshalled(result)
            content_type = "application/unknown" if isinstance(result, bytes) else "application/json"
        except Exception as exception:
            error = error_of(exception, request_id)
            log.error(error)
            error_type = error["errorType"]
            api.post(path + "/error", error_payload(error), Lambda_Runtime_Function_Error_Type=error_type)
        else:
            api.post(path + "/response", body, Content_Type=content_type)


def stream(api: RuntimeClient, log: FunctionLog, request_id: str, items: Iterator[Any]) -> None:
    """Post the items as they are made; the first may say status and headers."""
    path = "invocation/" + request_id + "/response"
    first = next(items, b"")
    if isinstance(first, dict) and "statusCode" in first:
        head, content_type = marshalled(first) + b"\0" * 8, HTTP_INTEGRATION
    else:
        head, content_type = chunk(first), "application/octet-stream"
    api.begin_stream(path, content_type)
    error = None
    try:
        api.piece(head)
        for item in items:
            api.piece(chunk(item))
    except Exception as exception:
        error = error_of(exception, request_id)
        log.error(error)
    api.end_stream(error)


def chunk(item: object) -> bytes:
    """The bytes of one item."""
    if isinstance(item, str):
        return item.encode()
    if isinstance(item, (bytes, bytearray, memoryview)):
        return bytes(item)
    message = f"Unable to marshal response: Object of type {type(item).__name__} is not bytes or str"
    raise FaultException("Runtime.MarshalError", message)


def set_up_path(folder: str) -> None:
    """Look for modules where Lambda does: in the package, in the layers, in the library, and for the SDK at last."""
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    opt, sdk = [os.path.join(os.path.dirname(task_root), name) for name in ("opt", "sdk")]
    python = os.path.join(opt, "python")
    not_theirs = ("", folder, os.path.dirname(os.path.realpath(__file__)))
    own = [task_root, os.path.join(python, "lib", VERSION, "site-packages"), python]
    sys.path[:] = [*own, *(entry for entry in sys.path if entry not in not_theirs), sdk]
    sys.argv[:] = ["/var/runtime/bootstrap.py"]
    library = os.path.dirname(os.__file__)
    for here, there in ((task_root, "/var/task"), (opt, "/opt"), (library, f"/var/lang/lib/{VERSION}")):
        places.append((here + os.sep, f"{there}/"))
    for name in ("exit", "quit"):  # which the site module would make
        if not hasattr(builtins, name):
            setattr(builtins, name, sys.exit)


def main(folder: str) -> None:
    """Load the handler, and serve. ``folder`` holds this file; beside the package are ``opt`` for /opt, and ``sdk``."""
    sys.modules.pop(__name__, None)  # the function may have a module of this name
    set_up_path(folder)
    api = RuntimeClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    log = FunctionLog()
    os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
    sys.meta_path.insert(0, LoggingHook(log, folder))
    try:
        handler = find_handler(os.environ["_HANDLER"])
    except Exception as exception:
        report_init_error(api, log, exception)
    run(api, log, handler)
