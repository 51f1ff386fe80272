"""Interviews: paragraphs that open with who speaks, as in "Ann Lee: We did.", "LEE: We did.", "AL: We did." or "CHAIR: We did."."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.voice.guests import words_of
from pullquote.voice.labels import (
    LABEL,
    Turn,
    bare,
    is_role,
    labels_in,
    member,
    speaks_after,
    surname,
    takes_floor,
    turn_of,
)
from pullquote.voice.members import floor_of, heads_of
from pullquote.voice.speakers import lead

LEAST_TURNS = 2  # of each of
LEAST_SPEAKERS = 2
LEAST_TIMED = 3  # labels beside the time at which the word is taken
LEAST_QUESTIONS = 2  # in bold letters, each a paragraph of its own
_NAME = r"[A-Z][\w.’'-]*"
_FULL = re.compile(rf"(?<![\w’'-])[A-Z](?=[\w’'-]*[a-z])[\w’'-]*(?:[ ](?:[A-Z]\.|{_NAME})){{1,5}}")
_ENDING = re.compile(r"\.$|[’']s?$")
_JOINING = re.compile(r"[ ](?:With|Of|By|And|To|On|For|From|In|At|Meets|Asks|Interviews)[ ]")  # in the words of a title
_QUESTION = re.compile(r"\s*(?P<bold>\*\*|__)(?=\w)[^*_]+\?(?P=bold)\s*")
_SURNAME = re.compile(r"[A-Z][\w’'-]*[a-z][\w’'-]*")
_ASKERS = ("Q", "Question", "I")
_PRONOUN = re.compile(r"(?<=[ ])I(?:[’'][a-z]{1,2})?(?:[ ]|\Z)")  # "May I", "Perhaps I’ll"; "Ann I. Lee" is a name
_SMALL = re.compile(r"\b[^\W\d_A-Z]+\b")
_STOP = re.compile(r"(?<=[a-z]{2})\.\s")
_INTRODUCED = re.compile(  # "I'm Ann Lee", "With me is Ed Glass"
    r"\b(?:I[’']m|I\sam|[Mm]y\sname\sis|[Ww]ith\s(?:me|us)(?:\s(?:is|are|today)){0,2}|[Jj]oined\sby|[Ww]elcome,?|[Gg]uests?(?:\sis|\sare|,|:)?|[Hh]ost(?:\sis|,|:)?)"
    r"\s(?P<name>[A-Z][\w’'-]*(?:[ ][A-Z][\w’'-]*){1,2})"
)
_FORM_OF_ADDRESS = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Miss|Mme|Dr|Prof|Sen|Rep|Gov|Hon|Rt\.?[ ]Hon|Sir|Dame)\.?|M\.)[ ]", re.IGNORECASE
)


def turns_of(document: Document) -> dict[int, Turn]:
    """Who takes the word, by where a paragraph starts; empty where the document is no interview.

    It is one where at least two people take the word twice each, and the document, its title or its author's
    name gives their names in full, or their labels say what they are there ("CHAIR:", "Resident 2:"), or one of
    them asks in the paper's name ("Q:", "The Post:"); or where two members of a chamber do ("**Ann Lee**
    (Mid Norfolk) (Con):"), once each; or where numbers stand before questions ("Q6 **Ann Lee:**"), or the time
    before labels. "FACT:" and "Note:" are nobody's. So it is where names with seats are lines over speeches.

    Example: "Ann Lee, mayor, spoke to us.\n\nOTT: Why?\n\nLEE: We must." with Bob Ott as author and two
    turns more has Ann Lee at the place of "LEE".
    """
    return _labelled(document) | floor_of(document.text, document.source.author)


def _labelled(document: Document) -> dict[int, Turn]:
    """Who takes the word with labels."""
    found = list(labels_in(document.text))
    asked = _numbered(found)
    timed = sum(match["time"] is not None for match in found)
    members = {name for match in found if takes_floor(match) and (name := member(match))}
    few = len(found) < LEAST_SPEAKERS * LEAST_TURNS and timed < LEAST_TIMED
    if few and len(members) < LEAST_SPEAKERS and len(asked) < LEAST_QUESTIONS:
        return {}
    labelled = [name for match in found if (name := member(match))] if members or asked else []
    names = dict.fromkeys((*_full_names(document), *labelled))
    forms = _given(found, names, document) | _forms(names)
    known = _surnames(found, names, document.text) | forms
    author = (document.source.author or "").casefold()
    turns = {match.start("turn"): _turn(match, known, author) for match in found}
    if len(members) >= LEAST_SPEAKERS or _examines(asked, found, known):
        return turns
    said = Counter(turns[match.start("turn")].name for match in found if _is_said(match, forms))
    speakers = {name for name, count in said.items() if name and count >= LEAST_TURNS}
    if len(speakers) == 1 and (papers := _asked(found, document, speakers)):
        return turns | papers
    returning = Counter(match["label"] for match in found if match["time"] is not None)
    several = len(speakers) >= LEAST_SPEAKERS
    return turns if several or (timed >= LEAST_TIMED and _is_record(returning, known)) else {}


def _is_record(timed: Counter[str], known: dict[str, list[str]]) -> bool:
    """Whether labels beside a time are speakers': one is known or a role, or two return; a timetable's do not."""
    returning = sum(count >= LEAST_TURNS for count in timed.values()) >= LEAST_SPEAKERS
    return returning or any(_named(label, known) or is_role(label) for label in timed)


def _examines(asked: Iterable[re.Match[str]], found: Iterable[re.Match[str]], known: dict[str, list[str]]) -> bool:
    """Whether labels with numbers are those of people who examine others, who answer without a number."""
    persons = [match for match in asked if _is_person(match, known)]
    return len(persons) >= LEAST_QUESTIONS and any(_is_person(match, known) for match in _answering(found))


def _is_person(match: re.Match[str], known: dict[str, list[str]]) -> bool:
    return bool(_named(member(match) or match["label"], known)) or is_role(match["label"])


def _numbered(found: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The labels that stand after a number, with which somebody asks: "Q6 **Ann Lee:** Who pays?"."""
    return [match for match in _asking(found) if match["number"] is not None]


