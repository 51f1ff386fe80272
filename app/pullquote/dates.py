"""Dates as readers write them."""

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def long_date(date: str) -> str:
    """A date of the wire in words.

    Example: long_date("2025-10") -> "October 2025"; long_date("2008-05-21") -> "21 May 2008"
    """
    parts = date.split("-")
    month = _MONTHS[int(parts[1]) - 1] if len(parts) > 1 else ""
    day = str(int(parts[2])) if len(parts) > 2 else ""
    return " ".join(part for part in (day, month, parts[0]) if part)
