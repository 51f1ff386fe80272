"""Checking a text: every quotation of a draft held against the sources, over HTTP, on the page and on the command line."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import Run
from fakes import SPOKEN, TEXTS, built_below, cases, open_with_fake
from fastapi.testclient import TestClient
from growth import DRAFTS, Work, memory

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.api.checking import rows_of
from pullquote.api.wire import checked_wire
from pullquote.errors import BUDGET, Budget, QuestionError, WorkStopped
from pullquote.settings import Settings
from pullquote.verify.draft import LETTERS, LINES

TURNS = {
    "d/ferry.txt": (
        "The ferry to the isle does not run in winter. Trams to the harbour are late, but they come. "
        "We must not sail at night in a storm.\n\nI would support it on the day that the books are open. "
        "“We will build the bridge,” said the mayor, who was not there, “and we will pay for it.”\n"
    )
}
DRAFT = "Ada Finch wrote: “Drivers who use a road must pay for it.”\n\n“Nobody else should have to,” she added. 🚲 “Fares will rise in May,” said Ruth Adeyemi.\n"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index in which several people speak, which no test may change."""
    return built_below(tmp_path_factory.mktemp("checked"), {**TEXTS, **SPOKEN, **TURNS})


@pytest.fixture(scope="module")
def checker(checked: Settings) -> Explainer:
    return open_with_fake(checked)


@pytest.mark.parametrize(
    ("draft", "outcome", "words"),
    cases(
        "check", "a_quotation_is_found_in_whatever_marks_it_stands_and_whatever_is_set_around_it"
    ),
)
def test_a_quotation_is_found_in_whatever_marks_it_stands_and_whatever_is_set_around_it(
    checker: Explainer, draft: str, outcome: str, words: str
):
    (held,) = checker.check(draft)
    assert (held.outcome, held.quotation.span.cut(draft), held.right) == (outcome, words, True)


@pytest.mark.parametrize(
    ("draft", "outcome"), cases("check", "what_is_wrong_with_a_quotation_is_told_by_its_kind")
)
def test_what_is_wrong_with_a_quotation_is_told_by_its_kind(
    checker: Explainer, draft: str, outcome: str
):
    assert [held.outcome for held in checker.check(draft)] == [outcome]


@pytest.mark.parametrize(
    ("draft", "omitted"),
    cases(
        "check",
        "a_quotation_that_ends_where_the_source_goes_on_is_shortened_by_what_it_goes_on_to_say",
    ),
)
def test_a_quotation_that_ends_where_the_source_goes_on_is_shortened_by_what_it_goes_on_to_say(
    checker: Explainer, draft: str, omitted: str
):
    (held,) = checker.check(draft)
    assert (held.outcome, held.omitted) == ("shortened" if omitted else "verbatim", omitted)


@pytest.mark.parametrize(
    ("draft", "outcomes"),
    [
        ("“We will build the bridge, and we will pay for it.”", ["verbatim"]),
        ("“We will build the bridge … and we will pay for it.”", ["verbatim"]),
        ("“We will build the bridge,” said the mayor, “and we will pay for it.”", ["verbatim"] * 2),
        ("“We will build the bridge, and we shall pay for it.”", ["altered"]),
    ],
)
def test_a_quotation_that_the_source_parts_by_who_speaks_is_word_for_word(
    checker: Explainer, draft: str, outcomes: list[str]
):
    assert [held.outcome for held in checker.check(draft)] == outcomes


@pytest.mark.parametrize(
    "draft",
    [
        "“Drivers who use a road should pay for it,” as {} puts it.",
        "As {} puts it, “drivers who use a road should pay for it.”",
        "In {}’s words, “drivers who use a road should pay for it.”",
    ],
)
@pytest.mark.parametrize(("name", "outcome"), [("Finch", True), ("Adeyemi", False)])
def test_whom_a_draft_quotes_is_named_without_the_word_before_the_name(
    checker: Explainer, draft: str, name: str, outcome: bool
):
    (held,) = checker.check(draft.format(name))
    assert (held.quotation.speaker, held.right) == (name, outcome)


def test_words_of_which_only_a_guess_tells_whose_they_are_are_unclear_and_right(checker: Explainer):
    (held,) = checker.check("“The schools would close at noon,” said Ruth Adeyemi.")
    assert (held.outcome, held.attribution, held.right) == ("unclear", "unsure", True)


def test_a_splice_shows_both_its_halves(checker: Explainer):
    (held,) = checker.check("“Road tolls cut traffic jams on the day that the books are open.”")
    words = [place.span.cut(place.document.text) for place in held.places]
    assert held.outcome == "altered"
    assert words == ["Road tolls cut traffic jams", "on the day that the books are open"]


