"""Insertions: letters, articles and other members' words that stand in a speech."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

from pullquote.corpus.documents import Document
from pullquote.voice.guests import words_of
from pullquote.voice.interviews import turns_of
from pullquote.voice.labels import LABEL, Turn, takes_floor, turn_of
from pullquote.voice.members import heads_of
from pullquote.voice.mentions import people_in
from pullquote.voice.signatures import LONGEST_LINE, is_last, signers, together
from pullquote.voice.voices import Speaker

_READ_IN = re.compile(
    r"ordered\sto\sbe\sprinted\sin\sthe\s(?:record|appendix)|be\sprinted\sin\sthe\srecord,?\sas\sfollows", re.IGNORECASE
)
_READ_IN_FROM = re.compile(r"\[?(?:From|By)\s(?P<from>the\s[A-Z][\w .&’']{2,60}?)(?:,|\]|$)")
_TAG = re.compile(
    r"(?:Mr|Ms|Mrs|Miss|Dr)\.\s(?P<name>[A-Z][A-Z’'-]*[A-Z])(?:\sof\s[A-Z][\w ]{2,30})?\.(?:\s|$)|The\s(?:PRESIDING\sOFFICER|SPEAKER)\b[^.]{0,40}\."
)
_OFFICE_TAG = re.compile(  # "The CHAIRMAN.", "Senator CRUZ.": only where a paragraph of such a record opens with it
    r"(?:The\s|(?:[A-Z][a-z]+\s){1,2})(?P<name>[A-Z][A-Z’'-]+[A-Z])\.(?:\s|$)"
)
_MEMBERS = re.compile(rf"(?:\A|[\n\r])[ \t]*(?:{_TAG.pattern.replace('?P<name>', '?:')})")
_ANY_TAG = re.compile(r"(?:[A-Z][\w’'-]+\s){1,2}[A-Z][\w’'-]+\.\s+(?=[A-Z“\"])")  # "Clerk Banks. The report"
_PRINTED_TAG = re.compile(  # "Chairman Lee. Did you see it?", "MR. FALK: I did.": only where a paragraph opens with it
    r"(?P<title>(?:Mr|Ms|Mrs|Miss|Dr)\.|Chairman|Chairwoman|Senator|Representative|Ambassador|Secretary|General|Admiral|Director|Governor|"
    r"Commissioner|Congressman|Congresswoman|Council(?:man|woman|member)|Judge|Justice|Mayor)\s"
    r"(?P<name>[A-Z][a-z’'-]+(?:\s[A-Z][a-z’'-]+)?)\.\s(?=[A-Z“])|"
    r"(?P<office>(?:MR|MS|MRS|DR|SENATOR|SECRETARY|GENERAL|GOVERNOR|CHAIRMAN|AMBASSADOR|DIRECTOR)\.?\s(?P<caps>[A-Z][A-Z’'. -]+)|(?:THE\s|VICE\s)*PRESIDENT(?:\s[A-Z][A-Z’'-]+)?):\s"
)
_TURN = re.compile(rf"(?:\A|[\n\r])[ \t]*(?:{_PRINTED_TAG.pattern})")
_TITLES = (
    "MR. ",
    "MS. ",
    "MRS. ",
    "PRESIDENT:",
    "Mr. ",
    "Ms. ",
    "Mrs. ",
    "Chairman ",
    "Senator ",
)  # without them there are no turns
LEAST_TURNS = 2
_CAPS_TAG = re.compile(  # "The CHAIR: Order.", "Senator HALVORSEN: So it is."
    r"(?:[A-Z][\w.’'-]*\s){1,3}(?P<caps>[A-Z][A-Z’'-]+[A-Z]):\s(?=[A-Z“\"‘'.…(])"
)
_CAPS_COLON = re.compile(r":(?<=[A-Z]{2}:)\s")  # without it there are no such turns
_CAPS_TURN = re.compile(rf"(?:\A|[.?!…”\"’)]\s+){_CAPS_TAG.pattern}")
LEAST_CAPS_TURNS = 3
_SENTENCE_ENDS = re.compile(r"[.!?]\s")
_QUESTION = re.compile(r"Q[.:]?\s+(?=[A-Z“(])")
_DEAR = re.compile(r"Dear\s[A-Z][^.!?]{0,80}[:,]")
_LETTER_END = re.compile(r"(?:Yours\s\w+|Sincerely|Respectfully|Very\struly\syours|Best\sregards)", re.IGNORECASE)
_STAGE = re.compile(r"[\[(][^\[\]()]{1,200}[\])]\.?")  # "(laughter)", "[applause]"
_MINUTES = re.compile(  # what whoever writes a record says of it
    r"(?:(?:The|This)\s(?:\w+\s){0,2})?(?:[Mm]eeting|[Ss]ession|[Hh]earing|[Ss]itting|[Cc]ommittee|[Cc]ouncil|[Ii]nterview|[Rr]ecording)\s"
    r"(?:was\s|then\s|is\s)*(?:closed|ended|ends|adjourned|rose|concluded|opened|began|suspended|resumed)\b|Whereupon\b"
)
_FORMAL = re.compile(  # what a chamber does, which no member says: "Question put and agreed to.", "Resolved, That …"
    r"[*_\[(]{0,4}(?:(?:(?:Main|Original)\s)?Question,?\s(?:(?:again|accordingly|as\samended),?\s){0,2}(?:put|proposed|agreed\sto|negatived)(?=[.,:;*_(\n]|\s\(|\s(?:and|forthwith|thereon)\b|\Z)|"
    r"(?:Motion|Amendments?|Clauses?|Schedules?|Bill)(?:\s\d{1,3})?,?\s(?:(?:accordingly|by\sleave|as\samended),?\s){0,2}"
    r"(?:made|moved|proposed|agreed\sto|carried|negatived|withdrawn|passed|read\s(?:a|the)\s\w{1,9}\stime|ordered\sto\s[\w ]{1,40})(?=[.,:;*_(\n]|\s\(|\Z)|"
    r"(?:Resolved|Ordered)(?:[*_]{0,3}[,:]|[*_])|The\s(?:House|Committee|Council|Senate|Assembly|Chamber|Board|Parliament)\s(?:having\s)?divided(?=[.,:;])|(?:Ayes|Noes):?\s\d)"
)
_BY_NAME = re.compile(r"[*_\[(]{0,4}(?:Motion|Amendments?|Clauses?|Schedules?|Bill)\b")  # anybody's, too: "Bill moved."
_PRESIDES = re.compile(
    r"(?i:(?:the\s|mr\.?\s|madam\s|deputy\s|vice\s){0,3}(?:chair\w*|speaker|president|mayor|clerk))\b"
)
_PARAGRAPH_ENDS = re.compile(r"\n[ \t\r]*(?:\n|\Z)")
_EMPHASIS = re.compile(  # a paragraph in italic letters from end to end: a record's own account
    r"(?P<mark>[*_])(?=[^\s*_])(?P<told>(?:[^*_\n\r]|\r?\n(?=\S)){1,400})(?P=mark)[.,:;]?[ \t]*(?=\Z|\r?\n[ \t]*(?:\r?\n|\Z))"
)
_SITTING = re.compile(  # what such an account is about
    r"\b(?:[Mm]embers?|[Cc]hamber|[Gg]allery|[Hh]ouse|[Ss]itting|[Mm]eeting|[Cc]hair|[Ss]peaker|[Ss]ession|[Hh]all|[Ff]loor|[Rr]oom|"
    r"[Ll]aughter|[Aa]pplause|[Cc]heers|[Ii]nterruption|[Dd]ivision|[Aa]udience|[Ww]itness(?:es)?|[Aa]dvertisement|[Rr]ecording)\b"
)
_SPEAKS = re.compile(r"\b(?:I|[Ww]e|[Uu]s|[Mm]e|[Mm]y|[Oo]urs?|[Yy]ou|[Yy]our|[Ll]et|[Pp]lease|[Mm]ust|[Ss]hould)\b")
_UNHEARD = re.compile(  # a label in a form that is not known: "(6.1) **Ann Lee:**"
    r"[^\n\r*_]{0,20}(?:\*\*|__)[A-Z][^*_:\n\r]{1,60}(?::(?:\*\*|__)|(?:\*\*|__)(?:[ ]\([^()\n\r]{1,40}\)){0,2}:)"
)
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|must|do|does|did|I|we)\b", re.IGNORECASE)
INDENT = 40  # code points before a line that may be white space
LONGEST_LETTER = 20_000  # code points after "Dear" in which a signature is looked for
SHOWN_AFTER = 200  # code points after a formal line in which its paragraph ends or another follows
_NOBODY = Speaker(None, sure=False)  # of a record: whoever it is


class Insertions:
    """Whether a document, read from its start, is inside a text that its author did not write."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._text = document.text
        self._author = document.source.author
        self._closing = False  # after "Sincerely,": the lines that sign the letter
        self._speaker: Speaker | None = None
        self._letter = False
        self._begun = False  # somebody known has taken the word in a record
        self._preamble = False  # a paragraph of one like "Present: …", before anybody has

    @property
    def reading(self) -> bool:
        """Whether the last sentence heard belonged to an insertion."""
        return self._speaker is not None

    def heading(self) -> None:
        """Take note of a heading: an answer of an interview does not go on past it."""
        if self._is_interview:
            self._speaker = None

    def hear(self, words: str, at: int, *, opens: bool) -> Speaker | None:
        """Who speaks in a sentence of an insertion that starts at `at`; None outside of any.

        `opens` tells whether a paragraph starts with it.
        """
        if self._closing and (_is_long(words) or _TAG.match(words) or _FINITE.search(words)):
            self._speaker, self._closing = None, False
        if self._letter and _LETTER_END.match(words):
            self._letter, self._closing = False, True
            return self._speaker
        if self.is_record and (told := self._recorded(words, at, opens)):
            return told
        if not self._is_interview:
            self._turn(words, at)
        if self._speaker:
            if named := _READ_IN_FROM.match(words):
                self._speaker = replace(self._speaker, name=named["from"].strip(), sure=False)
            return self._speaker
        if _READ_IN.search(words):
            self._speaker = Speaker(None, (), "printed in the Record", sure=False)
            return Speaker(self._author, own=True)
        return None

    def _recorded(self, words: str, at: int, opens: bool) -> Speaker | None:
        """Take note of who has the word in a record or an interview; who else than that one says this sentence.

        A paragraph without a label most likely goes on, and never surely.
        """
        starts = opens or self._text[at - 1] in "\n\r"
        labelled = self._takes_word(at, starts=starts)
        inside = [match.start("turn") for match in LABEL.finditer(words, 1)]
        if inside:  # a line without a stop, and the next speaker's
            self._takes_word(at + inside[-1], starts=True)
            return _NOBODY
        if not labelled and self._begun and _STAGE.fullmatch(words):
            self._speaker = _NOBODY if opens else self._speaker
            return _NOBODY
        if labelled or not (starts and self._speaker):
            return None
        if self._is_nobodys(words, at, opens=opens):
            self._speaker = _NOBODY
        self._speaker = None if self._preamble else replace(self._speaker, sure=False)
        return None

    def _is_nobodys(self, words: str, at: int, *, opens: bool) -> bool:
        """Whether the record itself says what no label stands before, or somebody whose label is not known."""
        if _MINUTES.match(words) or self._is_formal(words, at) or (opens and self._is_account(at)):
            return True
        unheard = _UNHEARD.match(self._text, at) or LABEL.match(self._text, at)
        return bool(unheard or (self._printed_turns and _ANY_TAG.match(self._text, at)))

    def _is_formal(self, words: str, at: int) -> bool:
        """Whether a sentence is a chamber's formal line: one that ends its paragraph, or is followed by one more."""
        if not _FORMAL.match(words) or _SPEAKS.search(words) or (_BY_NAME.match(words) and not self._chamber):
            return False
        rest = self._text[at + len(words) : at + len(words) + SHOWN_AFTER].lstrip(" \t*_.])")
        return (
            not rest or _PARAGRAPH_ENDS.match(rest.lstrip("\r")) is not None or _FORMAL.match(rest.lstrip()) is not None
        )

    def _is_account(self, at: int) -> bool:
        """Whether a paragraph in italic letters tells of the sitting; a speaker may stress a sentence, too."""
        emphasis = _EMPHASIS.match(self._text, at)
        return bool(emphasis and _SITTING.search(emphasis["told"]) and not _SPEAKS.search(emphasis["told"]))

    @cached_property
    def _chamber(self) -> bool:
        """Whether somebody with a seat or in a chair speaks in the document, so that bills and motions are moved there."""
        labels = LABEL.finditer(self._text)
        return any(_PRESIDES.match(each["label"]) or takes_floor(each) for each in labels) or bool(heads_of(self._text))

    def _takes_word(self, at: int, *, starts: bool) -> bool:
        """Whether somebody takes the word at `at`, where a line may start; from there on it is theirs."""
        turn = self._interview.get(at) if starts else None
        tag = self._tag(at, starts=starts)
        if tag and not (turn and turn.name and turn.label.isupper()):  # "LAKESIDE POST:" is no office and its holder
            self._floor(self._printed(tag))
            return True
        if turn is None and not self._interview and (label := LABEL.match(self._text, at)):
            turn = turn_of(label["label"]) if starts or label["label"].isupper() else None
        if turn is None:
            return False
        self._begun = self._begun or turn.name is not None
        self._floor(None if turn.own else Speaker(turn.name, (), turn.label, turn.sure))
        self._preamble = not self._begun
        return True

    def _floor(self, speaker: Speaker | None) -> None:
        self._speaker, self._letter, self._closing, self._preamble = speaker, False, False, False

    def _tag(self, at: int, *, starts: bool) -> re.Match[str] | None:
        """What a printed record says who speaks with."""
        tag = _CAPS_TAG.match(self._text, at) if self._caps_turns else None
        tag = tag or (_PRINTED_TAG.match(self._text, at) if self._printed_turns and starts else None)
        self._begun = self._begun or tag is not None
        return tag

    def _turn(self, words: str, at: int) -> None:
        """Take note of a member who takes the floor, or of a letter's opening."""
        if self._printed_turns and self._speaker and _QUESTION.match(self._text, at):
            self._speaker = Speaker(None, (), "Q", sure=False)
        if tag := _TAG.match(words) or self._office(words, at):
            self._floor(self._member(tag))
        elif not self._letter and _DEAR.match(words):
            self._open_letter(at)

    def _office(self, words: str, at: int) -> re.Match[str] | None:
        """Whom a record of several members' words calls by an office, or by a title in full, where a line starts."""
        starts = not self._text[max(0, at - INDENT) : at].rpartition("\n")[2].strip(" \t")
        return _OFFICE_TAG.match(words) if starts and self._members else None

    def _open_letter(self, at: int) -> None:
        """Take note of a letter that somebody else signed, or nobody who is known."""
        signed = signers(self._text, at, at + LONGEST_LETTER)
        name = together(signed)
        own = any(each.casefold() in (self._author or "").casefold() for each in signed)
        opens = not _SENTENCE_ENDS.search(self._text, 0, at)
        if own or (opens and (name is None or self._is_sent_by_body(at, signed))):
            return  # a document that is a letter is its author's
        self._speaker, self._letter = Speaker(name, (), "Dear", sure=False), True

    def _is_sent_by_body(self, at: int, signed: Sequence[str]) -> bool:
        """Whether people sign a letter, which is the whole document, for the body that is its author: several, or one who names it."""
        if not self._author or any(person.name == self._author for person in people_in(self._author)):
            return False
        known = len(signed) > 1 or words_of(self._author) <= words_of(self._text[at:])
        return known and is_last(self._text, at)

    @cached_property
    def _interview(self) -> dict[int, Turn]:
        """Who takes the word where; nothing in a printed record, which has labels of its own."""
        return {} if self._printed_turns else turns_of(self._document)

    @property
    def _is_interview(self) -> bool:
        return bool(self._interview) and not self._caps_turns

    @cached_property
    def is_record(self) -> bool:
        """Whether the document's paragraphs have labels that tell who speaks."""
        return self._printed_turns or self._caps_turns or bool(self._interview)

    @cached_property
    def _printed_turns(self) -> bool:
        """Whether the document is a record of who said what, with two turns at least."""
        if not any(title in self._text for title in _TITLES):
            return False
        return len(list(islice(_TURN.finditer(self._text), LEAST_TURNS))) == LEAST_TURNS

    @cached_property
    def _members(self) -> bool:
        """Whether members take the floor in the document, twice at least: "Mr. LEE."."""
        return len(list(islice(_MEMBERS.finditer(self._text), LEAST_TURNS))) == LEAST_TURNS

    @cached_property
    def _caps_turns(self) -> bool:
        """Whether the document is a record whose turns follow each other within its paragraphs: "The CHAIR: … Ms. TRAN: …"."""
        if _CAPS_COLON.search(self._text) is None:
            return False
        return len(list(islice(_CAPS_TURN.finditer(self._text), LEAST_CAPS_TURNS))) == LEAST_CAPS_TURNS

    def _printed(self, turn: re.Match[str]) -> Speaker | None:
        name, author = turn.groupdict().get("name") or turn["caps"], (self._author or "").casefold()
        own = name.strip().casefold() in author if name else "president" in author or "white house" in author
        tag = turn.group().strip().rstrip(".:")
        return None if own else Speaker(tag, (), tag)

    def _member(self, tag: re.Match[str]) -> Speaker | None:
        name = tag["name"]
        if name and name.casefold() in (self._author or "").casefold():
            return None
        return Speaker(tag.group().strip().rstrip("."), (), tag.group().strip())


def _is_long(words: str) -> bool:
    """Whether a line has more words than one that signs a letter; each of several signs in its own."""
    return any(len(line.split()) > LONGEST_LINE for line in words.split("\n"))
