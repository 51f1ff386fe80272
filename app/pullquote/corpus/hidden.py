r"""What hides or turns other letters around: written out wherever words are shown, kept in what is stored and sent.

Joiners and marks that scripts are written with (U+200C to U+200F) are ordinary letters, and so are tabs and line ends.
A soft hyphen between two letters only says where a word may be broken.
`embed.js` has the same pattern for what the browser shows; what is left out of a search key is told in `store/lexical.py`.
"""

import re

_LETTER = r"[^\W\d_]"
HIDDEN = re.compile(
    f"(?<!{_LETTER})\xad|\xad(?!{_LETTER})|"
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""The text with hidden letters written out, as Python and JavaScript write them.

    Example: visible("a\u202eb") -> "a\\u202eb"
    """
    return HIDDEN.sub(lambda found: _escape(found.group()), text.replace("\r\n", "\n"))


def _escape(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
