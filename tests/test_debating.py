"""Both sides at the edges: routes, pages, commands; and the operator's balance."""

import csv
import io
import json
from dataclasses import replace

import pytest
from asgi import assert_shape
from fakes import NAMED, TEXTS, TOLLS, HashEncoder, WordJudge
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.index import open_index
from pullquote.sides.debater import NONE
from pullquote.upkeep.balance import balance_of, csv_of
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Records
from pullquote.upkeep.report import report_of

FOUND, FAILED, USAGE, NONE_FOUND = 0, 1, 2, 3


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    from fakes import settings_below, write_corpus

    folder = tmp_path_factory.mktemp("debating")
    against = {name: f"---\nside: against\n---\n{TEXTS[name]}" for name in TEXTS if "against" in name}
    write_corpus(folder / "corpus", NAMED | against)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    return settings


@pytest.fixture(scope="module")
def client(named):
    explainer = Explainer(named, Ready(open_index(named), HashEncoder(), None, WordJudge()))
    with TestClient(create_app(explainer), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def judge(monkeypatch):
    """Puts the fake judge where the commands would open the model."""
    monkeypatch.setattr("pullquote.models.ranker.OnnxRanker.open", classmethod(lambda cls: WordJudge()))


def place_of(client, words):
    """The document and offsets of the first search result that holds these words."""
    found = client.get("/v1/search", params={"q": words, "k": 5}).json()["quotes"]
    quote = next(quote for quote in found if words in quote["exact"])
    return {"document_id": quote["document_id"], "start": quote["start"], "end": quote["end"]}


def test_sides_have_every_key_of_their_wire_form(client):
    body = client.post("/v1/sides", json={"proposition": TOLLS, "debate": "road-tolls"}).json()
    assert body.keys() == {"proposition", "debate", "for", "against", "context", "gap", "unclear"}
    assert_shape("SidesBody", body)
    assert body["proposition"] == TOLLS
    assert {quote["stance"]["side"] for quote in body["for"]} == {"for"}
    assert {quote["stance"]["side"] for quote in body["against"]} == {"against"}
    assert {quote["role"] for quote in body["against"]} == {"counterpoint"}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"proposition": ""}, 422), ({"proposition": "Who pays?"}, 422), ({}, 422), ({"proposition": "x" * 5000}, 422),
     ({"proposition": TOLLS, "debate": "none"}, 404), ({"proposition": TOLLS, "more": 1}, 422)],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_problem_document(client, body, status):
    response = client.post("/v1/sides", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_dispute_is_a_quote_of_another_voice_or_a_plain_sentence(client):
    body = client.post("/v1/disputes", json=place_of(client, "Road tolls cut traffic jams")).json()
    assert_shape("DisputesBody", body)
    (dispute,) = body["disputes"]
    assert dispute["document_id"] != body["quote"]["document_id"]
    assert (body["message"], body["proposition"]) == (None, "Cities should charge road tolls.")
    assert {body["quote"]["stance"]["side"], dispute["stance"]["side"]} == {"for", "against"}
    alone = client.post("/v1/disputes", json=place_of(client, "Helmet laws discourage cycling")).json()
    assert (alone["disputes"], alone["proposition"], alone["message"]) == ([], None, NONE)


@pytest.mark.parametrize(
    ("place", "status"),
    [({"document_id": "none", "start": 0, "end": 5}, 404), ({"document_id": "for-tolls", "start": 5, "end": 2}, 422),
     ({"document_id": "for-tolls", "start": 0, "end": 10**9}, 422), ({"document_id": "for-tolls", "start": 0}, 422)],
)  # fmt: skip
def test_a_place_that_is_none_is_a_problem_document(client, place, status):
    assert client.post("/v1/disputes", json=place).status_code == status


def test_the_command_knows_a_place_past_the_end(run, named, judge):
    assert run(named, "disputes", "for-tolls:0-999999").exit_code == FAILED


def test_the_quote_that_is_asked_about_does_not_ask_again(client):
    place = place_of(client, "Road tolls cut traffic jams")
    shown = client.get(f"/disputes?document={place['document_id']}&start={place['start']}&end={place['end']}").text
    assert '<div class="asked">' in shown


def test_an_answer_names_its_proposition_and_the_sides_of_its_quotes(client):
    body = client.post("/v1/ask", json={"question": "Should cities charge road tolls?", "debate": "road-tolls"}).json()
    assert body["proposition"] == TOLLS
    assert any(quote["stance"] for quote in body["quotes"])


def test_both_sides_are_offered_beside_an_answer_and_not_beside_silence(settle):
    hidden = []
    for least in (0.0, 1.0):
        settings = settle(NAMED, min_confidence=least)
        index_corpus(settings, HashEncoder(), judge=WordJudge())
        explainer = Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))
        with TestClient(create_app(explainer)) as client:
            html = client.get("/", params={"q": "Should cities charge road tolls?"}).text
        hidden.append("hidden" in html[html.index('data-f="sides"') :][:30])
    assert hidden == [False, True]


