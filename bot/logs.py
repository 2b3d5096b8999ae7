"""One JSON line an event on standard error, our own and the libraries'. Persons by pseudonym; secrets, numbers, names
and photographs never: nobody here writes them, and what looks like one in somebody else's words is masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

_LOOKS_PRIVATE = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"\d{14,18}[0-9Xx]"  # an ID, bank or social-security card number
    r"|1[3-9]\d{9}"  # a mobile number
    r"|o(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{27}"  # an openid
    r")(?![0-9A-Za-z])"
    r"|(?<=access_token=)[^&\s\"']+"
)
MASK = "***"


_BEFORE: tuple[Any, ...] = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """One JSON line a record; also for libraries that set up loggers of their own."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_BEFORE,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def of_the_web_server() -> dict[str, Any]:
    """logging.config's dictionary for granian, whose own lines would else be plain text."""
    return {
        "version": 1, "disable_existing_loggers": False, "incremental": False,
        "formatters": {"json": {"()": "bot.logs.formatter"}},
        "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "loggers": {"_granian": {"level": "INFO", "handlers": ["json"], "propagate": False}},
    }  # fmt: skip


def configure(level: str) -> None:
    """Once per process, before anything is logged."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)  # of libraries: they would else stand as plain text between the lines
    for noisy in ("urllib3", "werkzeug", "celery.redirected", "alembic", "redis", "kombu", "amqp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_BEFORE, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logger() -> structlog.typing.FilteringBoundLogger:
    """Where events go."""
    made: structlog.typing.FilteringBoundLogger = structlog.get_logger("claimbot")
    return made


def _masked(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Masked in every text, however deep: exceptions of libraries like to quote what they choked on."""
    return {key: _without_private(value) for key, value in event.items()}


def _without_private(value: Any) -> Any:
    match value:
        case str():
            return _LOOKS_PRIVATE.sub(MASK, value)
        case dict():
            return {key: _without_private(one) for key, one in value.items()}
        case list() | tuple():
            return [_without_private(one) for one in value]
        case _:
            return value
