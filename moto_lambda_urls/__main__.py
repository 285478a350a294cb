"""``python -m moto_lambda_urls``: the same as the command ``moto-lambda-urls``."""

import sys

from .server.cli import main

sys.exit(main())
