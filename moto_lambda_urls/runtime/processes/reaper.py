"""A process that kills functions' processes when this process ends, however it ends."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from threading import RLock

_SCRIPT = r"""
watched=
while read -r sign group name; do
  rest=
  for each in $watched; do case $each in "$group":*) ;; *) rest="$rest $each" ;; esac; done
  watched=$rest
  [ "$sign" = + ] && watched="$watched $group:$name"
done
for each in $watched; do kill -s KILL -- "-${each%%:*}"; done
for each in $watched; do
  for environ in $(grep -lsF -e "${each#*:}" /proc/[0-9]*/environ); do
    pid=${environ#/proc/}
    kill -s KILL "${pid%/environ}"
  done
done
"""
"""The shell's, since it starts in a millisecond and is everywhere: its input ends with the process that writes it."""


class ProcessReaper:
    """A process that kills the process groups which it was told of when this process ends, a SIGKILL included.

    It also kills those who have left a group, if they have its ``name`` in their environment; on Linux.
    """

    def __init__(self) -> None:
        self._lock = RLock()  # reentrant: an abandoned stream may be collected in any call
        self._shell: subprocess.Popen[bytes] | None = None

    def watch(self, group: int, name: str) -> None:
        """From now on ``group``, and who has ``name`` in the environment, end with this process."""
        with self._lock:
            if self._shell is None:
                self._shell = _start()
            self._tell(f"+ {group} {name}\n")

    def forget(self, group: int) -> None:
        """``group`` has ended: its number may soon be another's."""
        with self._lock:
            self._tell(f"- {group}\n")

    def stop(self) -> None:
        """End the reaper, and what it still watches."""
        with self._lock:
            shell, self._shell = self._shell, None
        if shell is not None:
            _close(shell)
            shell.wait()

    def abandon(self) -> None:
        """In a forked child: the reaper is the parent's."""
        self._lock = RLock()
        shell, self._shell = self._shell, None
        if shell is not None:
            _close(shell)
            shell.returncode = 0  # not this process's child: nothing to wait for

    def _tell(self, line: str) -> None:
        if self._shell is not None and self._shell.stdin is not None:
            with suppress(OSError):  # somebody ended it
                self._shell.stdin.write(line.encode())


def _start() -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
    except OSError:
        return None


def _close(shell: subprocess.Popen[bytes]) -> None:
    if shell.stdin is not None:
        with suppress(OSError):
            shell.stdin.close()
