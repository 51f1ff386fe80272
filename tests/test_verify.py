"""Verifying by an index: whose words they are and where they stand, over HTTP and on the command line."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from conftest import Run
from fakes import SPOKEN, built_below, cases, open_with_fake
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.answers.speakers import attribution
from pullquote.api.app import create_app
from pullquote.corpus.documents import Source
from pullquote.errors import QuestionError, UnknownDocument
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.verify.match import Result
from pullquote.voice.voices import Voice, VoiceKind


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index in which several people speak, which no test may change."""
    folder = tmp_path_factory.mktemp("spoken")
    return built_below(folder, SPOKEN)


def verdict_of(explainer: Explainer, **body: str) -> dict[str, Any]:
    with TestClient(create_app(explainer)) as client:
        answered = client.post("/v1/verify", json=body)
    assert answered.status_code == 200, answered.text
    return dict(answered.json())


@pytest.mark.parametrize(
    ("words", "options", "result"),
    [
        ("Nobody else should have to.", {}, Result.VERBATIM),
        ("Nobody else should have to.", {"document_id": "for-tolls"}, Result.VERBATIM),
        (
            "Wealthy drivers barely notice the charge.",
            {"document_id": "helmets"},
            Result.MISATTRIBUTED,
        ),
        ("Drivers who use a road should pay for it.", {"speaker": "Finch"}, Result.VERBATIM),
        ("Drivers who use a road should pay for it.", {"speaker": "Bo Gray"}, Result.MISATTRIBUTED),
        ("Drivers who use a road must pay for it.", {}, Result.ALTERED),
        ("Soap is cheap in winter.", {}, Result.NOT_FOUND),
        ("why", {}, Result.NOT_FOUND),
    ],
)
def test_the_explainer_also_says_who_is_meant_to_have_said_it(
    explainer: Explainer, words, options, result
):
    assert explainer.verify(words, **options).result is result


def test_a_document_that_there_is_not_is_an_error(explainer: Explainer):
    with pytest.raises(UnknownDocument):
        explainer.verify("Nobody", document_id="nowhere")


def said_by(
    speaker: str | None, kind: VoiceKind = VoiceKind.QUOTED, *, sure: bool = True
) -> Sequence[Voice]:
    return [Voice(Span(0, 5), kind, speaker, sure=sure)]


@pytest.mark.parametrize(
    ("heard", "claimed", "fit"), cases("verify", "a_speaker_is_compared_by_name_and_not_by_title")
)
def test_a_speaker_is_compared_by_name_and_not_by_title(heard: str | None, claimed: str, fit: str):
    assert attribution(claimed, said_by(heard), Source())[0] == fit
    assert attribution(claimed, said_by(heard, sure=False), Source())[0] == "unsure"


@pytest.mark.parametrize("speaker", ["", "???", "of the", "Mr.", "he", "42", "(Ann Lee)"])
def test_a_speaker_who_could_be_nobody_is_an_error_that_says_so(
    run: Run, explainer: Explainer, shared: Settings, speaker: str
):
    words = "Nobody else should have to."
    with pytest.raises(QuestionError, match="the speaker is"):
        explainer.verify(words, speaker=speaker)
    with TestClient(create_app(explainer)) as client:
        problem = client.post("/v1/verify", json={"quote": words, "speaker": speaker})
    assert (problem.status_code, problem.json()["detail"][:14]) == (422, "the speaker is")
    done = run(shared, "verify", words, "--speaker", speaker)
    assert (done.exit_code, done.stderr[:25]) == (1, "pullquote: the speaker is")


@pytest.mark.parametrize(
    ("words", "options", "result", "fit", "shown"),
    [
        ("Tolls raise money for buses.", [], "verbatim", None, "Ada Finch, The Toll Review"),
        ("Tolls raise money for buses.", ["Finch"], "verbatim", "unsure", "Ada Finch, The Toll Review"),
        ("Fares will rise in May", ["Sen. Barlow"], "verbatim", "right", "Senator Tom Barlow, quoted by Ada Finch"),
        ("Fares will rise in May", ["Ada Finch"], "misattributed", "wrong", "Senator Tom Barlow, quoted by Ada Finch"),
        ("“Fares will rise in June,” said Bo Reed.", ["Reed"], "altered", "right", "Bo Reed, quoted by"),
        ("“Fares will rise in June,” said Bo Reed.", ["Ann Lee"], "altered", "wrong", "They are not whose"),
        ("She said that the schools", ["Ruth Adeyemi"], "verbatim", "unsure", "Probably Ruth Adeyemi, as told by"),
        ("She said that the schools", ["Bo Reed"], "misattributed", "wrong", "Probably Ruth Adeyemi, as told by"),
        ("Soap is cheap in winter.", ["Bo Reed"], "not_found", None, ""),
    ],
)  # fmt: skip
def test_a_verdict_says_whose_words_they_are_and_when_it_cannot_tell(
    run: Run,
    spoken: Settings,
    words: str,
    options: list[str],
    result: str,
    fit: str | None,
    shown: str,
):
    arguments = ["verify", words, *(f"--speaker={speaker}" for speaker in options)]
    told, done = json.loads(run(spoken, *arguments, "--json").stdout), run(spoken, *arguments)
    assert (told["result"], told["attribution"]) == (result, fit)
    assert done.exit_code == (0 if result == "verbatim" and fit in (None, "right") else 3)
    assert done.stdout.splitlines()[0] == result.replace("_", " ")
    assert shown in done.stdout
    assert ("cannot be told for sure" in done.stdout) == (fit == "unsure" and result != "not_found")


@pytest.mark.parametrize(("speaker", "fit"), [("Bo Reed", "wrong"), ("Tom Barlow", "right")])
def test_a_document_that_is_named_makes_nobody_right_who_does_not_speak_there(
    spoken: Settings, speaker: str, fit: str
):
    verdict = open_with_fake(spoken).verify(
        "Fares will rise in May", document_id="hall", speaker=speaker
    )
    assert (verdict.result is Result.VERBATIM, verdict.attribution) == (fit == "right", fit)


def test_the_command_prints_what_the_api_sends_with_the_words_themselves_as_the_match(
    run: Run, spoken: Settings
):
    words = "rise in May"
    sent = verdict_of(open_with_fake(spoken), quote=words)
    told = json.loads(run(spoken, "verify", words, "--json").stdout)
    assert told == {**sent, "matches": [{**match, **match["found"]} for match in sent["matches"]]}
    for match in told["matches"]:
        text = (
            SPOKEN["d/unsigned.txt"]
            if match["document_id"] == "unsigned"
            else SPOKEN["d/hall.md"].split("---\n")[2]
        )
        assert match["exact"] == text[match["start"] : match["end"]] == words
        assert text[: match["start"]].endswith(match["prefix"])
        assert text[match["end"] :].startswith(match["suffix"])


@pytest.mark.parametrize("quote", [".", "“”", "— …"])
def test_a_quote_without_a_letter_or_figure_is_a_problem(explainer: Explainer, quote: str):
    with TestClient(create_app(explainer)) as client:
        problem = client.post("/v1/verify", json={"quote": quote})
    assert (problem.status_code, problem.json()["detail"][:18]) == (422, "the quote is empty")
