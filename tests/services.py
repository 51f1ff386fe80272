"""Servers that replicas share, each a process of its own on loopback, with what it keeps below a folder."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fakes import CHECKOUT
from serving import free_port

SECONDS = 60  # that a server may take to listen
S3_KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "us-east-1",
}


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], port: int, log: Path, **options: object
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that listens on a port, until the block ends."""
    with (
        log.open("ab") as told,
        subprocess.Popen(command, stdout=told, stderr=told, **options) as process,
    ):
        try:
            end = time.monotonic() + SECONDS
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert process.poll() is None, log.read_bytes().decode()
                assert time.monotonic() < end, log.read_bytes().decode()
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


def program(name: str, package: str) -> str:
    """Where a program lies; the test is skipped where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        pytest.skip(f"no {name} here; `apt-get install {package}` brings it")
    return found


@contextlib.contextmanager
def s3(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """An S3-compatible server with a bucket, told to this process and its children: an address in it, and its process."""
    if not importlib.util.find_spec("moto"):
        pytest.skip("moto is not installed; `pip install 'moto[server]'` brings it")
    port = free_port()
    for name, value in {**S3_KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}.items():
        monkeypatch.setenv(name, value)
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "moto.server",
        "-H",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    with running(command, port, folder / "s3.log") as process:
        import boto3

        client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        client.create_bucket(Bucket="debates")
        client.close()
        yield "s3://debates/pullquote", process


@contextlib.contextmanager
def redis(folder: Path, port: int | None = None) -> Iterator[str]:
    """The address of a server of Redis that keeps nothing."""
    port = port or free_port()
    command = [
        program("redis-server", "redis-server"),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
    ]
    with running(command, port, folder / "redis.log", cwd=folder):
        yield f"redis://127.0.0.1:{port}"


def cluster(folder: Path, needed: str = "") -> tuple[list[str], int, dict[str, object]]:
    """A new cluster of Debian's PostgreSQL, of a user "ann": the command that serves it, its port, and how to run that.

    The test is skipped where it, or the extension `needed`, is not installed.
    """
    found = [
        path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if not needed or Path(f"/usr/share/postgresql/{path.parent.name}/extension/{needed}.control").exists()
    ]  # fmt: skip
    if not found:
        pytest.skip(
            "no PostgreSQL with pgvector here; `apt-get install postgresql-17-pgvector` brings both"
        )
    port, options = free_port(), dict[str, object](cwd="/")
    if os.getuid() == 0:  # whom it refuses
        owner = pwd.getpwnam("postgres")
        for above in (
            folder,
            *(one for one in folder.parents if one.stat().st_uid == 0 and len(one.parts) > 2),
        ):
            above.chmod(above.stat().st_mode | 0o011)  # pytest's folders are their owner's alone
        shutil.chown(folder, owner.pw_uid, owner.pw_gid)
        options |= {"user": owner.pw_uid, "group": owner.pw_gid}
    made = f"{found[-1]}/initdb -U ann -A trust --locale=C -E UTF8 --no-sync -D {folder}/data"
    subprocess.run(made.split(), check=True, stdout=subprocess.DEVNULL, **options)
    told = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",
    }
    command = [
        f"{found[-1]}/postgres",
        "-D",
        f"{folder}/data",
        *(f"--{name}={value}" for name, value in told.items()),
    ]
    return command, port, options


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a database of Debian's PostgreSQL."""
    command, port, options = cluster(folder)
    with running(command, port, folder.parent / "postgresql.log", **options):
        yield f"postgresql://ann:secret@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def nginx(folder: Path, replicas: Sequence[int]) -> Iterator[int]:
    """The port of nginx with the documented file, before replicas on these ports."""
    port, binary = free_port(), program("nginx", "nginx-light")
    text = (CHECKOUT / "docs" / "deploy" / "nginx-replicas.conf").read_bytes().decode()
    for number, replica in enumerate(replicas, 1):
        assert text.count(f"127.0.0.1:800{number} ") == 1
        text = text.replace(f"127.0.0.1:800{number} ", f"127.0.0.1:{replica} ")
    assert (text.count("listen 80;"), text.count("/var/log/nginx/")) == (1, 2)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(
        "/var/log/nginx/", f"{folder}/"
    )
    (folder / "pullquote.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{ worker_connections 768; }}\n"
        f"http {{ {temporary} access_log off; include {folder}/pullquote.conf; }}\n"
    )
    command = [binary, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    with running(command, port, folder / "nginx.log"):
        yield port
