"""Settings: from the environment or a file, checked by name and by value."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from fakes import CHECKOUT

from pullquote.errors import SettingsError
from pullquote.settings import Settings


def test_without_anything_set_the_defaults_hold():
    assert Settings.read({}, None) == Settings()
    assert Settings().host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("CORPUS", "~/texts", Path("~/texts").expanduser()),
        ("PORT", "9000", 9000),
        ("PORT", "65535", 65_535),
        ("MIN_CONFIDENCE", "0.75", 0.75),
        ("MIN_CONFIDENCE", "1", 1.0),
        ("FULL_TEXT", "Off", False),
        ("FULL_TEXT", "1", True),
        ("MAX_QUESTION", "1_000", 1_000),
        (
            "ALLOWED_ORIGINS",
            "https://news.example/, http://localhost:8000",
            ("https://news.example", "http://localhost:8000"),
        ),
        ("ALLOWED_ORIGINS", "", ()),
        ("EVAL_DATA", "shared", Path("shared")),
        ("STORE", "records.db", Path("records.db")),
        *(("STORE", off, None) for off in ("", " ", "off", "Off", "no", "false", "0")),
    ],
)
def test_a_value_is_read_as_what_it_means(name: str, value: str, meant: object):
    assert getattr(Settings.read({f"PULLQUOTE_{name}": value}), name.lower()) == meant


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "0", "must be from 1 to 65535"),
        ("PORT", "http", "must be a number"),
        ("PORT", "1" * 5_000, "must be"),
        ("PORT", "origin", "^PULLQUOTE_PORT=origin must be a number$"),
        ("MIN_CONFIDENCE", "original", "^PULLQUOTE_MIN_CONFIDENCE=original must be a number$"),
        ("MIN_CONFIDENCE", "1.5", "must be from 0 to 1"),
        ("MIN_CONFIDENCE", "nan", "must be from 0 to 1"),
        ("MIN_CONFIDENCE", "high", "must be a number"),
        ("FULL_TEXT", "maybe", "must be on or off"),
        ("CORPUS", " ", "must name a folder"),
        *(("STORE", on, "must name a file, or be off") for on in ("on", "Yes", "true", "1")),
        ("HOST", "", "must not be empty"),
        ("ALLOWED_ORIGINS", "*", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://*.example", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://news.example/path", "is not an origin"),
        ("ALLOWED_ORIGINS", "javascript://x", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://ann@news.example", "or user"),
        ("ALLOWED_ORIGINS", "https://ann:secret@news.example", "'https://…@news.example' is not an origin"),
        ("ALLOWED_ORIGINS", "https://news.example?a", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://news.example:http", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://news.example:0", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://news.example:70000", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://news example", "is not an origin"),
        ("ALLOWED_ORIGINS", "https://nyhedsblad\u00e6.example", "xn--"),
        ("MAX_QUESTION", "9", "must be from 10 to"),
    ],
)
def test_a_value_that_cannot_be_used_names_the_setting_and_why(name: str, value: str, reason: str):
    with pytest.raises(SettingsError, match=reason) as refused:
        Settings.read({f"PULLQUOTE_{name}": value})
    assert f"PULLQUOTE_{name}" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "nearest"), [("CORPSE", "CORPUS"), ("PROT", "PORT"), ("MIN_CONFIDENSE", "MIN_CONFIDENCE")]
)
def test_an_unknown_setting_suggests_the_nearest(name: str, nearest: str):
    with pytest.raises(SettingsError, match=rf"no such setting: PULLQUOTE_{name}; did you mean PULLQUOTE_{nearest}\?"):
        Settings.read({f"PULLQUOTE_{name}": "1"})


def test_an_unknown_setting_unlike_any_other_gets_no_guess():
    with pytest.raises(SettingsError) as refused:
        Settings.read({"PULLQUOTE_QQ": "1"})
    assert str(refused.value) == "no such setting: PULLQUOTE_QQ"


def test_a_lower_case_name_in_the_environment_is_some_other_programs():
    assert Settings.read({"pullquote_port": "1", "PATH": "/bin"}) == Settings()


def test_what_kubernetes_injects_is_ignored():
    injected = {
        "PULLQUOTE_SERVICE_HOST": "10.0.0.1",
        "PULLQUOTE_SERVICE_PORT_HTTP": "80",
        "PULLQUOTE_PORT_8000_TCP_ADDR": "10.0.0.1",
    }
    assert Settings.read(injected) == Settings()


def test_a_port_that_kubernetes_injects_names_the_way_out():
    with pytest.raises(SettingsError, match="enableServiceLinks: false"):
        Settings.read({"PULLQUOTE_PORT": "tcp://10.0.0.1:8000"})


def test_a_file_gives_settings_and_the_environment_wins(tmp_path: Path):
    file = tmp_path / "pullquote.toml"
    file.write_text('port = 8100\nmin_confidence = 0.4\nallowed_origins = ["https://a.example"]\n')
    settings = Settings.read({"PULLQUOTE_PORT": "8200"}, file)
    assert (settings.port, settings.min_confidence, settings.allowed_origins) == (8200, 0.4, ("https://a.example",))


@pytest.mark.parametrize(
    ("written", "must"),
    [
        ('corpus = ["a", "b"]', "corpus must be a text or a number"),
        ('[corpus]\na = "b"', "corpus must be a text or a number"),
        ("port = true", "port must be a text or a number"),
        ("min_confidence = []", "min_confidence must be a text or a number"),
        ("host = true", "host must be a text or a number"),
        ("model = 2026-01-01", "model must be a text or a number"),
        ('admin_key = ["bbbbbbbbbbbbbbbbbb"]', "admin_key must be a text or a number"),
        ('search_keys = [["bbbbbbbbbbbbbbbbbb"]]', "search_keys must be a text or a number, or a list of texts"),
        ("trusted_hosts = [1, 2]", "trusted_hosts must be a text or a number, or a list of texts"),
        ('full_text = ["on"]', "full_text must be on or off"),
    ],
)
def test_a_value_of_another_kind_in_a_file_stops_the_start_and_is_not_shown(tmp_path: Path, written: str, must: str):
    file = tmp_path / "pullquote.toml"
    file.write_text(written)
    with pytest.raises(SettingsError) as refused:
        Settings.read({}, file)
    assert str(refused.value) == f"{file}: {must}"


def test_a_switch_in_a_file_may_be_a_truth_value(tmp_path: Path):
    file = tmp_path / "pullquote.toml"
    file.write_text('full_text = false\nreranker = false\nstore = false\nsearch_keys = ["bbbbbbbbbbbbbbbbbb"]\n')
    settings = Settings.read({}, file)
    assert (settings.full_text, settings.reranker, settings.store, len(settings.search_keys)) == (False, None, None, 1)


def test_a_file_in_the_working_folder_is_read_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "pullquote.toml").write_text("port = 8100\n")
    monkeypatch.chdir(tmp_path)
    assert Settings.read({}).port == 8100


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ("https://News.Example", ("https://news.example",)),
        ("HTTPS://news.example/", ("https://news.example",)),
        ("https://blog.example:443", ("https://blog.example",)),
        ("http://blog.example:80", ("http://blog.example",)),
        ("http://blog.example:443,https://blog.example:80", ("http://blog.example:443", "https://blog.example:80")),
        ("https://blog.example:8443", ("https://blog.example:8443",)),
        ("https://a.example, https://A.example:443/", ("https://a.example",)),
        ("http://[::1]:8000", ("http://[::1]:8000",)),
        ("http://127.0.0.1:5173", ("http://127.0.0.1:5173",)),
    ],
)
def test_an_origin_is_taken_as_browsers_send_it(written: str, origins: tuple[str, ...]):
    assert Settings.read({"PULLQUOTE_ALLOWED_ORIGINS": written}).allowed_origins == origins


@pytest.mark.parametrize("content", [b"port = ", b"\xff", b"port 8100"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, content: bytes):
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"mine\.toml: .*mend the file"):
        Settings.read({}, file)


def test_a_file_that_was_named_must_be_there(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        Settings.read({}, tmp_path / "nowhere.toml")


def test_a_misspelt_name_in_a_file_stops_the_start(tmp_path: Path):
    file = tmp_path / "pullquote.toml"
    file.write_text("prot = 8100\n")
    with pytest.raises(SettingsError, match=r"pullquote\.toml: no such setting: prot; did you mean port\?"):
        Settings.read({}, file)


@pytest.mark.parametrize("name", ["PORT", "Port", "pullquote_port", "PULLQUOTE_PORT"])
def test_a_name_in_a_file_is_told_as_it_is_written_there_and_as_it_should_be(tmp_path: Path, name: str):
    file = tmp_path / "pullquote.toml"
    file.write_text(f"{name} = 8100\n")
    with pytest.raises(SettingsError, match=rf": no such setting: {name}; did you mean port\?"):
        Settings.read({}, file)


@pytest.mark.parametrize("name", ["PULLQUOTE_prot", "PULLQUOTE_PULLQUOTE_PORT"])
def test_a_name_in_the_environment_is_told_as_it_is_written_there(name: str):
    with pytest.raises(SettingsError, match=rf"no such setting: {name}; did you mean PULLQUOTE_PORT\?"):
        Settings.read({name: "1"})


@pytest.mark.parametrize("name", ["CORPUS", "INDEX", "STORE", "EVAL_DATA"])
def test_an_address_is_no_path_and_is_not_shown_since_it_may_hold_a_password(name: str):
    with pytest.raises(SettingsError) as refused:
        Settings.read({f"PULLQUOTE_{name}": "milvus+http://ann:secret@db.example:19530"})
    assert str(refused.value) == (
        f"PULLQUOTE_{name} must be a path on this machine; an address (with ://) is not supported"
    )


@pytest.mark.parametrize("line", ["full_text = 2", "max_body = 1.5", "min_confidence = nan"])
def test_a_number_that_a_setting_cannot_have_is_refused_in_a_file_too(tmp_path: Path, line: str):
    file = tmp_path / "pullquote.toml"
    file.write_text(line)
    with pytest.raises(SettingsError, match="PULLQUOTE_"):
        Settings.read({}, file)


def test_every_setting_has_a_row_in_the_manual_with_its_default():
    rows = (CHECKOUT / "docs" / "settings.md").read_bytes().decode()
    for field in fields(Settings):
        [row] = re.findall(rf"^\| `PULLQUOTE_{field.name.upper()}` \| (.+?) \|", rows, re.MULTILINE)
        if isinstance(field.default, (int, str)) and not isinstance(field.default, bool):
            assert row == f"`{field.default}`"


def test_the_threshold_suits_the_ranker_unless_it_is_set():
    assert Settings().threshold > Settings(reranker=None).threshold
    assert Settings(min_confidence=0.5).threshold == Settings(min_confidence=0.5, reranker=None).threshold == 0.5


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("MAX_CLIENTS", 1, 1_000_000), ("MAX_CONNECTIONS", 1, 100_000), ("MAX_QUEUE", 0, 10_000),
     ("QUEUE_SECONDS", 1, 600), ("BODY_SECONDS", 1, 600), ("MAX_JSON_DEPTH", 4, 500), ("MAX_HEADERS", 4_096, 1_000_000)],
)  # fmt: skip
def test_a_limit_may_be_set_up_to_its_ends_and_not_beyond(name: str, least: int, most: int):
    for value in (least, most):
        assert getattr(Settings.read({f"PULLQUOTE_{name}": str(value)}), name.lower()) == value
    for value in (least - 1, most + 1):
        with pytest.raises(SettingsError, match="must be from"):
            Settings.read({f"PULLQUOTE_{name}": str(value)})
