"""Late interaction: windows are compared token by token, with vectors that were made when the index was built."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import TEXTS, HashEncoder, settings_below, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.errors import EncoderError, IndexCorrupt
from pullquote.index import build_index, open_index
from pullquote.index.layout import TOKEN_STARTS, TOKEN_VECTORS
from pullquote.index.search import Sought, retrieve
from pullquote.index.shard import Shard
from pullquote.models.interaction import (
    BUNDLED,
    DIMENSION,
    STEPS,
    Interaction,
    QueryTokens,
    bundled,
)
from pullquote.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_corpus(tmp_path / "corpus", TEXTS)
    return settings_below(tmp_path)


def asked(*rows: list[float], weights: list[float]) -> QueryTokens:
    vectors = np.zeros((len(rows), DIMENSION), np.float32)
    vectors[:, : len(rows[0])] = rows
    return QueryTokens(vectors, np.array(weights, np.float32))


def test_a_window_scores_what_each_token_of_the_question_finds_best_in_it_by_weight():
    told = np.zeros((3, DIMENSION), np.int8)
    told[:, :2] = np.rint(np.array([[0.5, 0.0], [0.0, 0.5], [0.25, 0.25]]) * STEPS)
    found = asked([1.0, 0.0], [0.0, 1.0], weights=[0.75, 0.25]).maxsim(told, np.array([0, 2]))
    assert found == pytest.approx([0.5, 0.25])
    assert asked([1.0, 0.0], weights=[1.0]).maxsim(told, np.zeros(0, np.int64)).shape == (0,)


@pytest.mark.slow
def test_the_bundled_one_finds_the_answer_in_other_words():
    interaction = bundled()
    windows = [
        "Road tolls hit poor commuters hardest.",
        "Helmets protect the skull.",
        "The bridge was built in 1932.",
    ]
    told = [interaction.window(window) for window in windows]
    starts = np.cumsum([0, *map(len, told)])[:-1]
    scores = interaction.query("who suffers most when you must pay to drive?").maxsim(
        np.concatenate(told), starts
    )
    assert int(np.argmax(scores)) == 0
    assert all(window.dtype == np.int8 and window.shape[1] == DIMENSION for window in told)


@pytest.mark.slow
def test_token_vectors_are_written_at_build_kept_for_unchanged_texts_and_told_in_the_score(
    settings: Settings,
):
    encoder, interaction = HashEncoder(), bundled()
    first = build_index(settings, encoder, interaction=interaction).generation
    made: list[str] = []

    class Counting(Interaction):
        def window(self, text: str) -> np.ndarray:
            made.append(text)
            return super().window(text)

    again = build_index(
        settings,
        encoder,
        interaction=Counting(interaction.beneath, interaction.layers, interaction.identity),
    ).generation
    assert not made
    told = [generation.numbering.shards[0].tokens for generation in (again, first)]
    assert np.array_equal(*(tokens[0].whole() for tokens in told if tokens))
    question = "Who pays for buses?"
    sought = Sought(question, encoder.encode([question])[0], interaction.query(question))
    hits = retrieve(again, sought, again.documents_of(None))
    assert all(0 < hit.tokens <= 1 for hit in hits)
    assert {
        hit.tokens
        for hit in retrieve(again, replace(sought, tokens=None), again.documents_of(None))
    } == {0.0}


@pytest.mark.slow
@pytest.mark.parametrize("name", [TOKEN_VECTORS, TOKEN_STARTS])
def test_token_vectors_that_do_not_fit_the_windows_are_refused(settings: Settings, name: str):
    built = build_index(settings, HashEncoder(), interaction=bundled()).generation
    folder = settings.index / "generations" / built.card.name
    contents = {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "generation.json"
    }
    contents[name] = contents[TOKEN_STARTS if name == TOKEN_VECTORS else TOKEN_VECTORS]
    with pytest.raises(IndexCorrupt, match="token vectors"):
        Shard("one", contents, built.card.dimension)
    assert open_index(settings).generation.tokens


@pytest.mark.slow
def test_questions_meet_the_token_vectors_of_the_bundled_network_alone(settings: Settings):
    build_index(settings, HashEncoder(), interaction=bundled())
    opened = open_index(settings)
    assert all(
        hit.tokens
        for hit in Explainer(settings, Ready(opened, HashEncoder())).retrieve("Who pays for buses?")
    )
    opened.generation.card = replace(opened.generation.card, interaction="of another network")
    assert not any(
        hit.tokens
        for hit in Explainer(settings, Ready(opened, HashEncoder())).retrieve("Who pays?")
    )


def test_an_altered_or_missing_network_is_refused(tmp_path: Path):
    folder = shutil.copytree(BUNDLED, tmp_path / "interaction")
    (folder / "model.onnx").write_bytes(b"")
    with pytest.raises(EncoderError, match="not what was published"):
        Interaction.open(folder)
    (folder / "config.json").unlink()
    with pytest.raises(EncoderError, match="cannot be read"):
        Interaction.open(folder)
