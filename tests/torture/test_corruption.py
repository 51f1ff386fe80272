"""Files that rot, are cut, swapped or forged: found before anything uses them, and never a signal."""

import json
import os
import random
import resource
import shutil
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.errors import EncoderError, IndexCorrupt, IndexFault, IndexMissing, SettingsError
from pullquote.index import open_index
from pullquote.index.files import Stamp, json_bytes
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.models.ranker import NAMES, OnnxRanker
from pullquote.settings import Settings
from pullquote.upkeep.records import Judgement, Records
from pullquote.upkeep.report import report_of
from torture.small import NEW, OLD, build, edition_of, lay_out, settings_of

SIZES = [pytest.param(250, marks=pytest.mark.slow), pytest.param(5_000, marks=pytest.mark.torture)]
Harm = Callable[[random.Random, Path, Path], None]


def flip(rng, path, _):
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def cut(rng, path, _):
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def empty(rng, path, _):
    path.write_bytes(b"")


def blank(rng, path, _):
    content = bytearray(path.read_bytes())
    start = rng.randrange(len(content))
    content[start : start + 512] = bytes(len(content[start : start + 512]))
    path.write_bytes(content if content != path.read_bytes() else content + b"\0")


def lengthen(rng, path, _):
    path.write_bytes(path.read_bytes() + rng.randbytes(rng.randrange(1, 64)))


def earlier(rng, path, before):
    content = before.read_bytes()
    path.write_bytes(content if content != path.read_bytes() else content[::-1] + b"\0")


def folder(rng, path, _):
    path.unlink()
    path.mkdir()


def pipe(rng, path, _):
    path.unlink()
    os.mkfifo(path)


def missing(rng, path, _):
    path.unlink()


HARMS: list[Harm] = [flip, flip, cut, empty, blank, lengthen, earlier, folder, pipe, missing]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """An index of two generations, the old edition before the new one."""
    settings = settings_of(tmp_path_factory.mktemp("both"))
    for edition in (OLD, NEW):
        lay_out(settings, edition)
        build(settings)
    return settings


def folders(settings):
    """The folders of the current generation and of the one before."""
    named = json.loads(Layout(settings.index).manifest.read_bytes())
    root = Layout(settings.index)
    return tuple(
        root.generation(named[which]["generation"]).folder for which in ("current", "previous")
    )


@pytest.mark.parametrize("count", SIZES)
def test_every_corruption_is_found_before_use(both, tmp_path, count, tell):
    now, _ = folders(both)
    names = sorted(path.name for path in now.iterdir())
    for number in range(count):
        rng = random.Random(number)
        settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
        shutil.copytree(both.index, settings.index)
        current, previous = folders(settings)
        name = names[number % len(names)]
        rng.choice(HARMS)(rng, current / name, previous / name)
        opened = open_index(settings)
        assert opened.degraded
        assert edition_of(opened.generation) == OLD
        shutil.rmtree(settings.index)
    tell(f"F4: {count} corruptions of {len(names)} files, all found")


@pytest.mark.slow
def test_a_corrupted_manifest_never_leads_to_other_words(both, tmp_path, tell):
    ends: dict[str, int] = {}
    for number in range(300):
        rng = random.Random(number)
        settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
        shutil.copytree(both.index, settings.index)
        path = Layout(settings.index).manifest
        rng.choice([flip, flip, flip, cut, empty, blank, lengthen, folder, pipe])(rng, path, path)
        end = "refused"
        with suppress(IndexFault):
            end = "degraded" if open_index(settings).degraded else "the same"
            actual = edition_of(open_index(settings).generation)
            assert actual == (OLD if end == "degraded" else NEW)
        ends[end] = ends.get(end, 0) + 1
        shutil.rmtree(settings.index)
    tell(f"F4: 300 corruptions of the manifest: {ends}")
    assert ends["refused"] > 100


