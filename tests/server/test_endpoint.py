from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests
from support.builders import make_zip

from moto_lambda_urls import mock_lambda_urls

SIGNED = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"


@pytest.mark.in_process
def test_pages_do_not_reach_what_processes_are_given() -> None:
    code = "import os\ndef handler(event, context): return os.environ['AWS_ENDPOINT_URL']"
    with mock_lambda_urls(processes="always") as urls:
        endpoint = requests.get(urls.deploy(make_zip(code))).text
        assert urlsplit(endpoint).hostname == "127.0.0.1"
        functions = f"{endpoint}/2015-03-31/functions"
        signed = {"Authorization": SIGNED}
        assert requests.get(functions, headers=signed).status_code == 200
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
            assert requests.get(functions, headers={**signed, **headers}).status_code == 403
        assert requests.post(f"{endpoint}/?Action=CreateStack&StackName=s").status_code == 403
        assert requests.get(f"{endpoint}/_aws/lambda-url/-/state", headers={"Accept-Language": ""}).status_code == 403
    with pytest.raises(requests.ConnectionError):
        requests.get(functions, headers=signed)
