"""Negation: the plain opposite of a statement."""

import re
from collections.abc import Sequence

from pullquote.corpus.clauses import NEGATED, base_of, finite_verb, is_main_verb, is_plural
from pullquote.corpus.lexicon import ADJECTIVES, AMBIGUOUS, AUXILIARIES, VERBS, third_person
from pullquote.sides.inversion import is_past

_UNTRUE = "It is not true that "
# A subject that there is none of, and one that there is: nobody pays, somebody pays.
_NONE = re.compile(r"^(?P<none>nobody|no one|none of|nothing|no)(?= )", re.IGNORECASE)
_SOME = {"nobody": "Somebody", "no one": "Someone", "none of": "Some of", "nothing": "Something", "no": "Some"}
# Plurals that do not show it, what may describe them, and what a clause that depends on the statement opens with.
_PRONOUNS = frozenset({"i", "they", "we", "you"})
_PEOPLE = _PRONOUNS | {"children", "men", "people", "police", "women"}
_DESCRIBES = (ADJECTIVES - {"enough", "just", "likely", "over", "right"}) | frozenset(
    ("black", "disabled", "her", "his", "homeless", "its", "local", "my", "old", "older", "ordinary", "our", "poor", "rich", "rural",
     "sick", "the", "their", "these", "those", "unemployed", "white", "working", "young", "younger", "your")
)  # fmt: skip
_DEPENDS = frozenset({"although", "because", "if", "than", "though", "unless", "until", "when", "whenever", "while"})
_REASONS = frozenset({"although", "because", "though", "unless", "until"})  # they stand after a whole clause
_MARKS = ".,;:!?"
# What is said of all, or of every time, is denied as a whole: some may still be so.
_OF_ALL = frozenset({"all", "each", "every", "everybody", "everyone", "everything", "everywhere"})
_AS_OFTEN = frozenset({"always", "automatically", "generally", "necessarily", "often", "usually"})
_STAYS_CAPITAL = re.compile(r"^(?:I\b|[A-Z]{2,}|[A-Z][\w.’'-]*\s[A-Z])")


def negate(proposition: str) -> str:
    """The plain opposite of a proposition.

    Example: negate("Tolls are fair.") -> "Tolls are not fair."
    """
    if not proposition.strip():
        return proposition
    if proposition.startswith(_UNTRUE):
        rest = proposition.removeprefix(_UNTRUE)
        return rest[:1].upper() + rest[1:]
    if none := _NONE.match(proposition):
        return f"{_SOME[none['none'].lower()]}{proposition[none.end() :]}"
    denied = NEGATED.search(proposition)
    if denied is not None:
        return _affirmed(proposition, denied)
    tokens = proposition.split()
    if tokens[0].lower() in _DEPENDS | _OF_ALL:
        return f"{_UNTRUE}{_lowered(proposition)}"
    main = _main_clause(tokens)
    found = _denied(tokens, main)
    if found is None and _may_go_on(tokens, main):
        found = _denied(tokens, tokens)
    return found or f"{_UNTRUE}{_lowered(proposition)}"


def _main_clause(tokens: Sequence[str]) -> Sequence[str]:
    """What stands before a clause that depends on it: "Fares rise when subsidies are cut" is denied by its "rise"."""
    ends = (place for place in range(1, len(tokens)) if tokens[place].lower() in _DEPENDS)
    return tokens[: next(ends, len(tokens))]


def _may_go_on(tokens: Sequence[str], main: Sequence[str]) -> bool:
    """Whether the statement's own verb may come after the clause: "More towns than ever are poor"."""
    whole = len(main) == len(tokens) or tokens[len(main)].lower() in _REASONS
    doing = (
        main[0].lower().endswith("ing")
    )  # "Letting pupils stay longer than an hour is wrong": these are no verbs of its own
    return not whole and not any(is_past(word) or (word in VERBS and not doing) for word in main[1:])


