"""A process that kills functions' processes when this process ends, however it ends."""

from __future__ import annotations

import subprocess
from contextlib import suppress

from .forking import UNFORKED

_SCRIPT = r"""
trap "" HUP INT TERM
watched=
while read -r sign key group name; do
  rest=
  for each in $watched; do case $each in "$key":*) ;; *) rest="$rest $each" ;; esac; done
  watched=$rest
  [ "$sign" = + ] && watched="$watched $key:$group:$name"
done
[ -z "$watched" ] && exit
set --
for each in $watched; do
  set -- "$@" -e "${each##*:}"
  each=${each%:*}
  [ "${each#*:}" = 0 ] || kill -s KILL -- "-${each#*:}"
done
misses=0
for round in $(seq 100); do
  found=$(grep -lsF "$@" /proc/[0-9]*/environ)
  for environ in $found; do
    pid=${environ#/proc/}
    kill -s KILL "${pid%/environ}"
  done
  if [ -n "$found" ]; then misses=0; else misses=$((misses + 1)); fi
  [ "$misses" -ge 3 ] && exit
  sleep 0.02
done
"""
"""The shell's, since it starts in a millisecond and is everywhere: its input ends with the process that writes it.

A process that was being started, or is killed in the middle of starting others, is found in a later round.
"""


class ProcessReaper:
    """A process that kills the process groups which it was told of when this process ends, a SIGKILL included.

    It also kills those who have left a group, if they have its ``name`` in their environment; on Linux. One that was
    killed itself is replaced.
    """

    def __init__(self) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        self._watched: dict[int, str] = {}

    def watch(self, key: int, name: str, group: int = 0) -> None:
        """From now on ``group``, and who has ``name`` in the environment, end with this process.

        A process that is about to start has no group yet. ``key`` is what ``forget`` knows it by.
        """
        with UNFORKED:
            self._watched[key] = f"+ {key} {group} {name}\n"
            if self._shell is None or not self._tell(self._watched[key]):
                self._begin()

    def forget(self, key: int) -> None:
        """What was watched by ``key`` has ended: its group's number may soon be another's."""
        with UNFORKED:
            self._watched.pop(key, None)
            if not self._tell(f"- {key}\n"):
                self._begin()

    def check(self) -> None:
        """Replace it if it was ended."""
        with UNFORKED:
            if self._shell is not None and self._shell.poll() is not None:
                self._begin()

    def stop(self) -> None:
        """End the reaper, and what it still watches."""
        with UNFORKED:
            shell, self._shell = self._shell, None
            self._watched.clear()
            if shell is not None:
                _close(shell)
        if shell is not None:
            shell.wait()

    def abandon(self) -> None:
        """In a forked child: the reaper is the parent's."""
        shell, self._shell = self._shell, None
        self._watched.clear()
        if shell is not None:
            _close(shell)
            shell.returncode = 0  # not this process's child: nothing to wait for

    def _begin(self) -> None:
        """Start it, in the place of one that was ended, and tell it of all that is watched."""
        ended, self._shell = self._shell, _start()
        if ended is not None:
            _close(ended)
            ended.wait()
        self._tell("".join(self._watched.values()))

    def _tell(self, line: str) -> bool:
        """False when somebody has ended it."""
        if self._shell is not None and self._shell.stdin is not None:
            try:
                self._shell.stdin.write(line.encode())
            except OSError:
                return False
        return True


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
