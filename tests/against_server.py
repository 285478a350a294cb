"""Run pytest with the arguments given, against a server of its own in another process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys


def main() -> int:
    """The exit code of pytest."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server ends, too
    # Tests ask deleted URLs, which in this form answer as on AWS.
    command = [sys.executable, "-m", "moto_lambda_urls", "server", "-p", "0", "--url-style", "path"]
    # The server's log is not read beyond its greeting: it goes to where nobody waits for it to be read.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            endpoint_url = server.stdout.readline().split()[-1]
            variables = {"TEST_SERVER_MODE": "true", "TEST_SERVER_MODE_ENDPOINT": endpoint_url}
            return subprocess.call([sys.executable, "-m", "pytest", *sys.argv[1:]], env={**os.environ, **variables})
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
