"""Encoding what an index needs: each different text once, and none that was encoded before."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from pullquote.index.encoded import KEY_BYTES, Encoded
from pullquote.models.encoder import Encoder, Vectors

Progress = Callable[[int, int], None]
BATCH = 512  # texts between two additions to what is kept: what a crash costs at most


def key_digests(keys: Sequence[str]) -> NDArray[np.uint8]:
    """A fingerprint a row, shape (rows, 16): texts with the same one are never encoded twice."""
    digests = b"".join(hashlib.blake2b(key.encode("utf-8"), digest_size=KEY_BYTES).digest() for key in keys)
    return np.frombuffer(digests, dtype=np.uint8).reshape(len(keys), KEY_BYTES)


def encode_rows(
    keys: Sequence[str],
    digests: NDArray[np.uint8],
    encoder: Encoder,
    *,
    before: Mapping[bytes, Vectors],
    kept: Encoded,
    progress: Progress,
) -> Vectors:
    """A vector a row, shape (rows, dimension).

    Args:
        before: vectors of the generation before, by fingerprint.
        kept: vectors of earlier builds; what is encoded now is added.
    """
    marks = [digest.tobytes() for digest in digests]
    texts = dict(zip(marks, keys, strict=True))
    missing = {mark: text for mark, text in texts.items() if mark not in before}
    known = kept.find(missing)
    missing = {mark: text for mark, text in missing.items() if mark not in known}
    known.update(_encoded(missing, encoder, kept, progress))
    rows = [known[mark] if mark in known else before[mark] for mark in marks]
    return np.concatenate([np.zeros(0, np.float32), *rows], dtype=np.float32).reshape(len(keys), encoder.dimension)


def _encoded(
    missing: Mapping[bytes, str], encoder: Encoder, kept: Encoded, progress: Progress
) -> Iterator[tuple[bytes, Vectors]]:
    # The longest first: the remaining time that a progress bar shows is then never too hopeful.
    marks = sorted(missing, key=lambda mark: -len(missing[mark]))
    progress(0, len(marks))
    done = 0
    # One thread a core, one text at a time: onnxruntime runs without the interpreter's lock, and a
    # batch would only add padding.
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for start in range(0, len(marks), BATCH):
            batch = {}
            part = marks[start : start + BATCH]
            for mark, vector in zip(part, pool.map(lambda mark: encoder.encode([missing[mark]])[0], part), strict=True):
                batch[mark] = vector
                done += 1
                progress(done, len(marks))
            kept.add(batch)
            yield from batch.items()