@pytest.mark.parametrize(
    "count",
    [pytest.param(150, marks=pytest.mark.slow), pytest.param(3_000, marks=pytest.mark.torture)],
)
def test_a_damaged_file_of_records_is_a_plain_error_or_a_report(tmp_path, count, tell):
    whole, ends = tmp_path / "whole.db", dict.fromkeys(("told", "an error"), 0)
    given = Judgement(
        generation="g",
        answer_id="a",
        question="Why?",
        document_id="d",
        start=0,
        end=9,
        verdict="helpful",
    )
    for _ in range(40):
        Records(whole).judged(given)
    row = ("2099-01-01", "g", None, "Are trains late?", "not_covered", 0, '["d"]')
    with closing(sqlite3.connect(whole)) as connection, connection:
        connection.executemany("INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?)", [row] * 200)
    for number in range(count):
        rng, path = random.Random(number), tmp_path / f"{number}.db"
        shutil.copy(whole, path)
        rng.choice([flip, flip, flip, blank, blank, cut, empty, lengthen, folder, pipe])(
            rng, path, path
        )
        try:
            records = Records(path)
            json.dumps(
                [
                    report_of(records).wire,
                    records.verdicts(),
                    records.quotes_judged(9),
                    records.counts(),
                ]
            )
            records.judged(given)
            ends["told"] += 1
        except SettingsError as error:
            ends[
                "an error" if f"PULLQUOTE_STORE={path} cannot be used" in str(error) else str(error)
            ] += 1
    tell(f"records: {count} damaged files: {ends}")


@pytest.mark.torture
def test_with_the_ranker_on_what_is_damaged_is_named_and_no_quote_is_another(
    real_index, tmp_path, tell
):
    whole = Explainer.open(real_index).generation
    texts = [whole.document(number).text for number in range(len(whole.rows))]
    ends: dict[str, int] = {}
    for number in range(20):
        rng, settings = (
            random.Random(number),
            replace(real_index, index=tmp_path / "index", reranker="on"),
        )
        shutil.copytree(real_index.index, settings.index)
        files = sorted(
            path
            for path in settings.index.rglob("*")
            if path.is_file() and path.stat().st_size and "vectors" not in path.parts
        )
        rng.choice([flip, cut, empty, blank, lengthen, missing])(
            rng, path := rng.choice(files), path
        )
        try:
            answer = Explainer.open(settings).ask(
                Query(question="Why might killing kingpins backfire?")
            )
            end = "answered"
            assert all(any(one.quote.text in text for text in texts) for one in answer.citations)
        except (IndexFault, EncoderError):
            end = "refused"
        ends[end] = ends.get(end, 0) + 1
        shutil.rmtree(settings.index)
    for place in NAMES.values():
        for path in sorted(set(place.iterdir()) - {place / "config.json"}):
            copy = shutil.copytree(place, tmp_path / "weights")
            flip(random.Random(1), copy / path.name, copy)
            with pytest.raises(EncoderError):
                OnnxRanker.open(copy)
            shutil.rmtree(copy)
    tell(
        f"ranker on: 20 damaged indexes: {ends}; each of the rankers' files but their cards, a bit flipped: refused"
    )


# Forged: the hashes agree, as only somebody who may write to the index can make them


def forge(settings, name, content):
    place, _ = folders(settings)
    (place / name).write_bytes(content)
    card = json.loads((place / "generation.json").read_bytes())
    stamp = Stamp.of(content)
    card["files"][name] = {"size": stamp.size, "sha256": stamp.sha256}
    (place / "generation.json").write_bytes(json_bytes(card))
    named = json.loads(Layout(settings.index).manifest.read_bytes())
    named["current"]["sha256"] = Stamp.of(json_bytes(card)).sha256
    Layout(settings.index).manifest.write_bytes(json_bytes(named))


def forged(rng, name, content):
    """The file with a few bytes of its head replaced by what is large, negative or another kind."""
    value = rng.choice([2**63 - 1, 2**62, 2**31 - 1, 2**40, 0, 2**64 - 1, rng.getrandbits(64)])
    if name.endswith(".faiss"):
        kind = rng.choice(
            [b"IxFI", b"IxF2", b"IHNf", b"IwFl", b"IxPq", b"IxMp", b"IBxF", rng.randbytes(4)]
        )
        place = rng.choice([4, 8, 16, 24, 33, 37])
        return (kind + content[4:place] + struct.pack("<Q", value) + content[place + 8 :])[
            : rng.choice([10_000, 90])
        ]
    if name.endswith(".npy"):
        shape = rng.choice([f"({value},)", f"({value}, 5)", "(-1,)", "(2, 3)", "()"])
        kind = rng.choice(["<i4", "<f8", "|O", "<i8", "|V9", "<U7"])
        header = (
            f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
        )
        return b"\x93NUMPY\x01\0" + struct.pack("<H", 118) + header.encode() + content[128:]
    place = rng.randrange(len(content))
    return (
        content[:place]
        + rng.choice([b"-1", b"9" * 30, b"[" * 9_000, b'"', b"null"])
        + content[place + 2 :]
    )