def test_the_page_shows_two_columns_without_a_script(client):
    html = client.get("/sides", params={"proposition": "Should cities charge road tolls?"}).text
    assert '<div class="columns"' in html
    assert html.index('id="for"') < html.index('id="against"')
    assert "This site’s label for the document" in html
    assert TOLLS in html


def test_the_page_offers_the_operators_propositions_and_says_what_is_wrong(client):
    assert TOLLS in client.get("/sides").text
    assert client.get("/sides", params={"proposition": "Who pays?"}).status_code == 422
    assert client.get("/sides", params={"proposition": TOLLS, "debate": "none"}).status_code == 404
    assert "<b>" not in client.get("/sides", params={"proposition": "<b>Tolls</b> are fair."}).text


def test_every_quote_links_to_who_disputes_it_and_the_reader_to_both_sides(client):
    place = place_of(client, "Road tolls cut traffic jams")
    link = f"/disputes?document={place['document_id']}&amp;start={place['start']}&amp;end={place['end']}"
    answer = client.get("/", params={"q": "Do road tolls cut traffic jams in crowded cities?"}).text
    assert answer.count('href="/disputes?document=') >= answer.count("<blockquote")
    reader = client.get(f"/documents/for-tolls?start={place['start']}&end={place['end']}").text
    assert link in reader
    assert "sides=Cities%20should%20charge%20road%20tolls.#both-sides" in reader
    page = client.get(link.replace("&amp;", "&"))
    assert page.status_code == 200
    assert "On: Cities should charge road tolls." in page.text
    assert client.get("/disputes?document=none&start=0&end=4").status_code == 404


def test_the_command_shows_both_sides_and_its_exit_code_says_whether_there_is_one(run, named, judge):
    result = run(named, "sides", "Should cities charge road tolls?", "--debate", "road-tolls")
    assert result.exit_code == FOUND, result.output
    assert f"On: {TOLLS}" in result.output
    assert "    For (the operator’s label for the document)" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    body = json.loads(run(named, "sides", TOLLS, "--json").stdout)
    assert body["for"]
    assert body["against"]
    nothing = run(named, "sides", "Whales should sing opera.")
    assert nothing.exit_code == NONE_FOUND
    assert "As far as we can tell, no source here argues either side." in nothing.output
    vague = run(named, "sides", "Who pays?")
    assert vague.exit_code == FAILED
    assert (
        f"there is nothing here to be for or against; write a statement, such as “{TOLLS.rstrip('.')}”" in vague.output
    )
    assert run(named, "sides").exit_code == USAGE


def test_the_command_shows_who_disputes_a_place(run, named, judge, client):
    place = place_of(client, "Road tolls cut traffic jams")
    words = f"{place['document_id']}:{place['start']}-{place['end']}"
    result = run(named, "disputes", words)
    assert result.exit_code == FOUND, result.output
    assert result.output.startswith("On: Cities should charge road tolls.")
    assert json.loads(run(named, "disputes", words, "--json").stdout)["disputes"]
    for no_place in ("for-tolls", "for-tolls:0-", ":0-4", f"for-tolls:0-{'9' * 5_000}"):
        result = run(named, "disputes", no_place)
        assert (result.exit_code, "is no place; write it as" in result.stderr) == (FAILED, True)


