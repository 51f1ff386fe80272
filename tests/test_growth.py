"""Growth: whatever sees a document or a question takes time in proportion to its length, and the measure itself."""

import base64
import random
from collections.abc import Callable, Iterable
from functools import cache, partial

import growth
import numpy as np
import pytest
from fakes import document_of
from growth import DRAFTS, Work, assert_doubles, assert_in_proportion

from pullquote.answers import confidence, query
from pullquote.answers.select import role_of
from pullquote.answers.speakers import attribution
from pullquote.api import reader, responses
from pullquote.cli import terminal
from pullquote.corpus import blocks, english, files, frontmatter, passages
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import PullquoteError
from pullquote.index import lexical, postings, search
from pullquote.models.reader import Reading
from pullquote.sides import proposition, routes
from pullquote.span import Span
from pullquote.verify import alteration, check, cite, match
from pullquote.verify.draft import quotations_of
from pullquote.verify.words import fold
from pullquote.voice import entities, names
from pullquote.voice.coreference import Coreference
from pullquote.voice.listener import hear
from pullquote.voice.quotations import quotations_in
from pullquote.voice.transcripts import turns_in

PICTURE = base64.b64encode(random.Random(1).randbytes(30_000)).decode()
SHAPES = (
    *"a0A,\" '(\n·", "Aa", "“‘", "([", "![", "<!-- ", "**_", "](a)", "0,", "a ", "A ", "a’", "it is a ", "and not ", "of Roe ", "Roe said ",
    "Lee, A.; ", "according to ", " (asked after: ", "e\u0301", "的。", "a.\n", "- - ", "one of them ", "a’|who is ", "A b.\n\n", "LEE: I am.\n\n", "Ann Lee, Ort\n\n", PICTURE,
)  # fmt: skip


@cache
def parted(text):
    document = document_of(text)
    return document, split_sentences(document)


def of_text(*looks):
    """Work that sees a text, whatever it then says of it."""

    def look(text):
        for each in looks:
            try:
                found = each(text)
            except PullquoteError:
                continue
            if isinstance(found, Iterable):
                list(found)

    return lambda text: partial(look, text)


def of_sentences(look):
    return lambda text: partial(look, *parted(text))


def led(document, sentences):
    passages.split_passages(document, sentences)
    for position in range(len(sentences)):
        passages.lead(document.text, sentences, position)


