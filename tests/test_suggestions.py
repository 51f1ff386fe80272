"""Suggestions: whatever is proposed reads as an English question."""

from collections import defaultdict

import pytest
from fakes import HashEncoder, write_corpus

from pullquote.answers.suggestions import POOL, dump, prove, suggestions_of
from pullquote.answers.topics import subjects
from pullquote.corpus.clauses import question_of
from pullquote.index import build_index
from pullquote.index.layout import SUGGESTIONS


@pytest.fixture
def about(settle):
    """What a document of these words is about."""

    def ask(text: str) -> list[str]:
        settings = settle({"a.md": text})
        built = build_index(settings, HashEncoder(), lambda generation: {}, lambda done, of: None)
        return subjects(built.generation, "default")

    return ask


@pytest.mark.parametrize(
    "text",
    [
        "Nobody became ill. Nobody became rich.",
        "Schools should ban phones. Teachers want to ban phones in class.",
        "The audit found nothing. The inquiry found nothing.",
        "The Workers Rights League met. The Civil Rights League met.",
        "They simply hide phones. Pupils hide phones in shoes. Gangs hide phones daily.",
        "It may save lives. They say that vests save lives.",
        "The tolls described are high. The tolls described pay.",
        "Laws relating to roads. Rules relating to roads.",
        "The fare was two dollars. They paid two dollars last year. It rose last year.",
        "They met the Director of National Intelligence. The Director of National Intelligence left.",
    ],
)
def test_no_part_of_a_sentence_is_taken_for_a_subject(about, text: str):
    bad = ("Nobody", "ban phones", "found nothing", "Rights League", "hide phones", "save lives", "described",
           "relating", "National Intelligence", "two", "last", "dollars")  # fmt: skip
    assert not [subject for subject in about(text) if subject.removeprefix("the ").startswith(bad)]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("The Human Rights League met. A judge heard the Human Rights League.", "the Human Rights League"),
        ("Ohio River boats sank. The Ohio River floods. They crossed the Ohio River.", "the Ohio River"),
        ("Suspected drug traffickers fled. They fight against drug traffickers.", "drug traffickers"),
        ("A direct military strike is wrong. A wider military strike would fail.", "military strike"),
        ("Public transport is cheap. We want public transport.", "public transport"),
        ("The phone ban helped. Pupils praise the phone ban.", "the phone ban"),
        ("They set up a Joint Tolls Committee. We met a Joint Tolls Committee.", "the Joint Tolls Committee"),
        ("They fear organized crime. The fight against organized crime goes on.", "organized crime"),
    ],
)
def test_a_phrase_that_recurs_whole_is_a_subject(about, text: str, subject: str):
    assert subject in about(text)


def test_a_name_in_capitals_is_one_only_where_no_text_has_it_otherwise(about):
    found = about("They met Ann Rowe. ANN ROWE: Tolls pay. ANN ROWE: Taxes do not. LEE BELL: No. LEE BELL: Yes.")
    assert "Ann Rowe" in found
    assert "ANN ROWE" not in found


def test_each_and_every_one_is_no_subject(about):
    found = about("They teach every child here. We feed every child. We feed each child. They teach each child.")
    assert not [subject for subject in found if subject.startswith(("every", "each"))]


@pytest.mark.parametrize(
    "heading",
    ["Why schools ban phones", "Should we ban phones?", "Ban phones now", "The audit found nothing", "Read more",
     "Nobody became rich", "Critics say tolls fail", "Tax the rich", "How to stop bullying", "The ban was lifted"],
)  # fmt: skip
def test_a_heading_that_says_asks_or_bids_something_is_no_subject(about, heading: str):
    assert about(f"# {heading}\n\nTolls pay.\n") == []


@pytest.mark.parametrize(
    ("heading", "subject"),
    [("The case for tolls", "the case for tolls"), ("Ban on phones", "ban on phones"),
     ("Drug policy reform", "drug policy reform"), ("Mexico and the United States", "Mexico and the United States"),
     ("Striking the cartels", "striking the cartels"), ("Tolls and taxes on trucks", "tolls and taxes on trucks")],
)  # fmt: skip
def test_a_heading_that_names_something_is_a_subject(about, heading: str, subject: str):
    assert about(f"# {heading}\n\nTolls pay.\n") == [subject]


# What is asked to prove them

