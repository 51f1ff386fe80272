"""Building: what did not change is not worked on again, however much there is, and what was cut short goes on."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder, settings_below, write_corpus

from pullquote.corpus import folder
from pullquote.corpus.corpus import Entry, list_corpus
from pullquote.index import build_index, open_index
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.index.parts import batches
from pullquote.index.plan import merge_due
from pullquote.models.interaction import bundled
from pullquote.settings import Settings
from pullquote.voice.book import line_of

NAMES = [
    f"{debate}/{debate}-{number:02}.txt" for debate in ("fees", "trams") for number in range(30)
]


def talk(name: str, year: int = 2020) -> str:
    return f"The talk called {name} was held in {year}. “Trams pay,” said Ann Lee. It was short.\n\nNobody else spoke there."


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of sixty documents that are too many to search every window."""
    monkeypatch.setattr("pullquote.index.plan.EXACT_WINDOWS", 20)
    monkeypatch.setattr("pullquote.corpus.folder.SETTLED_SECONDS", -1.0)
    write_corpus(tmp_path / "corpus", {name: talk(name) for name in NAMES})
    return settings_below(tmp_path)


def built(settings: Settings, *, apart: bool = False) -> tuple[Generation, list[str]]:
    """The generation that a build makes, as it is opened, and what was encoded of its texts."""
    build_index(
        settings,
        encoder := HashEncoder(),
        interaction=bundled(),
        attribute=partial(line_of, None),
        apart=apart,
    )
    return open_index(settings).generation, encoder.encoded


def told(generation: Generation) -> dict[str, tuple[object, ...]]:
    """All that a generation holds of each document, by path."""
    found = {}
    for number, row in enumerate(generation.rows):
        rows = list(generation.window_rows(range(number, number + 1)))
        windows = [(one.first, one.last) for one in map(generation.window, rows)]
        vectors = np.round(generation.window_vectors.take(rows), 3).tolist()
        found[row.path] = (
            row,
            generation.document(number).text,
            tuple(generation.sentences(number)),
            windows,
            vectors,
            generation.voice_record(number),
        )
    return found


def files_of(settings: Settings) -> dict[str, bytes]:
    """The files of the current generation but its card."""
    folder = Layout(settings.index).generation(open_index(settings).generation.card.name).folder
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "generation.json"
    }


def fresh(settings: Settings, folder: Path) -> Settings:
    """The same corpus built anew elsewhere."""
    other = Settings(corpus=settings.corpus, index=folder, min_confidence=0.0, min_free_bytes=0)
    built(other)
    return other


def test_one_change_makes_a_small_shard_beside_the_base(many: Settings, tmp_path: Path):
    base, _ = built(many)
    changed, gone, new = NAMES[3], NAMES[20], "walks/new.txt"
    write_corpus(many.corpus, {changed: talk(NAMES[3], 2021)})
    generation, encoded = built(many)
    assert {text for text in encoded if "2021" not in text} == set()
    assert generation.card.bases == ((base.card.name, base.numbering.shards[0].card_sha256),)
    assert [len(shard.rows) for shard in generation.numbering.shards] == [60, 1]
    assert told(generation) == told(open_index(fresh(many, tmp_path / "a")).generation)
    (many.corpus / gone).unlink()
    write_corpus(many.corpus, {new: talk(new)})
    generation, encoded = built(many)
    assert not any("2021" in text for text in encoded)
    assert [len(shard.rows) for shard in generation.numbering.shards] == [60, 2]
    assert told(generation) == told(open_index(fresh(many, tmp_path / "b")).generation)
    assert {path.name for path in Layout(many.index).generations.iterdir()} >= {
        base.card.name,
        generation.card.name,
    }


def test_a_base_that_serves_already_is_not_opened_again(many: Settings):
    serving, _ = built(many)
    write_corpus(many.corpus, {NAMES[3]: talk("another")})
    built(many)
    fresh = open_index(many, serving=serving).generation
    assert [len(one.numbering.shards) for one in (serving, fresh)] == [1, 2]
    assert fresh.numbering.shards[0] is serving.numbering.shards[0]
    assert open_index(many).generation.numbering.shards[0] is not serving.numbering.shards[0]


def test_what_questions_read_here_and_there_is_checked_before_they_come(
    many: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pullquote.index.files.PIECES_FROM", 1_000)
    generation, _ = built(many)
    shard = generation.numbering.shards[0]
    read = {pieces.path.stem: pieces for pieces in shard.large}
    names = ("passage-vectors", "window-vectors", "lexical-weights", "lexical-rows")
    assert not all(read[name].seen.all() for name in names)
    generation.check_ahead()
    assert all(read[name].seen.all() for name in names)
    path = read["window-vectors"].path
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    open_index(many).generation.check_ahead()  # nothing is raised: a question tells


def test_when_much_changed_a_new_base_is_copied_and_nothing_encoded_again(
    many: Settings, tmp_path: Path
):
    built(many)
    write_corpus(many.corpus, {name: talk(name, 2021) for name in NAMES[:2]})
    built(many)
    write_corpus(many.corpus, {name: talk(name, 2022) for name in NAMES[40:42]})
    generation, encoded = built(many)
    assert (generation.card.bases, {text for text in encoded if "2022" not in text}) == ((), set())
    assert files_of(many) == files_of(fresh(many, tmp_path / "anew"))


def test_where_readers_wait_what_changed_stays_apart_however_much_it_is_and_is_merged_after(
    many: Settings,
):
    built(many)
    write_corpus(many.corpus, {name: talk(name, 2021) for name in NAMES[:12]})
    generation, _ = built(many, apart=True)
    assert ([len(shard.rows) for shard in generation.numbering.shards], merge_due(generation)) == (
        [60, 12],
        True,
    )
    generation, encoded = built(many)
    assert ([len(shard.rows) for shard in generation.numbering.shards], merge_due(generation)) == (
        [60],
        False,
    )
    assert encoded == []


def test_a_file_whose_facts_are_known_is_not_read_again(
    many: Settings, monkeypatch: pytest.MonkeyPatch
):
    first = list_corpus(many)
    assert first.facts.keys() == set(NAMES)
    write_corpus(many.corpus, {NAMES[5]: talk(NAMES[5], 2021)})
    read = []
    real = folder.read_path
    monkeypatch.setattr(
        folder, "read_path", lambda settings, path: read.append(path) or real(settings, path)
    )
    second = list_corpus(many, {one.path: one.id for one in first.entries}, facts=first.facts)
    assert read == [NAMES[5]]
    assert [one for one in first.entries if one not in second.entries] == [first.entries[5]]


def test_a_document_more_changes_one_part():
    entries = [
        Entry(f"a/{number:03}.txt", "a", str(number), "", "", 5_000) for number in range(400)
    ]
    before, after = (
        set(batches(entries)),
        set(
            batches([*entries[:100], Entry("a/099x.txt", "a", "x", "", "", 5_000), *entries[100:]])
        ),
    )
    assert 8 < len(before) < 60
    assert len(after - before) <= 3
