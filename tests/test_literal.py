"""Searching for the very words of a sentence."""

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.index import search
from pullquote.index.search import literal_rows
from pullquote.upkeep.indexing import index_corpus

VANDALISM = "The mayor called the plan, which had been long in the making and came to nobody as a surprise, “an act of economic\nvandalism” that no act of the council would mend.\n\n"


@pytest.fixture(scope="module")
def vandals(tmp_path_factory: pytest.TempPathFactory) -> Explainer:
    """One long sentence with the words, behind many short ones with one or all of them in another order."""
    folder = tmp_path_factory.mktemp("vandals")
    others = "Economic vandalism is an act. " * 3 + "\n\nVandalism of the economic act.\n\nAn economic act.\n\n"
    write_corpus(folder / "corpus", {"a/one.txt": others + VANDALISM, "b/two.txt": others})
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    return open_with_fake(settings)


@pytest.mark.parametrize(
    "query",
    [
        "act of economic vandalism",
        "An act of economic vandalism.",
        '"act of economic vandalism"',
        "“no act of the council” economic vandalism",
    ],
)
def test_the_sentence_that_holds_the_very_words_comes_first_in_a_search(vandals: Explainer, query: str):
    found = vandals.search(query, count=3)
    assert "long in the making" in found[0].quote.text
    assert len({(one.quote.document.id, one.quote.span) for one in found}) == 3
    assert "long in the making" not in str([one.quote.text for one in vandals.search(query, count=3, debate="b")])


def test_a_sentence_that_holds_the_one_word_asked_for_comes_before_those_that_do_not(vandals: Explainer):
    assert "surprise" in vandals.search("Surprise", count=1)[0].quote.text
    documents = vandals.generation.documents_of(None)
    assert len(literal_rows(vandals.generation, "“surprise”", documents)) == 1


@pytest.mark.parametrize("query", ["act", "“act”", "“”", "of the", "act vandalism economic"])
def test_a_short_word_or_words_in_another_order_are_no_phrase(vandals: Explainer, query: str):
    assert literal_rows(vandals.generation, query, vandals.generation.documents_of(None)).tolist() == []


def test_of_very_many_windows_with_the_words_the_likeliest_are_looked_at(
    vandals: Explainer, monkeypatch: pytest.MonkeyPatch
):
    documents = vandals.generation.documents_of(None)
    assert len(literal_rows(vandals.generation, "economic vandalism is an act", documents)) == 6
    monkeypatch.setattr(search, "LOOKED_AT", 2)
    assert len(literal_rows(vandals.generation, "economic vandalism is an act", documents)) == 2
