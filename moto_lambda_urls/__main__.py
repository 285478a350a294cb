"""``python -m moto_lambda_urls``: the same as the command ``moto-lambda-urls``."""

import sys

from .cli import main

sys.exit(main())