def test_an_answer_on_the_terminal_names_the_command_for_both_sides(run, named):
    shown = run(named, "ask", "Should cities charge road tolls?", "--debate", "road-tolls").output
    assert f"Both sides:\n  pullquote sides '{TOLLS}'" in shown


def test_the_balance_counts_every_sentence_once_a_list(named):
    for debate in balance_of(open_index(named).generation):
        for counts in (debate.voices, debate.outlets, debate.authors, debate.years):
            assert sum(counts.values()) == debate.sentences
    helmets, tolls = balance_of(open_index(named).generation)
    assert helmets.sides == {}
    assert tolls.sides[TOLLS].judged["for"] > 0
    assert tolls.outlets["The Toll Review"] == 4


def test_a_speaker_with_a_capital_and_without_is_one_voice_spelt_as_it_came_first(settle):
    settings = settle({"tolls/a.md": "Some say that tolls are fair.\n\nFor years some say that tolls are dear.\n"})
    index_corpus(settings, HashEncoder())
    [tolls] = balance_of(open_index(settings).generation)
    assert tolls.voices == {"reported: Some": 2}


def test_the_balance_is_printed_as_text_json_and_csv(run, named):
    assert "By outlet" in run(named, "balance").output
    assert {row["debate"] for row in json.loads(run(named, "balance", "--json").stdout)} == {
        "road-tolls",
        "bicycle-helmets",
    }
    assert run(named, "balance", "--csv").output.splitlines()[0] == "debate,by,name,sentences"


def test_the_balance_tells_years_in_their_order_and_voices_in_words(run, settle):
    dates = ("2024", "2009", "2009", "2021")
    texts = {f"tolls/{n}.md": f"---\ndate: {date}\n---\nToll {n} is fair.\n" for n, date in enumerate(dates)}
    settings = settle(texts | {"tolls/z.md": "It is said that tolls are dear. Some say that tolls are fair.\n"})
    index_corpus(settings, HashEncoder())
    shown = run(settings, "balance").output
    years = [line.split()[1] for line in shown.split("By year\n")[1].splitlines()]
    assert years == ["2009", "2021", "2024", "[not"]
    assert "Some (reported)" in shown
    assert "unnamed" not in shown


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"])
def test_no_cell_of_the_csv_is_a_formula(settle, name):
    settings = settle({"tolls/a.md": f"---\npublisher: {json.dumps(name)}\n---\nTolls are fair.\n"})
    index_corpus(settings, HashEncoder())
    rows = csv_of(balance_of(open_index(settings).generation)).split("\r\n")
    assert not any(cell.strip('"').startswith(tuple("=+-@\t＝＋－＠")) for row in rows for cell in row.split(","))


def test_no_cell_of_the_csv_drives_a_terminal(settle):
    name = "=Ann \x1b[31m\x07\u202eroe\r"
    settings = settle({"tolls/a.md": f"---\nauthor: {json.dumps(name)}\n---\nTolls are fair.\n"})
    index_corpus(settings, HashEncoder())
    rows = csv_of(balance_of(open_index(settings).generation))
    assert "tolls,author,'=Ann \\u001b[31m\\u0007\\u202eroe" in rows
    assert not set(rows) & {"\x1b", "\x07", "\u202e"}


@pytest.fixture
def many_authors(settle):
    """An index of 17 authors, one of whom wrote two sentences."""
    texts = {f"tolls/{n:02}.md": f"---\nauthor: Author {n:02}\n---\nToll {n} is fair.\n" for n in range(17)}
    settings = settle(texts | {"tolls/00.md": "---\nauthor: Author 00\n---\nTolls are fair. Buses are better.\n"})
    index_corpus(settings, HashEncoder())
    return settings


