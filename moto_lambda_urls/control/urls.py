"""The URL patterns of Lambda's API, as moto reads them."""

from __future__ import annotations

from moto.awslambda import urls as moto_urls

from .responses import FunctionUrlResponse

url_bases = moto_urls.url_bases

# moto's patterns leave out operations, and names that a request may carry (ARNs with a slash, dots, what validation
# refuses). The operation itself is found by the service model, whatever the pattern.
url_paths = {
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_path>.+)$": FunctionUrlResponse.dispatch,
    r"{0}/(?P<api_version>[^/]+)/account-settings/?$": FunctionUrlResponse.dispatch,
    r"{0}/(?P<api_version>[^/]+)/code-signing-configs/?$": FunctionUrlResponse.dispatch,
    r"{0}/(?P<api_version>[^/]+)/code-signing-configs/(?P<config_path>.+)$": FunctionUrlResponse.dispatch,
    **dict.fromkeys(moto_urls.url_paths, FunctionUrlResponse.dispatch),
}
