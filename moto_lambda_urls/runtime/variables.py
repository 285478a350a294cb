"""Environment variables of functions: Lambda's own, and those of this process that reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

PASSED_ON = (
    "PATH",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "TEMP",
    "TMP",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "AWS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
)
"""What deployed code needs to start programs, and to trust whom this process trusts. All else of the test's environment
is out of its sight."""
EXEC_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
"""It names what executes the interpreter of a process: there is none for a handler that runs in the test's."""


def lambda_variables(
    function: LambdaFunction, *, log_group: str, log_stream: str, json_logs: str | None
) -> dict[str, str]:
    """Lambda's defaults, the function's own, and the reserved ones, which win; ``json_logs`` is the level of JSON logs.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime. The address
    of the X-Ray daemon is left out: nothing listens there.
    """
    return {
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **{name: str(value) for name, value in function.environment_vars.items()},
        "_HANDLER": function.handler or "",
        "AWS_DEFAULT_REGION": function.region,
        "AWS_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        **({} if json_logs is None else {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": json_logs}),
    }
