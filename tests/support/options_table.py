"""docs/options.md: every option in each of its forms. Run this file to write it anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PATH = Path(__file__).parents[2] / "docs" / "options.md"
MOCK, SERVER, APP = "mock_lambda_urls", "LambdaUrlsServer", "create_app"
HEADER = """\
# Options

Each option in all its forms. An argument is one of [`mock_lambda_urls`](reference.md), of
[`LambdaUrlsServer`](reference.md), or of `moto_lambda_urls.server.create_app`, the
[WSGI application](server.md). A marker is for the fixtures `lambda_urls` and `lambda_urls_server`, and outweighs
the ini option, which stands in pytest's configuration. A flag outweighs an environment variable.
Written by `python tests/support/options_table.py`.
"""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option: ``value`` is an example of its value in Python, ``text`` the same in a shell or an ini file.

    ``arguments`` maps the callables that take it to their defaults, ``flags`` the commands to theirs; ``in_pytest``
    says whether there is a marker and an ini option. A flag without a value has no ``text``.
    """

    meaning: str
    name: str = ""
    value: str = ""
    text: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    in_pytest: bool = False
    flag: str = ""
    short: str = ""
    flags: Mapping[str, object] = field(default_factory=dict)
    variable: str = ""
    read_by: str = ""


OF_BOTH = (
    Option(
        name="authorization",
        meaning=(
            "Who may call function URLs. `standard` asks a URL with `AuthType` `NONE` for its grant, verifies the "
            "signatures of keys that moto "
            "knows, and warns where AWS refuses; `strict` is AWS as of October 2025; with `off` every URL "
            "answers. See [Who may ask](iam.md)."
        ),
        value='"strict"',
        text="strict",
        arguments={MOCK: "standard", SERVER: "standard", APP: None},
        in_pytest=True,
        flag="--authorization",
        flags={"server": "standard", "proxy": "standard"},
        variable="MOTO_LAMBDA_URLS_AUTHORIZATION",
        read_by="`server`, `proxy` and the WSGI application",
    ),
    Option(
        name="processes",
        meaning=(
            "Which deployment packages run in processes of their own: `auto` those that cannot run in this one, "
            "`always` all, `never` none. See "
            "[Processes](processes.md)."
        ),
        value='"always"',
        text="always",
        arguments={MOCK: "auto", SERVER: "auto", APP: "auto"},
        in_pytest=True,
        flag="--processes",
        flags={"server": "always", "serve": "auto", "proxy": "always"},
    ),
    Option(
        name="max_processes",
        meaning=(
            "How many processes of functions there may be at once, 1 to 1000, idle ones included. An invocation that "
            "needs one more waits, and the log says with what all are busy. See "
            "[Processes](processes.md#how-processes-live)."
        ),
        value="8",
        text="8",
        arguments={MOCK: 32, SERVER: 32, APP: 32},
        in_pytest=True,
        flag="--max-processes",
        flags={"server": 32, "serve": 32, "proxy": 32},
    ),
    Option(
        name="handlers",
        meaning=(
            "Callables or web applications that stand in for the code of functions, by name. In an ini file a "
            "line each."
        ),
        value='{"orders": orders.handler}',
        text="orders = shop.orders:handler",
        arguments={MOCK: None, SERVER: None},
        in_pytest=True,
    ),
    Option(
        name="raise_handler_errors",
        meaning=(
            "An exception of a handler reaches the test instead of becoming AWS's 502: the caller in process, the "
            "test's end with the fixture "
            "`lambda_urls_server`. A `LambdaUrlsServer` answers 500."
        ),
        value="True",
        text="true",
        arguments={MOCK: False, SERVER: False},
        in_pytest=True,
    ),
    Option(
        name="function_states",
        meaning=(
            "`immediate` makes functions Active at once; with `pending` the first read of a new or changed "
            "function shows it Pending or "
            "InProgress, as on AWS, so that waiters are exercised."
        ),
        value='"pending"',
        text="pending",
        arguments={MOCK: "immediate", SERVER: "immediate", APP: "immediate"},
        in_pytest=True,
        flag="--function-states",
        flags={"server": "immediate", "serve": "immediate", "proxy": "immediate"},
    ),
    Option(
        name="validate",
        meaning=(
            "`aws` checks what CreateFunction is given as AWS does; with `moto` it takes what plain moto takes, so "
            "that a large suite can move first: any bytes for a package, any runtime, values beyond Lambda's limits. "
            "See [Moving here](moving.md)."
        ),
        value='"moto"',
        text="moto",
        arguments={MOCK: "aws", SERVER: "aws", APP: None},
        in_pytest=True,
        flag="--validate",
        flags={"server": "aws", "serve": "aws", "proxy": "aws"},
        variable="MOTO_LAMBDA_URLS_VALIDATE",
        read_by="`server`, `serve`, `proxy` and the WSGI application",
    ),
)
OF_THE_MOCK = (
    Option(
        name="config",
        meaning="Goes to moto's `mock_aws` as it is.",
        value='{"core": {"reset_boto3_session": False}}',
        arguments={MOCK: None},
    ),
)
OF_THE_SERVER = (
    Option(
        name="host",
        meaning=(
            "The address to listen at. Another than a loopback address is open to all who reach it: [what that "
            "means](server.md)."
        ),
        value='"0.0.0.0"',
        text="0.0.0.0",
        arguments={SERVER: "127.0.0.1"},
        flag="--host",
        short="-H",
        flags={"server": "127.0.0.1", "serve": "127.0.0.1", "proxy": "127.0.0.1"},
    ),
    Option(
        name="port",
        meaning="The port; 0 takes a free one.",
        value="5000",
        text="5000",
        arguments={SERVER: 0},
        flag="--port",
        short="-p",
        flags={"server": "5000", "serve": "8000", "proxy": "5005"},
        variable="MOTO_PORT",
        read_by="`server`",
    ),
    Option(
        name="url_style",
        meaning=(
            "The form of the `FunctionUrl` that the API answers: `path`, `port`, `host` or `aws`. Without the "
            "flag it is `port` at a loopback "
            "address and `path` at others. See [The server](server.md)."
        ),
        value='"host"',
        text="host",
        arguments={SERVER: "path", APP: "path"},
        flag="--url-style",
        flags={"server": None},
    ),
    Option(
        name="endpoint_url",
        meaning="Where the WSGI server listens, so that handlers reach it. `LambdaUrlsServer` knows its own.",
        value='"http://127.0.0.1:8000"',
        arguments={APP: None},
    ),
    Option(
        name="allow_hosts",
        meaning=(
            "Host names under which the server may be asked, besides local ones and AWS's own. The flag may be "
            "repeated."
        ),
        value='["moto"]',
        text="moto",
        arguments={SERVER: (), APP: ()},
        flag="--allow-host",
        flags={"server": [], "proxy": []},
    ),
    Option(
        name="allow_origins",
        meaning="Origins whose pages may use AWS's API. The flag may be repeated.",
        value='["http://localhost:3000"]',
        text="http://localhost:3000",
        arguments={SERVER: (), APP: ()},
        flag="--allow-origin",
        flags={"server": [], "proxy": []},
    ),
    Option(
        name="tls",
        meaning='HTTPS: `"adhoc"` with a certificate made up at the start, or the files of a certificate and its key.',
        value='("cert.pem", "key.pem")',
        arguments={SERVER: None},
        flag="--ssl",
        short="-s",
        flags={"server": False},
    ),
    Option(meaning="The certificate of HTTPS.", text="cert.pem", flag="--ssl-cert", short="-c", flags={"server": None}),
    Option(meaning="The certificate's key.", text="key.pem", flag="--ssl-key", short="-k", flags={"server": None}),
)
OF_COMMANDS = (
    Option(meaning="`AuthType` of the URL; NONE without it.", text="AWS_IAM", flag="--auth", flags={"serve": None}),
    Option(
        meaning="An allowed origin, `*` for all, or the whole `Cors` as JSON. May be repeated.",
        text="'*'",
        flag="--cors",
        flags={"serve": None},
    ),
    Option(meaning="`InvokeMode` `RESPONSE_STREAM`.", flag="--stream", flags={"serve": False}),
    Option(
        meaning="A variable of the handler's environment. May be repeated.",
        text="TABLE=orders",
        flag="--env",
        flags={"serve": []},
    ),
    Option(
        meaning="The function's timeout in seconds; 3 without it.", text="30", flag="--timeout", flags={"serve": None}
    ),
    Option(
        meaning="A parameter of the template. May be repeated.",
        text="Stage=test",
        flag="--parameter",
        flags={"serve": [], "deploy": []},
    ),
    Option(
        meaning="Run the new code, or deploy the new template, when a file changes.",
        flag="--reload",
        flags={"serve": False},
    ),
    Option(
        meaning="Show the page of URLs and requests in a browser.",
        flag="--open",
        flags={"serve": False},
    ),
    Option(
        meaning="The server to deploy to; http://127.0.0.1:5000 without flag and variable.",
        text="http://127.0.0.1:5001",
        flag="--endpoint-url",
        flags={"deploy": None},
        variable="AWS_ENDPOINT_URL",
        read_by="`deploy`",
    ),
    Option(
        meaning="The stack's name; without it the CDK's, the file's or the folder's.",
        text="shop",
        flag="--stack-name",
        flags={"deploy": None},
    ),
    Option(
        meaning="The region; without it the environment's, or us-east-1.",
        text="eu-west-1",
        flag="--region",
        flags={"deploy": None},
    ),
    Option(
        meaning="Log more.",
        flag="--verbose",
        short="-v",
        flags={"server": False, "serve": False, "proxy": False, "deploy": False},
    ),
)
OF_THE_ENVIRONMENT = (
    Option(
        meaning="The same tests against a server in another process, as with moto. See [The server](server.md).",
        text="true",
        variable="TEST_SERVER_MODE",
        read_by="`mock_lambda_urls` and the fixtures",
    ),
    Option(
        meaning="The same tests against a proxy in another process, as with moto.",
        text="true",
        variable="TEST_PROXY_MODE",
        read_by="`mock_lambda_urls` and the fixtures",
    ),
    Option(
        meaning="The account's limit of concurrent executions; 1000 without it.",
        text="10",
        variable="MOTO_LAMBDA_CONCURRENCY_QUOTA",
        read_by="the mock and all commands",
    ),
    Option(
        meaning="The account that the keys of the environment act in; 123456789012 without it, as in moto.",
        text="111122223333",
        variable="MOTO_ACCOUNT_ID",
        read_by="the mock and all commands",
    ),
)
CHAPTERS = {
    "Of the mock and the server": OF_BOTH,
    "Of the mock": OF_THE_MOCK,
    "Of the server": OF_THE_SERVER,
    "Of commands": OF_COMMANDS,
    "Of the environment": OF_THE_ENVIRONMENT,
}
OPTIONS = tuple(option for options in CHAPTERS.values() for option in options)


