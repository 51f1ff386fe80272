"""Both sides opened in place: under an answer, and in the reader beside the text; complete without a script."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from conftest import Settle
from fakes import NAMED, TOLLS, HashEncoder, SoftJudge, WordJudge, document_of, settings_below, write_corpus
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.api.reader import Mark, blocks
from pullquote.api.responses import STRINGS
from pullquote.corpus.sentences import split_sentences
from pullquote.errors import QuestionError
from pullquote.index import open_index
from pullquote.index.layout import STANCES
from pullquote.settings import Settings
from pullquote.sides.stance import Side
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import place_query

QUESTION = "Should cities charge road tolls?"
UNNAMED = "Should drivers pay for a road?"
ALONE = {
    "road-tolls/alone.md": (
        f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: for\n---\n"
        "Cities should charge road tolls because tolls cut jams. Road tolls in cities are fair.\n"
    )
}


class Stage:
    """A served corpus and the judge that counts what it is made to read."""

    def __init__(self, settings: Settings, judge: WordJudge | None = None, *, stances: bool = True) -> None:
        self.judge = judge or WordJudge()
        index_corpus(settings, HashEncoder(), judge=self.judge)
        opened = open_index(settings)
        if not stances:
            del opened.generation.extra[STANCES]
        self.explainer = Explainer(settings, Ready(opened, HashEncoder(), None, self.judge))
        self.client = TestClient(create_app(self.explainer))

    def page(self, path: str, **query: object) -> str:
        """A page as it is shown without a script: the templates and strings for one left out."""
        response = self.client.get(path, params=query or None)
        assert response.status_code == 200, response.text
        return re.sub(
            r'<template.*?</template>|<script type="application/json".*?</script>', "", response.text, flags=re.DOTALL
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("pages")
    write_corpus(folder / "corpus", NAMED)
    opened = Stage(settings_below(folder))
    with opened.client:
        yield opened


def opened_part(html: str) -> str:
    """What is opened, up to where the answer or the reader's part ends."""
    return re.search(r'<section class="both".*?(?:</article>|<div class="text")', html, re.DOTALL).group()


# Under an answer


def test_an_answer_offers_to_open_both_sides_under_it_and_judges_nothing_before(stage: Stage):
    read = len(stage.judge.pairs)
    html = stage.page("/", q=UNNAMED, debate="road-tolls")
    assert len(stage.judge.pairs) == read
    assert '<section class="both"' not in html
    link = re.search(r'<a data-f="proposition" rel="nofollow" href="([^"]+)"', html).group(1)
    assert unescape(link).startswith("/?q=Should%20drivers%20pay")
    assert link.endswith("sides=1#both-sides")
    shown = stage.page(unescape(link))
    assert len(stage.judge.pairs) > read
    assert 'id="both-sides"' in shown


def test_both_sides_stand_under_the_answer_in_two_columns_with_who_says_so(stage: Stage):
    html = stage.page("/", q=QUESTION, sides="1")
    assert html.index('data-f="answer"') < html.index('<section class="both"') < html.index('<form class="ask"')
    part = opened_part(html)
    assert part.index(">For</h4>") < part.index(">Against</h4>")
    assert "This site’s label for the document" in part
    assert re.search(r"A computer model’s reading \((?:\d+% sure|a weak guess)\)", part)
    assert part.count('data-f="place" href="/documents/') == part.count("<blockquote")
    assert "Ada Finch, The Toll Review, March 2021" in re.sub(r"<[^>]+>", "", part)


def test_the_columns_are_those_of_the_page_of_its_own(stage: Stage):
    def quotes(html: str) -> list[str]:
        return re.findall(r'data-f="exact"[^>]*>([^<]+)<', html)

    own = stage.page("/sides", proposition=TOLLS)
    assert quotes(opened_part(stage.page("/", q=QUESTION, sides="1"))) == quotes(own) != []


def test_what_is_opened_can_be_closed_shared_and_read_on_its_own(stage: Stage):
    part = unescape(opened_part(stage.page("/", q=QUESTION, debate="road-tolls", sides="1")))
    shut = re.search(r'data-f="shut"[^>]* href="([^"]+)"', part).group(1)
    assert "sides=" not in shut
    assert f"{shut}&sides=1#side-1" in part
    assert 'rel="nofollow" href="/sides?proposition=Cities%20should%20charge%20road%20tolls.&debate=road-tolls"' in part


@pytest.mark.parametrize(
    ("judge", "sentence"),
    [(WordJudge(), "absent_against"), (SoftJudge(), "leaning_against")],
    ids=["missing", "unclear"],
)
def test_an_empty_column_says_whether_the_side_is_missing_or_unclear(settle: Settle, judge: WordJudge, sentence: str):
    more = "\n\nRoad tolls hit some people.\n" if sentence.startswith("leaning") else "\n"
    stage = Stage(settle({"tolls/a.txt": f"Road tolls cut jams.{more}"}), judge)
    part = opened_part(stage.page("/", q="Are road tolls right?", sides="1"))
    assert f'<p class="absent" data-f="absent">{STRINGS[sentence]}</p>' in unescape(part)