def test_a_long_list_of_the_balance_says_how_much_it_leaves_out(run, many_authors):
    shown = run(many_authors, "balance").output
    authors = shown.split("By author\n")[1].split("\n\n")[0].splitlines()
    assert len(authors) == 16
    assert authors[0] == "      2  Author 00"
    assert authors[-1] == "      2  from 2 other authors (`pullquote balance --csv` has them all)"


def test_for_programs_the_balance_has_every_row(run, many_authors):
    [debate] = json.loads(run(many_authors, "balance", "--json").stdout)
    assert len(debate["authors"]) == 17
    for name in ("sentences", "passages"):  # which they were called first
        assert sum(row[name] for row in debate["authors"]) == debate[name] == 18


def test_the_balance_says_how_many_sentences_are_on_no_side(named):
    tolls = balance_of(open_index(named).generation)[1]
    assert "not judged" not in tolls.text
    assert (
        "      3  [not judged: others of their documents fit it better]"
        in replace(tolls, sentences=tolls.sentences + 3).text
    )


def test_a_long_document_counts_by_its_label_with_all_it_says_though_only_a_sample_of_it_is_judged(settle):
    words = "\n\n".join(f"Cities should charge road tolls since street {number} is full." for number in range(60))
    against = f"---\nauthor: Bo Reed\nproposition: {TOLLS}\nside: against\n---\nRoad tolls hit the poor.\n"
    settings = settle(
        {"d/long.md": f"---\nauthor: Ann Lee\nproposition: {TOLLS}\nside: for\n---\n{words}\n", "d/short.md": against}
    )
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    [debate] = balance_of(open_index(settings).generation)
    counts = debate.sides[TOLLS]
    assert counts.labelled == {"for": 60, "against": 1}
    assert counts.judged["for"] < 60
    told = debate.whole["sides"][0]
    assert told["labelled"] == {"for": 60, "against": 1, "neutral": 0}
    assert told["judged"] == counts.judged.total() + counts.beside
    assert f"By the side of the document on: {TOLLS}\n     60  for\n      1  against" in debate.text


def test_every_list_of_the_csv_has_all_sentences(named):
    debates = {
        one.debate: replace(one, sentences=one.sentences + 3) for one in balance_of(open_index(named).generation)
    }
    rows = list(csv.reader(io.StringIO(csv_of([debates["road-tolls"]]), newline="")))[1:]
    assert ["road-tolls", f"side on: {TOLLS}", "[not judged: others of their documents fit it better]", "3"] in rows
    on_sides = [int(count) for _, title, _, count in rows if title == f"side on: {TOLLS}"]
    assert sum(on_sides) == debates["road-tolls"].sentences


def test_the_documents_are_printed_in_one_piece_so_that_a_pipe_may_be_closed_after_a_line(run, named, monkeypatch):
    printed: list[str] = []
    monkeypatch.setattr("pullquote.cli.terminal.say", printed.append)
    assert run(named, "documents").exit_code == 0
    [text] = printed
    assert len(text.splitlines()) == 2 * len(open_index(named).generation.rows)


def test_the_report_names_answers_that_rest_on_one_author(settle):
    settings = settle(NAMED)
    settings = type(settings)(
        **{**{f: getattr(settings, f) for f in settings.__dataclass_fields__}, "store": settings.index / "r.db"}
    )
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    explainer = Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))
    records = Records.of(settings)
    from pullquote.answers.query import Query

    records.asked(explainer.ask(Query(question="Who should pay for a road?", debate="road-tolls", max_quotes=1)))
    found = report_of(records, explainer.generation).wire
    assert [gap["question"] for gap in found["one_author"]] == ["Who should pay for a road?"]
    assert {debate["debate"] for debate in found["balance"]} == {"road-tolls", "bicycle-helmets"}
    assert_shape("ReportBody", found)
    assert "\n\nroad-tolls: " in report_of(records, explainer.generation).text  # a blank line before each debate