def page() -> str:
    """The whole page, as its file should be."""
    chapters = (f"\n## {title}\n{''.join(map(_section, options))}" for title, options in CHAPTERS.items())
    return HEADER + "".join(chapters)


def _section(option: Option) -> str:
    title = option.name or option.flag or option.variable
    rows = "".join(f"| {form} | {written} |\n" for form, written in _forms(option))
    return f"\n### `{title}`\n\n{option.meaning}\n\n| form | written |\n|---|---|\n{rows}"


def _forms(option: Option) -> Iterator[tuple[str, str]]:
    for taker, default in option.arguments.items():
        yield "argument", f"`{taker}({option.name}={option.value})`, by default `{default!r}`"
    if option.in_pytest:
        yield "marker", f"`@pytest.mark.lambda_urls({option.name}={option.value})`"
        yield "ini", f"`lambda_urls_{option.name} = {option.text}`"
    for command, default in option.flags.items():
        names = " or ".join(
            f"`{name} {option.text}`".replace(" `", "`") for name in (option.flag, option.short) if name
        )
        shown = "" if default in (None, False, []) else f", by default `{default}`"
        yield "flag", f"{names} of `{command}`{shown}"
    if option.variable:
        yield "variable", f"`{option.variable}={option.text}`, read by {option.read_by}"


if __name__ == "__main__":
    PATH.write_text(page())
