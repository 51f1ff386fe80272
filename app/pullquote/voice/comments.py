"""Comments: what others say in an author's document under a label or a head of their own, and where the author answers."""

import re
from collections.abc import Iterator, Sequence

from pullquote.corpus.institutions import NOUN
from pullquote.voice.guests import ANY, Guest, Opening, Paragraph, says_i, words_of
from pullquote.voice.phrases import ROLE
from pullquote.voice.speakers import lead

SEVERAL = 2  # labels of people or bodies that stand together; heads of comments that no heading announces
LONGEST_HEAD = 600  # code points

_MARKS = r"[*_]{0,3}"
_ENDED = rf"{_MARKS}[.:]{_MARKS}(?=\s|\Z)"
_COMMENT = re.compile(
    rf"{_MARKS}(?:(?P<doubtful>Comment)|Comment(?:er|or)s?|You\ssaid)(?:\s(?:No\.\s)?\d+|\s[A-Z])?{_ENDED}"
)
_RESPONSE = re.compile(
    rf"{_MARKS}(?:(?:Our|Agency|Staff|Author|EPA|Department|Officer|Council)(?:[’']s)?\s)?"
    rf"(?:[Rr]esponse|[Aa]nswer|[Rr]eply|Agency|We\sdid)(?:\s(?:to\s[^.:\n]{{1,40}}|\d+))?{_ENDED}"
)
_CAPITAL = r"[A-Z][\w.’'&-]*"
_LABEL = re.compile(  # "Eastham Cycling Campaign: We support it.", "**Claudia Stone, former Fed economist:** Stop."
    rf"(?:[-*•+]\s+)?{_MARKS}(?P<name>{_CAPITAL}(?:[ ](?:(?:of|for|the|and|de|del|van|von)[ ]){{0,2}}{_CAPITAL}){{1,7}})"
    rf"{_MARKS}(?P<calling>,[ ][^:\n.!?“”\"]{{2,80}}|[ ]\((?![A-Z]{{2,6}}\)|[^()]*\d{{3}})[^()\n]{{2,60}}\))?{_MARKS}:{_MARKS}\s+(?=[^\s“\"])"
)
_BODY = re.compile(
    rf"\b(?:(?i:{NOUN})|Campaign|Chamber|Trust|Inc|Ltd|Forum|Church|College|Partnership|Co-?operative|Friends|Residents|Club|Fund)\b"
)
_ROLE = re.compile(rf"\b(?:{ROLE})s?\b", re.IGNORECASE)
_OWN_LABEL = re.compile(  # what authors set before a remark of their own: "Full Disclosure: I own shares."
    r"\b(?:I|We|You|My|Our|It|Dear|Disclosure|Note|Update|Line|Thoughts?|Step|Question|Answer|Point|View|Findings?|Summary|Lessons?|Tip|Fact|Myth)\b"
)
_SINGULAR = re.compile(r"(?<![\w’'.])(?:I|[Mm]e|[Mm]y)(?![\w.])")

_NAMED = r"(?:[^\n:*,|·•]{0,38}[^\s:*,|·•])?"
_DATE = (
    r"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b|\b(?:19|20)\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2})"
)
_WHEN = rf"(?:(?=[^\n]{{0,40}}{_DATE})(?=[^\n]{{0,60}}\b\d{{1,2}}[:.]\d{{2}}\b)[^\n]{{5,80}}|\d{{1,3}}\s\w{{3,7}}\sago)"
_HEAD = re.compile(  # "**Bob** says:\nJuly 9, 2024 at 8:12 pm"
    rf"{_MARKS}(?P<name>[^\W\d]{_NAMED}){_MARKS}(?P<says>\s(?:says|said|wrote|writes|commented|replied))?:?{_MARKS}[ \t]*[,|·•]?[ \t]*"
    rf"(?:\r?\n|(?<=:)|(?<=,)|(?<=[|·•]))[ \t]*{_MARKS}{_WHEN}{_MARKS}[ \t]*(?:\r?\n|\Z)"
)
_SECTION = re.compile(
    r"(?:\d+\s)?(?:readers?[’']?s?[’']?\s)?(?:comments?|replies|responses|discussion|reactions)(?:\s\(?\d+\)?)?:?",
    re.IGNORECASE,
)
_FROM = re.compile(rf"(?:\A|[\n\r])[ \t]*{_MARKS}From:{_MARKS}[ \t]*(?P<name>[^\n\r<*(]{{2,60}})")
_SENT = re.compile(rf"(?:\A|[\s*_]){_MARKS}(?:Sent|Date|To|Subject):", re.IGNORECASE)
_TELLING = 5  # words of a paragraph that can tell of who sent a mail, and no longer be part of it


