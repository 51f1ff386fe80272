"""Templates: escaped always, strict about names, with what is invisible written out."""

import re
from functools import lru_cache
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from pullquote.api.strings import STRINGS
from pullquote.dates import long_date

_HERE = Path(__file__).parent
# Letters that change the direction of others, or hide: shown as an escape, in pages and in the widget alike.
# Joiners and direction marks that scripts need (U+200C to U+200F) are kept.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def visible(text: str) -> str:
    """The text with hidden letters written out, as Python and JavaScript write them."""
    return _HIDDEN.sub(lambda found: _escape(found.group()), text.replace("\r\n", "\n"))


def _escape(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def sentence(message: str) -> str:
    """A message as a sentence of a page, such as "No debate there." for "no debate there"."""
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")


def safe_url(url: str | None) -> str:
    """The address if it is one of the web, else nothing."""
    return url if url and url.startswith(("https://", "http://", "/")) else ""


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), undefined=StrictUndefined,
        autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"long_date": long_date, "visible": visible, "safe_url": safe_url, "sentence": sentence}
    environment.globals["s"] = STRINGS
    return environment


def page(template: str, status: int = 200, *, ancestors: str = "'none'", **values: object) -> HTMLResponse:
    """A page with its own content security policy."""
    html = _templates().get_template(template).render(**values)
    headers = {"Content-Security-Policy": PAGE_POLICY.format(ancestors=ancestors)}
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers)
