"""Feed a parser of ours mutated input, guided by what it covers, and hold what must be true of whatever comes out.

    pip install --target build/fuzz atheris; PYTHONPATH=build/fuzz python benchmarks/fuzz.py NAME [--seconds 600] [--kept FOLDER]

What a parser may raise is an error of the program's own. The seeds in `fuzz_seeds.json` are what earlier runs kept, cut
down; with --kept new finds are written to a folder. It ends with 0, or with the input that broke the rule.
"""

import argparse
import asyncio
import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import atheris
import httpcore2
from tampering import Check, overlooked, replaced

sys.path.append(str(Path(__file__).parents[1] / "tests"))
with atheris.instrument_imports(include=["pullquote", "pullquote_extract", "pullquote_llm"]):
    from asgi import ask
    from fakes import built_below, open_with_fake
    from test_epub import book
    from test_pdf_docx import ODF
    from test_pdf_docx import pdf as pdf_of

    from pullquote.answers import query
    from pullquote.answers.explainer import Explainer
    from pullquote.api.app import create_app
    from pullquote.api.intake import Unfit, check_json
    from pullquote.api.mcp import Assistant
    from pullquote.api.receipts import receipt_wire
    from pullquote.api.wire import answer_wire
    from pullquote.cli import terminal
    from pullquote.corpus.documents import Document, Source
    from pullquote.corpus.parsing import CorpusFile, parse_document
    from pullquote.corpus.passages import lead, split_passages
    from pullquote.corpus.quote import Quote, quote_span
    from pullquote.corpus.sentences import Kind, split_sentences
    from pullquote.errors import PullquoteError
    from pullquote.index.files import array_of
    from pullquote.index.lexical import Lexical
    from pullquote.index.vectors import VectorTable
    from pullquote.models.exchange import _Backend, _Stream, open_client
    from pullquote.models.reader import bundled
    from pullquote.settings import _FIELDS, PREFIX, Settings
    from pullquote.sides import proposition, routes
    from pullquote.span import Span
    from pullquote.verify import check, cite, match
    from pullquote.verify.draft import quotations_of
    from pullquote.verify.receipt import read_receipt
    from pullquote.voice import entities, names
    from pullquote.voice.listener import hear
    from pullquote_collect import fetching
    from pullquote_collect.adding import PAGES, _facts, _name_of, _utf8
    from pullquote_extract import Extracted, ExtractionError, docx, epub, html, odt, pdf, subtitles
    from pullquote_llm.pointer import Breaker, PointerFault, Purse, ServedPointer
    from pullquote_llm.pointing import _grounded, numbers

SEEDS = Path(__file__).with_name("fuzz_seeds.json")
Parse = Callable[[bytes], object]


def document(content: bytes) -> None:
    """A file: every visible letter is in one sentence, in order, and every sentence has voices from end to end."""
    found = parse_document(CorpusFile("d", "d/page.txt", content), document_id="page")
    sentences = split_sentences(found)
    assert "".join("".join(one.span.cut(found.text) for one in sentences).split()) == "".join(
        found.text.lstrip("\ufeff").split()
    )
    assert all(one.span.end <= other.span.start for one, other in pairwise(sentences))
    split_passages(found, sentences)
    for position, each in enumerate(sentences):
        if each.kind is Kind.PROSE:
            assert 0 <= position - lead(found.text, sentences, position) <= 2
    for each, voices in zip(sentences, hear(found, sentences).voices, strict=True):
        assert (voices[0].span.start, voices[-1].span.end) == (each.span.start, each.span.end)
        assert all(one.span.end == other.span.start for one, other in pairwise(voices))


def placed(found: Extracted) -> None:
    """What was taken out of a file: its places follow each other inside its text."""
    starts = [place.start for place in found.places]
    assert starts == sorted(starts)
    assert all(0 <= start <= len(found.text) for start in starts)


def page(content: bytes) -> None:
    """A web page."""
    placed(html.extract(content))


def reply(content: bytes) -> None:
    """All that a web server sends, to each request alike: what is kept of it can be written and read again."""
    fetching.checked = lambda *_, **__: "93.184.216.34"
    _Backend.connect_tcp = lambda *_, **__: _Stream(httpcore2.MockStream([content]))
    fetched = fetching.fetch("http://a.example/page", most=100_000)
    _facts(fetched, _name_of(fetched))
    _utf8(fetched)
    if fetched.suffix in PAGES:
        placed(html.extract(fetched.content, fetched.charset))


def captions(content: bytes) -> None:
    """Subtitles of either kind."""
    placed(subtitles.extract(content))


def word_file(content: bytes) -> None:
    """The text of a Word file, in the folder that such a file is."""
    placed(docx.extract(archived("word/document.xml", content)))


