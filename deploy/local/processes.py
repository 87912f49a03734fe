"""Processes that outlive the command which started them and are found again by identity."""

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.local.files import tail, write_atomically
from deploy.local.identity import Identity
from deploy.local.ports import is_open

_POLL = 0.05
_KILL_PATIENCE = 10.0
_CLOSING = 3.0
_children: dict[int, subprocess.Popen[bytes]] = {}  # kept so that ours do not stay as zombies


class StartFailed(Exception):
    """A process did not come up; says which, why, and what it wrote last."""

    def __init__(self, name: str, reason: str, log: Path) -> None:
        self.name = name
        self.reason = reason
        self.log = log
        lines = tail(log) or "(nothing)"
        super().__init__(f"{name} {reason}.\nThe end of {log}:\n{lines}")


@dataclass(frozen=True, kw_only=True)
class Process:
    """One detached process. Its pid file and its log live in `folder`, under its name.

    It is recognised by pid *and* start time, so a pid given out again is never taken for it.
    """

    name: str
    command: Sequence[str]
    folder: Path
    environment: Callable[[], Mapping[str, str]] = dict  # on top of ours; asked at each start
    is_ready: Callable[[], bool] = lambda: True  # asked until it says so
    port: int | None = None  # where it will listen; a stranger there must not pass for it
    cwd: Path | None = None
    patience: float = 60.0  # seconds until it must be ready
    grace: float = 15.0  # seconds between asking it to stop and killing it

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    def start(self) -> bool:
        """Returns when it is ready; True when this call started it, False when it was running.

        One that runs by another command or environment is replaced.

        Raises:
            StartFailed: it ended or did not become ready in time. What this call started is gone.
        """
        running = self.identity()
        is_current = self._recorded().get("recipe") == self._recipe()
        if running and is_current:
            self._await_ready(running)
            return False
        self.stop()
        if self.port and not _closes_within(self.port, _CLOSING):
            raise StartFailed(self.name, f"found port {self.port} taken", self.log)
        try:
            self._await_ready(self._spawn())
        except BaseException:  # such as Ctrl-C while waiting
            self.stop()
            raise
        return True

    def stop(self) -> None:
        """Returns when it is gone: asked first, killed with its group after `grace`."""
        if running := self.identity():
            _signal(running, signal.SIGTERM)
            if not gone_within(running, self.grace):
                self._kill(running)
        self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """Kills it without warning, as a crash would; the pid file stays, as after a crash."""
        if running := self.identity():
            self._kill(running)

    def identity(self) -> Identity | None:
        """The running process, or None."""
        recorded = Identity.from_json(json.dumps(self._recorded()))
        return recorded if recorded and _is_alive(recorded) else None

    @property
    def is_running(self) -> bool:
        return self.identity() is not None

    def _spawn(self) -> Identity:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))  # a failure shows this run only
        with self.log.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 - commands come from this package
                list(self.command),
                env={**os.environ, **self.environment()},
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C and the end of the terminal do not reach it
            )
        _children[child.pid] = child
        identity = Identity.of(child.pid)
        if identity is None:
            raise StartFailed(self.name, f"ended by itself with {child.wait()}", self.log)
        record = {**json.loads(identity.to_json()), "recipe": self._recipe()}
        write_atomically(self.pid_file, json.dumps(record))
        return identity

    def _await_ready(self, running: Identity) -> None:
        for _ in until(self.patience):
            if not _is_alive(running):
                raise StartFailed(self.name, f"ended by itself{_exit_code(running)}", self.log)
            if self.is_ready() and _is_alive(running):
                return
        raise StartFailed(self.name, f"was not ready within {self.patience:g} s", self.log)

    def _kill(self, running: Identity) -> None:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # it leads its group, see _spawn
        gone_within(running, _KILL_PATIENCE)

    def _recorded(self) -> dict[str, object]:
        try:
            record = json.loads(self.pid_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return record if isinstance(record, dict) else {}

    def _recipe(self) -> str:
        parts = json.dumps([list(self.command), sorted(self.environment().items())])
        return hashlib.sha256(parts.encode()).hexdigest()  # hashed: it may hold secrets


def until(seconds: float, pause: float = _POLL) -> Iterator[None]:
    """Loops at short intervals, at least once, until the time is over."""
    end = time.monotonic() + seconds
    while True:
        yield
        if time.monotonic() >= end:
            return
        time.sleep(pause)


def stop_identified(running: Identity, grace: float) -> None:
    """Stops a process known by identity alone: asked first, killed after `grace`."""
    _signal(running, signal.SIGTERM)
    if not gone_within(running, grace):
        _signal(running, signal.SIGKILL)
        gone_within(running, _KILL_PATIENCE)


def gone_within(running: Identity, seconds: float) -> bool:
    """Waits until the process is gone; False when it is still there after that time."""
    return any(not _is_alive(running) for _ in until(seconds))


def _closes_within(port: int, seconds: float) -> bool:
    """A process killed just now may still hold its port for a moment."""
    return any(not is_open(port) for _ in until(seconds))


def _signal(running: Identity, number: signal.Signals) -> None:
    if _is_alive(running):
        with suppress(ProcessLookupError):
            os.kill(running.pid, number)


def _is_alive(running: Identity) -> bool:
    if child := _children.get(running.pid):
        child.poll()
    return running.is_alive


def _exit_code(running: Identity) -> str:
    child = _children.get(running.pid)
    return "" if child is None else f" with {child.poll()}"
