"""Ids of documents, which stay the same while files come and go or are renamed."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path


def slug(text: str) -> str:
    """A text's ASCII letters and digits, in lower case, with one hyphen for whatever stands between."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


class Ids:
    """Gives each path an id that stays the same while other files come and go, and when its file is renamed or moved."""

    def __init__(
        self, known: Mapping[str, str], hashes: Mapping[str, str], paths: Sequence[str]
    ) -> None:
        """Ids given earlier by path, the SHA-256 of the files that had them, and the paths of today."""
        self._known = known
        self._taken = set(known.values())
        missing = known.keys() - set(paths)
        gone = {path: sha256 for path, sha256 in hashes.items() if path in missing}
        times = Counter(gone.values())
        self._moved = {sha256: known[path] for path, sha256 in gone.items() if times[sha256] == 1}

    def give(self, path: str, sha256: str = "") -> str:
        """The id of the document at a path, relative to the corpus folder; its hash tells whether it only moved there."""
        if path in self._known:
            return self._known[path]
        if sha256 in self._moved:
            return self._moved.pop(sha256)
        plain = slug(Path(path).stem)
        # A name that the id's alphabet cannot hold, or one already taken, is told apart by its path.
        is_valid = plain.isascii() and Path(path).stem.isascii() and 0 < len(plain) <= 80
        document_id, salt = plain, path.encode("utf-8", "surrogateescape")
        while not is_valid or document_id in self._taken:
            salt, is_valid = hashlib.sha256(salt).hexdigest().encode(), True
            document_id = f"{plain[:71] or 'document'}-{salt[:8].decode()}"
        self._taken.add(document_id)
        return document_id
