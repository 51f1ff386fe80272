"""Adding documents: a file, from here or from the web, is put into the corpus as it is, with its facts beside it."""

import codecs
import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pullquote.corpus.files import make_folder, sync_folder
from pullquote.corpus.frontmatter import facts_beside
from pullquote.corpus.parsing import (
    BESIDE,
    DEFAULT_DEBATE,
    READ,
    CorpusFile,
    conversion,
    document_suffixes,
    parse_document,
)
from pullquote.errors import CorpusError, DocumentError, FetchError, PullquoteError
from pullquote.index.files import write_durably
from pullquote.index.generation import Generation
from pullquote.settings import Settings
from pullquote_collect.fetching import Fetched, fetch

PAGES = (".html", ".xhtml")
LONGEST_NAME = 60  # letters
# Python's own encodings, in which no text is sent.
NO_CHARSETS = frozenset(
    (
        "idna",
        "mbcs",
        "oem",
        "punycode",
        "raw-unicode-escape",
        "undefined",
        "unicode-escape",
        "utf-7",
    )
)
FEW = 3  # sentences: a page that says so little is most often a notice, not a text


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one address or file: the document's path in the corpus, or why there is none."""

    given: str
    path: str | None = None
    reason: str | None = None


def add(
    settings: Settings, sources: Iterable[str], debate: str | None, *, local: bool = False
) -> Iterator[Added]:
    """Put each address or file into the corpus, once it is known that it can be read; what fails leaves nothing behind.

    Raises:
        CorpusError: no debate is named, and there is not just one.
    """
    folder = _folder(settings, debate)
    for source in sources:
        try:
            yield Added(source, _added(settings, folder, source, local=local))
        except PullquoteError as error:
            yield Added(source, reason=str(error))


def _folder(settings: Settings, debate: str | None) -> Path:
    if debate is not None and (debate.startswith(".") or "/" in debate or not debate.strip()):
        raise CorpusError(
            f"{debate!r} is no name of a debate; it is the name of a folder, such as housing"
        )
    if debate == DEFAULT_DEBATE:
        return settings.corpus
    if debate is not None:
        return settings.corpus / debate
    debates = (
        [folder for folder in settings.corpus.glob("[!.]*") if folder.is_dir()]
        if settings.corpus.is_dir()
        else []
    )
    if len(debates) == 1:
        return debates[0]
    names = ", ".join(sorted(folder.name for folder in debates)) or "none yet"
    raise CorpusError(f"to which debate? Name a new one or one there is with --debate ({names})")


def _added(settings: Settings, folder: Path, source: str, *, local: bool) -> str:
    if "://" in source:
        _refuse_again(folder, source)
        fetched = fetch(source, most=settings.max_document_bytes, local=local)
        file = received(fetched, _name_of(fetched))
    else:
        file = CorpusFile("", Path(source).name, _read(Path(source), settings.max_document_bytes))
    parse_document(file, document_id="new")
    return _put(settings, folder, file.path, file.content, file.facts or b"")


def received(fetched: Fetched, name: str) -> CorpusFile:
    """What was fetched as a file of the corpus, read in the encoding that its server named."""
    facts = _facts(fetched, name)
    if name.endswith(READ):
        return CorpusFile("", name, facts + _utf8(fetched))
    return CorpusFile("", name, fetched.content, facts=facts)


def _read(path: Path, most: int) -> bytes:
    if not path.name.lower().endswith(document_suffixes()):
        raise DocumentError(
            f"is of no kind that is read ({', '.join(document_suffixes())}){conversion(path.name)}"
        )
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise DocumentError(
            f"cannot be read ({error.strerror}); name a file or an address"
        ) from error
    if len(content) > most:
        raise DocumentError(f"is larger than PULLQUOTE_MAX_DOCUMENT_BYTES={most}")
    return content


