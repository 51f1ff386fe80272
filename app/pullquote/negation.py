"""Negation: the plain opposite of a statement."""

import re

from pullquote.clauses import NEGATED, base_of, finite_verb, is_main_verb
from pullquote.lexicon import AUXILIARIES, VERBS, third_person

_UNTRUE = "It is not true that "
# A subject that there is none of, and one that there is: nobody pays, somebody pays.
_NONE = re.compile(r"^(?P<none>nobody|no one|none of|nothing|no)(?= )", re.IGNORECASE)
_SOME = {"nobody": "Somebody", "no one": "Someone", "none of": "Some of", "nothing": "Something", "no": "Some"}
_STAYS_CAPITAL = re.compile(r"^(?:I\b|[A-Z]{2,}|[A-Z][\w.’'-]*\s[A-Z])")


def negate(proposition: str) -> str:
    """The plain opposite of a proposition.

    Example: negate("Tolls are fair.") -> "Tolls are not fair."
    """
    if proposition.startswith(_UNTRUE):
        rest = proposition.removeprefix(_UNTRUE)
        return rest[:1].upper() + rest[1:]
    if none := _NONE.match(proposition):
        return f"{_SOME[none['none'].lower()]}{proposition[none.end() :]}"
    denied = NEGATED.search(proposition)
    if denied is not None:
        return _affirmed(proposition, denied)
    tokens = proposition.split()
    for place, token in enumerate(tokens[1:], start=1):
        if token.lower() in AUXILIARIES and not is_main_verb(tokens, place):
            denied_verb = ["cannot"] if token.lower() == "can" else [token, "not"]
            return " ".join([*tokens[:place], *denied_verb, *tokens[place + 1 :]])
    verb = finite_verb(tokens)
    if verb is None:
        return f"{_UNTRUE}{_lowered(proposition)}"
    word = tokens[verb].lower()
    bare = word.rstrip(".,;:!?") in VERBS
    return " ".join(
        [*tokens[:verb], "do not" if bare else "does not", word if bare else base_of(word), *tokens[verb + 1 :]]
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
    return words if _STAYS_CAPITAL.match(words) else words[0].lower() + words[1:]
