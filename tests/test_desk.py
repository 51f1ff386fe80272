"""The desk: what editors decide is served at once, alters no letter, and holds while its words do."""

import json
import subprocess

import pytest
from fakes import NAMED, TOLLS, HashEncoder, WordJudge, judged_below, open_with_fake, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.receipts import receipt_wire
from pullquote.api.wire import answer_wire, citation_wire, sides_wire
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.decisions import read_decisions
from pullquote.errors import CorpusError
from pullquote.index import open_index
from pullquote.index.desk import CHANGED, GONE, WITHHELD
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote_desk import ledger
from pullquote_desk.ledger import DeskError, quote_of

DEBATE, QUESTION = "road-tolls", "Who should pay for a road?"
FUEL = "A fuel tax is cheaper to collect than a toll."
POOR = "Road tolls hit poor commuters hardest."
PAY = "Drivers who use a road should pay for it."
AGAINST, FOR = "against-tolls", "for-tolls"


@pytest.fixture
def explainer(tmp_path) -> Explainer:
    """An explainer whose corpus this test may decide on."""
    return judged_below(tmp_path, NAMED)


def span_of(explainer, document_id, words):
    start = explainer.document(document_id).text.index(words)
    return Span(start, start + len(words))


def quoted(explainer, document_id, words):
    return quote_of(explainer.document(document_id), span_of(explainer, document_id, words))


def decide(explainer, document_id, words, *, debate=DEBATE, **body):
    """Decide on words, and let the explainer look."""
    body["quotes"] = [quoted(explainer, document_id, words)]
    line = ledger.add(explainer.settings.corpus, debate, "ana", body)
    explainer.refresh()
    return line


def rebuilt(explainer) -> Explainer:
    """The index built anew over the corpus as it is now."""
    settings, judge = explainer.settings, WordJudge()
    index_corpus(settings, HashEncoder(), judge=judge)
    ready = Ready(open_index(settings), HashEncoder(), None, judge)
    fresh = Explainer(settings, ready)
    fresh.refresh()
    return fresh


def reasons(explainer):
    return [reason for _, reason in explainer.generation.desk.unfit]


def columns(explainer, proposition=TOLLS):
    both = sides_wire(explainer.sides(proposition, debate=DEBATE))
    return {
        side: {quote["exact"]: quote["stance"]["basis"] for quote in both[side]}
        for side in ("for", "against", "context")
    }


@pytest.mark.parametrize(
    ("side", "column", "denied"), [("for", "for", "against"), ("against", "against", "for")]
)
def test_a_side_that_an_editor_decides_is_served_at_once_and_its_denial_gets_the_other(
    explainer, side, column, denied
):
    decide(explainer, AGAINST, FUEL, kind="side", proposition=TOLLS, side=side)
    assert columns(explainer)[column][FUEL] == "editor"
    assert columns(explainer, "Cities should not charge road tolls.")[denied][FUEL] == "editor"


def test_neither_takes_a_quote_off_both_sides(explainer):
    decide(explainer, AGAINST, POOR, kind="side", proposition=TOLLS, side="neither")
    shown = columns(explainer)
    assert POOR not in shown["for"] | shown["against"]


def test_an_editor_goes_before_the_label_and_a_later_decision_before_an_earlier(explainer):
    assert "label" in columns(explainer)["for"].values()
    (labelled,) = [words for words, basis in columns(explainer)["for"].items() if basis == "label"][
        :1
    ]
    decide(explainer, FOR, labelled, kind="side", proposition=TOLLS, side="for")
    decide(explainer, FOR, labelled, kind="side", proposition=TOLLS, side="against")
    assert columns(explainer)["against"][labelled] == "editor"


@pytest.mark.parametrize(("speaker", "kind"), [("Mayor Tom Reed", "reported"), (None, "author")])
def test_the_speaker_of_a_span_is_who_an_editor_says(explainer, speaker, kind):
    decide(explainer, AGAINST, "cheaper to collect", kind="speaker", speaker=speaker)
    citation = explainer.quote_at(AGAINST, span_of(explainer, AGAINST, FUEL))
    wire = citation_wire(citation)
    said = [voice for voice in wire["voices"] if voice["basis"] == "editor"]
    assert [(voice["speaker"], voice["kind"]) for voice in said] == [(speaker, kind)]
    assert "".join(wire["exact"][voice["start"] - wire["start"]:voice["end"] - wire["start"]]
                   for voice in wire["voices"]) == wire["exact"]  # fmt: skip
    assert wire["voice"]["basis"] == "editor"


def test_a_speaker_whom_an_editor_names_can_be_asked_for(explainer):
    decide(explainer, AGAINST, FUEL, kind="speaker", speaker="Tom Reed")
    answer = explainer.ask("What does Tom Reed say about a fuel tax?")
    assert FUEL in [citation.quote.text for citation in answer.citations]
    assert "Tom Reed" in answer.text


