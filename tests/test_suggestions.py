"""Suggestions: whatever is proposed reads as an English question."""

from collections import defaultdict

import pytest
from fakes import HashEncoder, write_corpus

from pullquote.store import build_index
from pullquote.store.layout import SUGGESTIONS
from pullquote.suggestions import POOL, dump, prove, subjects, suggestions_of


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
        ("They fear organized crime. The fight against organized crime goes on.", "organized crime"),
    ],
)
def test_a_phrase_that_recurs_whole_is_a_subject(about, text: str, subject: str):
    assert subject in about(text)


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
