"""Try `pullquote add` with files and addresses that mean harm: what it says, how long it takes, and the memory at most.

    python benchmarks/hostile.py

Nothing is fetched from outside: a server of our own at 127.0.0.2 stands in for one of the public internet.
"""

import io
import socket
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
from pullquote.upkeep import fetching
from pullquote.upkeep.adding import add
known = fetching.is_public
fetching.is_public = lambda address: address == "{HOST}" or known(address)
began = time.monotonic()
[done] = add(Settings(corpus=Path(sys.argv[1])), [sys.argv[2]], "d")
took = time.monotonic() - began
memory = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(f"{{took:.1f}} s | {{int(memory) // 1_000}} MB | {{done.reason or 'added'}}")
"""
WORD = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


class Site(BaseHTTPRequestHandler):
    """Answers that mean harm, by their path."""

    def do_GET(self) -> None:
        leads = {
            "/to-loopback": "http://127.0.0.1:1/", "/to-mapped": "http://[::ffff:127.0.0.1]:1/", "/to-file": "file:///etc/passwd",
            "/to-cloud": "http://169.254.169.254/latest/", "/round": "/round",
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
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as part:
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
    threading.Thread(target=ThreadingHTTPServer((HOST, PORT), Site).serve_forever, daemon=True).start()
    paths = ("to-loopback", "to-mapped", "to-cloud", "to-file", "round", "picture", "slow", "endless")
    addresses = [
        "http://localhost/",
        f"http://{socket.gethostname()}/",
        *(f"http://{HOST}:{PORT}/{path}" for path in paths),
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
