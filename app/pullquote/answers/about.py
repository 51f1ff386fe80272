"""Questions about the corpus itself: which of them a question is, if any."""

import re
from enum import StrEnum

from pullquote.index.lexical import clean


class Subject(StrEnum):
    """What is asked about the corpus itself."""

    AUTHORS = "authors"
    TOPIC = "topic"
    SUMMARY = "summary"
    SOURCES = "sources"
    DATES = "dates"
    SPEAKERS = "speakers"


_KINDS = r"(?:articles?|texts?|debates?|documents?|pages?|pieces?|corpus|collections?|sources?|essays?|speech(?:es)?|papers?)"
_ALL = rf"(?:(?:all )?(?:of )?(?:the|these|those|this|that|your) {_KINDS}|{_KINDS}|all (?:of )?this|this|that|these|those|it|they|them)"
_MAIN = r"the (?:main|key|central|most important) (?:points|arguments|positions|views|ideas|takeaways|claims)"
_ASKS = {
    Subject.AUTHORS: (
        rf"who (?:wrote|authored|published) {_ALL}",
        rf"(?:who|what) (?:is|are|was|were) the (?:authors?|writers?|publishers?)(?: of {_ALL})?",
        rf"who (?:is|are|was|were) {_ALL} (?:written )?by",
        rf"by whom (?:is|are|was|were) {_ALL} written",
    ),
    Subject.TOPIC: (
        rf"what (?:is|are|was|were) {_ALL} (?:all )?about",
        r"what (?:is|are) (?:the|your) (?:topics?|subjects?|themes?)",
        rf"what (?:topics|subjects|themes|issues) (?:do|does|are) (?:you|{_ALL}) (?:cover|discuss|treat)(?:ed)?",
        r"what (?:can|could|may|should|do) i ask(?: you)?(?: about)?",
        r"what (?:do you know|can you tell me)(?: about)?",
    ),
    Subject.SUMMARY: (
        rf"(?:summari[sz]e|sum up|outline|recap)(?: {_ALL})?",
        rf"(?:(?:give|show) (?:me )?)?(?:an?|the)? ?(?:short |brief |quick )?(?:summary|overview|outline)(?: of {_ALL})?",
        rf"(?:what are )?{_MAIN}(?: (?:of|in|from|on) {_ALL})?",
        rf"what (?:do|does|did) {_ALL} say",
        r"tl ?dr",
    ),
    Subject.SOURCES: (
        rf"(?:what|which) {_KINDS} (?:do|can|did) you (?:have|use|know|hold|cover|quote|cite|rely on|draw on)",
        rf"(?:what|which) {_KINDS} (?:are|is) (?:there|here|this|these|used|included|quoted|cited)",
        rf"(?:list|show|name)(?: me)? (?:all )?(?:the |your |all )?{_KINDS}",
        rf"what (?:is|are) (?:the|your) {_KINDS}",
        rf"how many {_KINDS} (?:do you (?:have|use|know|hold|cover)|are there)",
        rf"where (?:is|are|does|do) (?:{_ALL}|your (?:answers?|quotes?)|the quotes?) (?:come )?from",
    ),
    Subject.DATES: (
        rf"when (?:was|were|is|are) {_ALL} (?:written|published|from|made|dated)",
        rf"how (?:old|recent|current|new|up to date) (?:is|are) {_ALL}",
        rf"what (?:is|are) the dates? (?:of|on) {_ALL}",
    ),
    Subject.SPEAKERS: (
        r"who (?:said|says|claimed|claims|argued|argues|thinks|thought|believes|believed) (?:that|this|it|so|those|these)",
        r"who (?:is|was) (?:speaking|talking|quoted)",
        r"whose (?:words|claims?|opinions?|views?|quotes?|arguments?|positions?|statements?|ideas?) (?:is|are|was|were) (?:that|this|it|those|these|they)",
        r"who made (?:that|this|the) (?:claim|statement|argument|point)",
        r"says who",
    ),
}
_PATTERNS = {subject: re.compile("|".join(forms)) for subject, forms in _ASKS.items()}
_POLITE = re.compile(
    r"^(?:please|hello|hi|hey|ok|okay|so|and|but|well|(?:can|could|would|will) you(?: please)?|i (?:want|would like) to know|"
    r"(?:tell|show) me(?= who| what| which| when| how| where| whose| the))\s+"
)
_TRAILING = re.compile(r"\s+(?:here|now|today|exactly|please|again|anyway|for me|in (?:short|brief|a few words))$")


def subject_asked(question: str) -> Subject | None:
    """What a question asks about the corpus itself, or None when it asks what the sources say.

    Only whole questions count: "What is this about?" does, "What is this treaty about?" does not.
    """
    words = " ".join(re.sub(r"[^\w\s]", " ", clean(question.replace("'s ", " is ").replace("’s ", " is "))).split())
    before = ""
    while before != words:
        before, words = words, _TRAILING.sub("", _POLITE.sub("", words))
    return next((subject for subject, pattern in _PATTERNS.items() if pattern.fullmatch(words)), None)
