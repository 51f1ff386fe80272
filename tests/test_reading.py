"""What a learned reader hears beside the rules, and how the two are settled."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Sentence, split_sentences
from pullquote.errors import EncoderError
from pullquote.models.reader import BUNDLED, LONGEST, OnnxReader, bundled, feed
from pullquote.span import Span
from pullquote.voice import Voice, VoiceKind, find_voices
from pullquote.voice.frames import Attribution
from pullquote.voice.reading import KINDS, Reading, Token, attribution_of
from pullquote.voice.settling import settled
from pullquote.voice.voices import Speaker

AUTHOR = "Ann Author"
OWN, QUOTED, REPORTED, MIXED = KINDS


def reading(kind: VoiceKind, words: str, names: str = "", others: Mapping[str, VoiceKind] | None = None) -> Reading:
    """A plain reading of a sentence: its kind, the words that name the speaker, and parts that are not the author's."""
    kinds = {each: 0.97 if each is kind else 0.01 for each in KINDS}
    parts = {words: kind} if others is None else others
    tokens = []
    start, at = 0, words.find(names) if names else len(words)
    for word in words.split():
        start = words.index(word, start)
        end = start + len(word)
        part = next(
            (found for text, found in parts.items() if text and 0 <= start - words.index(text) < len(text)), OWN
        )
        opens, closes = 0.9 * (start == at), 0.9 * (start < at + len(names) <= end)
        tokens.append(Token(start, end, OWN if part is MIXED else part, opens, closes))
        start = end
    return Reading(kinds, tuple(tokens), right=0.99)


@dataclass
class Told:
    """A reader that was told what to hear in a sentence; all else is the author's to it."""

    readings: Mapping[str, Reading] = field(default_factory=dict)

    def read(self, document: Document, sentences: Sequence[Sentence], position: int, told: Sequence[Voice]) -> Reading:
        words = sentences[position].span.cut(document.text)
        return self.readings.get(words, reading(OWN, words))


def hear(text: str, *told: Reading | None) -> list[tuple[Voice, ...]]:
    """The voices of each sentence, where the reader hears what it is told for them in turn."""
    document = Document(id="d", debate="d", path="d.txt", text=text, source=Source(author=AUTHOR))
    sentences = split_sentences(document)
    words = [sentence.span.cut(text) for sentence in sentences]
    reader = Told({at: one for at, one in zip(words, told, strict=True) if one})
    return list(find_voices(document, sentences, reader))


def test_a_report_that_no_rule_reads_is_its_speakers_and_not_sure():
    words = "Ravi Lindahl, using a longer period, found none."
    ((voice,),) = hear(words, reading(REPORTED, words, "Ravi Lindahl"))
    assert (voice.kind, voice.speaker, voice.sure) == (REPORTED, "Ravi Lindahl", False)


def test_whom_the_reader_hears_is_named_as_at_first_mention():
    first, second = "The mayor, Dr. Maria Lopez, left at noon.", "Lopez pooled forty of them and saw no harm."
    (_, (voice,)) = hear(f"{first} {second}", None, reading(REPORTED, second, "Lopez"))
    assert voice.speaker is not None
    assert "Maria Lopez" in voice.speaker


def test_a_pronoun_that_the_reader_hears_is_resolved_in_the_document():
    first, second = "Maria Lopez said that the road was closed.", "She puts it down to the rain."
    (_, (voice,)) = hear(f"{first} {second}", reading(REPORTED, first, "Maria Lopez"), reading(REPORTED, second, "She"))
    assert (voice.kind, voice.speaker, voice.sure) == (REPORTED, "Maria Lopez", False)


def test_who_spoke_last_goes_on_where_nobody_is_named():
    first, second = "Maria Lopez said that the road was closed.", "Boats might pass, but no cars."
    (_, (voice,)) = hear(f"{first} {second}", reading(REPORTED, first, "Maria Lopez"), reading(REPORTED, second))
    assert (voice.kind, voice.speaker, voice.sure) == (REPORTED, "Maria Lopez", False)


def test_nobody_goes_on_speaking_in_the_next_paragraph():
    report, more = reading(REPORTED, "The plan is good."), reading(REPORTED, "It is cheap.")
    found = hear("Ann Lee said that the plan is good.\n\nIt is cheap.", report, more)
    assert [(voice.kind, voice.speaker, voice.sure) for voice in found[1]] == [(REPORTED, None, False)]


