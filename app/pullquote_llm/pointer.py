"""A language model that points at windows by their numbers: any server that speaks OpenAI's interface, over plain HTTP.

What it writes is given to a reader of ours that takes numbers out of it, and goes no further. It may be slow, gone,
dear or wrong, so there is a time and a number of tokens for each request, a number of tokens for a day, and a rest after
several faults in a row.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pullquote import __version__
from pullquote.settings import Settings
from pullquote.span import sendable

if TYPE_CHECKING:
    import httpx2

FAULTS, REST = 3, 30.0  # in a row, after which the server is left alone for so many seconds
LETTERS = 3  # of a token at least, as prompts are estimated: English has four
MOST_BYTES = 200_000  # of a reply
UNTAKEN = (400, 415, 422)  # statuses of servers that take no schema, among others
Read = TypeVar("Read")


class Fault(StrEnum):
    """Why a language model had no say in an answer."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    REFUSED = "refused"  # by the server's status
    UNREADABLE = "unreadable"  # not what was asked for
    RESTING = "resting"  # after several faults
    SPENT = "spent"  # the day's tokens, or more than one question may take


class PointerFault(Exception):
    """What became of a request; never shown to anybody but as its kind."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Pointer(Protocol):
    """A language model behind an address; `name` tells the confidence which weights it may use."""

    @property
    def name(self) -> str:
        """Which model it is."""

    @property
    def tokens(self) -> int:
        """How many one request may take, prompt and reply together."""

    def ask(
        self,
        told: str,
        shown: str,
        shape: Mapping[str, Any] | None,
        most: int,
        read: Callable[[str], Read],
    ) -> Read:
        """What `read` makes of the reply to an instruction and what it is about.

        Args:
            shape: the JSON schema that the reply is to have, or None for text.
            most: tokens of the reply.
            read: raises PointerFault where the reply is not what was asked for.

        Raises:
            PointerFault: there is nothing to be had in time.
        """


class Breaker:
    """Leaves a server alone after several faults in a row; then one request tries it, and a success ends that."""

    def __init__(self, faults: int = FAULTS, seconds: float = REST) -> None:
        self._most, self._seconds = faults, seconds
        self._faults, self._until = 0, 0.0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Go on.

        Raises:
            PointerFault: it rests.
        """
        with self._lock:
            if self._faults < self._most:
                return
            now = time.monotonic()
            if now < self._until:
                raise PointerFault(Fault.RESTING)
            self._until = now + self._seconds  # this one tries; the others go on resting

    def note(self, *, well: bool) -> None:
        """What came of it."""
        with self._lock:
            self._faults = 0 if well else self._faults + 1
            if self._faults == self._most:
                self._until = time.monotonic() + self._seconds


class Purse:
    """The tokens of a day (UTC), in this process; 0 is no limit."""

    def __init__(self, most: int) -> None:
        self._most, self._day, self._spent = most, "", 0
        self._lock = threading.Lock()

    def spend(self, tokens: int) -> None:
        """Count tokens; 0 only asks whether there are any left.

        Raises:
            PointerFault: the day's are spent.
        """
        with self._lock:
            today = f"{datetime.now(UTC):%Y-%m-%d}"
            if today != self._day:
                self._day, self._spent = today, 0
            if self._most and not tokens and self._spent >= self._most:
                raise PointerFault(Fault.SPENT)
            self._spent += tokens


def tokens_of(text: str) -> int:
    """How many tokens a text may take, at most, as far as can be told without the model's tokenizer."""
    return len(text) // LETTERS + 1


@dataclass(slots=True)
class ServedPointer:
    """The model of a server; safe to call from several threads."""

    url: str
    name: str
    key: str | None
    seconds: float
    tokens: int
    purse: Purse
    breaker: Breaker
    client: "httpx2.Client"
    # Whether the server takes a schema: one that refuses it is asked without from then on
    shapes: bool = True

    def ask(
        self,
        told: str,
        shown: str,
        shape: Mapping[str, Any] | None,
        most: int,
        read: Callable[[str], Read],
    ) -> Read:
        """As the protocol has it; the instruction comes as the system's message, what it is about as the user's."""
        body = {
            "model": self.name,
            "temperature": 0,
            "seed": 0,
            "max_tokens": most,
            "stream": False,
            "messages": [{"role": "system", "content": told}, {"role": "user", "content": shown}],
        }
        if tokens_of(told + shown) + most > self.tokens:
            raise PointerFault(Fault.SPENT)
        self.purse.spend(0)
        self.breaker.enter()
        try:
            parsed = read(self._reply(body, shape, time.monotonic() + self.seconds))
        except PointerFault as error:
            self.breaker.note(well=False)
            if error.fault is Fault.SLOW:  # which costs all the same
                self.purse.spend(tokens_of(told + shown))
            raise
        self.breaker.note(well=True)
        return parsed

    def _reply(self, body: dict[str, Any], shape: Mapping[str, Any] | None, ends: float) -> str:
        schema = {
            "type": "json_schema",
            "json_schema": {"name": "numbers", "strict": True, "schema": shape},
        }
        shaped = bool(shape) and self.shapes
        status, content = self._post(body | ({"response_format": schema} if shaped else {}), ends)
        if shaped and status in UNTAKEN:
            status, content = self._post(body, ends)
            self.shapes = status != 200
        if status != 200:
            raise PointerFault(Fault.REFUSED)
        try:
            reply = json.loads(content)
            text, usage = reply["choices"][0]["message"]["content"], reply.get("usage") or {}
            spent = usage.get("total_tokens")
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
            self.purse.spend(tokens_of(str(body)))
            raise PointerFault(Fault.UNREADABLE) from error
        self.purse.spend(
            spent if isinstance(spent, int) and spent > 0 else tokens_of(f"{body}{text}")
        )
        if not isinstance(text, str):
            raise PointerFault(Fault.UNREADABLE)
        return sendable(text)

    def _post(self, body: Mapping[str, Any], ends: float) -> tuple[int, bytes]:
        import httpx2

        from pullquote.models.exchange import TooLong, bounded

        if (seconds := ends - time.monotonic()) <= 0:
            raise PointerFault(Fault.SLOW)
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self.key}"} if self.key else {}
        )
        sent = json.dumps(body).encode("ascii")
        address = f"{self.url}/chat/completions"
        try:
            with (
                bounded(ends) as bounds,
                self.client.stream(
                    "POST", address, content=sent, headers=headers, timeout=seconds
                ) as reply,
            ):
                return reply.status_code, bounds.content(reply, MOST_BYTES)
        except httpx2.TimeoutException as error:
            raise PointerFault(Fault.SLOW) from error
        except TooLong as error:
            raise PointerFault(Fault.UNREADABLE) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise PointerFault(Fault.UNREACHABLE) from error


def open_pointer(settings: Settings) -> Pointer:
    """The language model that the settings name; the same for as long as they do."""
    return _opened(
        settings.llm_url or "",
        settings.llm_model or "",
        settings.llm_key,
        settings.llm_seconds,
        settings.llm_tokens,
        settings.llm_daily_tokens,
    )


@lru_cache(maxsize=4)
def _opened(
    url: str, model: str, key: str | None, seconds: float, tokens: int, daily: int
) -> ServedPointer:
    """Opened once, whatever generation is asked: what is spent and what failed is remembered."""
    from pullquote.models.exchange import open_client

    client = open_client(
        headers={"User-Agent": f"pullquote/{__version__}", "Accept-Encoding": "identity"}
    )
    return ServedPointer(url, model, key, seconds, tokens, Purse(daily), Breaker(), client)