PARTS = ("tolls", "buses", "trams", "roads", "fares", "taxes", "bridges", "ferries", "lorries", "bicycles", "canals",
         "tunnels", "stations", "rails", "drivers", "harbours", "cyclists", "airports", "pavements", "crossings")  # fmt: skip


def test_a_debate_in_which_nothing_changed_is_asked_its_own_questions_again_and_no_others(settle):
    about = "\n\n".join(f"# The case for {part}\n\nA town has {part}." for part in PARTS)
    settings = settle({"changed/a.md": about, "same/a.md": about})
    asked: dict[str, list[str]] = defaultdict(list)

    def prover(question: str, debate: str) -> tuple[int, float]:
        asked[debate].append(question)
        return len(asked[debate]), 0.9

    def enrich(generation):
        return {SUGGESTIONS: dump(prove(generation, prover))}

    first = build_index(settings, HashEncoder(), enrich)
    known = [entry.question for entry in suggestions_of(first.generation) if entry.debate == "same"]
    assert len(known) == POOL < len(asked["same"])
    asked.clear()
    write_corpus(settings.corpus, {"changed/a.md": about.replace("A town", "This town")})
    build_index(settings, HashEncoder(), enrich)
    assert asked["same"] == known
    assert len(asked["changed"]) > POOL


@pytest.mark.parametrize("surest", [0, 1, 2])
def test_of_questions_that_one_window_answers_the_surest_is_kept(settle, surest: int):
    text = "# The case for tolls\n\n# The case for buses\n\n# The case for trams\n\nTowns need them all."
    tried: list[str] = []

    def prover(question: str, debate: str) -> tuple[int, float]:
        tried.append(question)
        return 0, 0.9 if len(tried) == surest + 1 else 0.5

    built = build_index(settle({"a.md": text}), HashEncoder())
    [kept] = prove(built.generation, prover)
    assert len(tried) == 3
    assert kept.question == tried[surest]


# What the operator names is asked first

TOLLS = "---\nproposition: Cities should charge road tolls.\nside: for\n---\nIn most cities the tolls are low.\n"


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        ("cities should charge tolls.", "Should cities charge tolls?"),
        ("cities should not charge tolls.", "Should cities not charge tolls?"),
        ("the Pact deserves support.", "Does the Pact deserve support?"),
        ("the Pact does not deserve support.", "Does the Pact not deserve support?"),
        ("tolls cut traffic", "Do tolls cut traffic?"),
        ("the law has a cost.", "Does the law have a cost?"),
        ("prohibition is a failure.", "Is prohibition a failure?"),
        ("if it rains, schools should close.", None),
        ("people who are old should vote.", None),
        ("no more tolls", None),
    ],
)
def test_a_statement_is_turned_into_its_question_where_its_verb_is_plain(statement: str, question: str | None):
    assert question_of(statement) == question


def test_the_operators_proposition_is_the_first_question_and_proven_like_the_others(settle):
    built = build_index(settle({"a.md": f"{TOLLS}\n# The case for buses\n\nBuses pay.\n"}), HashEncoder())
    asked: list[str] = []

    def prover(question: str, debate: str) -> tuple[int, float] | None:
        asked.append(question)
        return None if question.startswith("Why") else (len(asked), 0.9 + 0.01 * len(asked))

    found = [entry.question for entry in prove(built.generation, prover)]
    assert found[:2] == ["Should cities charge road tolls?", "What is said about the case for buses?"]
    assert prove(built.generation, lambda question, debate: None) == ()


def test_the_debates_take_turns(settle):
    settings = settle(
        {"one/a.md": "# Toll roads\n\n# Bus lanes\n\nThey pay.\n", "two/b.md": "# Helmet laws\n\nThey save.\n"}
    )
    built = build_index(settings, HashEncoder())
    found = prove(built.generation, lambda question, debate: (len(question), 0.9))
    assert [entry.debate for entry in found] == ["one", "two", "one"]


AGAINST = "---\nproposition: Cities should charge road tolls.\nside: against\n---\nBuses cost less.\n"
WHYS = ["Why should cities charge road tolls?", "Why should cities not charge road tolls?"]


@pytest.fixture
def asked_whys(settle):
    """Which of the two reasons are offered, where these documents answer them."""

    def ask(files: dict[str, str], answers: dict[str, str]) -> list[str]:
        generation = build_index(settle(files), HashEncoder()).generation
        rows = {generation.document(generation.window(row).document).path: row for row in range(len(generation.places))}

        def prover(question: str, debate: str) -> tuple[int, float] | None:
            return (rows[answers[question]], 0.9) if question in answers else None

        return sorted(entry.question for entry in prove(generation, prover))

    return ask