def test_nobody_is_named_where_nobody_has_spoken():
    words = "Boats might pass, but no cars."
    ((voice,),) = hear(words, reading(REPORTED, words))
    assert (voice.kind, voice.speaker, voice.sure) == (REPORTED, None, False)


def test_the_author_named_as_speaker_keeps_the_words_but_is_not_sure():
    words = "Author pooled forty of them and saw no harm."
    ((voice,),) = hear(words, reading(REPORTED, words, "Author"))
    assert (voice.kind, voice.speaker, voice.sure) == (OWN, AUTHOR, False)


def test_a_report_that_the_rules_doubt_is_dropped_where_the_reader_plainly_hears_the_author():
    words = "Maria Lopez fears that the road was closed."
    assert [(voice.kind, voice.sure) for voice in hear(words, None)[0]] == [(OWN, False)]


def test_a_report_that_the_rules_are_sure_of_stays_its_speakers_but_not_sure():
    words = "Maria Lopez said that the road was closed."
    ((voice,),) = hear(words, None)
    assert (voice.kind, voice.speaker, voice.sure) == (REPORTED, "Maria Lopez", False)


def test_words_of_the_author_that_a_report_is_widened_over_are_not_stated_as_its_speakers():
    words = "The roads were all shut this fall, and Maria Lopez told the House that spending had risen."
    cut = words.index("and Maria")
    told = (Voice(Span(0, cut), OWN, AUTHOR), Voice(Span(cut, len(words)), REPORTED, "Maria Lopez"))
    (voice,) = settled(told, reading(REPORTED, words, "Maria Lopez"), words, AUTHOR, known)
    assert (voice.span, voice.kind, voice.sure) == (Span(0, len(words)), REPORTED, False)


@pytest.mark.parametrize(
    "tail",
    [
        "Maria Lopez said, a claim that the books do not bear out.",
        "Maria Lopez said, but the books of the mill show otherwise.",
        "said Maria Lopez, who has run the mill since 1988.",
    ],
)
def test_what_the_author_tells_beside_a_quotation_is_never_called_quoted(tail: str):
    words = f"“The mill has passed every test,” {tail}"
    (voices,) = hear(words, reading(QUOTED, words, "Maria Lopez"))
    assert [(voice.kind, voice.sure) for voice in voices] == [(QUOTED, True), (OWN, False)]


def test_a_long_tag_after_a_quotation_is_called_quoted_with_it():
    words = "“The mill has passed every test,” Maria Lopez said on Monday at a meeting of the council."
    cut = words.index(" Maria")
    told = (Voice(Span(0, cut), QUOTED, "Maria Lopez", cue="said"), Voice(Span(cut, len(words)), OWN, AUTHOR))
    (voice,) = settled(told, reading(QUOTED, words, "Maria Lopez"), words, AUTHOR, known)
    assert (voice.span, voice.kind) == (Span(0, len(words)), QUOTED)


def test_a_report_that_is_cut_stays_sure_where_the_rules_doubt_only_what_is_cut_off():
    words = "Maria Lopez said that the road was closed, although the mayor drove on it."
    others = {"said that the road was closed,": REPORTED}
    (voices,) = hear(words, reading(MIXED, words, "Maria Lopez", others))
    assert [(voice.kind, voice.sure) for voice in voices] == [(REPORTED, True), (OWN, False)]


def test_no_part_becomes_sure_by_its_neighbour():
    words = "Maria Lopez fears a flood and said that the road was closed."
    cut = words.index("and said")
    told = (
        Voice(Span(0, cut), REPORTED, "Maria Lopez", sure=False),
        Voice(Span(cut, len(words)), REPORTED, "Maria Lopez"),
    )
    read = reading(MIXED, words, "Maria Lopez", {"flood and said that the road was closed.": REPORTED})
    voices = settled(told, read, words, AUTHOR, known)
    assert [(voice.kind, voice.sure) for voice in voices] == [(OWN, False), (REPORTED, False)]


def known(attribution: Attribution | None) -> Speaker:
    """Whoever is named is the one known person."""
    return Speaker("Maria Lopez", sure=attribution is not None)


def test_no_quotation_is_taken_from_its_speaker():
    words = "Maria Lopez wrote: “The boats will never come back to us.”"
    (voices,) = hear(words, None)
    assert (voices[-1].kind, voices[-1].speaker) == (QUOTED, "Maria Lopez")


