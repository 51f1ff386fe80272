"""Answers: the frame, the order, the gap, the identity."""

import dataclasses

import pytest
from fakes import TEXTS, HashEncoder, document_of, open_with_fake
from jinja2 import UndefinedError

from pullquote.answers.answer import Frame, Shown, abstain, compose, prompts_folder, render
from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query, Turn
from pullquote.api.wire import answer_wire
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import quote_span
from pullquote.corpus.sentences import split_sentences
from pullquote.index.search import Role
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.voice.voices import Voice, VoiceKind

KNOWN = "Do road tolls cut traffic jams in crowded cities?"


def ask(explainer, question=KNOWN, **values):
    return explainer.ask(Query(question=question, **values))


def test_an_answer_alternates_frame_and_quote(explainer):
    parts = ask(explainer).parts
    assert len(parts) >= 2
    assert all(isinstance(part, Frame) for part in parts[::2])
    assert [part.n for part in parts[1::2]] == list(range(1, len(parts) // 2 + 1))
    assert all(isinstance(part, Shown) for part in parts[1::2])


def test_the_author_is_named_before_the_first_quote(explainer):
    answer = ask(explainer)
    assert answer.citations[0].quote.document.source.author == "Ada Finch"
    assert answer.parts[0].text == "Ada Finch argues:"


def test_the_plain_text_holds_every_quote_whole(explainer):
    answer = ask(explainer)
    for citation in answer.citations:
        assert f"“{citation.quote.text}” [{citation.n}]" in answer.text


@pytest.fixture
def doubtful(shared):
    """An explainer that speaks only when it is sure."""
    return open_with_fake(dataclasses.replace(shared, min_confidence=0.9))


def test_a_stranger_question_is_met_with_silence_and_the_nearest_passage(doubtful):
    answer = ask(doubtful, "Quantum chromodynamics of zebra tolls?")
    assert not answer.answered
    assert answer.reason is Reason.NOT_COVERED
    assert answer.citations == ()
    assert len(answer.nearest) == 1
    assert answer.text.startswith(
        "Nothing here clearly answers this. The nearest passage, which may not:"
    )


def test_that_the_sources_do_not_answer_is_said_of_what_is_far_alone():
    told = {"languages": "English", "nearest": True, "speaker": None, "known": False}
    [near], [far] = (abstain(Reason.NOT_COVERED, far=far, **told) for far in (False, True))
    assert near.text == "Nothing here clearly answers this. The nearest passage, which may not:"
    assert far.text == "The sources here do not answer this question. The nearest passage:"


def test_that_somebody_speaks_elsewhere_is_said_where_they_do_not_answer():
    told = {"languages": "English", "nearest": False, "far": True, "speaker": "Bo Reed"}
    lines = [abstain(Reason.NOT_COVERED, known=known, **told)[0].text for known in (0, 1, 3)]
    assert lines == [
        "No words of Bo Reed were found here.",
        "Nothing from Bo Reed here clearly answers this; they speak in 1 document.",
        "Nothing from Bo Reed here clearly answers this; they speak in 3 documents.",
    ]


@pytest.mark.parametrize(("speaker", "line"), [("parents", "Ann Author reports, citing parents:"),
                                               ("A lawsuit in Texas", "Ann Author reports, citing a lawsuit in Texas:"),
                                               ("Bo Reed", "Bo Reed is reported as saying:")])  # fmt: skip
def test_the_author_stays_the_voice_where_no_person_or_body_is_named(speaker, line):
    document = document_of("It rose.", source=Source(author="Ann Author"))
    quote = quote_span(document, split_sentences(document), Span(0, 8))
    voice = Voice(Span(0, 8), VoiceKind.REPORTED, speaker)
    assert compose([Citation(1, quote, Role.CLAIM, (voice,), 1.0)])[0].text == line


def test_what_the_one_who_has_the_word_tells_of_another_is_told_by_them():
    document = document_of("It rose.", source=Source(publisher="The House"))
    quote = quote_span(document, split_sentences(document), Span(0, 8))
    voice = Voice(Span(0, 8), VoiceKind.REPORTED, "Bo Reed", ("MR. McOTT",), sure=False, turn=True)
    assert (
        compose([Citation(1, quote, Role.CLAIM, (voice,), 1.0)])[0].text == "As told by Mr. McOtt:"
    )


def test_silence_never_shows_a_quote_as_an_answer(doubtful):
    wire = answer_wire(ask(doubtful, "Quantum chromodynamics of zebra tolls?"))
    assert wire["quotes"] == []
    assert all(part["kind"] == "frame" for part in wire["parts"])


def test_a_follow_up_is_shown_as_it_was_understood(explainer):
    answer = ask(explainer, "Why is that?", history=(Turn(KNOWN),))
    assert answer.question == "Why is that?"
    assert KNOWN in answer.resolved_question


def test_a_template_with_a_missing_variable_is_an_error():
    with pytest.raises(UndefinedError):
        render("frame", role="claim")


@pytest.mark.parametrize(
    "path", sorted(prompts_folder().glob("*.jinja")), ids=lambda path: path.name
)
def test_every_template_opens_with_a_comment_that_names_its_variables(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("{#")
    assert "Variables:" in text.split("#}")[0].split("-#}")[0]


@pytest.mark.parametrize(
    "payload", ["{{7*7}}", "{% include 'frame.jinja' %}", "<b>x</b>", "${7*7}"]
)
def test_what_is_asked_or_said_is_never_a_template(explainer, payload):
    values = dict(
        role="claim",
        kind="author",
        speaker=payload,
        author=payload,
        name=payload,
        opens=True,
        same=False,
        doubt=False,
        asks=False,
        neutral=False,
        turn=False,
        likely=False,
        speech=False,
    )
    assert render("frame", **values) == f"{payload} argues:"
    assert payload in ask(explainer, f"{payload} road tolls").question


FRAMES = [
    (dict(role="claim", kind="author"), "Ann argues:"),
    (dict(role="claim", kind="author", same=True), "And:"),
    (dict(role="context", kind="author", same=True), "For context:"),
    (dict(role="claim", kind="author", speech=True), "Ann says:"),
    (dict(role="counterpoint", kind="author", speech=True), "On the other side, Ann says:"),
    (dict(role="claim", kind="quoted", speaker="Opponents"), "Opponents are quoted as saying:"),
    (
        dict(role="claim", kind="quoted", speaker="Bo", doubt=True, likely=True),
        "Probably Bo, as told by Ann:",
    ),
    (
        dict(role="counterpoint", kind="reported", speaker="Bo", doubt=True, likely=True),
        "On the other side, probably Bo, as told by Ann:",
    ),
    (
        dict(role="claim", kind="mixed", speaker="Bo", doubt=True, likely=True),
        "Ann reports, probably citing Bo:",
    ),
    (
        dict(role="claim", kind="quoted", speaker="Bo", turn=True, doubt=True, likely=True),
        "Probably said by Bo:",
    ),
    (dict(role="claim", kind="quoted", speaker="Bo", same=True, doubt=True), "And:"),
    (dict(role="evidence", kind="author"), "Ann offers as evidence:"),
    (dict(role="evidence", kind="author", same=True), "As evidence:"),
    (dict(role="context", kind="author"), "For context, Ann writes:"),
    (dict(role="claim", kind="quoted", speaker="Bo"), "Bo is quoted as saying:"),
    (dict(role="claim", kind="reported", speaker="Bo"), "Bo is reported as saying:"),
    (dict(role="claim", kind="quoted", speaker="Bo", turn=True), "Bo says:"),
    (dict(role="claim", kind="quoted", speaker="Bo", turn=True, asks=True), "Bo asks:"),
    (
        dict(role="counterpoint", kind="quoted", speaker="Bo", turn=True),
        "On the other side, Bo says:",
    ),
    (dict(role="claim", kind="quoted", speaker="Bo", same=True), "And:"),
    (dict(role="claim", kind="reported", speaker="Bo", same=True), "And:"),
    (dict(role="claim", kind="mixed", speaker="Bo"), "Ann reports, citing Bo:"),
    (
        dict(role="claim", kind="reported", speaker="The Governors of two states"),
        "The Governors of two states are reported as saying:",
    ),
    (dict(role="claim", kind="quoted", speaker="Bo and Cy"), "Bo and Cy are quoted as saying:"),
    (
        dict(role="claim", kind="quoted", speaker="The United States"),
        "The United States is quoted as saying:",
    ),
    (
        dict(role="counterpoint", kind="quoted", speaker="critics"),
        "On the other side, critics are quoted as saying:",
    ),
    (dict(role="claim", kind="author", author="Ann Lee and Bo Chen"), "Ann Lee and Bo Chen argue:"),
    (
        dict(role="claim", kind="mixed", speaker="Bo", author="Ann Lee; Cy Dow"),
        "Ann Lee; Cy Dow report, citing Bo:",
    ),
    (dict(role="claim", kind="unclear"), "Ann reports what others say:"),
    (dict(role="claim", kind="reported"), "Ann reports what others say:"),
    (dict(role="evidence", kind="quoted"), "Ann reports what others say:"),
    (dict(role="claim", kind="unclear", doubt=True), "As told by Ann:"),
    (dict(role="counterpoint", kind="author"), "On the other side, Ann writes:"),
    (
        dict(role="counterpoint", kind="reported", speaker="Bo"),
        "On the other side, Bo is reported as saying:",
    ),
    (dict(role="claim", kind="author", author=None), "“Tolls” says:"),
    (dict(role="claim", kind="quoted", speaker="Bo", doubt=True), "As told by Ann:"),
    (dict(role="claim", kind="reported", speaker="Bo and Cy", doubt=True), "As told by Ann:"),
    (dict(role="claim", kind="mixed", speaker="Bo", doubt=True), "As told by Ann:"),
    (
        dict(role="counterpoint", kind="reported", speaker="Bo", doubt=True),
        "On the other side, as told by Ann:",
    ),
    (dict(role="claim", kind="author", asks=True), "Ann asks:"),
    (dict(role="evidence", kind="author", same=True, asks=True), "Ann asks:"),
    (
        dict(role="claim", kind="author", author="Ann Lee and Bo Chen", asks=True),
        "Ann Lee and Bo Chen ask:",
    ),
    (dict(role="counterpoint", kind="author", asks=True), "On the other side, Ann asks:"),
    (dict(role="claim", kind="quoted", speaker="Bo", asks=True), "Bo is quoted as asking:"),
    (dict(role="claim", kind="quoted", speaker="Bo, a baker"), "Bo, a baker, is quoted as saying:"),
    (
        dict(role="claim", kind="reported", speaker="Ann, Bo and Cy"),
        "Ann, Bo and Cy are reported as saying:",
    ),
    (
        dict(role="claim", kind="reported", speaker="A study by Lee, Bell and Dow"),
        "A study by Lee, Bell and Dow is reported as saying:",
    ),
    (
        dict(
            role="claim",
            kind="reported",
            speaker="Bo Reed, Secretary of State for Health and Social Care",
        ),
        "Bo Reed, Secretary of State for Health and Social Care, is reported as saying:",
    ),
    (
        dict(
            role="claim",
            kind="reported",
            speaker="The Department for Food, Farms and Rural Affairs",
        ),
        "The Department for Food, Farms and Rural Affairs is reported as saying:",
    ),
    (
        dict(role="counterpoint", kind="reported", speaker="some critics, including Bo and Cy"),
        "On the other side, some critics, including Bo and Cy, are reported as saying:",
    ),
    (
        dict(
            role="claim",
            kind="reported",
            speaker="Bo, a member of the board and the head of the union",
        ),
        "Bo, a member of the board and the head of the union, is reported as saying:",
    ),
    (dict(role="claim", kind="mixed", speaker="Bo, a baker"), "Ann reports, citing Bo, a baker:"),
    (dict(role="claim", kind="mixed", speaker="some"), "Ann reports what some say:"),
    (dict(role="claim", kind="mixed", speaker="many others", doubt=True), "As told by Ann:"),
    (dict(role="claim", kind="mixed", speaker="experts"), "Ann reports, citing experts:"),
    (dict(role="claim", kind="author", neutral=True), "Ann writes:"),
    (
        dict(role="claim", kind="author", author="Ann Lee and Bo Chen", neutral=True),
        "Ann Lee and Bo Chen write:",
    ),
    (dict(role="evidence", kind="author", neutral=True), "Ann writes:"),
    (dict(role="claim", kind="author", author=None, neutral=True), "“Tolls” says:"),
]


def test_a_reporter_of_a_document_that_takes_no_side_argues_nothing(settle):
    files = {
        "road-tolls/news.md": TEXTS["road-tolls/for-tolls.md"].replace(
            "side: for\n", "side: neutral\n"
        )
    }
    settings = settle(files)
    index_corpus(settings, HashEncoder())
    assert ask(open_with_fake(settings)).parts[0].text == "Ada Finch writes:"


@pytest.mark.parametrize(("given", "line"), FRAMES)
def test_the_frame_says_who_speaks(given, line):
    rest = dict(
        speaker=None,
        author="Ann",
        name="Tolls",
        opens=True,
        same=False,
        doubt=False,
        asks=False,
        neutral=False,
        turn=False,
        likely=False,
        speech=False,
    )
    values = rest | given
    values["quoted"] = values["speaker"]
    assert render("frame", **values) == line


def test_one_line_stands_over_a_run_of_one_voice_and_never_hides_a_doubt():
    document = document_of("It rose. It fell. It rose.", source=Source(author="Ann Author"))
    sentences = split_sentences(document)
    spans = [sentence.span for sentence in sentences]
    voices = [
        Voice(spans[0], VoiceKind.QUOTED, "Bo Reed"),
        Voice(spans[1], VoiceKind.QUOTED, "Bo Reed"),
        Voice(spans[2], VoiceKind.QUOTED, "Bo Reed", sure=False, likely=True),
    ]
    citations = [
        Citation(n, quote_span(document, sentences, span), Role.CLAIM, (voice,), 1.0)
        for n, (span, voice) in enumerate(zip(spans, voices, strict=True), 1)
    ]
    assert [part.text for part in compose(citations)[::2]] == [
        "Bo Reed is quoted as saying:",
        "And:",
        "Probably Bo Reed, as told by Ann Author:",
    ]
