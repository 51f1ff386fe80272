"""Encoders: the exported model gives the original's vectors, and only checked files are opened."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import CHECKOUT, HashEncoder, OtherEncoder
from kept import keep

from pullquote.errors import EncoderError, IndexCorrupt
from pullquote.models.encoder import (
    BUNDLED,
    MATRICES,
    BundledEncoder,
    bundled_encoder,
    open_encoder,
    prepare_encoder,
)
from pullquote.models.onnx import CARD_FILE, MODEL_FILE, TOKENIZER_FILE, OnnxEncoder, file_sha256
from pullquote_eval import export
from pullquote_eval.export import (
    DEFAULT_MODEL,
    DEFAULT_WEIGHTS,
    MIN_COSINE,
    PARITY_TEXTS,
    Model,
    locate_model,
)

QUESTIONS = (
    "Why might killing kingpins backfire?", "naïve \U0001f600 e\u0301", "", " ", "\u202eright", "a\0b", "x" * 9_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def onnx():
    return bundled_encoder()


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The default model as any other: exported by this machine's torch, which takes a quarter of a minute."""
    mark = hashlib.sha256(
        DEFAULT_WEIGHTS.encode() + Path(export.__file__).read_bytes()
    ).hexdigest()[:16]

    def fill(draft):
        export.export(locate_model(DEFAULT_MODEL), draft / "made")

    return keep(mark, fill) / "made"


def test_the_default_model_is_the_published_one(tmp_path, monkeypatch):
    assert locate_model(DEFAULT_MODEL).identity == DEFAULT_WEIGHTS
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr(export, "_folder", lambda name: tmp_path)
    with pytest.raises(EncoderError, match="are not the published ones .*pip install"):
        locate_model(DEFAULT_MODEL)


def test_a_model_may_be_a_folder_and_its_weights_are_its_identity(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    model = locate_model(str(tmp_path))
    assert model == Model(str(tmp_path), tmp_path, file_sha256(tmp_path / "model.safetensors"))
    assert model.identity != DEFAULT_WEIGHTS


def test_a_model_that_is_nowhere_is_told_how_to_name_one(monkeypatch):
    def offline(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", offline)
    with pytest.raises(EncoderError, match="neither a folder here nor to be had .*PULLQUOTE_MODEL"):
        locate_model("someone/some-model")


def test_an_index_of_other_weights_is_not_opened(tmp_path):
    with pytest.raises(
        EncoderError,
        match="is not in its folder encoders/0b.*, and .* other weights .*run `pullquote index`",
    ):
        open_encoder(tmp_path, OtherEncoder.identity, DEFAULT_MODEL)


@pytest.mark.slow
@pytest.mark.parametrize("name", [MODEL_FILE, TOKENIZER_FILE])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_an_altered_model_file_is_refused_before_it_is_opened(
    exported, tmp_path, name, damage, monkeypatch
):
    copied = shutil.copytree(exported, tmp_path / DEFAULT_WEIGHTS)
    actual = json.loads((copied / CARD_FILE).read_text())["files"].keys()
    assert actual == {MODEL_FILE, TOKENIZER_FILE}
    spoil(copied / name, damage)
    monkeypatch.setattr(
        "pullquote.models.onnx.open_session", lambda _: pytest.fail("the model was opened")
    )
    with pytest.raises(IndexCorrupt, match=f"{name} is damaged or missing; delete the folder"):
        OnnxEncoder.open(copied)


@pytest.mark.parametrize("name", [MODEL_FILE, MATRICES])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_an_altered_file_of_the_bundled_encoder_is_refused_before_it_is_opened(
    tmp_path, name, damage, monkeypatch
):
    copied = shutil.copytree(BUNDLED, tmp_path / "encoder")
    spoil(copied / name, damage)
    monkeypatch.setattr(
        "pullquote.models.encoder.open_session", lambda *_: pytest.fail("the model was opened")
    )
    with pytest.raises(EncoderError, match="are not what was published|cannot be read"):
        BundledEncoder.open(copied)


def spoil(path, damage):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()
    if damage != "remove":
        path.write_bytes(content if damage == "flip" else content[:-1])


@pytest.mark.slow
def test_the_bundled_encoder_is_the_published_model_to_a_cosine_of_four_nines(onnx, exported):
    """Of the parity texts and every sentence of the article, which no rounding was chosen by; what is no sentence comes near."""
    reference, exact = (
        export.SentenceTransformerEncoder(locate_model(DEFAULT_MODEL)),
        OnnxEncoder.open(exported),
    )
    article = next((CHECKOUT / "corpus").rglob("*.txt")).read_text(encoding="utf-8")
    texts = [*PARITY_TEXTS, *(line for line in article.split(". ") if line.strip())]
    found, published = onnx.encode(texts), reference.encode(texts)
    assert np.sum(found * published, axis=1).min() >= MIN_COSINE
    assert np.sum(exact.encode(texts) * published, axis=1).min() > 0.99999
    assert np.sum(onnx.encode(QUESTIONS) * exact.encode(QUESTIONS), axis=1).min() > 0.9998
    assert (
        (onnx.identity, onnx.dimension)
        == (reference.identity, reference.dimension)
        == (DEFAULT_WEIGHTS, 384)
    )
    assert onnx.card.parity_cosine >= MIN_COSINE
    assert (onnx.card.parity_texts, onnx.card.max_tokens) == (len(PARITY_TEXTS), 256)


@pytest.mark.parametrize("fake", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(fake, request):
    encoder = HashEncoder() if fake else request.getfixturevalue("onnx")
    together = encoder.encode(QUESTIONS)
    assert np.array_equal(
        together, np.concatenate([encoder.encode([question]) for question in QUESTIONS])
    )
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_the_default_model_needs_no_folder_of_the_index_and_no_package(tmp_path, monkeypatch):
    monkeypatch.setattr("pullquote.models.encoder.other_models", lambda: pytest.fail("asked"))
    made, opened = (
        prepare_encoder(DEFAULT_MODEL, tmp_path),
        open_encoder(tmp_path, DEFAULT_WEIGHTS, DEFAULT_MODEL),
    )
    assert made.identity == opened.identity == DEFAULT_WEIGHTS
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", ["sentence_transformers", "huggingface_hub"])
def test_another_model_without_its_extra_names_the_extra(tmp_path, module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    name = "someone/some-model" if module == "huggingface_hub" else str(tmp_path)
    with pytest.raises(EncoderError, match=r"pip install 'pullquote\[models\]'"):
        export.SentenceTransformerEncoder(locate_model(name))


@pytest.mark.slow
def test_an_export_that_disagrees_is_thrown_away_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "MIN_COSINE", 1.5)
    (tmp_path / "encoders").mkdir()
    with pytest.raises(EncoderError, match="the exported model disagrees with the original"):
        export.export(locate_model(DEFAULT_MODEL), tmp_path / "encoders" / "one")
    assert list((tmp_path / "encoders").iterdir()) == []
