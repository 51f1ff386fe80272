"""An assistant's tools, driven by the protocol's own client over both transports, in its newest version and the one before."""

import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import httpx2
import pytest
from fakes import CHECKOUT, HashEncoder, environ_of, rows

from pullquote import __version__
from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.errors import IndexFault
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Records

mcp = pytest.importorskip("mcp", reason="the extra pullquote[mcp] is not installed")
VERSIONS = {"2026-07-28": "2026-07-28", "legacy": "2025-11-25"}  # how the client is asked for each
TOOLS = """ask search_quotes verify_quote verify_text both_sides list_documents read_passage search fetch
submit_feedback""".split()
Connect = Callable[[str], AbstractAsyncContextManager[Any]]
HTTP = "http://testserver/mcp"


def over_http(explainer, **headers):
    @asynccontextmanager
    async def connected(mode):
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


def over_stdio(settings):
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import pullquote.answers.ready as ready\n"
        "from fakes import HashEncoder; ready.open_encoder = lambda *_: HashEncoder()\n"
        "from pullquote.cli.main import main; main(['mcp'])"
    )
    environ = {**environ_of(settings), "PYTHONPATH": str(CHECKOUT / "app")}

    @asynccontextmanager
    async def connected(mode):
        arguments = ["-c", code, str(CHECKOUT / "tests")]
        server = mcp.StdioServerParameters(command=sys.executable, args=arguments, env=environ)
        async with mcp.Client(mcp.client.stdio.stdio_client(server), mode=mode) as client:
            yield client

    return connected


@pytest.mark.parametrize("mode", VERSIONS)
@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_every_tool_answers_typed_and_in_words_alone(explainer, shared, transport, mode):
    anyio.run(_use, over_http(explainer) if transport == "http" else over_stdio(shared), mode)


async def _use(connect, mode):
    async with connect(mode) as client:
        assert client.session.protocol_version == VERSIONS[mode]
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == {*TOOLS}
        assert all(tool.output_schema and tool.description for tool in tools.values())
        writing = [name for name, tool in tools.items() if not tool.annotations.read_only_hint]
        assert writing == ["submit_feedback"]

        async def call(name, **given):
            told = await client.call_tool(name, given)
            assert not told.is_error, told.content
            return told.content[0].text, told.structured_content

        text, answer = await call("ask", question="Who should pay for a road?")
        words = "Drivers who use a road should pay for it."
        assert answer["quotes"][0]["exact"] == words
        byline = "Ada Finch, The Toll Review, March 2021 (for-tolls:112-153"
        assert f"> {words}\n— {byline}" in text
        _, found = await call("search_quotes", query="toll commuters", count=1)
        assert found["quotes"][0]["document_id"] == "against-tolls"
        altered = words.replace("should", "must")
        text, verdict = await call("verify_quote", quote=altered, speaker="Bo Gray")
        assert (verdict["result"], verdict["attribution"]) == ("altered", "wrong")
        assert "- must\n+ should" in text
        assert "Exact words can be out of context" in " ".join(verdict["caveats"])
        assert all(caveat in text for caveat in verdict["caveats"])
        draft = "“Helmet laws discourage walking.” “Nobody else should have to.”"
        text, checked = await call("verify_text", text=draft)
        assert [one["result"] for one in checked["quotations"]] == ["altered", "verbatim"]
        assert not checked["ok"]
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


def told(connect, name, **given):
    """What one call of a tool over a new connection gives."""

    async def use():
        async with connect("2026-07-28") as client:
            return await client.call_tool(name, given)

    return anyio.run(use)


@rows("name, given, said")
def test_what_goes_wrong_is_told_in_plain_words_with_the_next_step(explainer, name, given, said):
    answer = told(over_http(explainer), name, **given)
    assert (answer.is_error, answer.content[0].text[: len(said)]) == (True, said)
    error = answer.structured_content["error"]
    assert (error["message"], error["retry_after"]) == (answer.content[0].text, None)
    kinds = "unusable-question unknown-debate unknown-document invalid-request".split()
    assert error["type"] in kinds


def test_what_is_away_says_when_to_ask_again_and_nothing_of_the_operators(explainer, monkeypatch):
    def away(*_):
        raise IndexFault("/srv/secret/index is damaged; run `pullquote index`")

    monkeypatch.setattr(Explainer, "ask", away)
    answer = told(over_http(explainer), "ask", question="Why tolls?")
    error = answer.structured_content["error"]
    assert answer.is_error
    assert (error["type"], error["retry_after"]) == ("index-unavailable", 5)
    assert "/srv/secret" not in answer.content[0].text


def test_without_an_index_the_client_stays_connected_and_is_told_what_to_do(shared, tmp_path):
    async def use():
        async with over_stdio(replace(shared, index=tmp_path / "none"))("2026-07-28") as client:
            assert (await client.list_tools()).tools
            answer = await client.call_tool("ask", {"question": "Why tolls?"})
            assert answer.is_error
            assert answer.content[0].text.endswith("; run `pullquote index`")
            with pytest.raises(Exception, match="run `pullquote index`"):
                await client.list_resources()

    anyio.run(use)


@pytest.mark.parametrize(("public", "places"), [
    (None, ("https://tolls.example/a#:~:text=Drivers", "")),
    ("https://debates.example", ("https://debates.example/documents/a?", "https://debates.example/documents/b?")),
])  # fmt: skip
def test_links_over_stdio_lead_to_the_source_or_to_the_public_address(settle, public, places):
    page = "---\nurl: https://tolls.example/a\n---\nDrivers who use a road should pay for it.\n"
    files = {"d/a.md": page, "d/b.md": "Tolls on a road hurt poor drivers most.\n"}
    settings = replace(settle(files), public_address=public)
    index_corpus(settings, HashEncoder())
    answer = told(over_stdio(settings), "search_quotes", query="road drivers")
    quotes = answer.structured_content["quotes"]
    links = {quote["document_id"]: quote["url"] for quote in quotes}
    assert links["a"].startswith(places[0])
    assert links["b"].startswith(places[1]) if public else links["b"] == ""
    assert "pullquote://" not in answer.content[0].text


def test_feedback_is_on_record_where_the_operator_keeps_any(shared, explainer, tmp_path):
    place = dict(document_id="for-tolls", start=112, end=153)
    given = dict(verdict="helpful", question="Who pays?", **place)

    def judged(settings):
        door = over_http(Explainer(settings, explainer.ready))
        answer = told(door, "ask", question="Who should pay for a road?").structured_content
        named = {name: answer[name] for name in ("answer_id", "generation")}
        return told(door, "submit_feedback", **given, **named)

    store = replace(shared, store=tmp_path / "records.db")
    assert not judged(store).is_error
    assert [row["verdict"] for row in Records.of(store).verdicts()] == ["helpful"]
    refused = judged(shared)
    assert (refused.is_error, refused.structured_content["error"]["type"]) == (True, "not-found")


def test_the_door_is_behind_the_same_keys(shared, explainer):
    key = "a-search-key-of-a-site"
    kept = Explainer(replace(shared, search_keys=(key,)), explainer.ready)
    assert not told(over_http(kept, Authorization=f"Bearer {key}"), "list_documents").is_error
    with pytest.raises(Exception, match="401|unhandled"):
        told(over_http(kept), "list_documents")


def test_the_registry_is_told_of_this_version():
    told = json.loads((CHECKOUT / "server.json").read_bytes())
    assert {told["version"], told["packages"][0]["version"]} == {__version__}
    assert len(told["description"]) <= 100
    assert f"<!-- mcp-name: {told['name']} -->" in (CHECKOUT / "README.md").read_text("utf-8")