def archived(name: str, content: bytes) -> bytes:
    """A folder, as office files are, of one part."""
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as parts:
        parts.writestr(name, content)
    return folder.getvalue()


def opendocument(content: bytes) -> None:
    """The text of an OpenDocument file, its styles before its body."""
    if not content.startswith(b"<?xml"):
        content = b"<office:document%s>%s</office:document>" % (ODF.encode(), content)
    placed(odt.extract(archived("content.xml", content)))


def epub_book(content: bytes) -> None:
    """A chapter of a book, and after a line of its own its package."""
    chapter, _, package = content.partition(b"\n%\n")
    parts = {"OPS/one.xhtml": chapter} | ({"OPS/p.opf": package} if package else {})
    placed(epub.extract(book(**parts)))


def pdf_page(content: bytes) -> None:
    """What draws a page of a PDF, and after a line of its own a second page."""
    placed(pdf.extract(pdf_of(*content.decode("cp1252", "ignore").split("\n%\n")[:3])))


def question(content: bytes) -> None:
    """A question and what it puts up for debate."""
    text = query.worded(content.decode("utf-8", "replace"), limit=2_000)
    before, _, after = text.partition("?")
    asked = query.Query.checked(text, limit=2_000, history=[query.Turn(before), query.Turn(after)])
    for look in (query.subject_asked, query.named_speaker, query.courteous, query.follows_up):
        look(text)
    query.speaker_in(asked, lambda _: True)
    assert len(str(query.resolve(asked))) <= 2_000
    for put in (
        proposition.statement_of,
        proposition.put_up,
        routes.route_of,
        routes.subject_of,
        proposition.turns,
    ):
        put(text)
    proposition.opposite(text)


def name(content: bytes) -> None:
    """An author's line: a name is the same person's as itself."""
    line = content.decode("utf-8", "replace")
    names.straight_line(line)
    entities.entities(line)
    entities.same_speaker(line, "Ann Lee")
    assert all(names.same_person(one, one) for one in names.names_of(line))


def words(content: bytes) -> None:
    """Words that stand in a text are found there, and what is found is the same but for typography."""
    text = content.decode("utf-8", "replace")
    sought, _, stored = text.partition("\n")
    verdict = match.find(sought, lambda: [Document(id="d", debate="d", path="d.txt", text=stored)])
    for place in verdict.places:
        said = place.span.cut(stored)
        assert (
            verdict.result is not match.Result.VERBATIM or said in sought or sought.strip() in said
        )
    terminal.wrapped(text)


def draft(content: bytes) -> None:
    """A draft, and after a line of its own the source: quotations follow each other, and what is word for word stands there."""
    text, _, stored = content.decode("utf-8", "replace").partition("\n%\n")
    source = Document(id="d", debate="d", path="d.txt", text=stored)
    sentences = split_sentences(source)
    near = [Quote(source, sentences, 0, len(sentences) - 1)] if sentences else []

    def whole(place: match.Match) -> Span:
        return quote.span if (quote := quote_span(source, sentences, place.span)) else place.span

    quotations = quotations_of(text, bundled())
    sources = check.Sources([source], lambda _: near, whole, lambda _: (), lambda *_: None)
    assert all(one.span.start <= other.span.start for one, other in pairwise(quotations))
    for held in check.check(text, quotations, sources):
        for words, place in zip(held.quotation.parts, held.places, strict=False):
            said = text[words[0].start : words[-1].end]
            assert (
                held.outcome is not check.QuotationOutcome.VERBATIM
                or said in stored
                or len(held.places) > 1
            )
            assert place.span.cut(stored)


def citation(content: bytes) -> None:
    """Every style is written, and every letter of it can be sent."""
    text = content.decode("utf-8", "replace")
    title, _, author = text.partition("\n")
    source = Source(
        title=title,
        author=author,
        publisher=title,
        url=f"https://e.example/{author}",
        date="2025-10",
    )
    told = Document(id="d", debate="d", path="d.txt", text=text or "x", source=source)
    for style in cite.STYLES:
        style.write(cite.Reference(told, tag=title, byline=author)).encode()
    cite.text_directive(told.text, Span(0, len(told.text)))


def setting(content: bytes) -> None:
    """A setting's value: taken, or refused."""
    if content:
        chosen = [*_FIELDS][content[0] % len(_FIELDS)].upper()
        value = content[1:].decode("utf-8", "surrogateescape").replace("\0", "")
        with suppress(PullquoteError):
            Settings.read({PREFIX + chosen: value})


