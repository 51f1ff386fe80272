"""Which language a question is in, as far as its small words tell."""

import re
from collections.abc import Iterable

# Words that a language is full of and the others lack; a word of two languages is in neither's list.
_SMALL_WORDS = {
    "en": "the of and is are was were what which who why how when where does did do not with for from this that they "
    "have has can could should would about there their it",
    "es": "el los las del qué que por cómo cuál cuáles quién cuándo dónde es son una con para está están fue según "
    "porque pero sobre y",
    "fr": "le les des du est sont qu que quel quelle quels quelles qui pourquoi comment où une dans pour avec sur été "
    "ont il elle ils aux et",
    "de": "der die das den dem ist sind wer was warum wie wann wo welche welcher welches und nicht ein eine einen mit für "
    "von zu im auf hat haben werden wird über",
    "it": "il gli della dei delle che perché chi quando dove quale quali sono è una con per nel nella non più di",
    "pt": "o os das dos do da que quem quando onde qual quais são é uma com para não pelo pela em foi foram",
    "nl": "het een de van wie wat waarom hoe wanneer waar welke zijn niet met voor op dat zij heeft hebben wordt",
}  # fmt: skip
_LISTS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
ENOUGH = 2  # small words of another language, and none of the corpus's own, show that a question is in it


def foreign(question: str, languages: Iterable[str]) -> bool:
    """Whether a question is in none of these languages (two-letter codes).

    Letters of another script show it; in the Latin script, small words of another language and
    none of these. What shows neither is taken to be understood.

    Example: foreign("¿Por qué fracasan los ataques?", {"en"}) -> True
    """
    own = {language[:2].lower() for language in languages} or {"en"}
    if own <= _LISTS.keys() and _other_script(question):
        return True
    words = _WORD.findall(question.lower())
    counts = {language: sum(word in small for word in words) for language, small in _LISTS.items()}
    if not own <= _LISTS.keys() or any(counts[language] for language in own):
        return False
    return max(counts.values()) >= ENOUGH


def _other_script(question: str) -> bool:
    letters = [character for character in question if character.isalpha()]
    return bool(letters) and sum(character > "\u024f" for character in letters) > len(letters) / 2
