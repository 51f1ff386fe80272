"""The languages of the frame: one table of fixed words each, and the choice for a request.

Tables are `templates/strings.json` (English) and `templates/strings.<tag>.json`; add a file
to add a language.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers, QueryParams
from starlette.types import Scope

from pullquote.corpus.frontmatter import long_date
from pullquote.verify.cite import clock

ENGLISH = "en"
MOST = 20  # languages of an Accept-Language that are looked at
_FOLDER = Path(__file__).parent / "templates"
_SCRIPTS = (_FOLDER.parent.parent / "widget" / "embed.js", _FOLDER.parent / "static" / "page.js")
StringTable = Mapping[str, str]


def _read() -> dict[str, StringTable]:
    tables = (json.loads(path.read_bytes()) for path in sorted(_FOLDER.glob("strings*.json")))
    return {table["lang"]: table for table in tables}


LANGUAGES = _read()
STRINGS = LANGUAGES[ENGLISH]  # a site may replace them
# What scripts show: they name it, whole or up to its last part, or a template marks it for them
_NAMED = {word for path in _SCRIPTS for word in re.findall(r"\w+", path.read_bytes().decode())}
_MARKS = {
    name
    for path in _FOLDER.glob("*.html")
    for name in re.findall(r'data-\w+="(\w+)"', path.read_bytes().decode())
}
_SHOWN = {name for name in STRINGS if {name, name.rpartition("_")[0] + "_"} & (_NAMED | _MARKS)}


def language_of(scope: Scope) -> str:
    """The language of an answer: `lang` in the address, else the browser's choice, else English."""
    requested = QueryParams(scope.get("query_string", b"")).get("lang", "")
    wished = (requested, *_accepted(Headers(scope=scope).get("accept-language", "")))
    return next((tag for tag in map(_primary, wished) if tag in LANGUAGES), ENGLISH)


def _primary(tag: str) -> str:
    """The language alone, such as "pt" for "pt-BR" and "pt_BR"."""
    return tag.strip().lower().replace("_", "-").partition("-")[0]


def _accepted(header: str) -> list[str]:
    """The tags of an Accept-Language, the best liked first."""
    weighed = []
    for entry in header.split(",")[:MOST]:
        tag, _, weight = entry.partition(";")
        try:
            liking = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        weighed += [(liking, tag)] if liking > 0 else []
    return [tag for _, tag in sorted(weighed, key=lambda weighted: -weighted[0])]


def date_in(table: StringTable, date: str) -> str:
    """A date of the wire in words, as far as it is known; what is none stays as it is."""
    if long_date(date) == date:
        return date
    year, month, *day = date.split("-")
    words = table["date_day" if day else "date_month"].replace("{year}", year)
    words = words.replace("{month}", table["months"].split()[int(month) - 1])
    return words.replace("{day}", str(int(day[0]))) if day else words


def place_in(table: StringTable, page: int | None, time: float | None) -> str:
    """A page, or a time in seconds, in words; "" where there is neither."""
    if page is not None:
        return table["where_page"].replace("{n}", str(page))
    return "" if time is None else table["where_time"].replace("{time}", clock(time))


def own_words(table: StringTable, english: str) -> str:
    """A fixed sentence of the server in a table's language; "" where it is not in the tables."""
    if english:
        return next((table[key] for key, words in STRINGS.items() if words == english), "")
    return ""


def for_browser(table: StringTable) -> dict[str, object]:
    """The words that a page's scripts show; `told` maps English frame lines to the language."""
    words = {key: text for key, text in table.items() if key in _SHOWN}
    frame_lines = {
        STRINGS[key]: text
        for key, text in table.items()
        if key.startswith("told_") and text != STRINGS.get(key)
    }
    return {**words, "told": frame_lines}


def for_widget() -> bytes:
    """What the widget itself says in each language, as JSON: it is one file for all sites."""
    names = {
        "lang": "lang",
        "title": "title",
        "close": "close",
        "sorry": "widget_sorry",
        "unlisted": "widget_unlisted",
    }
    words = {
        tag: {name: table[key] for name, key in names.items()} for tag, table in LANGUAGES.items()
    }
    return json.dumps(words, ensure_ascii=False).encode()
