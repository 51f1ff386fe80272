"""Spoken: choosing where a question is for the words of one who is named; nobody else's stand in for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pullquote.answers.calibrate import NEAR, Calibration
from pullquote.answers.decide import Decision, decide
from pullquote.answers.select import CONSIDERED
from pullquote.answers.spoken.greetings import only_greets
from pullquote.answers.spoken.witness import Witness
from pullquote.index.generation import Generation
from pullquote.index.lexical import stems
from pullquote.index.quote import Quote
from pullquote.index.search import RERANKED, Hit, cut, lead, rerank
from pullquote.models.ranker import Ranker
from pullquote.voice.book import VoiceBook

KEPT = 20  # of the asked one's windows, the best, that are chosen from
OWN = 6  # of the windows that the ranker reads, how many hold the asked one's words; the others only speak of them
SAID = 0.5  # confidence in anything that they say, where anything was asked for
UNHEARD = 0.1  # confidence, at most, in words of theirs where none of them is on what was asked about
FAR = NEAR - 0.1  # cosine up to which words are not on it; from there to NEAR, more and more
ON_TOPIC = 0.1  # of a topic's words by their rarity, from which words are on it: a common one of several is not enough
LEADS = 0.4  # share of the other's confidence from which what they say goes before what is said of them


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one witness is asked; `whole` where all that they say would answer."""

    generation: Generation
    voices: VoiceBook
    witness: Witness
    question: str
    whole: bool = False

    def decide(
        self, own: Sequence[Hit], hits: Sequence[Hit], count: int, ranker: Ranker | None = None,
        fitted: Calibration | None = None,
    ) -> Decision:  # fmt: skip
        """Choose among the witness's own words; where they do not answer, among what authors tell of them.

        Args:
            own: the windows that may hold their words; `hits`: those that fit the question, whoever speaks.
        """
        theirs = list(islice(self._owned(own), KEPT))
        rows = {hit.row for hit in theirs}
        told = list(self._told(hit for hit in hits[:CONSIDERED] if hit.row not in rows))
        if ranker is not None:
            theirs, told = self._read(theirs, told, ranker)
        said = decide(self.generation, self.question, theirs, count, fitted=fitted)
        if self.whole and said.choices:
            return replace(said, confidence=max(said.confidence, SAID))
        of_them = decide(self.generation, self.question, told, count, fitted=fitted)
        return said if said.choices and said.confidence >= LEADS * of_them.confidence else of_them

    def theirs(self, decision: Decision) -> Decision:
        """What of a decision made without regard to the speaker is the witness's."""
        kept = tuple(choice for choice in decision.choices if self._is_theirs(choice.quote))
        return replace(decision, choices=kept) if kept else Decision((), 0.0)

    def _is_theirs(self, quote: Quote) -> bool:
        voices = self.voices.of_quote(quote)
        if only_greets(quote.text) or not self.witness.owns(quote, voices):
            return False
        return bool(self.witness.teller(voices) or not _opens(quote))

    def _owned(self, hits: Sequence[Hit]) -> Iterator[Hit]:
        for hit in hits:
            if self._is_theirs(cut(self.generation, hit)):
                yield hit

    def _told(self, hits: Iterator[Hit]) -> Iterator[Hit]:
        for hit in hits:
            quote = cut(self.generation, hit)
            if not _opens(quote) and self.witness.told(quote) and self.witness.alone(self.voices.of_quote(quote)):
                yield hit

    def _read(self, theirs: list[Hit], told: list[Hit], ranker: Ranker) -> tuple[list[Hit], list[Hit]]:
        """Both with what the ranker says of their best, as many as an answer always has read.

        What is told of the witness and was not read is left out.
        """
        few = RERANKED - min(len(told), RERANKED - OWN)
        read = rerank(self.generation, self.question, theirs[:few], ranker, self._lead)
        rest = rerank(self.generation, self.question, told[: RERANKED - len(read)], ranker)
        return [*read, *theirs[few:]], [*rest]

    def _lead(self, quote: Quote) -> str:
        """What the ranker reads before a quote: who is reported in it, since it reads an author otherwise."""
        teller, source = self.witness.teller(self.voices.of_quote(quote)), quote.document.source
        if teller is not None:
            return f"{teller} said: "
        return lead(source if self.witness.leads(source) else replace(source, author=self.witness.name))


def tempered(decision: Decision, witness: Witness, topic: str, on_topic: Sequence[Hit]) -> Decision:
    """A decision with little confidence in somebody's words where none is on the topic, by a word of it or by meaning.

    A name alone makes what its bearer says fit any question about them. Of words that are not on it, those that reply
    to a sentence on it are kept.

    Args:
        on_topic: the windows that may hold their words and fit the topic best.
    """
    if not decision.choices or decision.choices[0].hit.row not in witness.rows:  # or another tells of them
        return decision
    nearness = max((hit.dense for hit in on_topic), default=0.0)
    if nearness >= NEAR or any(hit.words >= ON_TOPIC for hit in on_topic):
        return decision
    if replies := tuple(choice for choice in decision.choices if _replies(choice.quote, topic)):
        return replace(decision, choices=replies)
    most = UNHEARD + (1.0 - UNHEARD) * max(0.0, (nearness - FAR) / (NEAR - FAR))
    return replace(decision, confidence=min(decision.confidence, most))


def _replies(quote: Quote, topic: str) -> bool:
    """Whether a quote goes on from a sentence with a word of the topic: "Asked about tolls, he laughed. “Never,” he said."."""
    return not stems(topic).isdisjoint(stems(quote.before))


def _opens(quote: Quote) -> bool:
    """Whether a quote only says that somebody's words follow: "Lee testified that:"."""
    return quote.text.endswith(":")
