"""Probes of who may call: signatures, sessions and permissions."""

from __future__ import annotations

from datetime import timedelta

from ..place import ECHO, Place, Url
from ..signing import Signer
from .asking import probe

_DAY = timedelta(days=1)


def _signed_url(place: Place) -> Url:
    url = place.url(place.function(), auth_type="AWS_IAM")
    place.allow("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    place.wait_until_allowed(url)
    return url


def _ask(place: Place, url: Url, case: str, signer: Signer) -> None:
    place.ask(url, headers=signer.headers(place.host(url)), case=case)


@probe()
def signatures(place: Place) -> None:
    url = _signed_url(place)
    right = place.signer()
    _ask(place, url, "six minutes old", place.signer(age=timedelta(minutes=6)))
    _ask(place, url, "of in six minutes", place.signer(age=-timedelta(minutes=6)))
    _ask(place, url, "another region", place.signer(region="eu-west-3"))
    _ask(place, url, "another service", place.signer(service="execute-api"))
    _ask(place, url, "another terminator", place.signer(terminator="aws5_request"))
    _ask(place, url, "yesterday's date in the scope", place.signer(scope_age=_DAY))
    _ask(place, url, "a token that is none", place.signer(token="nonsense"))
    _ask(place, url, "without its token", place.signer(token=None))
    _ask(place, url, "a key that is nobody's", place.signer(access_key="ASIA" + "A" * 16))
    _ask(place, url, "another secret", place.signer(secret=right.secret[::-1]))


@probe(
    "a signature that is none (malformed Authorization) is answered as a wrong one, a wrong session token as an "
    "unknown key"
)
def malformed_signatures(place: Place) -> None:
    url = _signed_url(place)
    lines = dict(place.signer().headers(place.host(url)))
    whole = lines.pop("Authorization")
    texts = {
        "no credential": whole.replace("Credential=", "Credentials="),
        "no signed headers": whole.replace("SignedHeaders=", "Signed="),
        "no signature": whole.partition(", Signature=")[0],
        "the algorithm alone": "AWS4-HMAC-SHA256",
        "a scope of four parts": whole.replace("/aws4_request", ""),
        "spaces for commas": whole.replace(",", ""),
        "a bearer": "Bearer abc",
    }
    for case, text in texts.items():
        place.ask(url, headers=[*lines.items(), ("Authorization", text)], case=case)
    no_date = [(name, value) for name, value in lines.items() if name != "x-amz-date"]
    place.ask(url, headers=[*no_date, ("Authorization", whole)], case="no date")


@probe(decided='this run has authorization="strict"; the default is milder on purpose')
def one_permission(place: Place) -> None:
    url = place.url(place.function(), grant=False)
    to_all = {"FunctionName": url.function_name, "Principal": "*"}
    of_url = {"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    place.make("lambda", "add_permission", **to_all, **of_url)
    place.ask(url, until=lambda reply: reply.status == 200, case="lambda:InvokeFunction is missing")


@probe()
def throttled_and_too_large(place: Place) -> None:
    url = place.url(place.function(ECHO))
    place.ask(url, "POST", body=b"x" * 6_300_000, case="6,300,000 bytes of text")
    place.make("lambda", "put_function_concurrency", FunctionName=url.function_name, ReservedConcurrentExecutions=0)
    place.ask(url, until=lambda reply: reply.status == 429, case="no concurrency")
