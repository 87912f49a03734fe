"""structlog over the standard library, one JSON object a line, context bound once."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio import activity, workflow
from typing_extensions import override

_SERVERS = ("uvicorn", "uvicorn.error", "uvicorn.access")
_NOISY = ("httpx", "httpcore", "uvicorn.access", "uvicorn.asgi", "mqtt")


_TOKEN_IN_PATH = re.compile(r"(/intake/v1/[^/?\s]*/|/r/)[^/?\s]+|(/sign-in/oidc/callback\?)\S+")
"""The address of a source ends in its token, that of a resident's page has it in the middle; a
browser brings a provider's code after the mark."""


class Masking(logging.Filter):
    """Keeps tokens out of a server's own lines, for operators who switch its access log on."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(masked(each) for each in record.args)
        record.msg = masked(record.msg)
        return True


def masked(said: object) -> object:
    """The same, without the token of a source or resident, and without the code of a provider."""
    return _TOKEN_IN_PATH.sub(r"\1\2***", said) if isinstance(said, str) else said


def _temporal_context(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Adds the workflow id and the attempt to whatever an activity logs."""
    if activity.in_activity():
        info = activity.info()
        event.setdefault("workflow_id", info.workflow_id)
        event.setdefault("activity", info.activity_type)
        event.setdefault("attempt", info.attempt)
    return event


def configure(*, json: bool = True, level: str = "INFO") -> None:
    """Set up logging for this process; call once, from its composition root."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        _temporal_context,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()  # noqa: TID251 - the one place that owns the root logger
    root.handlers = [handler]
    root.setLevel(level)
    for name in _SERVERS:
        logging.getLogger(name).handlers = []  # noqa: TID251 - theirs would print plain lines
        logging.getLogger(name).propagate = True  # noqa: TID251 - as above
    for name in _SERVERS:
        logging.getLogger(name).addFilter(Masking())  # noqa: TID251 - as above
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)  # noqa: TID251 - as above
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


@contextmanager
def bound(**context: object) -> Iterator[None]:
    """Everything logged inside carries these ids."""
    with structlog.contextvars.bound_contextvars(**context):
        yield
