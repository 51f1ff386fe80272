"""Documents: the stored words, and what is known about where they come from."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from pullquote.errors import CorpusError, DocumentError
from pullquote.folder import JUST_NOW, read_regular, walk
from pullquote.settings import Settings

SUFFIXES = (".md", ".markdown", ".txt")
SIDES = ("for", "against", "neutral", "pro", "con")
DEFAULT_DEBATE = "default"
MAX_DEPTH = 32
# Invisible or direction-changing; joiners and marks that scripts need (U+200C to U+200F) are ordinary.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060-\u206f\ufff9-\ufffb\U000e0000-\U000e007f]|(?<!^)\ufeff"
)
_FENCE = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)")
_FENCE_END = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")  # not ^: a lone CR ends a line too
_FRONT_MATTER_LIMIT = 65_536
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_KEYS = frozenset(
    ("title author publisher date url licence language side proposition sides headings not_prose").split()  # noqa: SIM905 -- one line of words
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who published a document, where and when; what is not recorded is None."""

    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """The side that a document takes on a proposition, as the operator says."""

    proposition: str
    side: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """One text of a debate: the file's words after its front matter, letter for letter.

    `text` is the decoded file (a byte order mark kept) and offset 0 its first code point.
    `path` is relative to the corpus folder, with forward slashes.
    """

    id: str
    debate: str
    path: str
    text: str
    source: Source = field(default_factory=Source)
    language: str | None = None
    side: str | None = None
    proposition: str | None = None
    positions: tuple[Position, ...] = ()
    headings: tuple[str, ...] = ()
    not_prose: tuple[str, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @property
    def name(self) -> str:
        """What to call it where no title is recorded: its file's name in words."""
        return self.source.title or name_of(self.path)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of the corpus folder and why it could not be read, or what is odd about it."""

    path: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """All documents that could be read, in the order of their paths, and those that could not."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file by path, as it was read; "" where it could not be."""
    remarks: tuple[Skipped, ...] = ()
    """Files that were read, and what is odd about them."""


# A document by its file's path and SHA-256, or None.
Parsed = Callable[[str, str], Document | None]


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus as it lies on disk: its debate, path and bytes."""

    debate: str
    path: str
    content: bytes
    names: int = 1
    """How many names the file has on its disk: with more than one, another of them may lie elsewhere."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole file, front matter included."""
        return hashlib.sha256(self.content).hexdigest()


def name_of(path: str) -> str:
    """A file's name in words. Example: name_of("a/border-war_2009.txt") -> "border war 2009"."""
    return re.sub(r"[-_\s]+", " ", Path(path).stem).strip()


def load_corpus(
    settings: Settings, known_ids: Mapping[str, str] | None = None, parsed: Parsed = lambda path, sha256: None
) -> Corpus:
    """Read every document below the corpus folder.

    Args:
        known_ids: ids given earlier, by path, which documents keep.
        parsed: gives a document that was made of this very file before, under its known id.

    Raises:
        CorpusError: the folder is missing, or holds no readable document.
    """
    documents: list[Document] = []
    skipped: list[Skipped] = []
    hashes: dict[str, str] = {}
    ids = _Ids(known_ids or {})
    remarks: list[Skipped] = []
    size = 0
    for path in corpus_paths(settings):
        hashes[path] = ""
        try:
            file = _read(settings, path)
            hashes[path] = file.sha256
            documents.append(parsed(path, file.sha256) or parse_document(file, document_id=ids.give(path)))
            size = _whole_size(settings, size + len(file.content))
            remarks += [Skipped(path, remark) for remark in remarks_on(file, documents[-1])]
        except DocumentError as error:
            skipped.append(Skipped(path, str(error)))
    if not documents:
        raise CorpusError(_nothing_to_read(settings.corpus, skipped))
    return Corpus(tuple(documents), tuple(skipped), hashes, tuple(remarks))


def _read(settings: Settings, path: str) -> CorpusFile:
    return read_file(settings.corpus, path, limit=settings.max_document_bytes, max_depth=settings.max_depth)


def _whole_size(settings: Settings, size: int) -> int:
    if size > settings.max_corpus_bytes:
        raise CorpusError(
            f"{settings.corpus} holds more than PULLQUOTE_MAX_CORPUS_BYTES={settings.max_corpus_bytes}; "
            "take documents out, or raise it where the memory allows"
        )
    return size


def remarks_on(file: CorpusFile, document: Document) -> Iterator[str]:
    """What an operator should look at before readers do; the document is kept letter for letter all the same."""
    hidden = _HIDDEN.findall(document.text)
    if hidden:
        kinds = ", ".join(sorted({f"U+{ord(letter):04X}" for letter in hidden})[:6])
        yield f"holds {len(hidden)} hidden or direction-changing characters ({kinds}); they are shown as escapes"
    if file.names > 1:
        yield f"has {file.names} names on its disk (hard links); whoever may write to another one can change it"


def _nothing_to_read(folder: Path, skipped: Iterable[Skipped]) -> str:
    reasons = "".join(f"\n  {file.path}: {file.reason}" for file in skipped)
    return (
        f"no readable document in {folder}{reasons}\n"
        f"put Markdown or plain-text files into {folder / 'NAME-OF-THE-DEBATE'}, then run `pullquote index`"
    )


def corpus_hashes(settings: Settings) -> dict[str, str]:
    """SHA-256 of every document's file by path, "" where it cannot be read.

    Raises:
        CorpusError: there is no corpus folder.
    """
    hashes: dict[str, str] = {}
    for path in corpus_paths(settings):
        try:
            hashes[path] = _read(settings, path).sha256
        except DocumentError:
            hashes[path] = ""
    return hashes


def corpus_paths(settings: Settings) -> list[str]:
    """The documents' paths relative to the corpus folder, sorted.

    A folder is a debate; a file directly in the corpus folder belongs to `default`.
    Hidden files, README files and other kinds of file are no documents.

    Raises:
        CorpusError: there is no such folder, part of it cannot be read, or it holds too many files.
    """
    folder = settings.corpus
    if not folder.is_dir():
        raise CorpusError(
            f"there is no corpus folder {folder}; create it and put documents into it, "
            "or name another one with PULLQUOTE_CORPUS"
        )
    try:
        paths = sorted(islice(walk(folder, _is_document_name, depth=settings.max_depth), settings.max_documents + 1))
    except OSError as error:
        raise CorpusError(f"{error.filename} cannot be read ({error.strerror}); let this user read it") from error
    if len(paths) > settings.max_documents:
        raise CorpusError(
            f"the documents in {folder} are more than PULLQUOTE_MAX_DOCUMENTS={settings.max_documents}; "
            "take some out, or raise it where the memory allows"
        )
    return paths


def _is_document_name(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.upper().startswith("README")


def read_file(folder: Path, path: str, *, limit: int, max_depth: int = MAX_DEPTH) -> CorpusFile:
    """Read one file's bytes: a regular file inside the folder, no link on the way, not over the limits.

    Raises:
        DocumentError: it is none of that, or the system refuses.
        CorpusError: the system cannot read just now; leaving the file out would lose a document.
    """
    parts = path.split("/")
    try:
        content, names = read_regular(folder, parts, limit)
    except IsADirectoryError as error:
        raise DocumentError(f"lies deeper than PULLQUOTE_MAX_DEPTH={max_depth} folders") from error
    except OSError as error:
        if error.errno in JUST_NOW:
            raise CorpusError(
                f"{path} cannot be read just now ({error.strerror}); the index stays as it was; mend that, or take the "
                "file away, then run `pullquote index`"
            ) from error
        raise DocumentError(
            f"cannot be opened ({error.strerror}); links are not followed, and names must be UTF-8"
        ) from error
    if len(content) > limit:
        raise DocumentError(f"is larger than PULLQUOTE_MAX_DOCUMENT_BYTES={limit}")
    debate = path.split("/", 1)[0] if "/" in path else DEFAULT_DEBATE
    return CorpusFile(debate, path, content, names)


def parse_document(file: CorpusFile, *, document_id: str) -> Document:
    """Decode one file and take its front matter off; the rest is kept letter for letter.

    Raises:
        DocumentError: not UTF-8, no text, or a front matter that is not usable.
    """
    text = _decode(file.content)
    facts, start = split_front_matter(text)
    body = text[start:]
    if not body.strip():
        raise DocumentError("holds no text")
    return Document(
        id=document_id,
        debate=file.debate,
        path=file.path,
        text=body,
        source=_source({"title": name_of(file.path)} | facts),  # an explicit null title stays null
        language=_fact(facts, "language"),
        side=_fact(facts, "side"),
        proposition=_fact(facts, "proposition"),
        positions=_positions(facts),
        headings=_facts(facts, "headings"),
        not_prose=_facts(facts, "not_prose"),
    )


def _decode(content: bytes) -> str:
    # Not read_text(): translating line ends would shift every later offset.
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"is not UTF-8 (byte {error.start}); convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`"
        ) from error
    if "\0" in text:
        raise DocumentError("contains NUL characters, so it is not text")
    return text


def split_front_matter(text: str) -> tuple[dict[str, object], int]:
    """The facts in the block between two `---` lines, and where the text after it starts.

    Example: split_front_matter("---\\nauthor: Ann\\n---\\nHi") -> ({"author": "Ann"}, 20)

    Raises:
        DocumentError: the block is not YAML, or names a key that there is not.
    """
    opening = _FENCE.match(text)
    closing = _FENCE_END.search(text, opening.end(), _FRONT_MATTER_LIMIT) if opening else None
    if not opening or not closing:
        return {}, 0
    facts = _parse_yaml(text[opening.end() : closing.start()])
    if unknown := facts.keys() - _KEYS:
        raise DocumentError(
            f"front matter has no key {', '.join(sorted(unknown))}; the keys are {', '.join(sorted(_KEYS))}"
        )
    return facts, closing.end()


def _parse_yaml(block: str) -> dict[str, object]:
    import yaml

    try:
        # BaseLoader keeps every value a string: a date of 2025-10 stays as it is written.
        facts = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 (it makes strings only)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2} of the file)" if mark else ""
        raise DocumentError(f"front matter is not YAML{where}: {getattr(error, 'problem', None) or error}") from error
    except RecursionError as error:
        raise DocumentError("front matter is nested too deeply") from error
    if facts in (None, ""):
        return {}
    if not isinstance(facts, dict):
        raise DocumentError("front matter must be `key: value` lines")
    return {str(key): value for key, value in facts.items()}


