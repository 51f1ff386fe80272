"""An assistant's tools, driven by the protocol's own client over both transports, in its newest version and the one before."""

import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from fakes import CHECKOUT, environ_of

from pullquote import __version__
from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.settings import Settings

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
            mcp.Client(mcp.client.streamable_http.streamable_http_client(HTTP, http_client=http), mode=mode) as client,
        ):
            yield client

    return connected


def over_stdio(settings: Settings) -> Connect:
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import pullquote.answers.reply as reply\n"
        "from fakes import HashEncoder; reply.open_encoder = lambda *_: HashEncoder()\n"
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
            tool.annotations.read_only_hint and tool.output_schema and tool.description for tool in tools.values()
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
        text, verdict = await call("verify_quote", quote="Drivers who use a road must pay for it.", speaker="Bo Gray")
        assert (verdict["result"], verdict["attribution"]) == ("altered", "unsure")
        assert "- must\n+ should" in text
        text, checked = await call(
            "verify_text", text="“Helmet laws discourage walking.” “Nobody else should have to.”"
        )
        assert ([one["result"] for one in checked["quotations"]], checked["ok"]) == (["altered", "verbatim"], False)
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
    ("ask", {"question": " "}, "the question is empty; write what you want to know of these sources"),
    ("ask", {}, "question: field required; the tool's input schema says what ask takes"),
    (
        "ask",
        {"question": "Why tolls?", "debate": "x"},
        "there is no debate called “x”; there are: bicycle-helmets, road-tolls",
    ),
    ("fetch", {"id": "none"}, "there is no document “none” here; call list_documents for the ids that there are"),
    ("read_passage", {"document_id": "helmets", "start": 9, "end": 1}, "9 to 1 is not a range of text"),
    ("reed", {}, "there is no tool “reed”; there are: ask, search_quotes"),
]


def test_what_goes_wrong_is_told_in_plain_words_with_the_next_step(explainer: Explainer):
    async def use() -> None:
        async with over_http(explainer)("2026-07-28") as client:
            for name, given, said in WRONG:
                told = await client.call_tool(name, given)
                assert (told.is_error, told.content[0].text[: len(said)]) == (True, said)

    anyio.run(use)


def test_the_door_is_behind_the_same_keys(shared: Settings, explainer: Explainer):
    from dataclasses import replace

    kept = Explainer(replace(shared, search_keys=("a-search-key-of-a-site",)), explainer._ready)

    async def use() -> None:
        async with over_http(kept, Authorization="Bearer a-search-key-of-a-site")("2026-07-28") as client:
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