def test_what_the_reader_doubts_is_not_stated_as_sure():
    words = "Maria Lopez said that the road was closed."
    ((voice,),) = hear(words, replace(reading(REPORTED, words), right=0.5))
    assert (voice.kind, voice.speaker, voice.sure) == (REPORTED, "Maria Lopez", False)
    ((own,),) = hear("The road is closed.", replace(reading(OWN, "The road is closed."), right=0.5))
    assert (own.kind, own.sure) == (OWN, False)


def test_a_quotation_that_nobody_is_named_for_is_the_authors_where_the_reader_plainly_hears_them():
    words = "“The road is closed and the boats will never come back to us.”"
    ((voice,),) = hear(words, reading(OWN, words))
    assert (voice.kind, voice.speaker, voice.sure) == (OWN, AUTHOR, False)


def test_whom_the_reader_plainly_sees_named_speaks_where_the_rules_name_nobody():
    words = "It is generally held by the bakers to be “an idle and a costly dream”."
    (voices,) = hear(words, reading(MIXED, words, "the bakers", {"“an idle and a costly dream”.": QUOTED}))
    assert voices[-1].speaker == "the bakers"
    assert not voices[-1].sure


def test_an_own_clause_beside_a_report_is_the_authors():
    words = "The road was closed for a week, and Maria Lopez has counted ninety boats on it."
    others = {"has counted ninety boats on it.": REPORTED}
    (voices,) = hear(words, reading(MIXED, words, "Maria Lopez", others))
    assert [(voice.kind, voice.speaker) for voice in voices] == [(OWN, AUTHOR), (REPORTED, "Maria Lopez")]
    assert not any(voice.sure for voice in voices)
    assert voices[-1].span.cut(words) == "has counted ninety boats on it."


def test_an_own_clause_that_the_rules_give_to_a_speaker_is_the_authors_again():
    words = "Maria Lopez said that the road was closed, but it has been open since Monday."
    others = {"said that the road was closed,": REPORTED}
    (voices,) = hear(words, reading(MIXED, words, "Maria Lopez", others))
    assert [(voice.kind, voice.speaker) for voice in voices] == [
        (REPORTED, "Maria Lopez"),
        (OWN, AUTHOR),
    ]
    assert voices[-1].span.cut(words) == "but it has been open since Monday."


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from([OWN, QUOTED, REPORTED])), max_size=30))
def test_parts_cover_the_sentence_without_a_gap(pieces: list[tuple[int, VoiceKind]]):
    words = " ".join("w" * length for length, _ in pieces) or "\u200b"
    tokens, start = [], 0
    for length, part in pieces:
        tokens.append(Token(start, start + length, part, 0.0, 0.0))
        start += length + 1
    found = Reading(dict.fromkeys(KINDS, 0.25), tuple(tokens), 0.5).parts(words)
    assert found[0][0] == 0
    assert found[-1][1] == len(words)
    assert all(left[1] == right[0] for left, right in pairwise(found))


def test_what_the_reader_did_not_read_to_its_end_is_left_to_the_rules_and_not_sure():
    words = "Maria Lopez said that the road was closed, but I do not believe a word of it."
    cut = reading(REPORTED, words, "Maria Lopez")
    (voices,) = hear(words, replace(cut, tokens=cut.tokens[:8]))
    assert [(voice.kind, voice.sure) for voice in voices] == [(REPORTED, False), (OWN, False)]


def test_a_sentence_inside_a_quotation_stays_its_speakers():
    text = "Maria Lopez wrote: “The road is closed.\n\n“It is dark. The mayor said that it would open. No.\n\n“Why?”"
    middle = "The mayor said that it would open."
    told = reading(MIXED, middle, "The mayor", {"said that it would open.": REPORTED})
    whole, sentences = document(text)
    found = find_voices(whole, sentences, Told({middle: told}))
    ((voice,),) = [voices for voices in found if voices[0].span.cut(text) == middle]
    assert (voice.kind, voice.speaker) == (QUOTED, "Maria Lopez")


def test_long_words_in_marks_are_not_called_retold():
    words = "Maria Lopez called the plan “a gift to all of our rivals” and left."
    kinds = {voice.kind for voice in hear(words, reading(REPORTED, words, "Maria Lopez"))[0]}
    assert QUOTED in kinds


def test_a_name_is_not_sure_where_the_reader_sees_another():
    words = "Lee said that Leeds was wrong."
    ((agreed,),) = hear(words, reading(REPORTED, words, "Lee"))
    ((other,),) = hear(words, reading(REPORTED, words, "Leeds"))
    assert (agreed.sure, other.sure) == (True, False)
    assert agreed.speaker == other.speaker == "Lee"