def test_a_pinned_answer_is_given_to_the_question_and_its_rewordings_and_to_no_other(explainer):
    rewordings = ["Whose money builds roads?"]
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION, rewordings=rewordings)
    for question in (QUESTION, "who should PAY for a road", "Whose money builds roads?!"):
        wire = answer_wire(explainer.ask(question))
        assert [quote["exact"] for quote in wire["quotes"]] == [FUEL]
        assert (wire["basis"], wire["status"]) == ("editor", "answered")
    assert answer_wire(explainer.ask("Who should pay for two roads?"))["basis"] is None


def test_a_pin_gives_its_quotes_in_its_order_with_their_sides_and_nothing_beside(explainer):
    quotes = [quoted(explainer, AGAINST, POOR), quoted(explainer, FOR, PAY)]
    body = dict(kind="pin", question="Should cities charge road tolls?", quotes=quotes)
    ledger.add(explainer.settings.corpus, DEBATE, "ana", body)
    explainer.refresh()
    answer = explainer.ask("Should cities charge road tolls?")
    assert [citation.quote.text for citation in answer.citations] == [POOR, PAY]
    assert answer.citations[1].stance.side == "for"


def shown_for(explainer, question):
    answer = explainer.ask(question)
    return "\n".join(citation.quote.text for citation in (*answer.citations, *answer.nearest))


def test_what_is_hidden_for_a_question_is_shown_for_others(explainer):
    assert PAY in shown_for(explainer, QUESTION)
    decide(explainer, FOR, PAY, kind="hide", question=QUESTION, reason="It asks for the law.")
    assert PAY not in shown_for(explainer, QUESTION)
    assert PAY in shown_for(explainer, "Who should pay for the use of a road?")


def test_what_is_never_shown_is_neither_quoted_nor_found_nor_put_on_a_side(explainer):
    decide(explainer, FOR, PAY, kind="hide", reason="Misprinted.")
    questions = (QUESTION, "What do the sources say?", "What does Ada Finch say?", PAY, TOLLS)
    assert not any(PAY in shown_for(explainer, question) for question in questions)
    assert PAY not in {citation.quote.text for citation in explainer.search(PAY)}
    assert not any(PAY in words for shown in columns(explainer).values() for words in shown)
    assert (
        explainer.generation.desk.withheld[explainer.generation.number(FOR)][0][1] == "Misprinted."
    )
    assert (
        explainer.verify(PAY).result == "verbatim"
    )  # whether a source holds words is another question


def test_a_pin_on_what_is_never_shown_does_not_hold_and_is_named(explainer):
    decide(explainer, FOR, PAY, kind="pin", question=QUESTION)
    decide(explainer, FOR, PAY, kind="hide", reason="Misprinted.")
    assert reasons(explainer) == [WITHHELD]
    assert PAY not in shown_for(explainer, QUESTION)


def test_decisions_alter_no_letter_and_receipts_verify_as_before(explainer):
    before = explainer.ask(QUESTION)
    decide(explainer, AGAINST, FUEL, kind="side", proposition=TOLLS, side="for")
    decide(explainer, AGAINST, FUEL, kind="speaker", speaker="Tom Reed")
    decide(explainer, AGAINST, FUEL, kind="pin", question="What is cheap?")
    after = [explainer.ask(QUESTION), explainer.ask("What is cheap?")]
    documents = load_corpus(explainer.settings).documents
    receipts = [answer_wire(answer) for answer in (before, *after)]
    receipts += [sides_wire(explainer.sides(TOLLS))]
    for receipt in receipts:
        checked = receipt_wire(json.dumps(receipt).encode(), documents, explainer.generation)
        assert (checked["ok"], checked["unknown"], checked["missing"]) == (True, [], []), checked
        for quote in receipt.get("quotes", receipt.get("for")):
            stored = explainer.document(quote["document_id"]).text
            assert stored[quote["start"] : quote["end"]] == quote["exact"]


def test_a_decision_taken_back_leaves_everything_as_it_was(explainer):
    before = explainer.ask(QUESTION)
    line = decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    ledger.take_back(explainer.settings.corpus, DEBATE, line)
    explainer.refresh()
    assert explainer.ask(QUESTION).citations == before.citations
    with pytest.raises(DeskError, match="not in the file any more"):
        ledger.take_back(explainer.settings.corpus, DEBATE, line)


# What happens to documents
def edit(explainer, document, change):
    path = explainer.settings.corpus / document
    path.write_bytes(change(path.read_bytes()))
    return rebuilt(explainer)


def test_a_decision_survives_an_edit_before_its_words_and_not_one_of_its_words(explainer):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    document = "road-tolls/against-tolls.txt"
    moved = edit(explainer, document, lambda content: b"Nobody likes tolls much.\n\n" + content)
    assert reasons(moved) == []
    assert shown_for(moved, QUESTION) == FUEL
    changed = edit(moved, document, lambda content: content.replace(b"cheaper", b"dearer"))
    assert reasons(changed) == [CHANGED]
    assert "cheaper" not in shown_for(changed, QUESTION)


