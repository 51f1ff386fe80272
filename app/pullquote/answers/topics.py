"""What a debate is about: its headings, and the names and phrases that recur in it most tellingly."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from pullquote.corpus.clauses import base_of
from pullquote.corpus.lexicon import ADJECTIVES, AMBIGUOUS, AUXILIARIES, MODALS, PARTICIPLES, VERBS
from pullquote.corpus.sentences import Kind
from pullquote.index.generation import Generation
from pullquote.index.lexical import STOP_WORDS, terms

_NOBODY = frozenset(
    ("anybody", "anyone", "anything", "everybody", "everyone", "everything", "nobody", "none", "nothing", "somebody",
     "someone", "something")
)  # fmt: skip
_COUNTS = frozenset(  # "two dollars", "last year": how many or when, and not what
    ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "dozen", "hundred", "thousand", "million",
     "billion", "trillion", "percent", "per", "cent", "cents", "last", "next")
)  # fmt: skip
_JOINING = _NOBODY | _COUNTS | frozenset(  # words that are no part of a phrase, beside the stop words
    ("across", "against", "along", "among", "around", "despite", "each", "every", "forth", "like", "otherwise", "shall", "since", "therein",
     "thereof", "took", "toward", "towards", "via", "within", "without")
)  # fmt: skip
# After these stands a noun; after those a verb.
_NOUN_NEXT = frozenset(
    ("a", "about", "against", "all", "an", "any", "at", "between", "by", "each", "every", "for", "from", "her", "his",
     "in", "into", "its", "many", "most", "my", "no", "of", "on", "our", "over", "several", "some", "the", "their",
     "these", "this", "those", "through", "towards", "under", "with", "without", "your")
)  # fmt: skip
_VERB_NEXT = MODALS | frozenset(
    ("and", "but", "did", "do", "does", "he", "i", "it", "never", "not", "or", "she", "that", "they", "to", "we",
     "which", "who", "you")
)  # fmt: skip
_OBJECT = frozenset(
    ("a", "an", "her", "him", "his", "how", "it", "its", "my", "our", "that", "the", "their", "them", "this", "us",
     "what", "you", "your")
)  # fmt: skip
_FIGURE = "0"  # stands in a line for whatever holds one
# Before these a phrase in the singular is one of several: "a head cook", "our head cook".
_ONE_OF_SEVERAL = _COUNTS | frozenset(
    ("a", "an", "another", "any", "each", "either", "every", "her", "his", "its", "my", "no", "one", "our", "that", "the", "their",
     "this", "your", _FIGURE)
)  # fmt: skip
_DURING = frozenset(
    ("after", "at", "before", "by", "during", "each", "every", "for", "from", "in", "last", "next", "over", "since", "this", "throughout",
     "until", "within")
)  # fmt: skip
_TIMES = frozenset(
    ("century", "day", "decade", "evening", "fortnight", "hour", "minute", "month", "morning", "night", "period", "quarter", "season",
     "semester", "summer", "term", "time", "week", "weekend", "winter", "year")
)  # fmt: skip
_LINKS = frozenset(("de", "for", "of", "on"))  # within a name: Department of Education
_LIKE_ED = ("eed", "hundred", "naked", "sacred")  # no pasts
_LIKE_LY = ("ally", "anomaly", "assembly", "bully", "family", "monopoly", "rally", "reply", "supply")  # no adverbs
_SAID_OF = ("able", "ible", "ful", "less", "ous")
_PASTS = frozenset(
    (
        "became",
        "began",
        "broke",
        "brought",
        "built",
        "bought",
        "chose",
        "came",
        "dealt",
        "did",
        "drank",
        "drove",
        "ate",
        "fell",
        "fed",
        "fought",
        "found",
        "fled",
        "got",
        "gave",
        "went",
        "grew",
        "had",
        "heard",
        "held",
        "kept",
        "knew",
        "led",
        "left",
        "lent",
        "lost",
        "made",
        "meant",
        "met",
        "overcame",
        "paid",
        "rebuilt",
        "rose",
        "ran",
        "said",
        "sought",
        "sold",
        "sent",
        "shot",
        "shrank",
        "spoke",
        "spent",
        "stood",
        "struck",
        "took",
        "taught",
        "told",
        "understood",
        "wore",
        "won",
        "withdrew",
    )
)
_NO_SUBJECT = re.compile(r"[?!:;“”\"]")
_WORD = re.compile(r"[^\W\d_][\w’'-]*[^\W_]|[^\W\d_]")


def subjects(generation: Generation, debate: str, documents: Iterable[int] | None = None) -> list[str]:
    """What a debate, or some documents of it, are about: headings, then the phrases that recur most tellingly."""
    headings: list[str] = []
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for number in generation.documents_of(debate) if documents is None else documents:
        text = generation.document(number).text
        for sentence in generation.sentences(number):
            words = sentence.span.cut(text)
            if sentence.kind is Kind.HEADING and _names_a_subject(words.strip(" #")):
                headings.append(_lowered(words.strip(" #")))
            elif sentence.kind is Kind.PROSE:
                for phrase, uses in _phrases(words):
                    found[phrase].update(uses)
    _join_openings(found)
    _join_shouted(found)
    telling = sorted(
        (phrase for phrase, uses in found.items() if _is_whole(phrase, uses)),
        key=lambda phrase: (-(found[phrase]["all"] ** 0.5) * _rarity(generation, phrase), phrase),
    )
    named = [f"the {phrase}" if 2 * found[phrase]["the"] > found[phrase]["all"] else phrase for phrase in telling]
    return list(dict.fromkeys(headings + named))


def _join_openings(found: dict[str, Counter[str]]) -> None:
    """Counts "Public transport", where it only opens sentences, as "public transport", where there is that too."""
    for phrase in [phrase for phrase, uses in found.items() if not uses["inside"]]:
        plain = phrase[0].lower() + phrase[1:]
        if plain != phrase and plain in found:
            found[plain].update(found.pop(phrase))


def _join_shouted(found: dict[str, Counter[str]]) -> None:
    """Counts "ANN LEE", as a record labels what she says, as "Ann Lee", where there is that too."""
    plain = {phrase.casefold(): phrase for phrase in found if not phrase.isupper()}
    for phrase in [phrase for phrase in found if phrase.isupper() and phrase.casefold() in plain]:
        found[plain[phrase.casefold()]].update(found.pop(phrase))


def _rarity(generation: Generation, words: str) -> float:
    return sum(generation.lexical.rarity(term) for term in terms(words))


def _lowered(words: str) -> str:
    named = any(word[:1].isupper() for word in words.split()[1:])  # "Presidential Determination": a name, as a whole
    return words[0].lower() + words[1:] if words[1:2].islower() and not named else words


def _names_a_subject(heading: str) -> bool:
    """Whether a heading can stand after "about": it tells nothing, asks nothing and bids nothing."""
    words = [word.strip(",.()’'") for word in heading.lower().split()]
    if not 2 <= len(words) <= 8 or heading.upper() == heading or _NO_SUBJECT.search(heading) or not all(words):
        return False
    if words[0] in STOP_WORDS - {"a", "an", "the"} or words[-1] in STOP_WORDS or bids(words[0], words[1]):
        return False
    return not any(
        word in AUXILIARIES or word in _NOBODY or (word != "united" and _happened(word)) or _happens(before, word)
        for before, word in pairwise(["", *words])
    )


def _phrases(words: str) -> Iterator[tuple[str, list[str]]]:
    """Names, and pairs of neighbouring words of weight such as "drug traffickers", and how each is used here.

    The uses: "all", "the" before it, "left" and "right" where nothing is torn off there, "noun" or "verb" where what is
    before it calls for one, "bare" where no article or number is before it, "when" where it tells a time, and "inside" where it
    does not open the sentence.
    """
    line = _line(words)
    place = 1
    while place < len(line) - 1:
        end = place
        while _is_named(line[end]) and _telling(line[end]):
            end += 1
        if end - place > 1:
            yield " ".join(line[place:end]), _uses_of_name(line, place, end)
        elif _telling(line[place]) and _telling(line[place + 1]) and not _is_named(line[place + 1]):
            yield f"{line[place]} {line[place + 1]}", _uses_of_pair(line, place)
        place = max(end, place + 1)


def _line(words: str) -> list[str]:
    """The words of a sentence, with "" at its ends and where more than a blank stands between two; a figure is told."""
    line, last = [""], 0
    for word in _WORD.finditer(words):
        between = words[last : word.start()]
        if any(map(str.isdigit, between)):
            line.append(_FIGURE)
        elif last and between != " ":
            line.append("")
        line.append(word.group())
        last = word.end()
    return [*line, "", ""]


def _uses_of_name(line: Sequence[str], start: int, end: int) -> list[str]:
    before, after = line[start - 1].lower(), line[end].lower()
    uses = {
        "all": True, "the": before in ("the", "a", "an"), "inside": start > 1,  # "a Joint Committee" is one to ask about
        "left": not (before in _LINKS and _is_named(line[start - 2])),
        "right": not (after in _LINKS and _is_named(line[end + 1])) and line[end - 1][-2:] not in ("'s", "’s"),
    }  # fmt: skip
    return [use for use, so in uses.items() if so]


def _uses_of_pair(line: Sequence[str], place: int) -> list[str]:
    before, two, after = line[place - 1].lower(), line[place + 1], line[place + 2].lower()
    # "Latin American drug traffickers", "a direct confrontation": what stands before belongs to them, and may go.
    described = not before.endswith("s") and (
        (place > 2 and _is_named(line[place - 1])) or (_telling(before) and line[place - 2].lower() in _NOUN_NEXT)
    )
    noun = described or before in _NOUN_NEXT or _happened(before)
    acts = two.endswith("ing") or base_of(two) in VERBS  # "relating to", "control the"
    uses = {
        "all": True, "the": before == "the", "inside": place > 1, "noun": noun, "verb": before in _VERB_NEXT,
        "left": noun or before in ("", _FIGURE) or before in VERBS - AMBIGUOUS,
        "bare": before not in _ONE_OF_SEVERAL, "when": not _DURING.isdisjoint((before, line[max(0, place - 2)].lower())),
        "right": (not _telling(after) or _happened(after) or _happens(two, after))
        and not (acts and (after in _OBJECT or after == "to")),
    }  # fmt: skip
    return [use for use, so in uses.items() if so]


def _is_whole(phrase: str, uses: Counter[str]) -> bool:
    """Whether a phrase recurs, as a name or as a noun with what belongs to it, and is not torn out of a longer one."""
    one, two = phrase.split(" ", 1)
    if uses["all"] < 2 or 2 * uses["right"] < uses["all"]:
        return False
    if _is_named(two):
        return 2 * uses["left"] >= uses["all"] and uses["inside"] > 0
    if (one in VERBS or _happened(one)) and uses["noun"] < uses["verb"]:
        return False
    tells = _happened(two) or _happens(one, two) or two in ADJECTIVES or two.endswith(_SAID_OF)
    one_of_several = not uses["bare"] and 2 * uses["the"] <= uses["all"] and not two.endswith("s")
    a_time = two.removesuffix("s") in _TIMES and 2 * uses["when"] >= uses["all"]
    return uses["left"] > 0 and not tells and not one_of_several and not a_time


def _is_named(word: str) -> bool:
    return word[:1].isupper()


def _happened(word: str) -> bool:
    """Whether a word in small letters is a past or a participle: "seized", "found"."""
    if word in AMBIGUOUS:
        return False
    return word in PARTICIPLES or word in _PASTS or (word[-2:] == "ed" and not word.endswith(_LIKE_ED))


def _happens(before: str, word: str) -> bool:
    """Whether a word is a verb in the present, after its subject: "boards ban", "cartel becomes"."""
    base = base_of(word)
    if base == word:
        return word in VERBS and before.endswith("s") and not before.endswith("ss")
    return base in VERBS and (base not in AMBIGUOUS or base in ("say", "show"))


def bids(first: str, second: str) -> bool:
    """Whether two words open a demand: "ban phones", "stop the war", "find out"."""
    if first not in VERBS:
        return False
    plural = second.endswith("s") and not second.endswith("ss")
    return plural or second in _OBJECT or (second in STOP_WORDS and first not in AMBIGUOUS)


@lru_cache(maxsize=65_536)
def _telling(word: str) -> bool:
    plain = word.lower()
    adverb = plain == word and plain.endswith("ly") and plain not in _LIKE_LY
    return len(word) > 2 and plain not in STOP_WORDS and plain not in _JOINING and not adverb