def test_beside_silence_nothing_is_opened_and_nothing_judged(settle: Settle):
    stage = Stage(settle(NAMED, min_confidence=1.0))
    read = len(stage.judge.pairs)
    html = stage.page("/", q=UNNAMED, sides="1")
    assert '<section class="both"' not in html
    assert len(stage.judge.pairs) == read


def test_sides_that_cannot_be_told_are_said_under_the_answer(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise QuestionError("this puts nothing up for debate")

    monkeypatch.setattr(stage.explainer, "sides", refuse)
    html = stage.page("/", q=QUESTION, sides="1")
    assert "This puts nothing up for debate." in html
    assert 'data-f="answer"' in html


def test_opening_both_sides_is_not_a_second_question_on_record(settle: Settle, tmp_path):
    key = "k" * 20
    stage = Stage(settle(NAMED, store=tmp_path / "r.db", admin_key=key))
    stage.page("/", q=QUESTION)
    stage.page("/", q=QUESTION, sides="1")
    report = stage.client.get("/v1/report", headers={"Authorization": f"Bearer {key}"}).json()
    assert report["questions"] == 1


# In the reader


def test_the_reader_opens_both_sides_of_a_named_proposition_and_reads_nothing_with_the_model(stage: Stage):
    read = len(stage.judge.pairs)
    closed = stage.page("/documents/for-tolls", start=0, end=43)
    link = re.search(r'<nav class="debated".*?href="([^"]+)"', closed, re.DOTALL).group(1)
    place = place_query(0, 43, stage.explainer.document("for-tolls").sha256)
    assert unescape(link) == (f"/documents/for-tolls?{place}&sides=Cities%20should%20charge%20road%20tolls.#both-sides")
    assert '<section class="both"' not in closed
    html = stage.page(unescape(link))
    assert len(stage.judge.pairs) == read
    assert 'id="quote"' in html, "the quote that was shown stays marked"
    own, others = html[html.index(STRINGS["own"]) :].split(STRINGS["others"])
    assert re.findall(r'data-document="([^"]+)"', own) == ["for-tolls"] * own.count("<blockquote")
    assert set(re.findall(r'data-document="([^"]+)"', others)) == {"against-tolls"}
    assert 'href="/documents/against-tolls?start=' in others


def marked(html: str, side: str) -> list[str]:
    """The words that are marked as on a side."""
    found = re.findall(rf'<mark class="{side}">(.*?)</mark>', html, re.DOTALL)
    return [unescape(re.sub(r"<span.*?</span>", "", words)) for words in found]


def test_the_documents_own_quotes_are_marked_with_their_side_and_number_and_lead_back(stage: Stage):
    html = stage.page("/documents/for-tolls", sides=TOLLS)
    inside, _ = stage.explainer.sides_around("for-tolls", TOLLS)
    assert inside.favour
    assert sorted(marked(html, "for")) == sorted(one.quote.text for one in inside.favour)
    assert sorted(marked(html, "against")) == sorted(one.quote.text for one in inside.against)
    for side, quotes in (("For", inside.favour), ("Against", inside.against)):
        for one in quotes:
            flag = rf'<a class="flag {side.lower()}" id="text-{one.n}" href="#own-{one.n}"[^>]*>{side} {one.n}<'
            assert re.search(flag, html)
            assert f'href="#text-{one.n}"' in html


def test_the_reader_still_shows_every_letter_and_nothing_else(stage: Stage):
    html = stage.page("/documents/for-tolls", sides=TOLLS, start=0, end=60)
    body = re.search(r'<div class="text".*?</div>', html, re.DOTALL).group()
    body = re.sub(r'<a class="flag.*?</a>|<span class="hidden.*?</span>', "", body, flags=re.DOTALL)
    shown = unescape(re.sub(r"<[^>]+>", "", body))
    assert "".join(shown.split()) == "".join(stage.explainer.document("for-tolls").text.split())


def test_a_proposition_that_is_not_named_opens_nothing_and_is_not_repeated(stage: Stage):
    html = stage.page("/documents/for-tolls", sides="Whales should sing opera.")
    assert STRINGS["unnamed"] in html
    assert "Whales" not in html
    assert '<section class="both"' not in html
    assert "debated" not in stage.page("/documents/helmets")


def test_the_only_document_of_a_debate_says_so(settle: Settle):
    html = Stage(settle(ALONE)).page("/documents/alone", sides=TOLLS)
    assert STRINGS["others_none"] in html
    assert STRINGS["own_absent_against"] in html


def test_many_propositions_are_folded_up(settle: Settle):
    named = "".join(f"  Cities should charge road tolls of kind {n}.: for\n" for n in "abcd")
    html = Stage(settle({"road-tolls/a.md": f"---\nsides:\n{named}---\nCities should charge road tolls.\n"})).page(
        "/documents/a"
    )
    assert re.search(r'<details><summary id="debated">Both sides of 4 statements</summary>', html)


def test_an_index_without_readings_links_to_the_page_of_its_own(settle: Settle):
    stage = Stage(settle(NAMED), stances=False)
    assert 'href="/sides?proposition=Cities%20should' in stage.page("/documents/for-tolls")
    assert STRINGS["unnamed"] in stage.page("/documents/for-tolls", sides=TOLLS)
    assert stage.explainer.sides_around("for-tolls", TOLLS) is None


def test_where_the_whole_text_may_not_be_shown_a_quote_links_to_its_surroundings(settle: Settle):
    html = Stage(settle(NAMED, full_text=False)).page("/documents/for-tolls", sides=TOLLS)
    assert 'href="/documents/for-tolls?start=' in opened_part(html)
    assert 'href="#text' not in html
    assert "<mark" not in html
    assert "Marked in the text" not in html


def test_a_place_that_is_past_all_numbers_is_not_found(settle: Settle):
    stage = Stage(settle(NAMED))
    assert stage.client.get("/documents/for-tolls", params={"start": 0, "end": 10**30}).status_code == 404


# Both


def test_what_a_side_is_worth_is_said_before_the_quotes(stage: Stage):
    for path, query in (
        ("/", {"q": QUESTION, "sides": "1"}),
        ("/documents/for-tolls", {"sides": TOLLS}),
        ("/sides", {"proposition": TOLLS}),
    ):
        html = unescape(stage.page(path, **query))
        assert html.index(STRINGS["sides_note"]) < html.index('<div class="columns"'), path
        assert html.count(STRINGS["sides_note"]) == 1, path


def test_no_id_stands_twice_and_every_link_within_a_page_leads_somewhere(stage: Stage):
    pages = [
        stage.page("/", q=QUESTION, sides="1"),
        stage.page("/documents/for-tolls", sides=TOLLS, start=0, end=43),
        stage.page("/sides", proposition=TOLLS),
    ]
    for html in pages:
        found = re.findall(r'\sid="([^"]+)"', html)
        assert len(found) == len(set(found))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= set(found)
        named = {
            name for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html) for name in names.split()
        }
        assert named <= set(found)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)


