"""The service's log: one JSON object a line on stderr, so that no value can forge a line; short text on a terminal."""

import datetime as dt
import json
import logging
import sys
from typing import TextIO

from pullquote.answers.answer import Answer
from pullquote.api import visit

log = logging.getLogger("pullquote.answers.answer")


class JsonLines(logging.Formatter):
    """A record as JSON of ASCII letters: line ends, escape sequences and hidden letters are all written out."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(facts_of(record, self), default=str).replace("\x7f", "\\u007f")


class Terminal(logging.Formatter):
    """A record for whoever watches: the time, the message, what belongs to it; as safe as the other."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        facts = facts_of(record, self)
        time, message = str(facts.pop("time"))[11:19], facts.pop("message")
        level = facts.pop("level")
        told = " ".join(str(value) for key, value in facts.items() if key in ("method", "route", "status", "ms"))
        rest = "" if record.levelno < logging.WARNING else f" {facts}"
        return json.dumps(f"{time} {level} {message} {told}{rest}".rstrip())[1:-1].replace("\x7f", "\\u007f")


def facts_of(record: logging.LogRecord, formatter: logging.Formatter) -> dict[str, object]:
    """What a record says, without anything that nobody meant to log."""
    time = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
    found: dict[str, object] = {"time": time, "level": record.levelname.lower(), "message": record.getMessage()}
    if (asked := visit.current()) is not None:
        found["request_id"] = asked.request_id
    found |= getattr(record, "facts", {})
    if record.exc_info:
        found["trace"] = formatter.formatException(record.exc_info)
    return found


def configure(stream: TextIO | None = None) -> None:
    """Send what the service and its libraries log to a stream, stderr without one."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Terminal() if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("pullquote").setLevel(logging.INFO)


def answered(answer: Answer, *, question: bool) -> None:
    """Note an answer; its question only where the operator wants that."""
    facts: dict[str, object] = {
        "reason": answer.reason.value if answer.reason else "answered", "confidence": round(answer.confidence, 3),
        "quotes": len(answer.citations), "generation": answer.generation,
    }  # fmt: skip
    log.info("answer", extra={"facts": facts | ({"question": answer.question} if question else {})})
