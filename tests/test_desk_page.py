"""The desk's page, its keys and its commands: who may decide, from where, what is written, and what a stranger reaches."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from urllib.parse import urlencode

import asgi
import pytest
from asgi import app_with
from fakes import NAMED, TOLLS, judged_below
from test_desk import AGAINST, DEBATE, FUEL, POOR, QUESTION, decide, quoted, span_of

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.corpus.decisions import read_decisions
from pullquote.upkeep.records import Judgement, Records
from pullquote_desk import ledger
from pullquote_desk.waiting import Kind, Reason, Settled, Waiting
from pullquote_eval.datasets import load_dataset

KEY = "the-operator's-own-key"
HERE, AWAY = ("127.0.0.1", 40000), ("203.0.113.5", 40000)
LOCAL = {"Host": "127.0.0.1:8000"}
OWN = {
    **LOCAL,
    "Origin": "http://127.0.0.1:8000",
    "Content-Type": "application/x-www-form-urlencoded",
}


@pytest.fixture
def explainer(tmp_path) -> Explainer:
    """An explainer whose corpus this test may decide on."""
    return judged_below(tmp_path, NAMED, store=tmp_path / "records.db", host="127.0.0.1")


def basic(name="ana", key=KEY):
    return {"Authorization": "Basic " + b64encode(f"{name}:{key}".encode()).decode()}


def show(app, path="/desk", **options):
    options = {"headers": LOCAL, "client": HERE} | options
    return asgi.ask(app, "GET", path, **options)


def post(app, fields, **options):
    options = {"headers": OWN, "client": HERE} | options
    pairs = [
        (name, value)
        for name, values in fields.items()
        for value in ([values] if isinstance(values, str) else values)
    ]
    return asgi.ask(app, "POST", "/desk", body=urlencode(pairs).encode(), **options)


def form_of(reply):
    return dict(re.findall(r'name="(item|kind|debate|at)" value="([^"]*)"', reply.body.decode()))


def made(explainer):
    return read_decisions(explainer.settings.corpus).made


# Who reaches it
STRANGERS = {
    "from elsewhere": {"client": AWAY}, "under another name": {"headers": {"Host": "evil.example"}},
    "without a name": {"headers": {"Host": "127.0.0.1, evil.example"}},
    "passed on": {"headers": {**LOCAL, "X-Forwarded-For": "127.0.0.1"}}, "by a proxy": {"headers": {**LOCAL, "Via": "1.1 a"}},
}  # fmt: skip


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("path", ["/desk", "/desk.js", "/desk.css", "/desk?kind=voices"])
def test_without_a_key_the_desk_is_for_who_sits_at_this_machine(explainer, stranger, path):
    app = create_app(explainer)
    assert show(app, path).status == 200
    for method in ("GET", "HEAD", "POST"):
        reply = asgi.ask(
            app, method, path, **({"headers": LOCAL, "client": HERE} | STRANGERS[stranger])
        )
        assert reply.status in (400, 401), method
        assert b"Guess" not in reply.body


PUBLIC = [
    {"host": "0.0.0.0"},
    {"public_address": "https://quotes.example"},
    {"trusted_proxies": ("10.0.0.1",)},
]


@pytest.mark.parametrize("values", PUBLIC)
def test_a_server_that_others_reach_has_no_desk_without_a_key(explainer, values):
    assert show(app_with(explainer, **values)).status == 401


def test_with_a_key_it_is_asked_for_by_the_browser_even_here_and_its_name_is_who_decides(explainer):
    app = app_with(explainer, admin_key=KEY)
    refused = show(app)
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Basic realm=desk")
    assert show(app, headers=LOCAL | basic(key="guessed")).status == 401
    assert show(app, headers=LOCAL | {"Authorization": "Basic ????"}).status == 401
    page = show(app, headers=LOCAL | basic(), client=AWAY)
    assert page.status == 200
    reply = post(app, form_of(page) | {"choice": "for"}, headers=OWN | basic(), client=AWAY)
    assert (reply.status, [decision.who for decision in made(explainer)]) == (303, ["ana"])


def test_a_password_opens_nothing_but_the_desk(explainer):
    app = app_with(explainer, admin_key=KEY)
    assert show(app, "/v1/report", headers=LOCAL | basic()).status == 401
    assert show(app, "/metrics", headers=LOCAL | basic()).status == 401


FORGED = [
    {}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": "http://127.0.0.1:8001"},
    {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-site"},
]  # fmt: skip


@pytest.mark.parametrize("headers", FORGED)
@pytest.mark.parametrize("key", [None, KEY])
def test_no_page_of_another_site_can_decide_in_an_editors_name(explainer, headers, key):
    app = app_with(explainer, admin_key=key)
    fields = form_of(show(app, headers=LOCAL | basic())) | {"choice": "for"}
    assert post(app, fields, headers=LOCAL | basic() | headers).status == 403
    assert made(explainer) == ()


def test_guesses_at_the_key_are_counted_and_who_has_it_is_not(explainer):
    app = app_with(explainer, admin_key=KEY, rate_limit="3/minute")
    actual = [show(app, headers=LOCAL | basic(key=str(n)), client=AWAY).status for n in range(5)]
    assert actual == [401, 401, 401, 429, 429]
    assert {show(app, headers=LOCAL | basic(), client=AWAY).status for _ in range(5)} == {200}


def test_no_public_page_says_that_there_is_a_desk(explainer):
    app = app_with(explainer, admin_key=KEY)
    assert not any(
        b"/desk" in show(app, path).body for path in ("/", "/sides", "/documents", "/openapi.json")
    )


# What is decided
def test_a_choice_is_written_served_and_gone_from_the_queue_and_undone_again(explainer):
    app = create_app(explainer)
    page = show(app, "/desk?kind=sides&debate=road-tolls")
    fields = form_of(page) | {"choice": "for", "who": "Ana Müller"}
    reply = post(app, fields)
    assert (reply.status, reply.headers["location"]) == (
        303,
        "/desk?kind=sides&debate=road-tolls&at=0#item",
    )
    assert "HttpOnly" in reply.headers["set-cookie"]
    assert "SameSite=strict" in reply.headers["set-cookie"]
    (decision,) = made(explainer)
    assert (decision.who, decision.side, decision.proposition) == ("Ana Müller", "for", TOLLS)
    words = decision.words[0]
    text = explainer.document(words.document).text
    assert words.stand_in(text, words.span.start)
    cookie = {"Cookie": reply.headers["set-cookie"].partition(";")[0]}
    after = show(app, reply.headers["location"].partition("#")[0], headers=LOCAL | cookie)
    assert form_of(after).get("item") != fields["item"]
    assert "Ana Müller" in after.body.decode()
    undo = re.search(r'name="undo" value="([^"]*)"', after.body.decode())
    assert post(app, {"undo": undo[1], "of": DEBATE}).status == 303
    assert made(explainer) == ()
    assert form_of(show(app, "/desk?kind=sides&debate=road-tolls")) == form_of(page)
    assert post(app, {"undo": undo[1], "of": DEBATE}).status == 422


def test_what_needs_words_says_so_and_writes_nothing(explainer):
    app = create_app(explainer)
    fields = form_of(show(app))
    reply = post(app, fields | {"choice": "hide"})
    assert (reply.status, b"Write the reason" in reply.body) == (422, True)
    assert post(app, fields | {"choice": "hide", "text": "A misprint."}).status == 303
    assert [decision.reason for decision in made(explainer)] == ["A misprint."]


BROKEN = [
    {"item": "none", "choice": "for"}, {"choice": "for"}, {}, {"undo": "x", "of": "../.."}, {"undo": "x", "of": "none"},
    {"item": "<script>", "choice": "<script>"}, {"place": "a:9-1"},
]  # fmt: skip


@pytest.mark.parametrize("fields", BROKEN)
def test_a_form_that_is_none_of_ours_is_refused_in_words(explainer, fields):
    reply = post(create_app(explainer), fields)
    assert (reply.status, b'role="alert"' in reply.body, b"<script>" in reply.body) == (
        422,
        True,
        False,
    )
    assert made(explainer) == ()


def test_a_question_answered_badly_waits_and_is_pinned_from_what_is_found(explainer):
    records = Records.of(explainer.settings)
    start, end = (span := span_of(explainer, AGAINST, POOR)).start, span.end
    facts = dict(generation="g", answer_id="a", document_id=AGAINST, start=start, end=end)
    records.judged(Judgement(question=QUESTION, verdict="wrong_quote", **facts))
    records.judged(Judgement(question="Who?", verdict="wrong_speaker", **facts))
    app = create_app(explainer)
    page = show(app, "/desk?kind=questions")
    assert QUESTION in page.body.decode()
    fields = form_of(page) | {"choice": "pin"}
    assert post(app, fields).status == 422
    span = span_of(explainer, AGAINST, FUEL)
    assert post(app, fields | {"place": f"{AGAINST}:{span.start}-{span.end}"}).status == 303
    explainer.refresh()
    assert [citation.quote.text for citation in explainer.ask(QUESTION).citations] == [FUEL]
    assert b"Nothing is left here" in show(app, "/desk?kind=questions").body
    voices = show(app, "/desk?kind=voices")
    assert b"Readers said that the speaker is wrong" in voices.body
    fields = form_of(voices) | {"choice": "name", "text": "Tom Reed"}
    assert post(app, fields).status == 303
    explainer.refresh()
    assert (
        explainer.quote_at(AGAINST, span_of(explainer, AGAINST, POOR)).voice.speaker == "Tom Reed"
    )


def test_the_page_works_without_a_script_and_with_nothing_inline(explainer):
    decide(explainer, AGAINST, FUEL, kind="hide", reason="<b>No</b>")
    path = explainer.settings.corpus / DEBATE / "desk.jsonl"
    path.write_bytes(path.read_bytes() + b"<<<<<<< HEAD\n")
    reply = show(create_app(explainer), "/desk?kind=%3Cb%3E&debate=%3Cb%3E&at=-1")
    body = reply.body.decode()
    assert reply.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert "<b>No" not in body
    assert " style=" not in body
    assert "1 decision does not hold" in body
    identities = re.findall(r' id="([^"]*)"', body)
    assert len(identities) == len({*identities})


def test_a_folder_that_cannot_be_written_is_told_without_its_name(explainer, monkeypatch):
    app = create_app(explainer)
    fields = form_of(show(app)) | {"choice": "for"}

    def full(*_):
        raise OSError(28, "No space left on device", "/secret")

    monkeypatch.setattr("pullquote_desk.ledger.os.write", full)
    reply = post(app, fields)
    assert (reply.status, b"/secret" in reply.body) == (503, False)


def test_the_documents_page_says_what_is_never_shown_and_why(explainer):
    decide(explainer, AGAINST, FUEL, kind="hide", reason="Withdrawn by its author.")
    body = asgi.ask(create_app(explainer), "GET", f"/documents/{AGAINST}").body.decode()
    assert "Withdrawn by its author." in body


def test_the_answer_page_says_who_chose_and_who_named_the_speaker(explainer):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    decide(explainer, AGAINST, FUEL, kind="speaker", speaker="Tom Reed")
    decide(explainer, AGAINST, FUEL, kind="side", proposition=TOLLS, side="for")
    app = create_app(explainer)
    body = asgi.ask(app, "GET", "/?q=Who+should+pay+for+a+road%3F").body.decode()
    assert re.search(r'data-f="pinned"><span[^>]*>An editor of this site chose', body)
    assert re.search(r'data-f="named"><span[^>]*>Speaker named by an editor', body)
    sides = asgi.ask(
        app, "GET", "/sides?proposition=Cities+should+charge+road+tolls."
    ).body.decode()
    assert 'data-by="editor"' in sides


# What waits first
def test_what_fills_an_empty_column_comes_before_what_is_shown_and_that_before_what_leans(
    explainer,
):
    waiting = Waiting(explainer.generation, Records(None))
    left = waiting.left(Kind.SIDES, None, Settled(frozenset(), frozenset()))
    reasons = [item.reason for item in left]
    assert reasons == sorted(reasons, key=[*Reason].index)
    assert len({item.id for item in left}) == len(left) > 0


# The command line
def test_check_names_what_does_not_fit_and_its_exit_code_says_so(run, explainer):
    decide(explainer, AGAINST, FUEL, kind="side", proposition=TOLLS, side="for")
    body = {
        "kind": "side",
        "proposition": TOLLS,
        "side": "against",
        "quotes": [quoted(explainer, AGAINST, FUEL)],
    }
    ledger.add(explainer.settings.corpus, DEBATE, "ben", body)
    done = run(explainer.settings, "desk", "check")
    assert (done.exit_code, "2 decisions hold, 0 do not" in done.output) == (0, True)
    assert "is overruled by ben" in done.output
    wrong = body | {"quotes": [quoted(explainer, AGAINST, POOR) | {"sha256": "0" * 64}]}
    ledger.add(explainer.settings.corpus, DEBATE, "ben", wrong)
    done = run(explainer.settings, "desk", "check", "--json")
    assert (done.exit_code, len(json.loads(done.output)["wrong"])) == (3, 1)


def test_decide_writes_what_the_page_would(run, explainer):
    place = f"{AGAINST}:{(span := span_of(explainer, AGAINST, FUEL)).start}-{span.end}"
    told = [
        ("side", place, "--proposition", TOLLS, "--side", "against"), ("speaker", place, "--speaker", "Tom Reed"),
        ("pin", place, "--question", QUESTION, "--also", "Who pays?"), ("hide", place, "--reason", "Old.", "--question", "Why?"),
    ]  # fmt: skip
    for words in told:
        done = run(explainer.settings, "desk", "decide", *words, "--who", "ana")
        assert done.exit_code == 0, done.output
    assert [decision.kind for decision in made(explainer)] == ["side", "speaker", "pin", "hide"]
    assert {decision.who for decision in made(explainer)} == {"ana"}
    for words in (
        ("side", place),
        ("pin", place),
        ("hide", place),
        ("pin", "nowhere", "--question", "Why?"),
    ):
        assert run(explainer.settings, "desk", "decide", *words).exit_code == 2
    done = run(explainer.settings, "desk", "decide", "pin", "none:0-9", "--question", "Why?")
    assert (done.exit_code, "there is no document" in done.output) == (1, True)


def test_what_is_exported_is_a_labelled_set(run, explainer, tmp_path):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION, rewordings=["Who pays?"])
    decide(explainer, AGAINST, POOR, kind="hide", question="Why tolls?", reason="Not why.")
    decide(explainer, AGAINST, POOR, kind="side", proposition=TOLLS, side="against")
    decide(explainer, AGAINST, POOR, kind="speaker", speaker="Tom Reed")
    done = run(explainer.settings, "desk", "export", str(tmp_path / "set"))
    assert done.exit_code == 0, done.output
    dataset = load_dataset(tmp_path / "set", explainer.settings)
    answers = {
        question.text: (question.answerable, question.evidence) for question in dataset.questions
    }
    fuel = ((AGAINST, span_of(explainer, AGAINST, FUEL)),)
    assert answers == {QUESTION: (True, fuel), "Who pays?": (True, fuel), "Why tolls?": (None, ())}
    sides = json.loads((tmp_path / "set" / "sides.jsonl").read_bytes())
    assert [row[3] for row in sides["sentences"]] == ["against"]
    assert run(explainer.settings, "desk", "export", str(tmp_path / "set")).exit_code == 1


def test_keys_at_a_terminal_decide_take_back_and_leave_for_later(run, explainer, monkeypatch):
    keys = iter("fulaz?q")
    monkeypatch.setattr("click.getchar", lambda: next(keys))
    done = run(explainer.settings, "desk", "--debate", DEBATE, "--who", "ana")
    assert done.exit_code == 0, done.output
    assert [(decision.side, decision.who) for decision in made(explainer)] == [("against", "ana")]
    assert "there is no such choice" in done.output
    assert ">>>" in done.output


def test_a_replica_without_the_corpus_shows_the_desk_and_writes_nothing(explainer, tmp_path):
    settings = replace(explainer.settings, corpus=tmp_path / "none")
    app = create_app(Explainer(settings, explainer.ready))
    fields = form_of(show(app)) | {"choice": "for"}
    reply = post(app, fields)
    assert (reply.status, b"ecisions are written beside the documents" in reply.body) == (
        422,
        True,
    )