def shown(document, sentences):
    half = Span(len(document.text) // 3, len(document.text) // 2)
    for whole in (True, False):
        reader.blocks(
            document,
            sentences,
            half,
            [reader.Mark(Span(at, at + 50)) for at in range(0, 500, 25)],
            whole=whole,
        )


def cited(document, sentences):
    quote = Quote(document, sentences, 0, len(sentences) - 1) if sentences else None
    text = document.text
    told = document_of(
        text,
        source=Source(title=text, author=text, publisher=text, url=f"https://e.example/{text}"),
    )
    for reference in (
        cite.Reference(document, Span(0, len(text)), quote, text, text),
        cite.Reference(told),
    ):
        for style in cite.STYLES:
            style.write(reference)
    cite.text_directive(text, Span(len(text) // 3, len(text) // 2))


def held(text):
    document, words = document_of(text), text[1 : len(text) // 4]
    places = [match.Match(document, Span(0, len(text)))]
    return lambda: (
        match.find(f"{words}x", lambda: [document]),
        alteration.compare(words, places),
        fold(text),
    )


class Own:
    """A reader to which all is the author's own."""

    def read(self, document, sentences):
        for one in sentences:
            yield Reading(
                {"author": 1.0},
                slice(1, 2),
                0,
                [(0, 0), (one.span.start, one.span.end)],
                *(np.zeros(2),) * 3,
                0.0,
            )


def drafted(text):
    document, sentences = parted("We will do it now. Nobody else will.")
    near = [Quote(document, sentences, 0, len(sentences) - 1)]
    sources = check.Sources(
        [document], lambda _: near, lambda place: place.span, lambda _: (), lambda *_: None
    )
    return lambda: check.check(text, quotations_of(text, Own()), sources)


def followed(text):
    asked = query.Query(
        question=text, history=(query.Turn(text), query.Turn("What did Roe say about tolls?"))
    )
    confidence.silence(text, str(query.resolve(asked)))
    query.speaker_in(asked, lambda _: True)


WORK: dict[str, Callable[[str], Work]] = {
    "corpus/blocks": of_text(blocks.blocks_of, lambda text: blocks.is_wrapped(f"a{text}")),
    "corpus/sentences": lambda text: partial(split_sentences, document_of(text)),
    "corpus/passages": of_sentences(led),
    "corpus/english leans": of_text(english.LANGUAGE.leans),
    "corpus/files": of_text(files.refuse_code, files.looks_like_html, files.hidden, files.visible),
    "corpus/frontmatter": of_text(
        frontmatter.split_front_matter, lambda text: frontmatter.split_front_matter(f"---\ntitle: {text}\n---\n"),
        lambda text: frontmatter.oddities(f"---\ntitle: {text}\n---\n"),
    ),
    "index/lexical": of_text(lexical.terms, lexical.in_words, lambda text: postings.count_words([text])),
    "index/search": of_text(search.is_question, lambda text: search.alike(text, f"{text}x")),
    "voice/quotations": of_sentences(lambda document, sentences: list(quotations_in(document.text, sentences))),
    "voice/transcripts": of_sentences(turns_in),
    "voice/listener": of_sentences(hear),
    "voice/coreference": of_text(lambda text: Coreference(text).meant("Ann Lee"), Coreference("Ann Lee.").meant),
    "voice/names": of_text(
        names.parsed.__wrapped__, names.names_of, names.straight_line, names.is_person, entities.entities, names.is_several,
        lambda text: entities.same_speaker(text, "Ann Lee"), lambda text: entities.same_speaker("Ann Lee", text),
    ),
    "sides/proposition": of_text(
        proposition.statement_of, proposition.proposition_of, proposition.put_up, routes.route_of, routes.subject_of, proposition.opposite,
        proposition.turns, lambda text: proposition.concern_of(text, [text], [0.9], asks=True, surely=True),
    ),
    "answers/query": of_text(query.subject_asked, query.follows_up, query.named_speaker, query.courteous, followed),
    "answers": of_text(confidence.expected, lambda text: role_of(text, first=False), lambda text: attribution(text, (), Source(author=text))),
    "verify": held,
    "verify/draft": drafted,
    "verify/cite": of_sentences(cited),
    "cli/terminal": of_text(terminal.visible, terminal.wrapped),
    "api/reader": of_sentences(shown),
    "api/responses": of_text(responses.paragraphs, responses.titled, responses.visible, responses._carried),
}  # fmt: skip


DRAFTED = ("corpus/blocks", "corpus/sentences", "voice/quotations", "verify/draft")


@pytest.mark.slow
@pytest.mark.parametrize("name", WORK)
def test_a_run_of_twice_the_letters_takes_less_than_2_6_times_the_time(name):
    over = []
    for shape in (*SHAPES, *DRAFTS) if name in DRAFTED else SHAPES:
        try:
            assert_doubles(
                lambda size, shape=shape: WORK[name]((shape * (size // len(shape) + 1))[:size])
            )
        except AssertionError as error:
            over.append(f"{shape[:20]!r}: {error}")
    assert over == []


@pytest.mark.parametrize(
    "run",
    [
        PICTURE,
        PICTURE.encode().hex(),
        "!function(e,t){var n=e.a;for(;n<t;)n+=e[n]||0}(this,9);" * 200,
    ],
)
@pytest.mark.parametrize("around", ["{}", "{0} {0} {0}", "{0}\n{0}\n{0}"])
def test_a_block_of_no_words_is_no_prose(run, around):
    _, sentences = parted(f"Kings fall.\n\n{around.format(run)}\n\nNobody asked them.")
    assert {one.kind for one in sentences[1:-1]} == {Kind.NOT_PROSE}
    wrapped = "\n".join(run[at : at + 76] for at in range(0, len(run), 76))
    _, sentences = parted(f"Kings fall.\n\n{wrapped}\n\nNobody asked them.")
    assert {one.kind for one in sentences[1:-1]} == {Kind.NOT_PROSE}


# The measure


@pytest.fixture
def _work_tells_its_seconds(monkeypatch):
    monkeypatch.setattr(growth, "seconds", lambda work: work())


@pytest.mark.usefixtures("_work_tells_its_seconds")
def test_what_grows_with_the_size_passes_and_with_the_square_fails():
    assert_in_proportion(lambda size: lambda: size / 1000, 8_000)
    assert_doubles(lambda size: lambda: size / 1000)
    with pytest.raises(
        AssertionError, match=r"2000 takes 4\.000 s of CPU and 8000 takes 64\.000 s"
    ):
        assert_in_proportion(lambda size: lambda: (size / 1000) ** 2, 8_000)
    with pytest.raises(
        AssertionError, match=r"10000 takes 1\.000 s, 20000 takes 4\.000 s, 40000 takes 16\.000 s"
    ):
        assert_doubles(lambda size: lambda: (size / 10_000) ** 2)


@pytest.mark.usefixtures("_work_tells_its_seconds")
def test_one_slow_moment_of_the_machine_fails_nothing():
    noise = iter([1, 1, 5, 1, 1, 1])  # warm-up, small, large
    assert_in_proportion(lambda size: lambda: size / 1000 * next(noise), 8_000)