@pytest.mark.parametrize(("answered", "offered"), [(WHYS, WHYS), (WHYS[:1], []), (WHYS[1:], [])])
def test_a_small_debate_is_asked_for_both_reasons_or_for_neither(asked_whys, answered, offered):
    answers = {why: name for why, name in zip(WHYS, ("a.md", "b.md"), strict=True) if why in answered}
    assert asked_whys({"a.md": TOLLS, "b.md": AGAINST}, answers) == offered


@pytest.mark.parametrize("answers", [("b.md", "a.md"), ("a.md", "c.md"), ("c.md", "b.md"), ("a.md", "a.md")])
def test_neither_reason_is_offered_where_one_is_answered_by_no_document_of_its_side(asked_whys, answers):
    files = {"a.md": TOLLS, "b.md": AGAINST, "c.md": "Trams have bells.\n"}
    assert asked_whys(files, dict(zip(WHYS, answers, strict=True))) == []


@pytest.mark.parametrize(
    ("proposition", "text", "question"),
    [
        ("Trump should pay.", "See https://news.example.org/2019/trump-impeached of 2019.", "Should Trump pay?"),
        ("Trump should pay.", "Ask trump@example.org or see trump.com today.", "Should Trump pay?"),
        ("Trump should pay.", "Now Trump, say what trump cards Trump holds; or Trump may not.", "Should Trump pay?"),
        ("Cities should charge tolls.", "In most cities the Cities Act counts. All cities pay.", "Should cities charge tolls?"),
        ("A toll is fair.", "It is a toll.", "Is a toll fair?"),
    ],
)  # fmt: skip
def test_a_propositions_first_word_keeps_its_capital_where_the_texts_mostly_give_it_one(
    settle, proposition, text, question
):
    head = f"---\nproposition: {proposition}\nside: for\n---\n"
    built = build_index(settle({"a.md": f"{head}{text}\n"}), HashEncoder())
    found = prove(built.generation, lambda asked, debate: (0, 0.9))
    assert found[0].question == question


@pytest.mark.parametrize(
    ("texts", "question"),
    [
        ({"d/a.md": "They pay."}, "Should Ferries stop?"),
        ({"d/a.md": "They pay.", "e/b.md": "A town has ferries."}, "Should ferries stop?"),
        ({"d/a.md": "They pay.", "e/b.md": "A ferry sinks."}, "Should ferries stop?"),
        ({"d/a.md": "We met the Ferries.", "e/b.md": "A town has ferries."}, "Should Ferries stop?"),
    ],
)
def test_a_first_word_that_the_debate_does_not_have_is_a_name_only_where_no_other_has_it_either(
    settle, texts, question
):
    head = "---\nproposition: Ferries should stop.\nside: for\n---\n"
    built = build_index(settle({**texts, "d/a.md": f"{head}{texts['d/a.md']}\n"}), HashEncoder())
    found = prove(built.generation, lambda asked, debate: (0, 0.9) if debate == "d" else None)
    assert found[0].question == question


def test_a_first_word_that_the_lists_know_is_no_name(settle):
    head = "---\nproposition: Strikes should stop.\nside: for\n---\nThey pay.\n"
    found = prove(build_index(settle({"a.md": head}), HashEncoder()).generation, lambda asked, debate: (0, 0.9))
    assert found[0].question == "Should strikes stop?"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (
            "It rose by ten per cent. It fell by six per cent. It is 4 per cent now. The 5 per cent rise hurt.",
            "per cent",
        ),
        ("A head cook left. The head cook came. One head cook stayed. Our head cook sang.", "head cook"),
        (
            "In the winter term they sang. During the winter term they met. Since the winter term they rest.",
            "winter term",
        ),
    ],
)
def test_no_share_none_of_several_and_no_time_is_a_subject(about, text: str, subject: str):
    assert not [found for found in about(text) if subject in found or "cent" in found]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("The head cook left. They met the head cook. The head cook sang.", "the head cook"),
        ("They shortened the school week. They pay for a school week. Few like the school week.", "the school week"),
        ("They have two ferry boats. There were 3 ferry boats.", "ferry boats"),
        ("A tram line pays. They want tram line after tram line.", "tram line"),
    ],
)
def test_what_stands_alone_somewhere_or_is_the_only_one_is_a_subject(about, text: str, subject: str):
    assert subject in about(text)