def replies_in(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, Opening]]:
    """Where "Comment:" opens another's view and "Response:" the author's answer, by the number of a paragraph."""
    answered = any(_RESPONSE.match(each.words) for each in paragraphs)
    for number, paragraph in enumerate(paragraphs):
        if comment := _COMMENT.match(paragraph.words):
            doubtful = bool(comment["doubtful"]) and not answered
            yield number, Opening(Guest(None, comment.group().strip("*_.: "), doubtful), ANY)
        elif _RESPONSE.match(paragraph.words):
            yield number, Opening(None, ANY)


def labelled_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where labels say who speaks, once each: bodies that speak of themselves, people with what they are, several together."""
    labels = {number: label for number, each in enumerate(paragraphs) if (label := _label(each))}
    for run in _runs(list(labels), paragraphs):
        several = len(run) >= SEVERAL and any(
            says_i(paragraphs[number].words) or _ROLE.search(labels[number]["calling"] or "") for number in run
        )
        for number in run:
            label = labels[number]
            told = words_of(label["name"])
            if author and (told <= words_of(author) or words_of(author) <= told):
                yield number, Opening(None, ANY)
            elif guest := _labelled(label, paragraphs[number].words[label.end() :], several=several):
                yield number, Opening(guest, ANY, near=1)


def _label(paragraph: Paragraph) -> re.Match[str] | None:
    label = _LABEL.match(paragraph.words) if ":" in paragraph.words[:200] else None
    if label is None or _OWN_LABEL.search(label["name"]):
        return None
    return None if lead(label["name"].removeprefix("The ")) else label


def _runs(numbers: Sequence[int], paragraphs: Sequence[Paragraph]) -> Iterator[list[int]]:
    """The labelled paragraphs that stand together, with no more than one without a label, and no heading, between two."""
    run: list[int] = []
    for number in numbers:
        if run and (number > run[-1] + 2 or any(each.level is not None for each in paragraphs[run[-1] : number])):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _labelled(label: re.Match[str], said: str, *, several: bool) -> Guest | None:
    """Who speaks after a label: surely enough to be named where it is a body or tells what somebody is."""
    name = label["name"]
    if (_BODY.search(name) or label["calling"]) and (several or says_i(said)):
        return Guest(name, name)
    return Guest(None, name, doubtful=True) if _SINGULAR.search(said) else None


def posts_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where readers' comments begin under a line of name and time, in a section of comments, or several of them anywhere."""
    heads = {number: head for number, each in enumerate(paragraphs) if (head := _HEAD.match(each.words[:LONGEST_HEAD]))}
    several = len({head["name"] for head in heads.values()}) >= SEVERAL
    section = next((number for number, each in enumerate(paragraphs) if _SECTION.fullmatch(each.bare)), len(paragraphs))
    for number, head in heads.items():
        if head["says"] or several or number > section:
            own = words_of(author) and words_of(author) <= words_of(head["name"])
            yield number, Opening(None if own else Guest(head["name"], head["name"]), ANY)


def mails_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where an e-mail stands in an article, from its head on; a document that begins with such a head is its author's."""
    sender: frozenset[str] = frozenset()
    for number, paragraph in enumerate(paragraphs):
        found = _FROM.search(paragraph.words[:LONGEST_HEAD]) if "From:" in paragraph.words[:LONGEST_HEAD] else None
        if found and _SENT.search(paragraph.words[:LONGEST_HEAD]) and _is_begun(paragraphs[:number]):
            name = found["name"].strip(' \t,_"')
            own = bool(words_of(name) & words_of(author)) and words_of(name) <= words_of(author)
            sender = frozenset() if own else words_of(name)
            yield number, Opening(None if own else Guest(name, "From"), ANY, near=2)
        elif sender and _tells_of(paragraph, sender):
            yield number, Opening(None, ANY)
            sender = frozenset()


def _is_begun(before: Sequence[Paragraph]) -> bool:
    return any(each.level is None and each.words.rstrip('*_"”’').endswith((".", "!", "?", ":")) for each in before)


def _tells_of(paragraph: Paragraph, sender: frozenset[str]) -> bool:
    """Whether a paragraph tells of who sent a mail: the author is back."""
    words = words_of(paragraph.words)
    return bool(sender & words) and len(paragraph.words.split()) >= _TELLING
