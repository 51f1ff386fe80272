"""One file of the corpus: its bytes as they lie on the disk, and the document that they are."""

import codecs
import errno
import hashlib
import shlex
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path

from pullquote.corpus.documents import BYTE_ORDER_MARK, Document, Origin, name_of
from pullquote.corpus.extractors import INSTALL, extract_file, extracted_suffixes
from pullquote.corpus.files import (
    HEAD,
    JUST_NOW,
    hidden,
    looks_like_html,
    read_regular,
    refuse_code,
)
from pullquote.corpus.frontmatter import (
    Facts,
    facts_beside,
    language_in,
    oddities,
    positions_in,
    source_in,
    split_front_matter,
    text_in,
    texts_in,
    told_by_file,
)
from pullquote.errors import CorpusError, DocumentError

READ = (".md", ".markdown", ".txt")  # as they are
CONVERTED = (".rtf", ".doc")  # LibreOffice makes .docx of these
BESIDE = ".yaml"  # what is added to the name of a file that can hold no front matter, for a file of its facts
DEFAULT_DEBATE = "default"
MAX_DEPTH = 32
_LINE_ENDS = "\x0b\x0c\x85\u2028\u2029"  # of old files; written out where a quote holds one, and no cause for remarks

Kept = Callable[[str], Document | None]
"""What was taken out of a file before, by the file's SHA-256."""


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus as it lies on disk: its debate, path and bytes."""

    debate: str
    path: str
    content: bytes
    names: int = 1
    """How many names the file has on its disk: with more than one, another of them may lie elsewhere."""
    facts: bytes | None = None
    """What stands in the file of facts beside it."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole file, front matter included."""
        return hashlib.sha256(self.content).hexdigest()


def document_suffixes() -> tuple[str, ...]:
    """The endings of the names of files that are documents."""
    return (*READ, *extracted_suffixes())


def conversion(name: str) -> str:
    """How a file of another word processor becomes one that is read, or where no extractor is installed any file.

    "" where there is no such step.
    """
    if not extracted_suffixes():
        return f"; {INSTALL}"
    command = f"soffice --headless --convert-to docx {shlex.quote(name)}"
    return f"; convert it: `{command}`" if name.lower().endswith(CONVERTED) else ""


def read_file(folder: Path, path: str, *, limit: int, max_depth: int = MAX_DEPTH) -> CorpusFile:
    """Read one file's bytes: a regular file inside the folder, not over the limits.

    Raises:
        DocumentError: it is none of that, or the system refuses.
        CorpusError: the system cannot read just now; leaving the file out would lose a document.
    """
    try:
        content, names = read_regular(folder, path.split("/"), limit)
    except IsADirectoryError as error:
        raise DocumentError(f"lies more than PULLQUOTE_MAX_DEPTH={max_depth} folders") from error
    except OSError as error:
        if error.errno in JUST_NOW:
            raise CorpusError(
                f"{path} cannot be read just now ({error.strerror}); the index stays as it was; mend that, or take the "
                "file away, then run `pullquote index`"
            ) from error
        if error.errno == errno.ELOOP:
            raise DocumentError(
                "is a symbolic link; links are not followed; copy the file itself here"
            ) from error
        fault = (
            f"cannot be opened ({error.strerror}); links are not followed, and names must be UTF-8"
        )
        raise DocumentError(fault) from error
    if len(content) > limit:
        raise DocumentError(f"is larger than PULLQUOTE_MAX_DOCUMENT_BYTES={limit}")
    return CorpusFile(debate_of(path), path, content, names)


def debate_of(path: str) -> str:
    """The debate of a file: its first folder, composed as it is typed, since a Mac names it in letters and accents apart."""
    return unicodedata.normalize("NFC", path.split("/", 1)[0]) if "/" in path else DEFAULT_DEBATE


def parse_document(
    file: CorpusFile, *, document_id: str, kept: Kept = lambda sha256: None
) -> Document:
    """Decode one file and take its front matter off; the rest is kept letter for letter. What is no text is taken out.

    Raises:
        DocumentError: not UTF-8, no text or the code of another format, or a front matter that is not usable.
    """
    if file.path.lower().endswith(extracted_suffixes()):
        return _taken_out(file, document_id, kept(file.sha256))
    # Before it is called no UTF-8, which a PDF seldom is
    refuse_code(file.content[:HEAD].decode("utf-8", "replace"))
    text = _decode(file.content)
    facts, start = split_front_matter(text)
    body = text[start:]
    refuse_code(body)
    if not body.removeprefix(BYTE_ORDER_MARK).strip():
        raise DocumentError("holds no text")
    # an explicit null title stays null
    return replace(_described(file, document_id, {"title": name_of(file.path)} | facts), text=body)


