"""Whether a question is asked in a language that the sources are not written in."""

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from pullquote.index.lexical import STOP_WORDS

# Of corpora in these languages no question can be refused for its script.
_OTHER_SCRIPTS = frozenset("ar be bg bn el fa gu he hi hy ja ka ko mk ml mr ru sr ta te th uk ur yi zh".split())  # noqa: SIM905
_LAST_LATIN = "\u024f"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Words that ask, of the languages that such questions come in most. "Comment" and "hoe" are English too,
# but an English question that holds them holds an English small word besides.
_ASKING = frozenset(
    """qui quoi quel quelle quels quelles où quand pourquoi comment combien wer wen wem wo wann warum wieso wie welche
    welcher welches quién quiénes qué cuál cuáles dónde cuándo cómo cuánto chi cosa quale quali dove quando perché quanto
    quem qual quais onde kto gdzie kiedy dlaczego wat waar wanneer waarom hoe welke vem hvem hvad hva hvor hvorfor""".split()  # noqa: SIM905
)
# Names are made of these too: "Universidad de la Habana", "Van Gend en Loos".
_IN_NAMES = frozenset(
    "de del della di da do dos du des la las le les lo los el al van von der den te en et e y".split()  # noqa: SIM905
)
_HABITUAL = 2  # function words of a language that a question in it holds at least


def foreign(question: str, languages: frozenset[str], knows: Callable[[str], bool]) -> bool:
    """Whether a question is in none of these languages, as far as its script and function words tell.

    Counting function words is the classic test for short texts (Grefenstette, "Comparing two language
    identification schemes", 1995). It errs towards asking the sources: a question is refused only when it
    holds more function words of another language than of the sources' own, and a plain word besides that
    the sources never use. So a bare name ("Los Zetas de Tamaulipas") is looked up. A short question
    may do without that word ("Wer ist Trump?"): it has a word that asks, or small words of no name.

    Args:
        languages: ISO 639-1 codes of the sources' languages.
        knows: whether a word occurs in the sources.
    """
    if languages.isdisjoint(_OTHER_SCRIPTS) and _other_script(question):
        return True
    words = [word.replace("’", "'") for word in _WORD.findall(question)]
    lowered = [word.lower() for word in words]
    if "en" in languages and sum(word in STOP_WORDS for word in lowered) >= _HABITUAL:
        return False
    lists = _function_words()
    home = set().union(*(lists.get(code, frozenset()) for code in languages))
    best = max(
        (listed for code, listed in lists.items() if code not in languages),
        key=lambda listed: sum(word in listed for word in lowered),
    )
    count, own = (sum(word in listed for word in lowered) for listed in (best, home))
    at_home = any(word in home - best for word in lowered)
    if languages == {"en"} and not at_home and _asks(question, words, best - home):
        return True
    if count < _HABITUAL:
        return bool(words) and not own and count == len(words)  # such as "pourquoi?"
    strange = any(word.islower() and word not in best | home and not knows(word) for word in words)
    return count > own and strange


def _asks(question: str, words: Sequence[str], small: AbstractSet[str]) -> bool:
    """Whether a text is a question by its mark, and its small words are no part of a name."""
    if not question.rstrip().endswith("?"):
        return False
    asking = any(word.lower() in _ASKING for word in words)
    plain = len({word for word in words if word.islower()} & (small - _IN_NAMES))
    spanish = question.lstrip().startswith("¿")
    return (asking and (spanish or plain > 0)) or plain >= _HABITUAL


def language_names(codes: Iterable[str]) -> str:
    """Languages by their English names, in words.

    Example: language_names(["en"]) -> "English"; language_names(["fr", "en"]) -> "English or French"
    """
    names = sorted("English" if code == "en" else _names().get(code, code) for code in set(codes))
    return " or ".join(names)


def _other_script(question: str) -> bool:
    letters = [character for character in question if character.isalpha()]
    return bool(letters) and sum(character > _LAST_LATIN for character in letters) > len(letters) / 2


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    from stop_words import LANGUAGE_MAPPING, get_stop_words

    return {code: frozenset(get_stop_words(code)) for code in LANGUAGE_MAPPING}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    from stop_words import LANGUAGE_MAPPING

    return {code: name.title() for code, name in LANGUAGE_MAPPING.items()}
