"""Several services as one: up in order, down in reverse, nothing left of a failed start."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol


class Service(Protocol):
    """Something that can be brought up, found again and stopped."""

    @property
    def name(self) -> str: ...

    @property
    def is_running(self) -> bool: ...

    def start(self) -> bool:
        """Returns when it is ready; True when this call started it."""

    def stop(self) -> None:
        """Returns when it is gone; does nothing when it is not there."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Services in the order in which they need each other."""

    services: Sequence[Service]

    def up(self) -> Sequence[str]:
        """Starts what is not running; returns the names of what this call started.

        When one fails, those that this call started are stopped again; those found running stay.
        """
        started: list[str] = []
        with ExitStack() as undo:
            for service in self.services:
                if service.start():
                    undo.callback(service.stop)
                    started.append(service.name)
            undo.pop_all()  # all are up: nothing is undone
        return started

    def down(self) -> None:
        """Stops all, the last first; goes on when one does not stop, and says so at the end."""
        failures: list[Exception] = []
        for service in reversed(self.services):
            try:
                service.stop()
            except Exception as failure:  # noqa: BLE001 - the others must be stopped all the same
                failures.append(failure)
        if failures:
            raise ExceptionGroup("not everything could be stopped", failures)

    def only(self, *names: str) -> "Stack":
        """The services with these names, in the same order.

        Raises:
            KeyError: there is no service of that name.
        """
        known = {service.name for service in self.services}
        if unknown := set(names) - known:
            raise KeyError(f"no {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
        return Stack([service for service in self.services if service.name in names])

    def __getitem__(self, name: str) -> Service:
        return self.only(name).services[0]
