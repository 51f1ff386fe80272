"""What a disk may hold after the power failed: every legal state of what was not waited for.

Content of a file is certain once that file was fsynced, a name once its folder was. Everything after
that may be there, be missing or be torn, in any combination (as in ALICE, OSDI 2014).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torture.shim import Operation

Name = tuple[int, str]


@dataclass(slots=True)
class Node:
    """A file or folder: what is certain of it, and what was done since, oldest first."""

    is_folder: bool
    content: bytes = b""
    pending: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Change:
    """Names that appear (a node's number) or vanish (None), in one step."""

    names: dict[Name, int | None]
    waits_for: set[int]
    """The folders that have not been waited for since."""


class PowerLoss:
    """Replays a log of operations up to a moment, then draws a state that the disk may be in."""

    def __init__(self, start: Path) -> None:
        self.nodes = [Node(is_folder=True)]
        self.certain: dict[Name, int] = {}
        self.live: dict[Name, int] = {}
        self.changes: list[Change] = []
        for path in sorted(start.rglob("*")):
            name = path.relative_to(start).as_posix()
            number = self._new(
                is_folder=path.is_dir(), content=b"" if path.is_dir() else path.read_bytes()
            )
            self.certain[self._name(name)] = self.live[self._name(name)] = number

    def _new(self, *, is_folder: bool, content: bytes = b"") -> int:
        self.nodes.append(Node(is_folder, content))
        return len(self.nodes) - 1

    def _find(self, path: str) -> int:
        number = 0
        for part in Path(path).parts:
            number = self.live[number, part]
        return number

    def _name(self, path: str) -> Name:
        return self._find(str(Path(path).parent)), Path(path).name

    def _change(self, names: dict[Name, int | None]) -> None:
        self.changes.append(Change(names, {folder for folder, _ in names}))
        for name, number in names.items():
            if number is None:
                del self.live[name]
            else:
                self.live[name] = number

    def replay(self, operations: Sequence[Operation]) -> "PowerLoss":
        """Do what was done, and remember what was waited for."""
        for done in operations:
            if done.kind in ("mkdir", "create"):
                self._change({self._name(done.path): self._new(is_folder=done.kind == "mkdir")})
            elif done.kind == "write":
                self.nodes[self._find(done.path)].pending.append(done.content)
            elif done.kind == "rename":
                source = self._name(done.path)
                self._change({self._name(done.target): self.live[source], source: None})
            elif done.kind in ("unlink", "rmdir"):
                self._change({self._name(done.path): None})
            elif done.kind == "fsync":
                self._sync(self._find(done.path))
        return self

    def _sync(self, number: int) -> None:
        node = self.nodes[number]
        node.content, node.pending = node.content + b"".join(node.pending), []
        for change in self.changes:
            change.waits_for.discard(number)
        # In order: a name that was certain before may be changed again by what is certain now.
        for change in [change for change in self.changes if not change.waits_for]:
            self._apply(self.certain, change)
            self.changes.remove(change)

    @staticmethod
    def _apply(names: dict[Name, int], change: Change) -> None:
        for name, number in change.names.items():
            if number is None:
                names.pop(name, None)
            else:
                names[name] = number

    def draw(self, rng: random.Random, target: Path) -> None:
        """Write one of the states that may be left into the folder `target`."""
        keeps = rng.choice([0.0, 0.2, 0.5, 0.8, 1.0])
        names = dict(self.certain)
        for change in self.changes:
            if rng.random() < keeps:
                self._apply(names, change)
        self._write(0, names, target, rng)

    def _write(self, folder: int, names: dict[Name, int], target: Path, rng: random.Random) -> None:
        target.mkdir()
        for (parent, name), number in names.items():
            if parent == folder:
                node = self.nodes[number]
                if node.is_folder:
                    self._write(number, names, target / name, rng)
                else:
                    (target / name).write_bytes(_left(node, rng))


def _left(node: Node, rng: random.Random) -> bytes:
    """A file's content: what is certain, and of each later write all, nothing, a part, zeros or rubbish."""
    left = node.content
    for content in node.pending:
        fate = rng.choice(["all", "nothing", "part", "zeros", "rubbish"])
        part = content[: rng.randrange(len(content) + 1)]
        left += {"all": content, "nothing": b"", "part": part, "zeros": bytes(len(content)),
                 "rubbish": rng.randbytes(len(content))}[fate]  # fmt: skip
    return left
