"""Dates as readers write them."""

import re

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905 (shorter)
)
_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?", re.ASCII)


def long_date(date: str) -> str:
    """A date of the wire in words; what is none stays as it is.

    Example: long_date("2025-10") -> "October 2025"; long_date("2008-05-21") -> "21 May 2008"
    """
    match = _DATE.fullmatch(date)
    if not match or not 1 <= int(match["month"]) <= len(_MONTHS):
        return date
    day = f"{int(match['day'])} " if match["day"] else ""
    return f"{day}{_MONTHS[int(match['month']) - 1]} {match['year']}"