def test_words_that_moved_and_stand_twice_now_are_not_guessed_at(explainer):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    document = "road-tolls/against-tolls.txt"
    twice = edit(explainer, document, lambda content: f"{FUEL}\n\n".encode() * 2 + content)
    assert reasons(twice) == [CHANGED]


def test_a_decision_survives_a_rename_and_a_build_from_nothing(explainer, tmp_path):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    folder = explainer.settings.corpus / DEBATE
    (folder / "against-tolls.txt").rename(folder / "critics.txt")
    for path in sorted(explainer.settings.index.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()  # no id is remembered
    fresh = rebuilt(explainer)
    assert fresh.generation.has("critics")
    assert (reasons(fresh), shown_for(fresh, QUESTION)) == ([], FUEL)


def test_a_decision_on_a_document_that_is_gone_is_named(explainer):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    (explainer.settings.corpus / DEBATE / "against-tolls.txt").unlink()
    assert reasons(rebuilt(explainer)) == [GONE]


# The file
DAMAGED = {
    b"{": "is no decision", b"<<<<<<< HEAD": "is no decision", b"[1]": "its form is another",
    b"{}": "lacks kind", b'{"kind": "guess"}': "is no decision", b"\xff\xfe": "is no decision",
    b'{"kind": "hide", "quotes": [], "date": "", "who": "", "reason": ""}': "names no quote",
    b'{"kind": "pin", "quotes": [], "date": "", "who": "", "question": 1}': "a text in it is none",
    b'{"kind": "hide", "quotes": [{"document": "a", "start": 3, "end": 1, "sha256": "", "text": ""}]}': "is no decision",
    b"[" * 100_000: "its form is another",
}  # fmt: skip


@pytest.mark.parametrize("line", DAMAGED, ids=lambda line: line[:20].decode("latin-1"))
def test_a_damaged_line_is_named_and_skipped_and_the_rest_holds(explainer, line):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    path = explainer.settings.corpus / DEBATE / "desk.jsonl"
    path.write_bytes(line + b"\n\n" + path.read_bytes())
    explainer.refresh()
    (damaged,) = read_decisions(explainer.settings.corpus).damaged
    assert damaged.startswith("road-tolls/desk.jsonl, line 1: ")
    assert DAMAGED[line] in damaged
    assert shown_for(explainer, QUESTION) == FUEL


def test_a_file_that_cannot_be_read_is_named_and_nothing_else_suffers(explainer, tmp_path):
    (explainer.settings.corpus / "bicycle-helmets" / "desk.jsonl").symlink_to(tmp_path)
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    assert (
        "bicycle-helmets/desk.jsonl: cannot be read"
        in read_decisions(explainer.settings.corpus).damaged[0]
    )
    assert shown_for(explainer, QUESTION) == FUEL


def test_a_line_without_its_end_is_not_written_on(explainer):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    path = explainer.settings.corpus / DEBATE / "desk.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    decide(explainer, AGAINST, POOR, kind="pin", question="Who is hit?")
    assert len(read_decisions(explainer.settings.corpus).made) == 2


def test_what_is_no_decision_is_not_written(explainer):
    corpus = explainer.settings.corpus
    with pytest.raises(DeskError, match="no decision"):
        ledger.add(corpus, DEBATE, "ana", {"kind": "side", "side": "perhaps", "quotes": []})
    with pytest.raises(CorpusError, match="has no folder “elsewhere”"):
        ledger.add(corpus, "elsewhere", "ana", {})
    assert not (corpus / DEBATE / "desk.jsonl").exists()


def test_two_editors_at_once_both_keep_their_decisions_when_git_merges_them(explainer, tmp_path):
    corpus = explainer.settings.corpus

    def git(*words, folder=corpus):
        identity = (
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b.example",
            "-c",
            "commit.gpgsign=false",
        )
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)

    write_corpus(corpus, {".gitattributes": "desk.jsonl merge=union\n"})
    decide(explainer, AGAINST, POOR, kind="pin", question="Who is hit?")
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "one")
    git("checkout", "-b", "other")
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    git("commit", "-am", "theirs")
    git("checkout", "main")
    decide(explainer, AGAINST, FUEL, kind="side", proposition=TOLLS, side="for")
    git("commit", "-am", "ours")
    git("merge", "other", "-m", "both")
    explainer.refresh()
    decisions = read_decisions(corpus)
    assert (len(decisions.made), decisions.damaged) == (3, ())
    assert shown_for(explainer, QUESTION) == FUEL
    assert columns(explainer)["for"][FUEL] == "editor"


def test_the_file_is_no_document_and_is_not_told_as_one_that_is_left_out(explainer):
    decide(explainer, AGAINST, FUEL, kind="pin", question=QUESTION)
    assert load_corpus(explainer.settings).skipped == ()
    assert explainer.changed_files() == ()


def test_without_a_corpus_folder_the_index_answers_as_it_is(shared, tmp_path):
    explainer = open_with_fake(shared)
    explainer.settings = shared.__class__(corpus=tmp_path / "none", index=shared.index)
    assert not explainer.refresh()
    assert explainer.ask(QUESTION).answered