def _taken_out(file: CorpusFile, document_id: str, before: Document | None) -> Document:
    """What was taken out of a file before, or is now, with the facts that stand beside it or that it tells itself."""
    try:
        operator_facts = facts_beside(_decode(file.facts)) if file.facts else {}
    except DocumentError as error:
        raise _of_facts(file, error) from error
    if before and before.origin:
        text, origin, places, turns = before.text, before.origin, before.places, before.turns
    else:
        extracted = extract_file(file.path, file.content, text_in(operator_facts, "charset") or "")
        text, places, turns = extracted.text, extracted.places, extracted.turns
        origin = Origin(
            file.sha256, extracted.extractor, told_by_file(extracted), extracted.left_out
        )
    try:
        file_facts = {name: fact for name, fact in asdict(origin.told).items() if fact}
        described = _described(
            file, document_id, {"title": name_of(file.path)} | file_facts | operator_facts
        )
    except DocumentError as error:
        raise _of_facts(file, error) from error
    return replace(described, text=text, origin=origin, places=places, turns=turns)


def _of_facts(file: CorpusFile, error: DocumentError) -> DocumentError:
    return DocumentError(f"facts in {Path(file.path).name}{BESIDE}: {error}")


def _described(file: CorpusFile, document_id: str, facts: Facts) -> Document:
    """A document without its text."""
    return Document(
        id=document_id,
        debate=file.debate,
        path=file.path,
        text="",
        source=source_in(facts),
        language=language_in(facts),
        side=text_in(facts, "side"),
        proposition=text_in(facts, "proposition"),
        positions=positions_in(facts),
        headings=texts_in(facts, "headings"),
        not_prose=texts_in(facts, "not_prose"),
    )


def _decode(content: bytes) -> str:
    # Not read_text(): translating line ends would shift every later offset.
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        likely = (
            "UTF-16"
            if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            else "WINDOWS-1252"
        )
        raise DocumentError(
            f"is not UTF-8 (byte {error.start}); convert it, for example with `iconv -f {likely} -t UTF-8`"
        ) from error
    if "\0" in text:
        raise DocumentError("contains NUL characters, so it is not text")
    return text


def remarks_on(file: CorpusFile, document: Document) -> Iterator[str]:
    """What an operator should look at before readers do; the document is kept letter for letter all the same."""
    hidden_letters = [
        letter
        for letter in hidden(document.text.removeprefix(BYTE_ORDER_MARK))
        if letter not in _LINE_ENDS
    ]
    if hidden_letters:
        kinds = ", ".join(sorted({f"U+{ord(letter):04X}" for letter in hidden_letters})[:6])
        yield f"holds {len(hidden_letters)} hidden or direction-changing characters ({kinds}); they are shown as escapes"
    if not document.origin:
        yield from oddities(file.content.decode("utf-8"))
    if not document.origin and looks_like_html(document.text):
        yield "looks like HTML, whose tags would be quoted as words; give its name the ending .html"
    if tables := _tables_in(document):
        yield f"holds {tables} table{'s' * (tables > 1)}, shown to readers but never quoted"
    if file.facts and (sha256 := facts_beside(_decode(file.facts)).get("sha256")) not in {
        None,
        file.sha256,
    }:
        yield f"is not the file that was fetched (SHA-256 {sha256}); its facts may be another's"
    if file.names > 1:
        yield f"has {file.names} names on its disk (hard links); whoever may write to another one can change it"


def _tables_in(document: Document) -> int:
    """How many tables: rows as extractors mark them, or the line under a head that makes a table in Markdown."""
    lines = document.text.split("\n")
    if document.origin:
        runs = groupby(lines, key=lambda line: line.startswith("| "))
        return sum(rows and len(list(run)) > 1 for rows, run in runs)
    return sum(
        "|" in head and {"|", "-"} <= set(line) <= set("|:- \r") for head, line in pairwise(lines)
    )
