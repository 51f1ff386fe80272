"""A cross-encoder of the operator's choice: a tiny one made here stands for those on the hub."""

import json

import pytest

from pullquote.encoder.pair import CrossEncoderRanker
from pullquote.errors import EncoderError
from pullquote.rerank import BUNDLED, OnnxRanker, open_ranker
from pullquote.settings import Settings

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *"abcdefghijklmnopqrstuvwxyz",
    "who",
    "pays",
    "tolls",
    "drivers",
    "pay",
]


@pytest.mark.parametrize(
    ("given", "read"),
    [("off", None), ("", None), ("0", None), ("on", "on"), ("true", "on"), ("/models/mine", "/models/mine"),
     ("cross-encoder/ms-marco-MiniLM-L6-v2", "cross-encoder/ms-marco-MiniLM-L6-v2")],
)  # fmt: skip
def test_the_setting_is_a_switch_a_name_or_a_path(given, read):
    assert Settings.read({"PULLQUOTE_RERANKER": given}).reranker == read


def test_no_ranker_is_opened_when_none_is_named():
    assert open_ranker(None) is None


def test_a_folder_like_the_bundled_one_is_opened_as_one(tmp_path):
    for path in BUNDLED.iterdir():
        (tmp_path / path.name).symlink_to(path)
    ranker = open_ranker(str(tmp_path))
    assert isinstance(ranker, OnnxRanker)
    assert ranker.name != OnnxRanker.open().name, "its confidence needs weights of its own"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Makes a cross-encoder of a few weights with this many outputs."""

    def make(outputs: int):
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

        folder = tmp_path_factory.mktemp(f"tiny{outputs}")
        torch.manual_seed(1)
        (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
        BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
        config = BertConfig(
            vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
            max_position_embeddings=64, num_labels=outputs,
        )  # fmt: skip
        BertForSequenceClassification(config).save_pretrained(folder, safe_serialization=True)
        return folder

    return make


@pytest.mark.slow
def test_a_local_cross_encoder_scores_each_pair_alone(tiny):
    ranker = open_ranker(str(tiny(1)))
    assert isinstance(ranker, CrossEncoderRanker)
    texts = ["drivers pay tolls", "a b c", "drivers " * 100]
    first = [ranker.relevance("who pays tolls", text) for text in texts]
    assert [ranker.relevance("who pays tolls", text) for text in reversed(texts)] == first[::-1]
    assert len(set(first)) == 3
    assert all(0.0 < ranker.probability(score) < 1.0 for score in first)


@pytest.mark.slow
def test_a_cross_encoder_with_several_scores_is_refused(tiny):
    with pytest.raises(EncoderError, match="gives 3 scores a pair; one is needed"):
        open_ranker(str(tiny(3)))


def test_a_ranker_that_is_not_there_is_named_with_what_to_set(tmp_path):
    with pytest.raises(EncoderError, match="set PULLQUOTE_RERANKER to such a folder, or to on or off"):
        open_ranker(str(tmp_path))


@pytest.mark.slow
def test_a_folder_with_weights_of_something_else_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"\x02\x00\x00\x00\x00\x00\x00\x00{}")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "no-such-model"}), encoding="utf-8")
    with pytest.raises(EncoderError, match="cannot be read as a cross-encoder"):
        open_ranker(str(tmp_path))
