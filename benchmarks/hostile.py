"""Try `pullquote add` with files and addresses that mean harm: what it says, how long it takes, and the memory at most.

    python benchmarks/hostile.py

Nothing is fetched from outside: a server of our own at 127.0.0.2 stands in for one of the public internet.
"""

import gzip
import io
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST, PORT = "127.0.0.2", 8917
PROGRAM = f"""
import os, sys, time
from pathlib import Path
from pullquote.settings import Settings
from pullquote_collect import fetching
from pullquote_collect.adding import add
known = fetching.is_public
fetching.is_public = lambda address: address == "{HOST}" or known(address)
began = time.monotonic()
[done] = add(Settings(corpus=Path(sys.argv[1])), [sys.argv[2]], "d")
took = time.monotonic() - began
memory = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(f"{{took:.1f}} s | {{int(memory) // 1_000}} MB | {{done.reason or 'added'}}")
"""
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


DRIP = 0.05  # seconds between two parts, each far within a client's time-out for one read
OK, HTML = b"HTTP/1.1 200 OK\r\n", b"Content-Type: text/html\r\n"
CHUNKED = OK + HTML + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = OK + HTML + b"Content-Encoding: gzip\r\n\r\n"
REPLIES: dict[str, tuple[bytes, bytes, float]] = {  # what comes once, what comes for ever, and how long between
    "dripped-status": (b"HTTP/1.1 200 ", b"O", DRIP),
    "dripped-head": (OK, b"X-A: b\r\n", DRIP),
    "dripped-header": (OK + b"X-A: ", b"b", DRIP),
    "endless-head": (OK, b"X-A: b\r\n" * 100, 0),
    "dripped-continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", DRIP),
    "flood-continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, 0),
    "flood-hints": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100, 0),
    "dripped-chunk-size": (CHUNKED, b"0", DRIP),
    "dripped-extension": (CHUNKED + b"1;a=", b"b", DRIP),
    "dripped-chunks": (CHUNKED, b"1\r\n \r\n", DRIP),
    "flood-chunks": (CHUNKED, b"1\r\n \r\n" * 200, 0),
    "dripped-trailers": (CHUNKED + b"0\r\n", b"X-A: b\r\n", DRIP),
    "endless-trailers": (CHUNKED + b"0\r\n", b"X-A: b\r\n" * 100, 0),
    "dripped-body": (OK + HTML + b"\r\n", b".", DRIP),
    "endless-body": (OK + HTML + b"\r\n", b"<p>word " * 100, 0),
    "dripped-members": (PACKED, gzip.compress(b""), DRIP),
    "flood-members": (PACKED, gzip.compress(b"") * 100, 0),
    "packed-bomb": (PACKED, gzip.compress(bytes(100_000_000)), 0),
    "packed-twice": (
        OK + HTML + b"Content-Encoding: gzip, gzip\r\n\r\n", gzip.compress(gzip.compress(bytes(9_000_000))), 0,
    ),
    "silence": (b"", b"", DRIP),
}  # fmt: skip


class Endless(socketserver.BaseRequestHandler):
    """Replies that never end, by the first name of their path: the next part comes before any time-out for one read."""

    def handle(self) -> None:
        request = self.request.recv(65_536)
        begin, again, pause = REPLIES[request.split(b" ")[1].decode().split("/")[1]]
        try:
            self.request.sendall(begin)
            while True:
                self.request.sendall(again)
                time.sleep(pause)
        except OSError:
            return


class EndlessServer(socketserver.ThreadingTCPServer):
    """Serves `Endless` on threads that hold up nobody's end."""

    daemon_threads = allow_reuse_address = True


class Site(BaseHTTPRequestHandler):
    """Answers that mean harm, by their path."""

    def do_GET(self) -> None:
        leads = {
            "/to-loopback": "http://127.0.0.1:1/", "/to-mapped": "http://[::ffff:127.0.0.1]:1/", "/to-file": "file:///etc/passwd",
            "/to-cloud": "http://169.254.169.254/latest/", "/round": "/round", "/to-nothing": "http://[::1",
        }  # fmt: skip
        self.send_response(302 if self.path in leads else 200)
        if self.path in leads:
            self.send_header("Location", leads[self.path])
        self.send_header("Content-Type", "image/png" if self.path == "/picture" else "text/html")
        self.end_headers()
        part = b"<p>word " * 100 if self.path == "/endless" else b"."
        while self.path in {"/endless", "/slow"}:
            try:
                self.wfile.write(part)
                time.sleep(0.5 if self.path == "/slow" else 0.001)
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Nothing."""


def zipped(name: str, parts: list[bytes], times: int = 1) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as part,
    ):
        for one in parts * times:
            part.write(one)
    return file.getvalue()


def files() -> Iterator[tuple[str, bytes]]:
    """Files that mean harm, with their names, one at a time."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]>'
    yield from {
        "large.pdf": b"%PDF-1.7\n" + bytes(200_000_000),
        "bomb.docx": zipped("word/document.xml", [WORD.encode(), b" " * 1_000_000], 2_000),
        "entities.docx": zipped("word/document.xml", [f"{laughs}<x>&l9;</x>".encode()]),
        "entities.xhtml": f"{laughs}<html><body><p>&l9;".encode(),
        "line.html": b"<p>" + b"A word is here. " * 330_000,
        "title.html": b"<title><script>alert(1)</script></title><p>The fee rose by half. It must fall again. So they say.",
        "deep.html": b"<div>" * 500_000,
    }.items()


def tried(given: str, corpus: Path) -> str:
    """A row: what was given, how long it took, the most memory of the process that asked, and what it says.

    What reads a file is another process, which the system ends at 500 MB or 10 seconds of the processor.
    """
    command = [sys.executable, "-c", PROGRAM, str(corpus), given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"| {Path(given).name if given.startswith('/') else given} | {(done.stdout or done.stderr).strip()} |"


def main() -> None:
    """Print a row for each."""
    for server in (
        ThreadingHTTPServer((HOST, PORT), Site),
        EndlessServer((HOST, PORT + 1), Endless),
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    paths = (
        "to-loopback",
        "to-mapped",
        "to-cloud",
        "to-file",
        "to-nothing",
        "round",
        "picture",
        "slow",
        "endless",
    )
    addresses = [
        "http://localhost/",
        f"http://{socket.gethostname()}/",
        *(f"http://{HOST}:{PORT}/{path}" for path in paths),
        *(f"http://{HOST}:{PORT + 1}/{path}" for path in REPLIES),
    ]
    print("| given | time | memory | says |\n| --- | --: | --: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        (corpus := Path(folder, "corpus")).mkdir()
        for given in addresses:
            print(tried(given, corpus), flush=True)
        for name, content in files():
            Path(folder, name).write_bytes(content)
            print(tried(str(Path(folder, name)), corpus), flush=True)


if __name__ == "__main__":
    main()
