"""Scope: what is asked of one debate is answered from it alone."""

from fakes import HashEncoder, open_with_fake

from pullquote.index.search import literal_rows
from pullquote.upkeep.indexing import index_corpus


def test_the_very_words_of_another_debate_are_not_found_in_this_one(settle):
    words = "act of economic vandalism"
    settings = settle({"a/one.txt": "Tolls are fair to all.", "b/two.txt": f"They called it an {words}."})
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    assert literal_rows(explainer.generation, words, explainer.generation.documents_of("a")).tolist() == []
    found = explainer.search(words, count=3, debate="a")
    assert "two" not in [one.quote.document.id for one in found]
