"""sentry-sdk wraps http.client, boto3, httpx and aiohttp for good: in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from support.beside import OwnProcess


@contextmanager
def started() -> Iterator[None]:
    """Started as in a Lambda function, with every request traced and nothing sent."""
    import sentry_sdk
    from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration

    sentry_sdk.init(integrations=[AwsLambdaIntegration(timeout_warning=True)], traces_sample_rate=1.0)
    with sentry_sdk.start_transaction(name="test"):
        yield


def test_sentry(own_process: OwnProcess) -> None:
    own_process(started)