def _utf8(fetched: Fetched) -> bytes:
    """A text in the encoding that texts are kept in, where its byte order mark or its server says which it has."""
    wide = fetched.content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    charset = "utf-16" if wide else fetched.charset or "utf-8"
    if fetched.content.startswith(codecs.BOM_UTF8):
        return fetched.content
    with suppress(LookupError, ValueError):
        codec = codecs.lookup(charset).name
        if codec not in NO_CHARSETS:
            return fetched.content.decode(codec).encode()
    return fetched.content


def _name_of(fetched: Fetched) -> str:
    """A name for a file, of the end of its address."""
    address = urlsplit(fetched.url)
    last = unquote(address.path).rstrip("/").rpartition("/")[2].rpartition(".")
    plain = re.sub(r"[^\w-]+", "-", last[0] or last[2]).strip("-_")[:LONGEST_NAME]
    plain = (
        plain
        if plain and plain.upper() not in {"INDEX", "README"}
        else re.sub(r"[^\w]+", "-", address.hostname or "page")
    )
    return plain + fetched.suffix


def _facts(fetched: Fetched, name: str) -> bytes:
    """The facts of a file as they are written beside it, or before a text that holds them itself."""
    import json  # whose strings are YAML's too

    facts = {
        "url": fetched.url,
        "fetched": fetched.at,
        "sha256": hashlib.sha256(fetched.content).hexdigest(),
    }
    if fetched.charset and name.endswith(PAGES):
        facts["charset"] = fetched.charset
    written = {"url": fetched.url} if name.endswith(READ) else facts
    lines = "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in written.items()
    )
    return (f"---\n{lines}---\n" if name.endswith(READ) else lines).encode()


def _refuse_again(folder: Path, url: str) -> None:
    for beside in folder.glob(f"*{BESIDE}"):
        try:
            fetched_url = facts_beside(beside.read_bytes().decode("utf-8")).get("url")
        except (DocumentError, UnicodeDecodeError, OSError):
            continue
        if fetched_url == url.partition("#")[0]:
            name = beside.name.removesuffix(BESIDE)
            raise FetchError(
                f"is in the corpus already, as {name}; `pullquote recheck` tells whether it changed"
            )


def _put(settings: Settings, folder: Path, name: str, content: bytes, facts: bytes) -> str:
    """Write a file under a name that no other has, its facts first: a document is never seen without them."""
    make_folder(folder)
    stem, suffix = name[: name.rfind(".")], name[name.rfind(".") :]
    for number in range(1, 10_000):
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        if path.exists():
            if path.read_bytes() == content:
                return path.relative_to(settings.corpus).as_posix()
            continue
        if facts:
            path.with_name(path.name + BESIDE).unlink(missing_ok=True)
            write_durably(path.with_name(path.name + BESIDE), facts)
        write_durably(path, content)
        sync_folder(folder)
        return path.relative_to(settings.corpus).as_posix()
    raise DocumentError("has a name that too many others have; give it another")


def _date_step(path: str) -> str:
    """Where an operator writes a date."""
    if path.endswith(READ):
        return "write `date: YYYY-MM-DD` into its front matter"
    return f"write `date: YYYY-MM-DD` into {path.rpartition('/')[2]}{BESIDE}"


def line_of(generation: Generation, path: str) -> str:
    """What was taken in, as a line: how much, whose, and what looks odd."""
    row = next((row for row in generation.rows if row.path == path), None)
    if row is None:
        return f"{path}: not indexed; the lines below say why"
    source = row.source
    from_file = row.origin.tells(source) if row.origin else ()
    author = (
        f"by {source.author}{' (as the file says)' if 'author' in from_file else ''}"
        if source.author
        else ""
    )
    odd = [
        "" if source.author else "author not recorded",
        "" if source.date else f"date of publication not recorded: {_date_step(path)}",
        f"only {row.sentences} sentences: look whether that is the text"
        if row.sentences < FEW
        else "",
        *(f"left out: {reason}" for reason in (row.origin.left_out if row.origin else ())),
    ]
    facts = (
        f"{row.characters:,} characters, {row.sentences} sentences",
        f"“{row.name}”",
        author,
        *odd,
    )
    return f"{path}: {'; '.join(filter(None, facts))}"
