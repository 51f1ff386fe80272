"""When each document was last held against its page, and what was found: a file beside the index."""

import json
from contextlib import suppress
from pathlib import Path

from pullquote.errors import IndexCorrupt
from pullquote.index.files import json_bytes, read_regular, swap_in

MAX_BYTES = 50_000_000


def remember(index: Path, checks: dict[str, dict[str, str]]) -> None:
    """Add what was found (`at`, `state`, and the text's `sha256`) by document id."""
    swap_in(index / "rechecked.json", json_bytes(last_checks(index) | checks))


def last_checks(index: Path) -> dict[str, dict[str, str]]:
    """The last check of each document by its id; nothing where the file cannot be read."""
    with suppress(IndexCorrupt, ValueError):
        checks = json.loads(read_regular(index / "rechecked.json", MAX_BYTES))
        return dict(checks) if isinstance(checks, dict) else {}
    return {}
