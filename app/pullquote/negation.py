"""Negation: the plain opposite of a statement."""

import re
from collections.abc import Sequence

from pullquote.clauses import NEGATED, base_of, finite_verb, is_main_verb
from pullquote.inversion import is_past
from pullquote.lexicon import AUXILIARIES, VERBS, third_person

_UNTRUE = "It is not true that "
# A subject that there is none of, and one that there is: nobody pays, somebody pays.
_NONE = re.compile(r"^(?P<none>nobody|no one|none of|nothing|no)(?= )", re.IGNORECASE)
_SOME = {"nobody": "Somebody", "no one": "Someone", "none of": "Some of", "nothing": "Something", "no": "Some"}
# Plurals that do not show it, and what a clause that depends on the statement opens with.
_PEOPLE = frozenset({"children", "i", "men", "people", "police", "they", "we", "women", "you"})
_DEPENDS = frozenset({"although", "because", "if", "than", "though", "unless", "until", "when", "whenever", "while"})
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
    main = _main_clause(tokens)
    found = _denied(tokens, main)
    if found is None and not any(map(is_past, main[1:])):
        found = _denied(tokens, tokens)
    return found or f"{_UNTRUE}{_lowered(proposition)}"


def _main_clause(tokens: Sequence[str]) -> Sequence[str]:
    """What stands before a clause that depends on it: "Fares rise when subsidies are cut" is denied by its "rise"."""
    ends = (place for place in range(1, len(tokens)) if tokens[place].lower() in _DEPENDS)
    return tokens[: next(ends, len(tokens))]


def _denied(tokens: Sequence[str], clause: Sequence[str]) -> str | None:
    """A statement with the verb of one clause of it denied, or None where none is found there."""
    for place, token in enumerate(clause[1:], start=1):
        if token.lower() in AUXILIARIES and not is_main_verb(tokens, place):
            denied = ["cannot"] if token.lower() == "can" else [token, "not"]
            return " ".join([*tokens[:place], *denied, *tokens[place + 1 :]])
    verb = _verb(clause)
    if verb is None:
        return None
    word = tokens[verb].lower()
    bare = word.rstrip(".,;:!?") in VERBS
    return " ".join(
        [*tokens[:verb], "do not" if bare else "does not", word if bare else base_of(word), *tokens[verb + 1 :]]
    )


def _verb(clause: Sequence[str]) -> int | None:
    """Where the finite verb stands, also after a plural without -s: "People oppose bans"."""
    found = finite_verb(clause)
    first = (
        place
        for place in range(1, len(clause))
        if clause[place - 1].lower() in _PEOPLE and clause[place].lower().rstrip(".,;:!?") in VERBS - {"be"}
    )
    return min(filter(None, (found, next(first, None))), default=None)


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