def _denied(tokens: Sequence[str], clause: Sequence[str]) -> str | None:
    """A statement with the verb of one clause of it denied, or None where none is found there."""
    for place, token in enumerate(clause[1:], start=1):
        if token.lower() in AUXILIARIES and not is_main_verb(tokens, place):
            denied = ["cannot"] if token.lower() == "can" else [token, "not"]
            return " ".join([*tokens[:place], *denied, *tokens[place + 1 :]])
    verb = _verb(clause)
    if verb is None or tokens[verb - 1].lower() in _AS_OFTEN:
        return None
    word = tokens[verb].lower()
    bare = word.rstrip(".,;:!?") in VERBS
    return " ".join(
        [*tokens[:verb], "do not" if bare else "does not", word if bare else base_of(word), *tokens[verb + 1 :]]
    )


def _verb(clause: Sequence[str]) -> int | None:
    """Where the finite verb stands, also after a plural without -s: "People oppose bans"."""
    found, own = finite_verb(clause), _verb_of_people(clause)
    if own is None or (found is not None and found < own):
        return None if found and _is_done(clause, found) else found
    return own if _is_surely_verb(clause, own) else None


def _verb_of_people(clause: Sequence[str]) -> int | None:
    """Where a verb stands right after a plural without -s that begins the clause, but for what describes it.

    Elsewhere such a word may belong to another clause or be a noun: "Making people vote pays", "the way we vote".
    """
    words = [word.lower() for word in clause]
    head = next((place for place, word in enumerate(words) if word not in _DESCRIBES), len(words))
    if head + 1 >= len(words) or words[head] not in _PEOPLE:
        return None
    return head + 1 if words[head + 1].rstrip(_MARKS) in VERBS - {"be"} else None


def _is_done(clause: Sequence[str], noun: int) -> bool:
    """Whether a word with -s is rather what the verb before it is done to: "few people win votes"."""
    word = clause[noun].lower().rstrip(_MARKS)
    third = base_of(word) != word and base_of(word) in AMBIGUOUS | {"live"}
    return third and noun > 1 and clause[noun - 1] in VERBS and is_plural([word.lower() for word in clause[: noun - 1]])


def _is_surely_verb(clause: Sequence[str], verb: int) -> bool:
    """Whether a word after people is not a noun beside a later verb, as in "police work pays"; after "they" none is."""
    head, word = clause[verb - 1].lower(), clause[verb].lower().rstrip(_MARKS)
    if head in _PRONOUNS or (head != "police" and word not in AMBIGUOUS):
        return True
    later = [word.lower().rstrip(_MARKS) for word in clause[verb + 1 :]]
    bases = [base_of(word) for word in later]
    return later[:1] != ["of"] and not any(
        (is_past(word) and not word.endswith("eed")) or (base != word and base not in AMBIGUOUS)
        for word, base in zip(later, bases, strict=True)
    )


def denies(proposition: str) -> bool:
    """Whether a proposition is a negated one, by its own words."""
    none = _NONE.match(proposition) is not None
    return none or NEGATED.search(proposition) is not None


def _affirmed(proposition: str, denied: re.Match[str]) -> str:
    """A negated proposition without its negation."""
    before, after = proposition[: denied.start()], proposition[denied.end() :]
    word = denied.group().lower().replace("’", "'").strip()
    if word == "never":
        return before + after
    plain = {"cannot": "can", "can't": "can", "won't": "will"}.get(word) or denied[1] or denied[2]
    verb, space, rest = after.lstrip(" ").partition(" ")
    base = verb.rstrip(".,;:!?")
    if plain.lower() in ("do", "does") and base.lower() in VERBS:
        kept = base if plain.lower() == "do" else third_person(base)
        return f"{before}{kept}{verb[len(base) :]}{space}{rest}"
    return f"{before}{plain}{after}"


def _lowered(words: str) -> str:
    return words if _STAYS_CAPITAL.match(words) else words[:1].lower() + words[1:]