def _fact(facts: Mapping[str, object], key: str) -> str | None:
    value = facts.get(key)
    if value is None or value in ("", "null", "~"):
        return None
    if not isinstance(value, str):
        raise DocumentError(f"front matter: {key} must be one line of text")
    return value.strip()


def _facts(facts: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = facts.get(key)
    if value is None or value in ("", "null", "~"):
        return ()
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise DocumentError(f"front matter: {key} must be a list of exact strings")
    return tuple(part for part in value if part.strip())


def _positions(facts: Mapping[str, object]) -> tuple[Position, ...]:
    """The document's side on each proposition: from `sides`, and from `proposition` with `side`."""
    given = facts.get("sides") or {}
    if not isinstance(given, dict) or not all(isinstance(side, str) and side.strip() for side in given.values()):
        raise DocumentError("front matter: sides must be `proposition: side` lines")
    proposition, side = _fact(facts, "proposition"), _fact(facts, "side")
    own = [Position(proposition, side)] if proposition and side else []
    taken = (*own, *(Position(str(name).strip(), side.strip()) for name, side in given.items()))
    if unknown := {place.side for place in taken if place.side.casefold() not in SIDES}:
        raise DocumentError(
            f"front matter: {', '.join(sorted(unknown))} is no side of a proposition; the sides are {', '.join(SIDES)}"
        )
    return taken


def _source(facts: Mapping[str, object]) -> Source:
    date = _fact(facts, "date")
    if date is not None and not _DATE.fullmatch(date):
        raise DocumentError(f"front matter: date {date!r} must be YYYY, YYYY-MM or YYYY-MM-DD")
    url = _fact(facts, "url")
    if url is not None and not url.startswith(("https://", "http://")):
        raise DocumentError("front matter: url must start with https:// or http://")
    return Source(
        title=_fact(facts, "title"),
        author=_fact(facts, "author"),
        publisher=_fact(facts, "publisher"),
        date=date,
        url=url,
        licence=_fact(facts, "licence"),
    )


class _Ids:
    """Gives each path an id that stays the same while other files come and go."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._taken = set(known.values())

    def give(self, path: str) -> str:
        if path in self._known:
            return self._known[path]
        plain = re.sub(r"[^a-z0-9]+", "-", Path(path).stem.lower()).strip("-")
        # A name that the id's alphabet cannot hold, or one already taken, is told apart by its path.
        mark = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        whole = plain.isascii() and Path(path).stem.isascii() and 0 < len(plain) <= 80
        given = plain if whole and plain not in self._taken else f"{plain[:71] or 'document'}-{mark}"
        self._taken.add(given)
        return given