def end_of_a_child(settings):
    """Open the index in a process of little memory: 0 refused or served as the one before, 1 anything else."""
    child = os.fork()
    if child == 0:
        end = 1
        try:
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + 300_000_000, used + 300_000_000))
            opened = open_index(settings)
            edition_of(opened.generation)
            end = 0 if opened.degraded else 2
        except IndexFault:
            end = 0
        finally:
            os._exit(end)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(
    "count",
    [pytest.param(60, marks=pytest.mark.slow), pytest.param(1_000, marks=pytest.mark.torture)],
)
def test_forged_content_is_refused_in_little_memory_and_without_a_signal(
    both, tmp_path, count, tell
):
    names = sorted(
        path.name for path in folders(both)[0].iterdir() if path.suffix in (".faiss", ".npy")
    )
    ends = []
    for number in range(count):
        rng = random.Random(number)
        settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
        shutil.copytree(both.index, settings.index)
        name = names[number % len(names)]
        content = (folders(settings)[0] / name).read_bytes()
        forge(settings, name, false := forged(rng, name, content))
        if false != content:
            ends.append(end_of_a_child(settings))
        shutil.rmtree(settings.index)
    tell(
        f"F4: {len(ends)} forged files with hashes that agree: {ends.count(0)} refused, {sum(end < 0 for end in ends)} signals"
    )
    assert min(ends) >= 0
    assert set(ends) <= {0, 2}
    assert ends.count(2) < len(ends) / 10  # a header of the very same meaning is no forgery


TABLES = {
    "sentences.npy": lambda table: table[:, :4],
    "passages.npy": lambda table: table + 1_000,
    "windows.npy": lambda table: -table - 1,
    "lexical-rows.npy": lambda table: table - 1_000,
    "lexical-starts.npy": lambda table: table[::-1],
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_points_elsewhere_is_refused_though_its_hash_agrees(both, tmp_path, name):
    import io

    import numpy as np

    settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
    shutil.copytree(both.index, settings.index)
    path = folders(settings)[0] / name
    out = io.BytesIO()
    np.save(out, np.ascontiguousarray(TABLES[name](np.load(path))))
    forge(settings, name, out.getvalue())
    assert open_index(settings).degraded


def test_a_text_that_is_not_the_one_its_hash_names_is_never_quoted(both, tmp_path):
    settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
    shutil.copytree(both.index, settings.index)
    path = folders(settings)[0] / "texts.bin"
    forge(settings, "texts.bin", path.read_bytes().replace(b"New", b"Own"))
    generation = open_index(settings).generation
    with pytest.raises(
        IndexCorrupt, match="the text of document changed is not the one that its hash names"
    ):
        edition_of(generation)


@pytest.mark.parametrize("name", ["../20200101", "/etc", "a/b", ".building-x"])
def test_a_manifest_cannot_name_a_place_outside(both, tmp_path, name):
    settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
    shutil.copytree(both.index, settings.index)
    manifest = Layout(settings.index).manifest
    named = json.loads(manifest.read_bytes())
    named["current"]["generation"] = name
    manifest.write_bytes(json_bytes(named))
    assert "names no generation" in str(open_index(settings).degraded)


def test_a_card_cannot_name_a_file_outside(both, tmp_path):
    settings = Settings(corpus=both.corpus, index=tmp_path / "index", min_free_bytes=0)
    shutil.copytree(both.index, settings.index)
    (tmp_path / "secret").write_bytes(b"secret")
    with pytest.raises(FileNotFoundError):
        forge(settings, "../../none/secret", b"secret")
    place, _ = folders(settings)
    card = json.loads((place / "generation.json").read_bytes())
    card["files"]["../../../secret"] = {"size": 6, "sha256": Stamp.of(b"secret").sha256}
    (place / "generation.json").write_bytes(json_bytes(card))
    with pytest.raises(IndexCorrupt, match="does not list the files of a generation"):
        Generation.open(Layout(settings.index), place.name, Stamp.of(json_bytes(card)).sha256)


def test_an_index_folder_without_a_manifest_is_an_index_that_is_missing(both, tmp_path):
    with pytest.raises(IndexMissing):
        open_index(Settings(index=tmp_path))