def settings_file(content: bytes) -> None:
    """pullquote.toml."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        Settings.read({}, Path(file.name))


def arrays(content: bytes) -> None:
    """Files of an index whose hashes agree: refused, or of just their size."""
    for read in (
        lambda: array_of(content), lambda: VectorTable.open({"v": content}, "v", (1, 4), coded=False), lambda: Lexical.open([*content.split(b"|", 5), *[b""] * 5][:6], 3)
    ):  # fmt: skip
        try:
            read()
        except (ValueError, TypeError, KeyError, IndexError, PullquoteError):
            continue


ROADS = "Drivers who use a road should pay for it. Nobody else should have to.\n"


@cache
def _explainer() -> Explainer:
    """A small index that may be asked without end."""
    folder, limits = Path(tempfile.mkdtemp()), {"rate_limit": None, "key_rate_limit": None}
    return open_with_fake(built_below(folder, {"tolls/page.txt": ROADS}, **limits))


@cache
def _served() -> Any:
    return create_app(_explainer()), Assistant(_explainer)


def openai(content: bytes) -> None:
    """A body of either kind of OpenAI's requests: answered, or refused in its form."""
    where = "responses" if b'"input"' in content else "chat/completions"
    headers = {"content-type": "application/json"}
    told = ask(_served()[0], "POST", f"/v1/{where}", headers=headers, body=content)
    assert told.status < 500, told.body
    if told.status != 200:
        assert told.json["error"]["message"]


def tool(content: bytes) -> None:
    """The arguments of an assistant's tools, after the tool's name: a result, or a refusal in words."""
    name, _, given = content.decode("utf-8", "replace").partition("\n")
    with suppress(ValueError, RecursionError):
        arguments = json.loads(given)
        if isinstance(arguments, dict):
            called = asyncio.run(_served()[1].call_tool(name, arguments))
            assert called.content
            called.model_dump_json()


def pointer(content: bytes) -> None:
    """What a language model's server sends, and what its model writes: numbers of windows, or a summary that is grounded."""
    text = content.decode("utf-8", "replace")
    with suppress(PointerFault):
        read = numbers(text, 6)
        assert {*read.answers} <= {*range(6)} >= read.favour | read.against
    written = " ".join(text.split())
    assert all(sentence in written for sentence in _grounded(written, [ROADS]))
    _Backend.connect_tcp = lambda *_, **__: _Stream(httpcore2.MockStream([content]))
    limits = {"seconds": 5.0, "tokens": 4_000, "purse": Purse(0), "breaker": Breaker()}
    with suppress(PointerFault), open_client() as client:
        served = ServedPointer("http://a.example/v1", "m", None, client=client, **limits)
        served.ask("Point.", ROADS, None, 100, lambda reply: numbers(reply, 6))


@cache
def _answered() -> tuple[Any, Check]:
    """A real receipt, and what holds one against the sources that it is of."""
    explainer = _explainer()
    documents = [explainer.document(row.id) for row in explainer.generation.rows]
    body = json.loads(json.dumps(answer_wire(explainer.ask("Who should pay for a road?"))))
    return body, lambda content: receipt_wire(content, documents, explainer.generation)


def receipt(content: bytes) -> None:
    """A receipt of whatever is sent; and a real one in which that takes the place of one field, which is not overlooked."""
    with suppress(PullquoteError):
        read_receipt(content)
    (body, check), (position, value) = _answered(), (content[:1], content[1:])
    with suppress(ValueError, RecursionError):
        name, forged = replaced(body, position[0] if position else 0, json.loads(value))
        assert forged is body or not overlooked(name, forged, check), name


PARSERS: Mapping[str, Parse] = {
    "document": document, "question": question, "name": name, "words": words, "draft": draft, "citation": citation, "setting": setting,
    "settings-file": settings_file, "receipt": receipt, "body": lambda content: check_json(content, depth=32), "arrays": arrays,
    "page": page, "reply": reply, "captions": captions, "word-file": word_file,
    "opendocument": opendocument, "epub-book": epub_book, "pdf-page": pdf_page, "openai": openai, "tool": tool, "pointer": pointer,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=PARSERS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--kept", type=Path)
    given = parser.parse_args()
    parse = PARSERS[given.name]

    @atheris.instrument_func
    def once(content: bytes) -> None:
        try:
            parse(content)
        except (PullquoteError, ExtractionError, Unfit):
            return

    with tempfile.TemporaryDirectory() as own:
        kept = given.kept or Path(own)
        kept.mkdir(exist_ok=True)
        for number, seed in enumerate(json.loads(SEEDS.read_bytes()).get(given.name, [])):
            (kept / f"seed-{number}").write_bytes(seed.encode("utf-8", "surrogateescape"))
        limits = [
            "-max_len=4096",
            "-timeout=20",
            "-rss_limit_mb=2048",
            f"-max_total_time={given.seconds}",
            "-print_final_stats=1",
        ]
        atheris.Setup([sys.argv[0], *limits, str(kept)], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
