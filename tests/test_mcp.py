"""An assistant's tools, driven by the protocol's own client over both transports, in its newest version and the one before."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from conftest import Settle
from fakes import CHECKOUT, HashEncoder, environ_of

from pullquote import __version__
from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.errors import IndexFault
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Records

mcp = pytest.importorskip("mcp", reason="the extra pullquote[mcp] is not installed")
VERSIONS = {"2026-07-28": "2026-07-28", "legacy": "2025-11-25"}  # how the client is asked for each
TOOLS = {
    "ask",
    "search_quotes",
    "verify_quote",
    "verify_text",
    "both_sides",
    "list_documents",
    "read_passage",
    "search",
    "fetch",
    "submit_feedback",
}
Connect = Callable[[str], AbstractAsyncContextManager[Any]]
HTTP = "http://testserver/mcp"


def over_http(explainer: Explainer, **headers: str) -> Connect:
    @asynccontextmanager
    async def connected(mode: str) -> AsyncIterator[Any]:
        app = create_app(explainer)
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, headers=headers) as http,
            mcp.Client(
                mcp.client.streamable_http.streamable_http_client(HTTP, http_client=http), mode=mode
            ) as client,
        ):
            yield client

    return connected


def over_stdio(settings: Settings) -> Connect:
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import pullquote.answers.ready as ready\n"
        "from fakes import HashEncoder; ready.open_encoder = lambda *_: HashEncoder()\n"
        "from pullquote.cli.main import main; main(['mcp'])"
    )
    environ = {**environ_of(settings), "PYTHONPATH": str(CHECKOUT / "app")}

    @asynccontextmanager
    async def connected(mode: str) -> AsyncIterator[Any]:
        server = mcp.StdioServerParameters(
            command=sys.executable, args=["-c", code, str(CHECKOUT / "tests")], env=environ
        )
        async with mcp.Client(mcp.client.stdio.stdio_client(server), mode=mode) as client:
            yield client

    return connected


@pytest.mark.parametrize("mode", VERSIONS)
@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_every_tool_answers_typed_and_in_words_that_read_well_alone(
    explainer: Explainer, shared: Settings, transport: str, mode: str
):
    anyio.run(_use, over_http(explainer) if transport == "http" else over_stdio(shared), mode)


async def _use(connect: Connect, mode: str) -> None:
    async with connect(mode) as client:
        assert client.session.protocol_version == VERSIONS[mode]
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == TOOLS
        assert all(
            tool.annotations.read_only_hint == (tool.name != "submit_feedback")
            and tool.output_schema
            and tool.description
            for tool in tools.values()
        )

        async def call(name: str, **given: Any) -> tuple[str, dict[str, Any]]:
            told = await client.call_tool(name, given)
            assert not told.is_error, told.content
            return told.content[0].text, told.structured_content

        text, answer = await call("ask", question="Who should pay for a road?")
        assert answer["quotes"][0]["exact"] == "Drivers who use a road should pay for it."
        assert (
            "> Drivers who use a road should pay for it.\n— Ada Finch, The Toll Review, March 2021 (for-tolls:112-153"
            in text
        )
        _, found = await call("search_quotes", query="toll commuters", count=1)
        assert found["quotes"][0]["document_id"] == "against-tolls"
        text, verdict = await call(
            "verify_quote", quote="Drivers who use a road must pay for it.", speaker="Bo Gray"
        )
        assert (verdict["result"], verdict["attribution"]) == ("altered", "wrong")
        assert "- must\n+ should" in text
        assert "Exact words can be out of context" in " ".join(verdict["caveats"])
        assert all(caveat in text for caveat in verdict["caveats"])
        text, checked = await call(
            "verify_text", text="“Helmet laws discourage walking.” “Nobody else should have to.”"
        )
        assert ([one["result"] for one in checked["quotations"]], checked["ok"]) == (
            ["altered", "verbatim"],
            False,
        )
        assert text.startswith("Quotations: 2; something is to be said against 1.")
        _, sides = await call("both_sides", proposition="Road tolls are fair.")
        assert sides["proposition"] == "Road tolls are fair."
        _, listed = await call("list_documents", debate="road-tolls")
        assert [one["id"] for one in listed["documents"]] == ["against-tolls", "for-tolls"]
        text, passage = await call("read_passage", document_id="for-tolls", start=112, end=153)
        assert passage["text"] in text
        text, hits = await call("search", query="road tolls")
        assert json.loads(text) == hits
        assert hits["results"][0].keys() == {"id", "title", "url"}
        text, fetched = await call("fetch", id=hits["results"][0]["id"])
        assert json.loads(text) == fetched
        assert fetched.keys() == {"id", "title", "text", "url", "metadata"}
        resources = (await client.list_resources()).resources
        assert [str(one.uri) for one in resources][-1] == "pullquote://documents/for-tolls"
        (content,) = (await client.read_resource(resources[-1].uri)).contents
        assert content.text.startswith("Road tolls cut traffic jams")


WRONG = [
    (
        "ask",
        {"question": " "},
        "the question is empty; write what you want to know of these sources",
    ),
    ("ask", {}, "question: field required; the tool's input schema says what ask takes"),
    (
        "ask",
        {"question": "Why tolls?", "debate": "x"},
        "there is no debate called “x”; there are: bicycle-helmets, road-tolls",
    ),
    (
        "fetch",
        {"id": "none"},
        "there is no document “none” here; call list_documents for the ids that there are",
    ),
    (
        "read_passage",
        {"document_id": "helmets", "start": 9, "end": 1},
        "9 to 1 is not a range of text",
    ),
    ("reed", {}, "there is no tool “reed”; there are: ask, search_quotes"),
]


def test_what_goes_wrong_is_told_in_plain_words_with_the_next_step(explainer: Explainer):
    async def use() -> None:
        async with over_http(explainer)("2026-07-28") as client:
            for name, given, said in WRONG:
                told = await client.call_tool(name, given)
                assert (told.is_error, told.content[0].text[: len(said)]) == (True, said)
                error = told.structured_content["error"]
                assert (error["message"], error["retry_after"]) == (told.content[0].text, None)
                assert error["type"] in (
                    "unusable-question",
                    "unknown-debate",
                    "unknown-document",
                    "invalid-request",
                )

    anyio.run(use)


def test_what_is_away_for_a_while_says_when_to_ask_again_and_nothing_that_is_the_operators(
    explainer: Explainer,
):
    async def use() -> None:
        async with over_http(explainer)("2026-07-28") as client:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Explainer, "ask", away)
                told = await client.call_tool("ask", {"question": "Why tolls?"})
        assert told.is_error
        assert (
            told.structured_content["error"].items()
            >= {"type": "index-unavailable", "retry_after": 5}.items()
        )
        assert "/srv/secret" not in told.content[0].text

    def away(*_: Any) -> None:
        raise IndexFault("/srv/secret/index is damaged; run `pullquote index`")

    anyio.run(use)


def test_without_an_index_the_client_stays_connected_and_is_told_what_to_do(
    shared: Settings, tmp_path: Path
):
    async def use() -> None:
        async with over_stdio(replace(shared, index=tmp_path / "none"))("2026-07-28") as client:
            assert (await client.list_tools()).tools
            told = await client.call_tool("ask", {"question": "Why tolls?"})
            assert told.is_error
            assert told.content[0].text.endswith("; run `pullquote index`")
            with pytest.raises(Exception, match="run `pullquote index`"):
                await client.list_resources()

    anyio.run(use)


@pytest.mark.parametrize("public", [None, "https://debates.example"])
def test_links_over_stdio_lead_to_the_source_or_to_the_public_address(
    settle: Settle, public: str | None
):
    page = "---\nurl: https://tolls.example/a\n---\nDrivers who use a road should pay for it.\n"
    settings = replace(
        settle({"d/a.md": page, "d/b.md": "Tolls on a road hurt poor drivers most.\n"}),
        public_address=public,
    )
    index_corpus(settings, HashEncoder())

    async def use() -> None:
        async with over_stdio(settings)("2026-07-28") as client:
            told = await client.call_tool("search_quotes", {"query": "road drivers"})
            links = {
                quote["document_id"]: quote["url"] for quote in told.structured_content["quotes"]
            }
        place = (
            "https://debates.example/documents/"
            if public
            else "https://tolls.example/a#:~:text=Drivers"
        )
        assert links["a"].startswith(place)
        assert links["b"].startswith(place) if public else links["b"] == ""
        assert "pullquote://" not in told.content[0].text

    anyio.run(use)


def test_feedback_is_on_record_where_the_operator_keeps_any(
    shared: Settings, explainer: Explainer, tmp_path: Path
):
    given = {
        "verdict": "helpful",
        "document_id": "for-tolls",
        "start": 112,
        "end": 153,
        "question": "Who pays?",
    }

    async def use(settings: Settings) -> Any:
        async with over_http(Explainer(settings, explainer.ready))("2026-07-28") as client:
            answer = (
                await client.call_tool("ask", {"question": "Who should pay for a road?"})
            ).structured_content
            named = {name: answer[name] for name in ("answer_id", "generation")}
            return await client.call_tool("submit_feedback", given | named)

    store = replace(shared, store=tmp_path / "records.db")
    assert not anyio.run(use, store).is_error
    assert [row["verdict"] for row in Records.of(store).verdicts()] == ["helpful"]
    refused = anyio.run(use, shared)
    assert (refused.is_error, refused.structured_content["error"]["type"]) == (True, "not-found")


def test_the_door_is_behind_the_same_keys(shared: Settings, explainer: Explainer):
    kept = Explainer(replace(shared, search_keys=("a-search-key-of-a-site",)), explainer.ready)

    async def use() -> None:
        async with over_http(kept, Authorization="Bearer a-search-key-of-a-site")(
            "2026-07-28"
        ) as client:
            assert (await client.list_tools()).tools
        with pytest.raises(Exception, match="401|unhandled"):
            async with over_http(kept)("2026-07-28") as client:
                await client.list_tools()

    anyio.run(use)


def test_the_registry_is_told_of_this_version():
    told = json.loads((CHECKOUT / "server.json").read_bytes())
    assert {told["version"], told["packages"][0]["version"]} == {__version__}
    assert len(told["description"]) <= 100
    assert f"<!-- mcp-name: {told['name']} -->" in (CHECKOUT / "README.md").read_text("utf-8")
