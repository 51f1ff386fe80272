"""Opinions: the chapters of a judgment or report that those write who do not join the rest: "JUSTICE LEE, dissenting.", "MINORITY VIEWS"."""

import re
from collections.abc import Iterator, Sequence

from pullquote.voice.guests import PLAIN, Guest, Opening, Paragraph, in_small_letters, words_of

LONGEST_LINE = 300  # code points of a line that names a judge

_NAME = r"[A-Z][\w’'-]+(?:\s(?:of\s|de\s)?[A-Z][\w’'-]+){0,3}"
_TITLED = (
    rf"(?:(?i:Lord|Lady|Mr\.?|Mrs\.?|Ms\.?|Chief|Associate|Presiding|Vice|President)\s){{0,3}}"
    rf"(?i:Justice|Judge|Lord|Lady|Baroness|Sir|Dame)\s{_NAME}(?:\s(?:LJ|JSC|SCJ|JA|JJ?))?"
)
_LETTERED = rf"{_NAME}(?:,\s(?:C\.\s?|P\.\s?)?J\.|\s(?:LJ|CJ|JSC|SCJ|JA|J))"  # "THORNE, J.", "Boyd LJ"
_JOINED = r"(?:with\swhom\s[^:]{3,160}?\s(?:joins?|joined|agrees?)(?:\s(?:as|in|except)\s[^:]{1,60}?)?,?\s)?"
_PART = r"(?:concurring|dissenting)(?:\s(?:and|or)\s(?:concurring|dissenting))?(?:\s(?:in|from|as\sto)\s[^.:)]{1,80})?"
_JUDGE = re.compile(rf"(?P<name>{_TITLED}|{_LETTERED})(?::|,?\s\(?{_JOINED}{_PART}\)?[.:]{{0,2}})")
_OPINION = re.compile(
    rf"(?P<name>{_TITLED}|{_LETTERED}),?\s(?:delivered|announced)\sthe\s(?:opinion|judge?ment)\b.{{0,200}}", re.DOTALL
)
_LINE = re.compile(r"(?i:\b(?:concurring|dissenting|delivered|announced)\b)|:\Z")  # without them no judge is looked for
_BENCH = re.compile(r"\b(?:justice|judge|lord|lady|baroness|sir|dame)\b", re.IGNORECASE)
_OFFICE = re.compile(
    rf"{_BENCH.pattern}|\b(?:mr|mrs|ms|chief|associate|presiding|vice|president|of|de)\b", re.IGNORECASE
)
_WHICH = r"(?:minority|dissenting|additional|supplemental|concurring|separate)"
_VIEWS = re.compile(
    rf"(?:the\s)?{_WHICH}(?:(?:,|,?\sand|\sor)\s{_WHICH}){{0,2}}\sviews(?:\sof\s(?P<name>[^:\n]{{3,80}}?))?[.:]?",
    re.IGNORECASE,
)


def opinions_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where a judge or a minority begins to write, by the number of a paragraph; a judge writes on under smaller headings.

    Example: "JUSTICE THORNE, dissenting." alone in a paragraph opens what is Justice Thorne's.
    """
    level = 0
    for number, paragraph in enumerate(paragraphs):
        level = paragraph.level if paragraph.level and paragraph.level < PLAIN else level
        words = paragraph.bare
        if len(words) > LONGEST_LINE:
            continue
        if views := _views(paragraph):
            hashed = paragraph.level if paragraph.level and paragraph.level < PLAIN else 0
            yield number, Opening(_guest(views["name"], views.group()), hashed)
        elif _LINE.search(words) and (guest := _judge(words, author)):
            yield number, Opening(None if guest.name is None else guest, max(0, level - 1))


def _views(paragraph: Paragraph) -> re.Match[str] | None:
    """The words of a heading, or of a line in capitals or in emphasis, over what a minority writes."""
    set_apart = paragraph.level is not None or paragraph.bare.isupper() or paragraph.words[:1] in "*_"
    return _VIEWS.fullmatch(paragraph.bare) if set_apart else None


def _judge(words: str, author: str | None) -> Guest | None:
    """The judge whom a line names; one without a name where that is the author or speaks for the court that is."""
    found = _JUDGE.fullmatch(words) or _OPINION.fullmatch(words)
    if found is None:
        return None
    told = words_of(_OFFICE.sub("", found["name"]))
    own = bool(told & words_of(author)) or (found.re is _OPINION and not _BENCH.search(author or ""))
    return Guest(None, "") if own else _guest(found["name"], found["name"])


def _guest(name: str | None, cue: str) -> Guest:
    return Guest(in_small_letters(" ".join(name.split())) if name else None, cue)
