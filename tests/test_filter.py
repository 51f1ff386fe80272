"""Filters: only what passes is looked in, and it is ranked as in a corpus that holds only that."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import NAMED, SPOKEN, TOLLS, HashEncoder, built_below, open_with_fake

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.wire import answer_wire
from pullquote.errors import QuestionError
from pullquote.index import build_index, open_index
from pullquote.index.facets import Filter
from pullquote.index.generation import Generation
from pullquote.index.search import Sought, retrieve

OUTLETS, SIDES = ("The Toll Review", "Harbour Post", None), ("for", "against", "neutral", None)
WORDS = "toll road bus city driver fare court council tax bridge lorry school levy mayor".split()
DRAWN = 60
DOCUMENT = "04"


def text_of(number: int, chance: random.Random) -> str:
    """A document of chance, whose facts are a function of its number."""
    facts = {
        "publisher": OUTLETS[number % 3],
        "date": (None, "2019", "2020-05", "2021-03-04", "2022-11")[number % 5],
        "side": SIDES[number % 4],
    }
    front = "".join(f"{name}: {value}\n" for name, value in facts.items() if value)
    lines = []
    for _ in range(chance.randint(3, 9)):
        words = chance.choices(WORDS, k=chance.randint(4, 14))
        lines.append(" ".join(words).capitalize() + ".")
    return f"---\n{front}---\n" + " ".join(lines[:3]) + "\n\n" + " ".join(lines[3:]) + "\n"


CHANCE = random.Random(43)
TEXTS = {
    f"{'ab'[number % 2]}/{number:02}.{'md' if number % 7 else 'txt'}": text_of(number, CHANCE)
    for number in range(40)
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Explainer:
    """All documents of chance."""
    return open_with_fake(built_below(tmp_path_factory.mktemp("whole"), TEXTS))


def drawn() -> list[tuple[Filter, str]]:
    chance = random.Random(7)
    filters = []
    for _ in range(DRAWN):
        values = {
            "outlet": chance.choice((None, None, *OUTLETS[:2])),
            "since": chance.choice((None, None, "2020", "2021-03")),
            "until": chance.choice((None, None, "2022", "2021-03-04")),
            "kind": chance.choice((None, None, None, "md", "txt")),
            "side": chance.choice((None, None, *SIDES[:3])),
            "debate": chance.choice((None, None, "a", "b")),
        }
        only = Filter.checked(**values)
        filters.append((only, " ".join(chance.choices(WORDS, k=3)) + "?"))
    return [(only, question) for only, question in filters if only.values]


def first(explainer: Explainer, query: Query) -> tuple[str, int, int] | None:
    answer = explainer.ask(query)
    for citation in (*answer.citations, *answer.nearest):
        span = citation.quote.span
        return citation.quote.document.id, span.start, span.end
    return None


def test_the_first_quote_is_that_of_a_corpus_which_holds_only_what_passes(
    whole: Explainer, tmp_path: Path
):
    different = []
    for number, (only, question) in enumerate(drawn()):
        passing = [
            whole.generation.rows[each].path for each in whole.ready.facets.passing(only).tolist()
        ]
        asked = Query(question=question, only=replace(only, debate=None), debate=only.debate)
        if not passing:
            assert first(whole, asked) is None
            continue
        alone = open_with_fake(
            built_below(tmp_path / f"{number}", {path: TEXTS[path] for path in passing})
        )
        if first(whole, asked) != first(alone, Query(question=question)):
            different.append((only, question))
    assert different == []


def test_a_filter_passes_what_its_facts_say(whole: Explainer):
    rows, facets = whole.generation.rows, whole.ready.facets

    def dates(**values: str) -> set[str | None]:
        return {rows[each].source.date for each in facets.passing(Filter.checked(**values))}

    assert dates(since="2020-05") == {"2020-05", "2021-03-04", "2022-11"}
    assert dates(since="2020-06", until="2021") == {"2021-03-04"}
    assert dates(until="2019-06") == {"2019"}  # as far as both are known
    [number] = facets.passing(Filter(document=DOCUMENT))
    assert rows[number].id == DOCUMENT
    assert {
        rows[each].source.publisher for each in facets.passing(Filter(outlet="harbour post"))
    } == {"Harbour Post"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"since": "March"}, "write YYYY, YYYY-MM or YYYY-MM-DD"),
        ({"until": "2021-13"}, "write YYYY"),
        ({"since": "2022", "until": "2021"}, "exchange them"),
        ({"outlet": "Harbor Post"}, "try “Harbour Post”"),
        ({"kind": "pdf"}, "there is no kind of document “pdf” here; try “"),
        ({"side": "pro"}, "there is no side “pro” here; try “"),
        ({"document": "nowhere"}, "`pullquote documents`"),
        ({"who": "Zed Quux"}, "there is no voice “Zed Quux” here"),
    ],
)
def test_a_value_that_names_nothing_is_an_error_with_the_next_step(
    whole: Explainer, values: dict[str, str], said: str
):
    with pytest.raises(QuestionError, match=said):
        whole.ask(Query(question="Who pays a toll?", only=Filter.checked(**values)))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Explainer:
    """A report in which several people speak."""
    return open_with_fake(built_below(tmp_path_factory.mktemp("hall"), {**SPOKEN, **NAMED}))


@pytest.mark.parametrize("question", ["What rises in May?", "schools", "Tolls and buses?"])
@pytest.mark.parametrize("who", ["Tom Barlow", "Ruth Adeyemi", "Ada Finch"])
def test_under_a_voice_each_quote_holds_words_of_theirs(hall: Explainer, who: str, question: str):
    citations = [
        *hall.ask(Query(question=question, only=Filter(who=who))).citations,
        *hall.search(question, only=Filter(who=who)),
    ]
    assert citations
    for citation in citations:
        names = [citation.quote.document.source.author]
        names += [name for voice in citation.voices for name in (voice.speaker, *voice.via)]
        assert any(name and who.split()[1] in name for name in names), citation.quote.text


def test_an_author_is_not_quoted_with_anothers_words(hall: Explainer):
    texts = [
        each.quote.text for each in hall.search("Fares rise in May", only=Filter(who="Ada Finch"))
    ]
    assert texts
    assert not any(text.endswith("said Senator Tom Barlow.") for text in texts)


def test_sides_are_looked_for_only_in_what_passes(hall: Explainer):
    only = Filter(outlet="The Toll Review")
    sides = hall.sides(TOLLS, only=only)
    quoted = (*sides.favour, *sides.against, *sides.context)
    assert quoted
    assert {each.quote.document.source.publisher for each in quoted} == {"The Toll Review"}


def test_what_answers_without_the_filter_is_said_where_nothing_passes_that_does(hall: Explainer):
    settings = replace(hall.settings, min_confidence=0.2)
    strict = Explainer(settings, hall.ready)
    query = Query(question="Who should pay for a road?", only=Filter(until="1990"))
    answer = strict.ask(query)
    assert (answer.answered, answer.passing) == (False, 0)
    assert [each.quote.document.id for each in answer.beyond][:1] == ["for-tolls"]
    assert "No document passes this filter (until 1990). Without it" in answer.text
    wire = answer_wire(answer)
    assert wire["filter"]["until"] == "1990"
    assert wire["beyond"][0]["document_id"] == "for-tolls"
    assert answer_wire(strict.ask("Who should pay for a road?"))["filter"] is None


def test_a_filter_over_a_base_and_a_delta_finds_what_one_shard_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def generations(folder: str, *, steps: bool) -> Generation:
        monkeypatch.setattr("pullquote.index.plan.EXACT_WINDOWS", 5 if steps else 20_000)
        changed = "a/02.md"
        before = {**TEXTS, changed: "A bus is late."} if steps else TEXTS
        settings = built_below(tmp_path / folder, before)
        (tmp_path / folder / "corpus" / changed).write_text(TEXTS[changed], encoding="utf-8")
        build_index(settings, HashEncoder())
        return open_index(settings).generation

    two, one = generations("two", steps=True), generations("one", steps=False)
    assert [len(each.numbering.shards) for each in (two, one)] == [2, 1]
    documents = np.arange(0, len(one.rows), 3)
    for question in ("toll road", "late bus fare", "zebra"):
        sought = Sought(question, HashEncoder().encode([question])[0])
        hits = [retrieve(each, sought, each.narrowed(documents)) for each in (two, one)]
        assert [hit.row for hit in hits[0]][:5] == [hit.row for hit in hits[1]][:5]
