"""Ports on the loopback."""

import socket

LOOPBACK = "127.0.0.1"


def free_port(preferred: int = 0) -> int:
    """The preferred port when nobody listens on it, else any free one."""
    if preferred and not is_open(preferred) and (port := _bindable(preferred)):
        return port
    port = _bindable(0)
    assert port is not None
    return port


def is_open(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex((LOOPBACK, port)) != 0:
            return False
        # A probe that was given that very port as its own end has only met itself.
        return bool(probe.getsockname() != probe.getpeername())


def _bindable(port: int) -> int | None:
    with socket.socket() as probe:
        # Without this a port that was closed a minute ago counts as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return None
        number: int = probe.getsockname()[1]
        return number
