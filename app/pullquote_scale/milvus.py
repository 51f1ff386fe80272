"""Shards in Milvus, which grows over many machines: vectors as dense ones, our weights of terms as sparse ones."""

import logging
import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from string import hexdigits
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from grpc import RpcError
from numpy.typing import NDArray
from pymilvus import DataType, MilvusClient
from pymilvus.exceptions import MilvusException

from pullquote.errors import EngineError, SettingsError
from pullquote.index.engine import Engine
from pullquote.index.files import Stored, Within
from pullquote.index.layout import MARK
from pullquote.index.lexical import Lexical
from pullquote.index.shard import Grain, Shard
from pullquote.models.onnx import Vectors
from pullquote_scale.hosting import BUILDING, ProvenEngine, numbered, searched

WORDS = "words"
# Rows past which a graph (HNSW) finds the nearest; among fewer each is compared. Milvus compares each where a filter leaves
# few; milvus-lite's graph then gives too few rows (docs/scale.md).
GRAPH = 200_000
RUNS = 64  # of rows side by side up to which a filter names their ends, not each row
SLICE = 2_000  # rows that are sent at once: 3 MB of vectors
# Places of the graph that a search keeps, for each that is asked for (with 2 one first quote of 200 was another), and bounds.
LOOKED_AT, LEAST_LOOKED_AT, MOST_LOOKED_AT = 5, 200, 32_768
LONGEST = 60  # letters of a name
SPARSE_SINCE = (2, 4)  # older ones hold no sparse vectors: words are then found in our own postings
# All that is older than five seconds; nothing is ever added to what is whole. "Eventually" gave no row just after a load.
CONSISTENCY = "Bounded"
SETTLING = 10  # seconds, at most, until all that was put can be seen so
LONGEST_LOGGED = 300  # letters of what it says, for the log
_GRAINS = (*Grain, WORDS)
_DENSE, _SPARSE = DataType.FLOAT_VECTOR, DataType.SPARSE_FLOAT_VECTOR
log = logging.getLogger("pullquote")
# What it logs, with addresses and stacks, is raised as well.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Milvus:
    """Collections NAME_MARK_passages, _windows and _words, which nobody changes; aliases NAME_base_passages and so on."""

    uri: str
    token: str
    name: str
    seconds: float
    _client: MilvusClient | None = None

    @classmethod
    def at(cls, address: str, seconds: float) -> "Milvus":
        """From `milvus+http://user:password@host:19530/NAME`.

        Raises:
            SettingsError: there is no plain name, or no host.
        """
        url = urlsplit(address.removeprefix("milvus+"))
        name, (user, _, host) = url.path.strip("/"), url.netloc.rpartition("@")
        if not host or not (name.isascii() and name.isidentifier() and len(name) <= LONGEST):
            raise SettingsError(
                "PULLQUOTE_INDEX must be like milvus+http://host:19530/NAME?files=/folder"
            )
        return cls(f"{url.scheme}://{host}", user, name, seconds)

    def put(self, shard: Shard) -> None:
        """As `Engine` says: collection by collection; what was cut short is never asked for, and swept by the next switch."""
        with self._session(BUILDING) as client:
            names = {self._name(shard.mark, grain) for grain in _GRAINS}
            for name in names.intersection(self._collections(client)):
                client.drop_collection(name)
            for grain, rows in searched(shard).items():
                self._put_vectors(client, shard.mark, grain, rows)
            if _has_sparse(client):
                self._put_words(client, shard.mark, shard.lexical)
        for _ in range(SETTLING):
            with suppress(EngineError):
                return self._check(shard, BUILDING)
            time.sleep(1)
        return self._check(shard, BUILDING)

    def check(self, shard: Shard) -> None:
        """As `Engine` says: each collection has as many rows as were put there, and can be searched."""
        self._check(shard, self.seconds)

    def switch(self, marks: Mapping[str, str], keep: Collection[str]) -> None:
        """As `Engine` says: aliases for those who look from outside; nothing of ours goes by them."""
        targets = {
            f"{self.name}_{base}_{grain}": self._name(mark, grain)
            for base, mark in marks.items()
            for grain in _GRAINS
        }
        with self._session(BUILDING) as client:
            collections = self._collections(client)
            aliases = {
                alias: name
                for name in collections
                for alias in client.list_aliases(name)["aliases"]
            }
            for alias, name in targets.items():
                if name in collections and aliases.get(alias) != name:
                    (client.alter_alias if alias in aliases else client.create_alias)(name, alias)
            for alias in aliases:
                if targets.get(alias) not in collections:
                    client.drop_alias(alias)
            marks_kept = {*keep, *marks.values()}
            names_kept = {self._name(mark, grain) for mark in marks_kept for grain in _GRAINS}
            for name in set(collections) - names_kept:
                client.drop_collection(name)

    def search_vector(
        self, shard: Shard, grain: Grain, vector: Vectors, top_k: int, within: Within
    ) -> Sequence[int]:
        """As `Engine` says."""
        params = {"ef": min(max(top_k * LOOKED_AT, LEAST_LOOKED_AT), MOST_LOOKED_AT)}
        collection = self._name(shard.mark, grain)
        return self._search(collection, "vector", vector.tolist(), top_k, within, params)

    def search_text(
        self, shard: Shard, weights: Mapping[str, float], top_k: int, within: Within
    ) -> Sequence[int] | NDArray[Any]:
        """As `Engine` says; where this server can hold no words, from our own postings."""
        with self._session() as client:
            if not _has_sparse(client):
                return shard.lexical.search(weights, top_k, within)
        sparse = numbered(shard, weights)
        return self._search(self._name(shard.mark, WORDS), WORDS, sparse, top_k, within, {})

    def close(self) -> None:
        """As `Engine` says."""
        client, self._client = self._client, None
        if client:
            with suppress(Exception):  # it may be gone already
                client.close()

    def _search(
        self,
        collection: str,
        field: str,
        sought: Any,
        count: int,
        within: Within,
        params: Mapping[str, Any],
    ) -> Sequence[int]:
        with self._session() as client:
            hits = client.search(
                collection, [sought], filter=_filter(within), limit=count,
                search_params={"metric_type": "IP", "params": dict(params)}, anns_field=field, timeout=self.seconds,
                consistency_level=CONSISTENCY,
            )  # fmt: skip
        return list(hits[0].ids)  # a server of 2.3 does not say what its key is called

    @contextmanager
    def _session(self, seconds: float | None = None) -> Iterator[MilvusClient]:
        """The client, made anew after it failed; filling has one of its own."""
        client = None
        limit = seconds or self.seconds
        try:
            client = self._connected(limit) if seconds else self._client or self._connected(limit)
            if not seconds:
                self._client = client
            yield client
        except (MilvusException, RpcError, ValueError) as error:
            if not seconds:
                self.close()
            log.warning("Milvus: %s", f"{error}"[:LONGEST_LOGGED])
            raise EngineError(_explanation(error, limit)) from error
        finally:
            if seconds and client:
                client.close()

    def _connected(self, limit: float) -> MilvusClient:
        return MilvusClient(self.uri, token=self.token, timeout=limit, dedicated=True)

    def _check(self, shard: Shard, seconds: float) -> None:
        with self._session() as client:
            row_counts = {
                self._name(shard.mark, grain): len(rows) for grain, rows in searched(shard).items()
            }
            if _has_sparse(client):
                row_counts[self._name(shard.mark, WORDS)] = shard.lexical.rows
            for name, rows in row_counts.items():
                if not client.has_collection(name, timeout=seconds):
                    raise EngineError("Milvus does not hold this generation; run `pullquote index`")
                # Nothing, where it is loaded; after a restart it may not be.
                client.load_collection(name, timeout=seconds)
                counted = client.query(
                    name, output_fields=["count(*)"], timeout=seconds, consistency_level=CONSISTENCY
                )
                if counted[0]["count(*)"] != rows:
                    raise EngineError(
                        "Milvus holds only a part of this generation; run `pullquote index`"
                    )

    def _name(self, mark: str, grain: str) -> str:
        return f"{self.name}_{mark}_{grain}"

    def _collections(self, client: MilvusClient) -> list[str]:
        """The collections of any of our shards."""
        names = client.list_collections()
        marks = (name.removeprefix(f"{self.name}_").rpartition("_") for name in names)
        ownership = (
            len(mark) == MARK and not mark.strip(hexdigits) and grain in _GRAINS
            for mark, _, grain in marks
        )
        return [
            name
            for name, is_ours in zip(names, ownership, strict=True)
            if is_ours and name.startswith(f"{self.name}_")
        ]

    def _put_vectors(self, client: MilvusClient, mark: str, grain: Grain, rows: Stored) -> None:
        entries = ({"row": row, "vector": vector} for row, vector in enumerate(_vectors(rows)))
        kind = (
            {"index_type": "HNSW", "params": {"M": 16, "efConstruction": 200}}
            if len(rows) > GRAPH
            else {"index_type": "FLAT"}
        )
        _fill(client, self._name(mark, grain), ("vector", _DENSE, rows.shape[1]), entries, kind)

    def _put_words(self, client: MilvusClient, mark: str, lexical: Lexical) -> None:
        """A row that holds no term gets one that nobody asks for: a sparse vector must not be empty, and rows are counted."""
        numbers = np.repeat(
            np.arange(len(lexical.numbers), dtype=np.int32), np.diff(lexical.starts)
        )
        rows, values = lexical.indices.whole(), lexical.weights.whole()
        order = np.argsort(rows, kind="stable")  # by row, where the postings go by term
        terms, weights = numbers[order], values[order]
        cuts = np.searchsorted(rows[order], np.arange(lexical.rows + 1)).tolist()
        none = {len(lexical.numbers): 1.0}
        entries = (
            {
                "row": row,
                WORDS: dict(
                    zip(terms[start:end].tolist(), weights[start:end].tolist(), strict=True)
                )
                or none,
            }
            for row, (start, end) in enumerate(pairwise(cuts))
        )
        _fill(
            client,
            self._name(mark, WORDS),
            (WORDS, _SPARSE, None),
            entries,
            {"index_type": "SPARSE_INVERTED_INDEX"},
        )


