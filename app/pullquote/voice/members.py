"""Members: lines of a chamber's record that only tell who takes the floor with the speech under them: "Ann Lee\\n(Mid Norfolk) (Con)"."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pullquote.voice.guests import says_i, words_of
from pullquote.voice.labels import MEMBER, Turn, is_role, speaks_after
from pullquote.voice.mentions import people_in

LEAST_HEADS = 2  # with a seat or an office, over words that somebody says
SAID_WITHIN = 2_000  # code points of a speech in which somebody says "I", or "the hon. Member"

_EMPTY = r"\n[ \t\r\xa0]*\n"
_OPENS = r"[ \t\r]*(?P<head>(?:#{1,6}[ ])?[*_]{0,3}"
_CLOSES = r"[*_]{0,3}:?[*_]{0,3})[ \t\r]*"
_BREAK = r"[*_]{0,3}[ ]{0,3}(?:\r?\n[ \t]{0,20})?"  # what stands in brackets may stand on the next line
_CALLED = r"(?:(?:[A-Z][\w.’'-]*|de|del|van|von|der|la|al)[ ]){0,6}[A-Z][\w.’'-]*"
_IN_OFFICE = (
    r"(?:Minister|Secretary[ ]of[ ]State|Under-Secretary|Chancellor|(?:Attorney|Solicitor)[ ]General|Paymaster|Speaker|"
    r"Leader[ ]of[ ]the[ ]House|President[ ]of[ ]the|Chair(?:man|woman)?[ ]of)"
)
_SEATED = re.compile(  # seat and party, in brackets of their own or with a comma between
    rf"(?:\A|(?<=\n)){_OPENS}(?P<called>{_CALLED})(?:(?:{_BREAK}\([A-Z][^()\d\n\r]{{1,60}}\)){{2,3}}|"
    rf"{_BREAK}\([A-Z][^(),\d\n\r]{{1,60}},[ ][A-Z][^(),\d\n\r]{{1,12}}\))(?:[ ]\[[A-Z]{{1,2}}\])?{_CLOSES}(?=\n|\Z)"
)
_HOLDS = re.compile(  # "The Minister for Roads (Ann Lee)", not "The Farewell (Ann Lee)"
    rf"(?:\A|{_EMPTY}){_OPENS}(?P<office>The[ ](?=[^\n\r]{{0,60}}{_IN_OFFICE})[A-Z][^():.*_\n\r]{{3,100}}|(?:Mr\.?|Madam)[ ](?:Deputy[ ])?(?:Speaker|President|Chair\w{{0,6}}))"
    rf"{_BREAK}\((?P<called>{_CALLED})\){_CLOSES}(?={_EMPTY})"
)
_ALONE = re.compile(rf"(?:\A|{_EMPTY}){_OPENS}(?P<called>{_CALLED}){_CLOSES}(?={_EMPTY})")
_COURTESY = re.compile(r"\b[Hh]on\.|\bHonou?rable\b")  # one member calls another so
_PARTY = re.compile(  # the last of what stands in brackets: "(Lab/Co-op)", "(Mid Norfolk, Con)"
    r"[(,][ ]?(?:Con(?:servative)?|Lab(?:our)?|LD|Lib(?:eral)?(?:[ ]Dem(?:ocrat)?s?)?|Ind|SNP|PC|Plaid[ ]Cymru|DUP|UUP|SDLP|SF|Sinn[ ]F[eé]in|"
    r"APNI|TUV|UKIP|Reform[ ]UK|GP|Alba|CB|XB|Non-Afl|CPC|NDP|BQ|FF|FG|Fianna[ ]F[aá]il|Fine[ ]Gael|ALP|LNP|TPM|EPP|PPE|S&D|ECR|"
    r"Verts/ALE|Democrat(?:ic)?|Republican|Green)\.?(?:/Co-op|[ ]\(?Co-op\)?)?\)(?:[ ]\[[A-Z]{1,2}\])?[*_:]{0,7}\Z"
)
_CHAMBER = re.compile(  # lines of a chamber alone
    r"(?:\A|(?<=\n))[ \t]*(?:#{1,6}[ ])?[*_\[(]{0,4}(?:(?:Mr|Madam)\.?[ ](?:Deputy[ ])?Speaker\b[^.!?\n]{0,60}(?=\n)|"
    r"Question[ ](?:again[ ]|accordingly[ ])?(?:put|proposed|agreed)\b)"
)
_OPENING = re.compile(
    r"[*_]{0,3}(?:(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame)\.?[ ])?(?P<word>[\w’'-]+)"
)  # the first word of a speech
_THEY = frozenset({"He", "She", "They", "His", "Her", "Their"})
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Head:
    """A line or two that tell who says what stands under them, from `speech` on; nobody where no name is known."""

    start: int
    end: int
    speech: int
    label: str
    name: str


def heads_of(text: str) -> tuple[Head, ...]:
    """The lines over speeches in a text, in order, where two at least have a seat or an office, and one a seat; else none.

    A seat alone is nothing, as a film has its maker and country in brackets: something must tell of a chamber, too.

    Example: "Ann Lee\n(Mid Norfolk) (Con)\n\nI agree.\n\nBob Ott (Bath) (Lab)\n\nI do not.\n\nAnn Lee\n\nA pity."
    has three.
    """
    seated = {head.start: head for match in _SEATED.finditer(text) if (head := _head(match))}
    if not seated:
        return ()
    held = {head.start: head for match in _HOLDS.finditer(text) if (head := _head(match))}
    named = held | seated
    over = [head for head in named.values() if head.speech not in named and speaks_after(text, head.speech)]
    if len(over) < LEAST_HEADS:
        return ()
    known = _known(named.values())
    again = {head.start: head for match in _ALONE.finditer(text) if (head := _again(match, known))}
    heads = tuple(head for _, head in sorted((again | named).items()))
    return heads if held or _is_chamber(text, seated.values(), heads) else ()


def _is_chamber(text: str, seated: Collection[Head], heads: Sequence[Head]) -> bool:
    """Whether most who have a seat have a party too, or a line or two speeches tell that it is a chamber."""
    parties = sum(_PARTY.search(head.label) is not None for head in seated)
    if 2 * parties >= len(seated) or _CHAMBER.search(text):
        return True
    return sum(_COURTESY.search(speech) is not None for _, speech in _speeches(text, heads)) >= LEAST_HEADS


def _speeches(text: str, heads: Sequence[Head]) -> Iterator[tuple[Head, str]]:
    """What stands under each line, up to the next."""
    ends = [*(head.start for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=False):
        yield head, text[head.speech : min(end, head.speech + SAID_WITHIN)]


def floor_of(text: str, author: str | None) -> dict[int, Turn]:
    """Who takes the floor under such lines, by where a speech starts, and nobody where a line does.

    Empty where not two of those who speak at least say "I" or call another "the hon. Member", or half of the
    speeches tell of those who are named over them, or a person who is none of them wrote it: it may be a list of members.
    """
    heads = heads_of(text)
    speeches = [each for each in _speeches(text, heads) if each[1].strip()]
    if sum(says_i(speech) or _COURTESY.search(speech) is not None for _, speech in speeches) < LEAST_HEADS:
        return {}
    told = sum(_tells_of(head, speech) for head, speech in speeches)
    if 2 * told >= len(speeches) or _is_told_by(author, heads):
        return {}
    return dict(_turns(text, heads, (author or "").casefold()))


def _tells_of(head: Head, speech: str) -> bool:
    """Whether what stands under a line is about whom it names, by that name or as "she": a life, or a sketch."""
    opening = _OPENING.match(speech)
    word = opening["word"].removesuffix("'s").removesuffix("’s") if opening else ""
    return word in _THEY or word == head.name.rpartition(" ")[2] or head.name in speech


def _is_told_by(author: str | None, heads: Iterable[Head]) -> bool:
    """Whether the author of a text is a person whom no line over a speech names."""
    if not author or not people_in(author):
        return False
    return not any(words_of(head.name) <= words_of(author) for head in heads)


def _turns(text: str, heads: Iterable[Head], author: str) -> Iterator[tuple[int, Turn]]:
    for head in heads:
        turn = Turn(head.name, head.label, own=head.name.casefold() == author, sure=True)
        yield head.speech, turn
        apart = text.count("\n", head.end, head.speech) > 1
        yield head.start, Turn(None, "") if apart else turn  # one sentence, where no empty line is between


def _head(match: re.Match[str]) -> Head | None:
    """A line with a full name."""
    person = MEMBER.fullmatch(match["called"])
    return _of(match, person["name"]) if person and " " in person["name"] else None


def _again(match: re.Match[str], known: dict[str, set[str]]) -> Head | None:
    """A line that only repeats a name, in full or the surname after a form of address, or an office that has no name: "Mr Speaker"."""
    called = match["called"]
    person = MEMBER.fullmatch(called)
    names = known.get(person["name"], set()) if person and (" " in person["name"] or person["title"]) else set()
    if len(names) == 1:
        return _of(match, next(iter(names)))
    return _of(match, called) if is_role(called) else None


def _known(heads: Iterable[Head]) -> dict[str, set[str]]:
    """The members by their names in full and by their surnames."""
    known: dict[str, set[str]] = {}
    for head in heads:
        for form in (head.name, head.name.rpartition(" ")[2]):
            known.setdefault(form, set()).add(head.name)
    return known


def _of(match: re.Match[str], name: str) -> Head:
    space = _SPACE.match(match.string, match.end("head"))
    speech = space.end() if space else match.end("head")
    return Head(match.start("head"), match.end("head"), speech, " ".join(match["head"].split()), name)