def _answering(found: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Those without a number, with which something is said."""
    return (match for match in found if match["number"] is None and speaks_after(match.string, match.end()))


def _asking(found: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The labels with a question after them, up to the next label."""
    ends = [match.start() for match in found[1:]] + [len(match.string) for match in found[-1:]]
    return [match for match, end in zip(found, ends, strict=True) if match.string.find("?", match.end(), end) >= 0]


def _asked(found: Sequence[re.Match[str]], document: Document, answering: set[str]) -> dict[int, Turn]:
    """The turns of an interviewer without a name, who asks twice at least: the author's, unless it is the author who answers."""
    counts = Counter(match["label"] for match in _asking(found) if _is_asker(match["label"], document.source))
    labels = {label for label, count in counts.items() if count >= LEAST_TURNS}
    own = document.source.author not in answering
    name = document.source.author if own else None
    return {match.start("turn"): Turn(name, match["label"], own) for match in found if match["label"] in labels}


def _is_asker(label: str, source: Source) -> bool:
    """Whether a label is an interviewer's without a name: "Q", or the paper's name, a word of it or its initials."""
    words = (source.publisher or "").replace("The ", "").split()
    initials = "".join(word[0] for word in words if word[0].isupper())
    named = words_of(label) - {"the"}
    paper = named and named <= words_of(source.publisher)
    return label in _ASKERS or bool(paper) or (len(initials) > 1 and label.replace(".", "") == initials)


def answers_in(document: Document, sentences: Sequence[Sentence]) -> frozenset[int]:
    """The paragraphs that others than the author may say, though no label tells so: answers and speeches."""
    return _between_questions(document, sentences) | _under_heads(document, sentences)


def _under_heads(document: Document, sentences: Sequence[Sentence]) -> frozenset[int]:
    """The paragraphs from the first line on that names a member over a speech."""
    heads = heads_of(document.text)
    first = heads[0].start if heads else len(document.text)
    return frozenset(sentence.paragraph for sentence in sentences if sentence.span.start >= first)


def _between_questions(document: Document, sentences: Sequence[Sentence]) -> frozenset[int]:
    """The paragraphs between bold questions and after them, up to a heading: an author may ask, and another answer.

    Example: "**Is it safe?**\n\nNo.\n\n**Why?**\n\nIt is dust." has the paragraphs of "No." and "It is dust."
    """
    if "?**" not in document.text and "?__" not in document.text:
        return frozenset()
    questions, answers, asked = 0, set(), False
    for paragraph, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        told = list(group)
        if _QUESTION.fullmatch(document.text, told[0].span.start, told[-1].span.end):
            questions, asked = questions + 1, True
        elif told[0].kind is Kind.HEADING:
            asked = False
        elif asked:
            answers.add(paragraph)
    return frozenset(answers) if questions >= LEAST_QUESTIONS else frozenset()


def panel_in(document: Document, sentences: Sequence[Sentence]) -> frozenset[int]:
    """The paragraphs from a label on, up to a heading, where two labels at least stand twice each, though nobody has those names.

    So are those of people who ask by numbers, and are answered without: "Q6 **Voss:** Who pays?".

    Example: "VOSS: We must.", where the document calls nobody Voss.
    """
    labels = list(labels_in(document.text))
    found = [match for match in labels if speaks_after(document.text, match.end())]
    repeated = {label for label, count in Counter(match["label"] for match in found).items() if count >= LEAST_TURNS}
    examined = len(_numbered(labels)) >= LEAST_QUESTIONS and any(_answering(labels))
    if len(repeated) < LEAST_SPEAKERS and not examined:
        return frozenset()
    starts = {
        match.start("turn") for match in (labels if examined else found) if examined or match["label"] in repeated
    }
    panel, opened = set(), False
    for sentence in sentences:
        opened = sentence.span.start in starts or (opened and sentence.kind is not Kind.HEADING)
        if opened:
            panel.add(sentence.paragraph)
    return frozenset(panel)


def _given(found: Iterable[re.Match[str]], names: Iterable[str], document: Document) -> dict[str, list[str]]:
    """The people by given names that stand as labels, where each is the only one of that name and somebody is introduced.

    Example: "**Maya:** I'm Maya Trent. With me is Ed Glass." has "Maya" and "Ed"; none where two are called Ed.
    """
    text = document.text
    introduced = {match["name"] for match in _INTRODUCED.finditer(text)}
    bearers: dict[str, set[str]] = {}
    for name in (*names, *introduced):
        whole = _STOP.split(name)[0]  # "Ed Glass. Can"
        bearers.setdefault(whole.partition(" ")[0], set()).add(whole)
    labels = {match["label"] for match in found if match["label"].istitle() and match["label"].isalpha()}
    single = {label: next(iter(bearers[label])) for label in labels if len(bearers.get(label, ())) == 1}
    small = set(_SMALL.findall(text)) if single else set()
    persons = {label: name for label, name in single.items() if label.lower() not in small}
    known = any(name == document.source.author or name in introduced for name in persons.values())
    return {label: [name] for label, name in persons.items()} if known else {}


def _surnames(found: Iterable[re.Match[str]], names: Iterable[str], text: str) -> dict[str, list[str]]:
    """The people by surnames that stand as labels in small letters, where each is the only one of that name and it is no word.

    Example: "Lee: We did." is Ann Lee's, and is it too where "Mayor Lee" stands beside her; not where Bob Lee does.
    """
    labels = {match["label"] for match in found if _SURNAME.fullmatch(match["label"])}
    bearers: dict[str, list[str]] = {}
    for name in names if labels else ():
        last = name.rpartition(" ")[2]
        if last in labels and not is_role(name) and " " in _FORM_OF_ADDRESS.sub("", name):
            bearers[last] = _with(bearers.get(last, []), name)
    small = set(_SMALL.findall(text)) if bearers else set()
    return {last: people for last, people in bearers.items() if len(people) == 1 and last.lower() not in small}


def _named(label: str, known: dict[str, list[str]]) -> list[str]:
    """The people of the document whom a label can mean: "Mr Lee" and "Mayor Lee" by "LEE"."""
    plain = bare(label)
    name = _FORM_OF_ADDRESS.sub("", plain)
    titled = surname(plain) or (name if name != plain else "")
    return known.get(name) or known.get(titled.upper(), [])


def _turn(match: re.Match[str], known: dict[str, list[str]], author: str) -> Turn:
    label = match["label"]
    if names := _named(member(match) or label, known):
        return Turn(names[0], label, own=names[0].casefold() == author, sure=len(names) == 1)
    turn = turn_of(label)
    told = match["time"] is not None or (match["number"] or "").startswith(
        "Q"
    )  # "1. **Fuel:**" may be a point of a speech
    return Turn(bare(label), label, sure=False) if told and not turn.name else turn


def _is_said(match: re.Match[str], known: dict[str, list[str]]) -> bool:
    """Whether a label stands before something said: after a known name surely, after "Chair" not if a name follows."""
    return bool(_named(match["label"], known)) or speaks_after(match.string, match.end())


def _full_names(document: Document) -> Iterator[str]:
    """The names of several words that stand in the author's name, the title, or the text beside its labels."""
    yield from (author for author in [document.source.author] if author and " " in author)
    for text in (document.source.title or "", LABEL.sub(" ", document.text)):
        for match in _FULL.finditer(text):
            for words in _PRONOUN.split(match.group()):
                run = words.rstrip()[lead(words) :]  # "Yesterday Ann Lee"
                name = _ENDING.sub("", _JOINING.split(run)[-1])  # "Interview With Ann Lee"
                if " " in name:
                    yield name


def _forms(names: Iterable[str]) -> dict[str, list[str]]:
    """The people by the labels that stand for them: their name itself, its surname in capitals, its initials.

    "Mayor Ann Lee" and "Ann Lee" are one, by the shorter name.
    """
    forms: dict[str, list[str]] = {}
    for name in names:
        words = name.split()
        short = " ".join(words[-2:])
        initials = [word[0].upper() for word in words]
        labels = (
            name,
            name.upper(),
            short,
            short.upper(),
            words[-1].upper(),
            "".join(initials),
            ".".join((*initials, "")),
        )
        for label in dict.fromkeys(labels):
            forms[label] = _with(forms.get(label, []), name)
    return forms


def _with(bearers: list[str], name: str) -> list[str]:
    """Those who bear a label, and one more: the first by its shorter name, where it is the same person; not more than are several."""
    words, first = set(name.split()), set(bearers[0].split()) if bearers else set()
    if bearers and (words <= first or words >= first):
        return [min(bearers[0], name, key=len), *bearers[1:]]
    return [*bearers, name][:LEAST_SPEAKERS]