def connect(address: str, seconds: float) -> Engine:
    """The engine at an address, not yet asked for anything; a call may take so many seconds."""
    return ProvenEngine(Milvus.at(address, seconds))


def _filter(within: Within) -> str:
    """Rows in Milvus's own words: those side by side as one range, whatever passes as few as there are."""
    if isinstance(within, range):
        return f"row >= {within.start} and row < {within.stop}"
    ends = np.flatnonzero(np.diff(within) != 1)
    firsts, lasts = within[np.append(0, ends + 1)], within[np.append(ends, len(within) - 1)]
    if len(firsts) > RUNS:
        return f"row in {within.tolist()}"
    runs = zip(firsts, lasts, strict=True)
    return " or ".join(f"(row >= {first} and row <= {last})" for first, last in runs)


def _vectors(rows: Stored) -> Iterator[NDArray[np.float32]]:
    for start in range(0, len(rows), SLICE):
        yield from rows.slice(start, min(start + SLICE, len(rows))).astype(np.float32, copy=False)


def _fill(
    client: MilvusClient,
    name: str,
    field: tuple[str, DataType, int | None],
    entries: Iterator[dict[str, Any]],
    kind: Mapping[str, Any],
) -> None:
    """Make a collection of rows with one vector each, index and load it."""
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("row", DataType.INT64, is_primary=True)
    label, form, dimension = field
    schema.add_field(label, form, **({"dim": dimension} if dimension else {}))
    client.create_collection(name, schema=schema)
    while batch := list(islice(entries, SLICE)):
        client.insert(name, batch)
    client.flush(name)
    params = client.prepare_index_params()
    params.add_index(label, metric_type="IP", **kind)
    client.create_index(name, params)
    client.load_collection(name)


def _has_sparse(client: MilvusClient) -> bool:
    major, minor = re.findall("[0-9]+", client.get_server_version())[:2]
    return (int(major), int(minor)) >= SPARSE_SINCE


def _explanation(error: Exception, limit: float) -> str:
    """What went wrong, in words that name neither address nor user."""
    text = f"{error}"
    if any(word in text for word in ("UNAVAILABLE", "DEADLINE", "imeout", "connect")):
        away = f"Milvus is down, or did not answer within {limit:g} seconds"
        return f"{away}; start it, correct PULLQUOTE_INDEX, or raise PULLQUOTE_ENGINE_SECONDS"
    return f"Milvus refused the request ({type(error).__name__} {getattr(error, 'code', '')}); its log says why"