def test_what_is_not_found_is_shown_the_sentence_nearest_to_it(checker: Explainer):
    draft = "Ada Finch told us: “They also pay the band, who are better than us, to play in buses and trams all night.”"
    with TestClient(create_app(checker)) as client:
        (told,) = client.post("/v1/verify-text", json={"text": draft}).json()["quotations"]
        shown = client.post("/check", data={"text": draft}).text
    assert (told["result"], told["matches"]) == ("not_found", [])
    assert [one["exact"] for one in told["nearest"]] == ["They also pay for better buses."]
    assert "They also pay for better buses." in shown


@pytest.mark.parametrize("draft", cases("check", "code_is_not_read"))
def test_code_is_not_read(checker: Explainer, draft: tuple[str]):
    assert checker.check(draft[0]) == ()


def test_a_draft_too_large_for_the_time_that_one_request_gets_is_stopped_soon(checker: Explainer):
    token, began = BUDGET.set(Budget(0.5)), time.process_time()
    try:
        with pytest.raises(WorkStopped, match="PULLQUOTE_CPU_SECONDS"):
            checker.check(DRAFT * 5_000, bounded=False)
    finally:
        BUDGET.reset(token)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "draft",
    ["\n" * 400_000, "a\n\n" * 100_000, "\n" * 200_000 + "a" + "\n" * 200_000, "a\n" * 200_000],
)
def test_a_run_of_line_ends_is_parted_into_paragraphs_in_proportion_to_its_length(draft: str):
    began = time.process_time()
    rows = list(rows_of(draft, []))
    assert time.process_time() - began < 3
    assert "".join(words for row in rows for words, _ in row["pieces"]).replace(
        "\n", ""
    ) == draft.replace("\n", "")


def test_laying_out_a_draft_ends_with_what_its_request_may_take():
    token = BUDGET.set(Budget(5.0))
    BUDGET.get().end()
    try:
        with pytest.raises(WorkStopped):
            list(rows_of("a\n\nb", []))
    finally:
        BUDGET.reset(token)


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (
            "a" * (LETTERS + 1),
            "more than 300,000 characters, the most that one check takes; send it in parts",
        ),
        ("a\n" * (LINES + 1), "more than 20,000 lines"),
        ("“We will do it now.”\n" * 1_001, "more than 1,000 quotations"),
        ("“" + "we will [not] do it … now " * 2_501 + "”", "more than 5,000 gaps in quotations"),
    ],
)
def test_a_draft_too_large_for_one_request_is_refused_in_words_that_say_the_limit(
    checker: Explainer, draft: str, says: str
):
    with TestClient(create_app(checker)) as client:
        told, shown = (
            client.post("/v1/verify-text", json={"text": draft}),
            client.post("/check", data={"text": draft}),
        )
        described = client.get("/openapi.json").json()["components"]["schemas"]["DraftBody"][
            "properties"
        ]["text"]
    assert (told.status_code, shown.status_code) == (422, 422)
    assert says in told.json()["detail"]
    assert says.partition(";")[0] in shown.text
    assert (described["maxLength"], f"{LETTERS:,}" in described["description"]) == (LETTERS, True)


def within(seconds: float, work: Work) -> float:
    """The CPU seconds of this thread that work under such a budget takes, stopped or not."""
    token, began = BUDGET.set(Budget(seconds)), time.thread_time()
    try:
        with suppress(QuestionError, WorkStopped):
            work()
    finally:
        BUDGET.reset(token)
    return time.thread_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("unit", DRAFTS)