def test_words_of_strangers_stay_words_in_both(settle: Settle):
    evil = "Cities should charge <img src=x onerror=pwn()> road tolls."
    text = (
        f"---\nauthor: <b>Bo</b>\nproposition: {evil}\nside: for\n---\n"
        "Cities should charge <script>pwn()</script> road tolls because tolls cut jams.\n"
    )
    stage = Stage(settle({"road-tolls/evil.md": text}))
    for html in (
        stage.page("/documents/evil", sides=evil),
        stage.page("/", q="Should cities charge <i>road</i> tolls?", sides="1"),
    ):
        assert '<section class="both"' in html
        assert not re.search(r"<img|<b>|<i>|<script>", html)


TEXT = "One stands here. Two stands here. Three stands here.\n\nFour stands here."


@pytest.mark.parametrize(
    "spans",
    [
        [Span(0, 16), Span(17, 33)],
        [Span(0, 33), Span(17, 52)],
        [Span(0, 52), Span(17, 33), Span(20, 71)],
        [Span(34, 71), Span(53, 71)],
        [Span(16, 17), Span(0, 71)],
    ],
)
def test_marks_that_overlap_each_open_and_close_once_and_lose_no_letter(spans: list[Span]):
    document = document_of(TEXT)
    marks = [Mark(span, Side.FOR, n) for n, span in enumerate(spans[1:], start=1)]
    shown = blocks(document, split_sentences(document), spans[0], marks, whole=True)
    pieces = [piece for block in shown for piece in block.pieces]
    assert "".join(piece.text for piece in pieces).split() == TEXT.replace("\n\n", "").split()
    for mark in [Mark(spans[0]), *marks]:
        words = "".join(piece.text for piece in pieces if mark in piece.marks)
        assert words.split() == mark.span.cut(TEXT).replace("\n\n", "").split()
        if words.strip():
            assert sum(mark in piece.opens for piece in pieces) == sum(mark in piece.closes for piece in pieces) == 1


def test_the_form_says_what_to_type_and_does_not_look_as_if_it_were_typed(stage: Stage):
    field = re.search(r'<input id="proposition"[^>]*>', stage.page("/sides")).group()
    assert re.search(r'placeholder="([^"]+)"', field).group(1) not in stage.explainer.propositions()
