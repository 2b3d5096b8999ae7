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


def configure(level: str) -> None:
    """Once per process, before anything is logged."""
    before: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("urllib3", "werkzeug", "celery.redirected", "alembic", "redis", "kombu", "amqp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
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