def test_every_loop_over_a_draft_spends_from_the_budget_of_its_request(
    checker: Explainer, unit: str
):
    checker.check(DRAFT)  # opens what is opened once
    draft = unit * (LETTERS // len(unit)) + "b"
    taken = within(
        1.0, lambda: checked_wire(draft, checker.check(draft, bounded=False), checker.quote_at)
    )
    assert taken < 2


def taking_most(checker: Explainer, draft: str, seconds: float) -> int:
    """Bytes that checking a draft takes at most, with what is sent."""
    return memory(
        lambda: within(seconds, lambda: checked_wire(draft, checker.check(draft), checker.quote_at))
    )


@pytest.mark.slow
@pytest.mark.parametrize("unit", DRAFTS)
def test_no_draft_takes_64_mb(checker: Explainer, unit: str):
    assert taking_most(checker, unit * (LETTERS // len(unit) - 1) + " b", 5.0) < 64_000_000


@pytest.mark.torture
@pytest.mark.parametrize("unit", DRAFTS)
@pytest.mark.parametrize("around", ["{}", "He said “{}”", "> {}"])
@pytest.mark.parametrize("letters", [LETTERS // 10, LETTERS - 100])
def test_no_draft_takes_64_mb_whatever_time_it_gets(
    checker: Explainer, unit: str, around: str, letters: int
):
    draft = (
        around.format(unit * (min(letters // len(unit), LINES // (1 + unit.count("\n"))))) + " b"
    )
    assert taking_most(checker, draft, 60.0) < 64_000_000


def test_a_sentence_of_a_source_stands_once_in_words_on_the_page_of_a_draft(checker: Explainer):
    line = "Ada Finch wrote: “Drivers who use a road should pay for it.”\n\n"
    with TestClient(create_app(checker)) as client:
        one, many = (client.post("/check", data={"text": line * times}).text for times in (1, 50))
    assert one.count("<blockquote>") == many.count("<blockquote>") == 1
    assert many.count('<figure class="origin">') == 50


def test_the_api_gives_every_quotation_with_its_place_in_both_units_and_the_words_of_the_source(
    checker: Explainer,
):
    with TestClient(create_app(checker)) as client:
        told = client.post("/v1/verify-text", json={"text": DRAFT}).json()
        empty = client.post("/v1/verify-text", json={"text": "…"})
    assert (told["ok"], told["counts"]["altered"], told["counts"]["misattributed"]) == (False, 1, 1)
    assert [one["result"] for one in told["quotations"]] == ["altered", "verbatim", "misattributed"]
    for one in told["quotations"]:
        assert DRAFT[one["start"] : one["end"]] == one["words"]
        units = DRAFT.encode("utf-16-le")
        assert (
            units[2 * one["start_utf16"] : 2 * one["end_utf16"]].decode("utf-16-le") == one["words"]
        )
        for match in one["matches"]:
            assert (
                checker.document(match["document_id"]).text[match["start"] : match["end"]]
                == match["exact"]
            )
    altered, _, other = told["quotations"]
    assert {"kind": "only_given", "text": "must"} in altered["diff"]
    assert {"kind": "only_stored", "text": "should"} in altered["diff"]
    assert (other["speaker"], other["attribution"]) == ("Ruth Adeyemi", "wrong")
    assert (empty.status_code, empty.json()["detail"][:17]) == (422, "the text is empty")


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt"])
def test_the_page_marks_the_drafts_own_words_and_shows_the_source_beside_each(
    checker: Explainer, language: str
):
    evil = "“<script>alert(1)</script> is what he said,” he said.\n"
    with TestClient(create_app(checker), headers={"Accept-Language": language}) as client:
        form, shown = (
            client.get("/check").text,
            client.post("/check", data={"text": DRAFT + evil}).text,
        )
        assert client.post("/check", data={"text": ""}).status_code == 422
    assert f'<html lang="{language}"' in form
    assert '<textarea id="text"' in form
    assert "<mark>“Drivers who use a road must pay for it.”</mark>" in shown
    assert "should</ins>" in shown
    assert "/documents/for-tolls?start=112&amp;end=153&amp;text=" in shown
    assert "<script>alert" not in shown


def test_a_draft_is_shown_whole_with_each_quotation_in_its_paragraph():
    draft = "One “a b c d”.\n\n\n“Open here.\n\n“Closed there,” said A.\n\nLast."
    quoted = [
        {"start": start, "end": end, "matches": [], "nearest": []}
        for start, end in ((4, 13), (17, 28), (30, 45))
    ]
    rows = list(rows_of(draft, quoted))
    assert ["".join(words for words, _ in row["pieces"]) for row in rows] == [
        part.strip("\n") for part in draft.split("\n\n")
    ]
    assert [[one["start"] for one in row["quotations"]] for row in rows] == [[4], [17], [30], []]


def test_the_command_names_lines_to_jump_to_and_ends_with_what_a_pipeline_needs(
    run: Run, checked: Settings, tmp_path: Path
):
    bad, good, empty = (tmp_path / name for name in ("bad.md", "good.md", "empty.md"))
    for file, text in ((bad, DRAFT), (good, "“Nobody else should have to.”"), (empty, " \n")):
        file.write_text(text, encoding="utf-8")
    done = run(checked, "verify", str(bad))
    lines, third = done.stdout.splitlines(), DRAFT.split("\n")[2]
    assert (done.exit_code, lines[0]) == (
        3,
        f"{bad}:1:18: altered: the source words it differently",
    )
    assert (
        f"{bad}:3:{1 + third.index('“Fares')}: misattributed: somebody else said it (the text names Ruth Adeyemi)"
        in lines
    )
    assert lines[-1] == "3 quotations: 1 verbatim, 1 altered, 1 misattributed"
    assert run(checked, "verify", str(good)).exit_code == 0
    for wrong in (
        [str(empty)],
        [str(tmp_path / "none.md")],
        [str(bad), "--speaker", "A"],
        [str(bad), "--sarif", "--json"],
    ):
        refused = run(checked, "verify", *wrong)
        assert (refused.exit_code, refused.stdout) == (2, ""), wrong
    told = json.loads(run(checked, "verify", str(bad), "--sarif").stdout)
    results = told["runs"][0]["results"]
    assert (told["version"], [one["ruleId"] for one in results]) == (
        "2.1.0",
        ["altered", "misattributed"],
    )
    region = results[0]["locations"][0]["physicalLocation"]["region"]
    assert DRAFT[region["charOffset"] :][: region["charLength"]] == region["snippet"]["text"]
