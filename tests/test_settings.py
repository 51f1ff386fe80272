"""Settings: from the environment or a file, checked by name and by value."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from fakes import CHECKOUT, rows

from pullquote.errors import SettingsError
from pullquote.settings import Settings


def test_without_anything_set_the_defaults_hold():
    injected = dict(
        PULLQUOTE_SERVICE_HOST="10.0.0.1", PULLQUOTE_PORT_8000_TCP_ADDR="10.0.0.1"
    )  # by Kubernetes
    assert Settings.read({**injected, "pullquote_port": "1", "PATH": "/bin"}) == Settings()
    assert Settings().threshold > Settings(reranker=None).threshold
    assert Settings(min_confidence=0.5).threshold == 0.5


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("CORPUS", "~/texts", Path("~/texts").expanduser()), ("PORT", "65535", 65_535), ("MIN_CONFIDENCE", "1", 1.0),
        ("FULL_TEXT", "Off", False), ("MAX_QUESTION", "1_000", 1_000), ("STORE", "a.db", Path("a.db")), ("STORE", "off", None),
        ("RERANKER", "off", None), ("RERANKER", "Some/Model", "Some/Model"), ("RATE_LIMIT", "OFF", None), ("RATE_LIMIT", "5/hour", "5/hour"),
        ("ALLOWED_ORIGINS", "https://News.Example:443/, http://[::1]:8000,", ("https://news.example", "http://[::1]:8000")),
        ("TRUSTED_HOSTS", "A.example,*", ("a.example", "*")), ("TRUSTED_PROXIES", "127.0.0.1", ("127.0.0.1/32",)),
    ],
)  # fmt: skip
def test_a_value_is_read_as_what_it_means(name, value, meant):
    assert getattr(Settings.read({f"PULLQUOTE_{name}": value}), name.lower()) == meant


@pytest.mark.parametrize(("written", "index", "files", "engine"), [
    ("~/x?y", Path("~/x?y").expanduser(), None, None),
    ("s3://bucket/a/?local=/srv/index", Path("/srv/index"), "s3://bucket/a", None),
    ("file:///mnt/share/index", "cached", "file:///mnt/share/index", None),
    ("milvus+http://ann:secret@db:19530?files=/srv/index", Path("/srv/index"), None, "milvus+http://ann:secret@db:19530"),
    ("postgresql://ann@db/x?sslmode=require&files=s3://b/c&local=l", Path("l"), "s3://b/c", "postgresql://ann@db/x?sslmode=require"),
])  # fmt: skip
def test_an_index_is_a_folder_or_an_address_with_a_folder_here_and_perhaps_an_engine(
    written, index, files, engine, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    found = Settings.read({"PULLQUOTE_INDEX": written})
    assert (found.files and found.files.url, found.engine and found.engine.url) == (files, engine)
    assert found.index == index or (index, found.index.parent) == (
        "cached",
        Path("/cache/pullquote"),
    )
    assert "secret" not in f"{found}{found.engine}"


UNUSABLE = {
    "PORT": {"0": "must be from 1 to 65535", "origin": "=origin must be a number", "tcp://10.0.0.1:8000": "enableServiceLinks: false"},
    "MIN_CONFIDENCE": {"1.5": "must be from 0 to 1", "nan": "must be from 0 to 1", "high": "must be a number"},
    "FULL_TEXT": {"maybe": "must be on or off"},
    "CORPUS": {" ": "must name a folder", "milvus+http://ann:secret@db": "PULLQUOTE_CORPUS must be a path on this machine"},
    "STORE": {"on": "must name a file, or be off"},
    "STATE": {"memcached://ann:secret@a": "PULLQUOTE_STATE must be an address such as redis://HOST, or off"},
    "INDEX": {
        "ftp://ann:secret@a/b": "PULLQUOTE_INDEX must be a folder on this machine, or an address with one of az://, file://, gs://",
        "milvus+http://ann:secret@db": "names an engine alone; add ?files=", "s3://ann:secret@bucket/x": "must hold no key, user or query",
        "s3://bucket/x?secret=a": "must hold no key, user or query", "milvus+http://db?files=s3://ann:secret@b": "must hold no key",
    },
    "HOST": {"": "must not be empty"},
    "METRICS": {"all": "must be admin, open or off"},
    "RATE_LIMIT": {"60": "must be a number and a time such as 60/minute"},
    "TRUSTED_HOSTS": {"https://a.example": "must be names such as debates.example"},
    "TRUSTED_PROXIES": {"proxy": "must be addresses or networks"},
    "ADMIN_KEY": {"short": "PULLQUOTE_ADMIN_KEY must have at least 16 characters"},
    "ALLOWED_ORIGINS": {
        "https://ann:secret@news.example": "PULLQUOTE_ALLOWED_ORIGINS 'https://…@news.example' is not an origin",
        **dict.fromkeys(("*", "https://*.example", "https://a.example/path", "https://a.example:0", "https://"), "is not an origin"),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_value_that_cannot_be_used_names_the_setting_and_why(name):
    for value, reason in UNUSABLE[name].items():
        with pytest.raises(SettingsError, match=re.escape(reason)) as refused:
            Settings.read({f"PULLQUOTE_{name}": value})
        assert f"PULLQUOTE_{name}" in str(refused.value)
        assert "secret" not in str(refused.value)


def test_an_unknown_setting_suggests_the_nearest():
    for name, hint in dict(
        CORPSE="; did you mean PULLQUOTE_CORPUS?", prot="; did you mean PULLQUOTE_PORT?", QQ=""
    ).items():
        with pytest.raises(SettingsError) as refused:
            Settings.read({f"PULLQUOTE_{name}": "1"})
        assert str(refused.value) == f"no such setting: PULLQUOTE_{name}{hint}"


def test_a_file_gives_settings_and_the_environment_wins(tmp_path, monkeypatch):
    (tmp_path / "pullquote.toml").write_text(
        'port = 8100\nmin_confidence = 0.4\nreranker = false\nallowed_origins = ["https://a.example"]\n'
    )
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({"PULLQUOTE_PORT": "8200"})
    assert (settings.port, settings.min_confidence, settings.reranker) == (8200, 0.4, None)
    assert settings.allowed_origins == ("https://a.example",)


@rows("written, fault")
def test_what_a_file_cannot_say_stops_the_start_and_is_not_shown(tmp_path, written, fault):
    file = tmp_path / "pullquote.toml"
    file.write_text(written)
    with pytest.raises(SettingsError) as refused:
        Settings.read({}, file)
    assert str(refused.value) == f"{file}: {fault}"


def test_every_setting_has_a_row_in_the_manual_with_its_default():
    rows = (CHECKOUT / "docs" / "settings.md").read_bytes().decode()
    for field in (field for field in fields(Settings) if field.metadata):
        [row] = re.findall(rf"^\| `PULLQUOTE_{field.name.upper()}` \| (.+?) \|", rows, re.MULTILINE)
        if isinstance(field.default, (int, str)) and not isinstance(field.default, bool):
            assert row == f"`{field.default}`"
