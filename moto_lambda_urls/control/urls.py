"""The URL patterns of Lambda's API, as moto reads them."""

from __future__ import annotations

from moto.awslambda import urls as moto_urls

from ..messages.service_model import resource_paths
from .responses import FunctionUrlResponse

url_bases = moto_urls.url_bases

# moto's patterns leave out operations, and names that a request may carry (ARNs with a slash, dots, what validation
# refuses). The operation itself is found by the service model, whatever the pattern.
# Their rest is a group, as moto's server needs it.
_anywhere = [
    rf"{{0}}/(?P<api_version>[^/]+)/{resource}{rest}"
    for resource in sorted(resource_paths())
    for rest in ("/?$", "/(?P<resource_path>.+)$")
]
url_paths = {
    **dict.fromkeys(_anywhere, FunctionUrlResponse.dispatch),
    **dict.fromkeys(moto_urls.url_paths, FunctionUrlResponse.dispatch),
}
