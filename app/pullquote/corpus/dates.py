"""Dates: which there are, and how readers write them."""

import datetime as dt
import re

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 (shorter)
)
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)


def is_date(text: str) -> bool:
    """Whether it is a date of the calendar: YYYY, YYYY-MM or YYYY-MM-DD. Example: is_date("2023-02-29") -> False"""
    match = _DATE.fullmatch(text)
    try:
        return match is not None and bool(dt.date(*(int(part or 1) for part in match.groups())))
    except ValueError:
        return False


def long_date(date: str) -> str:
    """A date of the wire in words; what is none stays as it is.

    Example: long_date("2025-10") -> "October 2025"; long_date("2008-05-21") -> "21 May 2008"
    """
    match = _DATE.fullmatch(date)
    if not match or not match["month"] or not is_date(date):
        return date
    day = f"{int(match['day'])} " if match["day"] else ""
    return f"{day}{_MONTHS[int(match['month']) - 1]} {match['year']}"
