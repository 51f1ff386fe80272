"""Rankers: asked of one pair at a time, checked before they are opened, fetched by building alone."""

import json
import random
import shutil
from pathlib import Path

import pytest

from pullquote.errors import EncoderError
from pullquote.models.ranker import BUNDLED, NAMES, OnnxRanker, open_ranker
from pullquote.settings import Settings
from pullquote_eval.export import CrossEncoderRanker

QUESTION = "Who is hit by road tolls?"
NAMED = "someone/reranker"
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
    [
        ("off", None),
        ("", None),
        ("on", "on"),
        ("true", "on"),
        ("Small", "small"),
        ("/models/mine", "/models/mine"),
        (NAMED, NAMED),
    ],
)
def test_the_setting_is_a_switch_a_name_or_a_path(given, read):
    assert Settings.read({"PULLQUOTE_RERANKER": given}).reranker == read
    assert open_ranker(None) is None


@pytest.mark.parametrize("name", ["embedding.onnx", "model.onnx", "config.json"])
def test_an_altered_or_missing_ranker_is_refused_before_it_is_opened(tmp_path, name):
    folder = shutil.copytree(BUNDLED, tmp_path / "ranker")
    (folder / name).write_bytes(b"{}")
    with pytest.raises(EncoderError, match="train it again"):
        OnnxRanker.open(folder)
    (folder / name).unlink()
    with pytest.raises(EncoderError, match="cannot be read; train it again"):
        OnnxRanker.open(folder)


@pytest.mark.slow
def test_a_score_does_not_depend_on_who_else_is_asked_about_and_prefers_an_answer(tmp_path):
    for path in BUNDLED.iterdir():
        (tmp_path / path.name).symlink_to(path)
    ranker, like_it = OnnxRanker.open(), open_ranker(str(tmp_path))
    assert isinstance(like_it, OnnxRanker)
    assert like_it.name != ranker.name, "its confidence needs weights of its own"
    texts = [
        f"Road tolls cut traffic by {number} percent in crowded cities." for number in range(6)
    ]
    texts += [
        "Road tolls hit poor commuters hardest.",
        "Helmets protect the skull.",
        "a",
        "word " * 300,
    ]
    alone = {text: ranker.relevance(QUESTION, text) for text in texts}
    random.Random(3).shuffle(texts)
    assert {text: like_it.relevance(QUESTION, text) for text in texts} == alone
    best, other = (
        alone[text]
        for text in ("Road tolls hit poor commuters hardest.", "Helmets protect the skull.")
    )
    assert best > other
    large = OnnxRanker.open(NAMES["on"])
    actual = large.relevance(QUESTION, "Road tolls hit poor commuters hardest.")
    assert actual > large.relevance(QUESTION, "Helmets protect the skull.")


# A cross-encoder of the operator's choice: a tiny one made here stands for those on the hub


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Makes a cross-encoder of a few weights with this many outputs."""

    def make(outputs):
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
def test_a_local_cross_encoder_scores_each_pair_alone_and_has_one_score(tiny):
    ranker = open_ranker(str(tiny(1)))
    assert isinstance(ranker, CrossEncoderRanker)
    texts = ["drivers pay tolls", "a b c", "drivers " * 100]
    first = [ranker.relevance("who pays tolls", text) for text in texts]
    assert [ranker.relevance("who pays tolls", text) for text in reversed(texts)] == first[::-1]
    assert len(set(first)) == 3
    with pytest.raises(EncoderError, match="gives 3 scores a pair; one is needed"):
        open_ranker(str(tiny(3)))


@pytest.mark.slow
def test_code_that_lies_in_a_models_folder_is_not_run(tiny, tmp_path):
    folder = shutil.copytree(tiny(1), tmp_path / "model")
    (folder / "own_code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n")
    module = {"idx": 0, "name": "0", "path": "", "type": "own_code.Own"}
    (folder / "modules.json").write_text(json.dumps([module]), encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text(
        '{"model_type": "CrossEncoder"}', encoding="utf-8"
    )
    with pytest.raises(
        EncoderError, match="code of its own, which is never run; set PULLQUOTE_RERANKER"
    ):
        open_ranker(str(folder))
    assert not (tmp_path / "ran").exists()


def test_a_ranker_that_is_not_there_is_named_with_what_to_set(tmp_path):
    with pytest.raises(
        EncoderError, match="set PULLQUOTE_RERANKER to such a folder, or to on, small or off"
    ):
        open_ranker(str(tmp_path))


class Hub:
    """Stands in for the hub and for what was downloaded from it; counts how often the hub itself is asked."""

    def __init__(self, kept):
        self.asked = 0
        self.upload: Path | None = None
        self._kept = kept

    def snapshot_download(self, name, *, allow_patterns, local_files_only=False):
        kept = self._kept / name.replace("/", "--")
        if not local_files_only:
            self.asked += 1
            if self.upload is None:
                raise OSError("no network")
            shutil.copytree(self.upload, kept)
        if not kept.is_dir():
            raise FileNotFoundError("not downloaded")
        return str(kept)
