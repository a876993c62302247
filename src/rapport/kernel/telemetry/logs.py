"""Structured logs, for people on a terminal or as one JSON object per line."""

import json
import logging
import sys
from typing import Any, TextIO

import structlog

from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry.redaction import redact

_QUIET = dict.fromkeys(("uvicorn", "httpx", "alembic", "procrastinate"), logging.WARNING)
"""Libraries whose every step would drown our own lines."""


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send our own and the libraries' logs to standard error (or `stream`), as the settings say.

    What was bound to the current request (its id, the workspace, the actor) is on every line;
    secrets are taken out; tracebacks never show the values of variables.
    """
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final = _final(settings.log_format)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, quiet))


def _final(log_format: str) -> list[structlog.typing.Processor]:
    if log_format == "json":
        return [
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ]
    plain = structlog.dev.plain_traceback
    return [
        redact,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain),
    ]


def _dumps(event: Any, **_: Any) -> str:
    return json.dumps(event, default=str, ensure_ascii=False)
