"""The fixed words around quotes, from the templates in prompts/."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from pullquote.voice import only_counts
from pullquote.voice.joint import ends_in_list, listed
from pullquote.voice.number import is_several

_LISTED = re.compile(r"(?:and|or)\s|(?!including\b|such as\b|among\b).*\s(?:and|or)\s")  # after the last comma
_PACKAGED = Path(__file__).parents[1] / "prompts"  # in a wheel
_CHECKOUT = Path(__file__).parents[3] / "prompts"  # in an editable install


def prompts_folder() -> Path:
    """Where the templates lie: inside an installed package, at the top of a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # No autoescape: this is plain text. Values are only ever data, never templates.
    environment = Environment(loader=FileSystemLoader(prompts_folder()), undefined=StrictUndefined, autoescape=False)  # noqa: S701
    environment.tests["several"] = takes_are
    environment.tests["apposed"] = is_apposed
    environment.tests["count"] = only_counts
    return environment


def takes_are(name: str) -> bool:
    """Whether a name is that of several: "Lee, the Moor Trust and Friends of Leeland"."""
    return is_several(name) or len(listed(name)) > 1


def is_apposed(name: str) -> bool:
    """Whether a name ends in what is said of it, so that a comma closes it: "Lee, a baker"; not "Lee, Bell and Dow"."""
    _, comma, last = name.rpartition(", ")
    return bool(comma) and not (ends_in_list(name) or (is_several(name) and _LISTED.match(last)))


@lru_cache(maxsize=1_024)
def render(template: str, **values: str | bool | None) -> str:
    """One template with all its variables given; the lines of a frame are few and come again.

    Raises:
        jinja2.UndefinedError: a variable is missing.
    """
    text: str = _environment().get_template(f"{template}.jinja").render(**values)
    return " ".join(text.split())
