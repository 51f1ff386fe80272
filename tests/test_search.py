"""Finding: by meaning and by words, the same every time; near-copies give way; very words come first."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import Settle
from fakes import HashEncoder, cases, settings_below, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote
from pullquote.index import build_index, search
from pullquote.index.generation import Generation
from pullquote.index.search import Hit, Sought, cut, lead, literal_rows, rerank, retrieve

LONG = (
    "The mayor called the plan, which had been long in the making and came to nobody as a surprise, “an act of economic\n"
    "vandalism” that no act of the council would mend.\n\n"
)
SHORT = (
    "Economic vandalism is an act. " * 3
    + "\n\nVandalism of the economic act.\n\nAn economic act.\n\n"
)


def found(generation: Generation, question: str, debate: str | None = None) -> tuple[Hit, ...]:
    return retrieve(
        generation,
        Sought(question, HashEncoder().encode([question])[0]),
        generation.documents_of(debate),
    )


def words_of(generation: Generation, hit: Hit) -> str:
    return cut(generation, hit).text


def test_the_sentence_that_shares_the_questions_words_comes_first_with_what_it_leans_on(
    explainer: Explainer,
):
    for question, words in (
        ("Who pays for a road?", "Drivers who use a road should pay for it."),
        ("buses", "Road tolls cut traffic jams in crowded cities. They also pay for better buses."),
    ):
        assert words_of(explainer.generation, found(explainer.generation, question)[0]).endswith(
            words
        )


@pytest.mark.parametrize(
    "question",
    [
        "road tolls",
        "Nobody else should have to.",
        "why is that so?",
        "zyzzyva quux",
        "helmet helmet laws",
        "\udcff",
    ],
)
def test_hits_come_best_first_each_window_once_and_ties_in_the_order_of_the_text(
    explainer: Explainer, question: str
):
    hits = found(explainer.generation, question)
    ties = [(-hit.score, hit.row) for hit in hits]
    assert ties == sorted(set(ties))
    assert hits == found(explainer.generation, question)
    for hit in hits:
        assert np.isfinite(hit.score)
        assert max(abs(hit.dense), abs(hit.passage)) <= 1.0001
        assert hit.words >= 0
        assert hit.words == 0 or question not in ("why is that so?", "zyzzyva quux")


def test_only_the_named_debate_is_looked_in_and_structure_is_never_found(explainer: Explainer):
    generation = explainer.generation
    hits = found(generation, "road tolls and helmets", "bicycle-helmets")
    assert {generation.rows[hit.document].debate for hit in hits} == {"bicycle-helmets"}
    texts = " ".join(
        words_of(generation, hit) for hit in found(generation, "picture of a bridge fairness")
    )
    assert "Picture of a bridge." not in texts
    assert "Fairness" not in texts


def test_copies_that_crowd_the_nearest_give_way_to_what_lies_further_off(settle: Settle):
    copies = {
        f"a/{n}.txt": f"Road tolls are an unfair burden on poor drivers number {n}.\n"
        for n in range(300)
    }
    generation = build_index(
        settle({**copies, "b/other.txt": "Tolls pay for buses.\n"}), HashEncoder()
    ).generation
    hits = found(generation, "Are road tolls an unfair burden on poor drivers?")
    texts = [words_of(generation, hit) for hit in hits]
    assert len([text for text in texts if "unfair" in text]) == 1
    assert "Tolls pay for buses." in texts


def test_unchecked_words_are_those_of_a_window_and_decode_a_document_once(explainer: Explainer):
    generation = explainer.generation
    shard = generation.numbering.shards[0]
    before = shard.unchecked_text.cache_info().misses
    for row in range(len(generation.places)):
        window = generation.window(row)
        whole = Quote(
            generation.document(window.document),
            generation.sentences(window.document),
            window.first,
            window.last,
        )
        assert search.unchecked_words(generation, window) == whole.text
    assert shard.unchecked_text.cache_info().misses - before <= len(generation.rows)


@pytest.mark.parametrize("seed", range(20))
def test_copies_are_told_as_by_comparing_each_with_each(seed: int, monkeypatch: pytest.MonkeyPatch):
    chance = np.random.default_rng(seed)
    texts = [
        " ".join(
            "abcdefghij"[n] * (n // 2 + 1) for n in chance.integers(0, 10, chance.integers(0, 14))
        )
        for _ in range(40)
    ]
    generation = SimpleNamespace(window=lambda row: SimpleNamespace(document=row, first=0, last=0))
    monkeypatch.setattr(search, "unchecked_words", lambda _, window: texts[window.document])
    kept: list[int] = []
    for row, words in enumerate(frozenset(text.split()) for text in texts):
        others = [frozenset(texts[other].split()) for other in kept]
        if not any(len(words & other) >= search.COPY * len(words | other) for other in others):
            kept.append(row)
    assert search._distinct(generation, range(40)) == kept


class LongestFirst:
    """Stands in for the ranker: the longer a text, the better."""

    name = "longest first"
    reads, weight = 3, 0.6

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def relevance(self, question: str, text: str) -> float:
        self.pairs.append((question, text))
        return len(text) / 100


def test_a_ranker_reads_the_first_hits_once_each_with_author_and_title(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search, "LEAST_READ", 3)
    hits = found(explainer.generation, "Who should pay for a road?")
    again = rerank(
        explainer.generation, "Who \udcff should pay for a road?", hits, ranker := LongestFirst()
    )
    assert len(ranker.pairs) == ranker.reads + 1  # the best one once more, with the next sentence
    assert {question for question, _ in ranker.pairs} == {
        "Who  should pay for a road?"
    }  # capitals stay
    assert any(text.startswith("Ada Finch: The case for road tolls. ") for _, text in ranker.pairs)
    assert sorted(hit.row for hit in again) == sorted(hit.row for hit in hits)
    before = next(hit for hit in hits if hit.row == again[0].row)
    assert (again[0].first, again[0].last) == (before.first, before.last + 1)  # it says more
    assert [hit.score for hit in again] == sorted((hit.score for hit in again), reverse=True)
    assert (lead(Source()), lead(Source(author="Senator Roe"))) == ("", "Senator Roe. ")


def test_a_ranker_stops_where_no_other_hit_could_come_first_but_with_half_of_its_word(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    hits = found(explainer.generation, "Who should pay for a road?")
    near = [replace(hit, score=1 - place / 100) for place, hit in enumerate(hits[:4])]
    doubtful = LongestFirst()
    monkeypatch.setattr(doubtful, "relevance", lambda *_: -3.0)
    for ranker, read in ((LongestFirst(), search.LEAST_READ), (doubtful, doubtful.reads)):
        again = rerank(explainer.generation, "Who should pay?", near, ranker)
        assert sum(hit.relevance is not None for hit in again) == read
        assert {hit.row for hit in again} == {hit.row for hit in near}


@pytest.fixture(scope="module")
def vandals(tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """One long sentence with the words, behind many short ones with one or all of them in another order."""
    folder = tmp_path_factory.mktemp("vandals")
    write_corpus(folder / "corpus", {"a/one.txt": SHORT + LONG, "b/two.txt": SHORT})
    return build_index(settings_below(folder), HashEncoder()).generation


@pytest.mark.parametrize(
    ("query", "count"),
    cases("search", "the_windows_that_hold_the_very_words_of_a_phrase_are_found"),
)
def test_the_windows_that_hold_the_very_words_of_a_phrase_are_found(
    vandals: Generation, query: str, count: int
):
    rows = literal_rows(vandals, query, vandals.documents_of(None)).tolist()
    assert len(rows) == count
    assert count != 1 or "long in the making" in words_of(vandals, vandals.window(rows[0]))
    assert len(literal_rows(vandals, query, vandals.documents_of("b"))) == (3 if count == 6 else 0)
