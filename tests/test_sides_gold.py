"""The ten propositions of tests/gold/sides, with the real models: what docs/sides.md says must stay true."""

import json

import pytest
from fakes import CHECKOUT, load_benchmark

from pullquote.corpus.corpus import load_corpus
from pullquote.models.encoder import prepare_encoder
from pullquote.models.ranker import OnnxRanker
from pullquote.settings import Settings

GOLD = CHECKOUT / "tests" / "gold" / "sides"


def test_every_label_is_a_sentence_of_a_document_that_the_gold_names():
    rows = [json.loads(line) for line in (GOLD / "propositions.jsonl").read_bytes().decode().split("\n") if line]
    assert len(rows) == 10
    for row in rows:
        assert row["sides"] == [
            side for side in ("for", "against") if any(one["side"] == side for one in row["labels"])
        ]
        assert all(0 <= one["start"] < one["end"] for one in row["labels"])
    article = next(one for one in load_corpus(Settings(corpus=CHECKOUT / "corpus")).documents)
    for row in rows:
        for one in row["labels"]:
            if one["document_id"] == article.id:
                assert article.text[one["end"] - 1] in ".?!”"
                assert one["start"] == 0 or article.text[one["start"] - 1].isspace()


@pytest.mark.slow
def test_with_the_operators_labels_most_sides_get_a_right_quote_and_absent_ones_stay_empty(
    real_index, demo_documents, monkeypatch, tmp_path
):
    monkeypatch.setenv("PULLQUOTE_EVAL_DATA", str(demo_documents.parents[1]))
    module = load_benchmark("sides")
    settings = Settings(corpus=CHECKOUT / "corpus", index=tmp_path / "index", min_free_bytes=0)
    encoder = prepare_encoder(real_index.model, real_index.index)
    found = list(module.outcomes(module.debater(settings, encoder, OnnxRanker.open(), labels=True)))
    right = [value for one in found for value in one.right.values()]
    assert len(right) == 17
    assert sum(right) >= 14
    assert all(value for one in found for value in one.silent.values())
    assert all(shown == true for shown, true in (one.labelled for one in found))
    for one in found:
        shown = (*one.sides.favour, *one.sides.against)
        assert all(citation.quote.text in citation.quote.document.text for citation in shown)
        assert (one.sides.gap is None) == (not one.sides.missing)
        assert not (one.sides.gap and one.sides.favour and one.sides.against)