@pytest.mark.parametrize(
    ("words", "names", "cue"),
    [
        ("The board issued a list of nine.", "The board", "issued"),
        ("The board analyzed nine of them.", "The board", "analyzed"),
        ("The board, which has counted nine, left.", "The board", "has"),
        ("Nine were counted, according to the board.", "the board", "according to"),
        ("Nine were counted by the board.", "the board", "by"),
    ],
)
def test_the_cue_is_a_whole_word_beside_the_name(words: str, names: str, cue: str):
    found = attribution_of(reading(REPORTED, words, names), words)
    assert found is not None
    assert found.cue == cue


def test_nobody_is_called_by_a_punctuation_mark():
    words = "“No” – and that was all."
    assert attribution_of(reading(REPORTED, words, "–"), words) is None


def test_a_word_of_a_hundred_thousand_letters_is_settled_at_once():
    def prepare(size: int) -> Callable[[], None]:
        words = f"{'a' * size} {' ' * size} Lopez {' ' * size} said so."
        start = words.index("Lopez")
        tokens = (Token(0, size, REPORTED, 0.0, 0.0), Token(start, start + 5, REPORTED, 0.9, 0.9))
        return partial(
            settle, Reading({kind: 0.97 if kind is REPORTED else 0.01 for kind in KINDS}, tokens, 0.5), words
        )

    def settle(found: Reading, words: str) -> None:
        assert attribution_of(found, words) is not None
        assert found.parts(words)[-1][1] == len(words)

    assert_in_proportion(prepare, 400_000)


# The bundled reader.


def document(text: str) -> tuple[Document, tuple[Sentence, ...]]:
    whole = Document(id="d", debate="d", path="d.txt", text=text, source=Source(author=AUTHOR))
    return whole, split_sentences(whole)


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("The river is low, and no rain has come for a month.", OWN, None),
        ("Tom Adeyi of the Water Board told members on Monday that the river was low.", REPORTED, "Adeyi"),
        ("“The river has never been so low,” Tom Adeyi said.", QUOTED, "Adeyi"),
    ],
)
def test_the_bundled_reader_tells_the_plainest_kinds(text: str, kind: VoiceKind, names: str | None):
    whole, sentences = document(text)
    found = bundled().read(whole, sentences, 0, find_voices(whole, sentences)[0])
    assert max(found.kinds, key=lambda each: found.kinds[each]) is kind
    place = found.source()
    assert (names is None) == (place is None)
    if names and place:
        assert names in text[place[0] : place[1]]


def test_a_sentence_is_read_the_same_whatever_follows_it():
    words = "Tom Adeyi told members that the river was low."
    alone, before = document(words), document(f"{words} Nobody answered him.")
    told = find_voices(*alone)[0]
    assert bundled().read(*alone, 0, told) == bundled().read(*before, 0, told)


@given(st.text(max_size=900))
def test_whatever_the_text_the_reader_is_fed_no_more_than_it_can_take(text: str):
    whole, sentences = document(f"{text} x")
    for position in range(len(sentences)):
        fed = feed(bundled().tokenizer, whole, sentences, position, find_voices(whole, sentences)[position])
        assert len(fed.ids) == len(fed.types) == len(fed.places) <= LONGEST
        length = len(sentences[position].span)
        assert all(0 <= place[0] <= place[1] <= length for place in fed.places if place)


def test_of_the_context_the_end_is_read():
    whole, sentences = document(f"{'1.2, 3.4; ' * 35}Tom Adeyi spoke. He says no.")
    fed = feed(bundled().tokenizer, whole, sentences, len(sentences) - 1, find_voices(whole, sentences)[-1])
    before = fed.ids[: fed.types.index(1) - 1]
    assert bundled().tokenizer.decode(list(before)).endswith("tom adeyi spoke.")


def test_a_reader_that_was_altered_is_refused(tmp_path: Path):
    shutil.copytree(BUNDLED, tmp_path / "voice")
    card = json.loads((tmp_path / "voice" / "config.json").read_text())
    card["weights"]["sha256"] = "0" * 64
    (tmp_path / "voice" / "config.json").write_text(json.dumps(card))
    with pytest.raises(EncoderError, match="not what was published"):
        OnnxReader.open(folder=tmp_path / "voice")
    (tmp_path / "voice" / "config.json").write_text("[]")
    with pytest.raises(EncoderError, match="cannot be read"):
        OnnxReader.open(folder=tmp_path / "voice")
