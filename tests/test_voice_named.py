"""Who speaks where only the sentences before name them, and where a name must not be taken."""

from collections.abc import Callable
from functools import partial

import pytest
from growth import assert_in_proportion
from test_voice import hear, whole

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.voice import VoiceKind, find_voices, speaker_line
from pullquote.voice.pronouns import is_speaker
from pullquote.voice.reading import Reading, Token, attribution_of
from pullquote.voice.sourcenames import source_of
from pullquote.voice.subjects import main_subject, subject_of

ONE_NAMED = [
    ("The vote came after Joy Hall, a deputy whose father was shot, changed her mind. “I came to vote no,” she said.", "I came to", "Joy Hall"),
    ("His mother, Mrs. Dale, let me read her letter. “Everybody on the street knew of it,” she writes.", "Everybody", "Mrs. Dale"),
    ("It is the papers that interest Superintendent Ruth Bell. “I could hire a clerk for that,” she says.", "I could", "Superintendent Ruth Bell"),
    ("I met Ann Hall, who kept the shop. It was shut. “They tell us nothing at all,” she said.", "They tell", "Ann Hall"),
    ("You may call me a snob, and my daughter has. She says that people learn by doing.", "people learn", "my daughter"),
    ("But my nephew lost a house at it, and he tells me that it was the adverts.", "it was the adverts", "my nephew"),
    ("The League's director, Ivo Stahl, stops short of blame. “You cannot blame the rain,” he said.", "You cannot", "The League's director, Ivo Stahl"),
    ("His deputy, Nadia Stone, no longer speaks to him. She had proposed that forty cases be heard.", "forty cases", "His deputy, Nadia Stone"),
    ("The claimant is the mother of Ivo Stahl, who died. She says that the firm broke its word.", "broke its word", "The claimant"),
    ("The judge wept at the sentence; he said from the bench that he had no choice.", "no choice", "The judge"),
    ("A new objection comes from Greta Holm, who studies tax. In her view the aim could be reached by a levy.", "the aim could", "Greta Holm"),
    ("That isn't me, that's Dr. Ivo Stahl at the college. I was asked about cost. He found that it fell by half.", "it fell by half", "Dr. Ivo Stahl"),
    ("Ann Stone, a clerk at the county bank, waited. The tribunal sat late. “I had a bag with me,” she said.", "I had a bag", "Ann Stone, a clerk at the county bank"),
    ("League president Ivo Stahl was glad. “The field is dry,” he said.", "The field", "League president Ivo Stahl"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "speaker"), ONE_NAMED)
def test_a_pronoun_means_the_one_person_who_stands_out_in_the_sentences_before(
    text: str, words: str, speaker: str
) -> None:
    voice = hear(text).said_of(words)
    assert voice.kind in {VoiceKind.QUOTED, VoiceKind.REPORTED}
    assert voice.speaker == speaker


@pytest.mark.parametrize(
    "text",
    [
        "It was a quarrel of Ivo Stahl and Bob Bell over a fence. “I want it gone,” he said.",
        "The rain fell on Bell Street and the North Bank. “I want it gone,” she said.",
        "The council met in Saint Hall on Monday. “I want it gone,” he said.",
    ],
)
def test_where_two_stand_out_alike_or_only_places_are_named_nobody_is(text: str) -> None:
    heard = hear(text)
    spoken = [voice for each in heard.found for voice in each if voice.kind is not VoiceKind.AUTHOR]
    assert [(voice.speaker, voice.sure) for voice in spoken] == [(None, False)]


def test_whoever_is_only_mentioned_is_never_stated_as_sure() -> None:
    voice = hear("The vote came after Joy Hall, a deputy, changed her mind. “I came to vote no,” she said.").said_of(
        "I came"
    )
    assert (voice.speaker, voice.sure) == ("Joy Hall", False)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Mrs. Halberd says that it is dear. Asked about it, Mr. Chuma looked up. “Of course it is,” he said.", "Of course", "Mr. Chuma"),
        ("Chairwoman Ada Park asked the officer of the port who would pay, and he answered that nobody would.", "nobody would", "the officer"),
        ("Ann Lee said that it rained. The manager of the shop, Jo Strand, would not talk. Later she said that it was dry.", "it was dry", "Jo Strand"),
    ],
)  # fmt: skip
def test_titles_and_words_of_kin_tell_he_from_she_and_the_nearer_of_two_is_meant(
    text: str, words: str, speaker: str
) -> None:
    voice = hear(text).said_of(words)
    assert voice.speaker is not None
    assert speaker in voice.speaker


def test_a_plural_that_opens_a_sentence_is_no_surname() -> None:
    text = "Analyst Ann Hall urged care. Guards had been cut to save money, she said, and guards matter."
    assert hear(text).said_of("Guards").speaker == "Analyst Ann Hall"
    assert hear("Hughes had been cut to save money, he said.").said_of("Hughes").speaker == "Hughes"


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("The Consumers' League says that it costs too much, and it warns that bread will follow.", "bread will follow", "The Consumers' League"),
        ("Deputy Jo Park called it “a gift to the rich few” and noted that the cheques were signed.", "the cheques", "Deputy Jo Park"),
        ("Ann Hall said that she liked the idea of it, “like having a pantry,” but wondered how it would end.", "how it would end", "Ann Hall"),
        ("Ann Hall said that she liked the idea of it, “like having a pantry.”", "she liked", "Ann Hall"),
    ],
)  # fmt: skip
def test_a_verb_without_a_subject_of_its_own_shares_the_one_before(text: str, words: str, speaker: str) -> None:
    voice = hear(text).said_of(words)
    assert voice.kind is VoiceKind.REPORTED
    assert voice.speaker == speaker


def test_a_shared_subject_is_not_sure_where_two_have_spoken() -> None:
    text = "Ann Hall said that it rained; Bob Bell called it “a gift to the rich few” and noted that it was true."
    assert not hear(text).said_of("it was true").sure


def test_both_of_whom_is_never_one_of_the_two_and_sure() -> None:
    voice = hear("The view was shared by Ann Hall and Bob Bell, both of whom believed that it would rain.").said_of(
        "it would"
    )
    assert not (voice.sure and voice.speaker == "Bob Bell")


def test_what_the_author_asked_does_not_make_the_answer_the_authors() -> None:
    voice = hear("I asked whether it would help, and he said that it would not.").said_of("it would not")
    assert voice.kind is VoiceKind.REPORTED


def test_a_body_that_is_the_author_speaks_for_itself() -> None:
    text = "The Commission believes that it rains, and it recommends that a roof be built."
    assert hear(text, "Weather Commission, Upper Dale").said_of("a roof").kind is VoiceKind.AUTHOR
    assert hear(text, "Ann Lee, Weather Desk").said_of("a roof").speaker == "The Commission"


# Quotations.


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Said Jo Stone of the song, “It is about us all.” It sold well.", "about us all", "Jo Stone"),
        ("It will be a good year, exclaims Bill Cook, who leads the weather office of the southern harbour. “It may rain all night.”", "It may rain", "Bill Cook"),
        ("Tony Gill, an old friend, was there at the time and elaborated, “He loved those birds dearly.”", "He loved", "Tony Gill"),
        ("Ivo Stahl, referring to the flag that Meagher had brought from Paris, said: “I hope to see it fly.”", "I hope", "Ivo Stahl"),
        ("“A client remembers everything,” said one, Arvo Lind, who had been both.", "A client", "Arvo Lind"),
        ("The two have no treaty; a protocol of 1987 promises the south “five hundred cubic meters a second.”", "five hundred", "a protocol of 1987"),
    ],
)  # fmt: skip
def test_a_quotation_is_of_whoever_its_sentence_or_the_one_before_names(text: str, words: str, speaker: str) -> None:
    voice = hear(text).said_of(words)
    assert voice.kind is VoiceKind.QUOTED
    assert voice.speaker is not None
    assert speaker in voice.speaker


def test_a_tag_that_tells_what_its_speaker_is_leaves_the_sentence_quoted() -> None:
    text = "“My daughter has had eleven teachers this year,” said Kim Hall, a father of two."
    assert [voice.kind for voice in hear(text).found[0]] == [VoiceKind.QUOTED]


def test_a_text_of_several_sentences_in_one_pair_of_marks_may_be_somebodys() -> None:
    text = '"The road is shut. The teaching of it is constant. It was so for years. Nobody minded it."'
    assert not any(voice.sure for each in hear(text).found for voice in each)
    assert all(voice.sure for each in hear(text.strip('"')).found for voice in each)


# Subjects.


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Some of our friends on the Left reply that it is a fetish.", "Some of our friends on the Left"),
        ("One, at the University of Bell, found a gain for the weakest pupils of all.", "One, at the University of Bell"),
        ("In a 1970 survey, the Bell Times suggested that the machine was small.", "the Bell Times"),
        ("In surveys of farmers from poor homes, a third said that debt had stopped them.", "surveys of farmers from poor homes"),
        ("It was bought for a million from Bell Ltd. Some observers believe that it was a mistake.", "Some observers"),
        ("Starbuck and Tate Coffee, Asia's largest coffee firm, announced a plan to open a shop.", "Starbuck and Tate Coffee"),
        ("Some scholars, such as Ann Lee, dean of Yale, and Bob Bell, chair of Bonn, argue that it failed.", "Some scholars"),
        ("Premier Lee's objection is that a line of towns would be taxed by it.", "Premier Lee"),
        ("Its defender, Ann Hall, adds a practical point: courts lose respect when they do so.", "Its defender, Ann Hall"),
        ("It has been objected, by Dr. Hall among others, that the harvest was bad.", "Dr. Hall"),
        ("The town was once termed by officials and visitors “the little city of lights”.", "officials and visitors"),
        ("When our colleague asked 1,900 pupils in private, 68 percent said that they used one.", "1,900 pupils"),
    ],
)  # fmt: skip
def test_subjects_are_read_whole_and_from_where_they_stand(text: str, speaker: str) -> None:
    voices = [voice for each in hear(text).found for voice in each if voice.kind is not VoiceKind.AUTHOR]
    assert voices
    assert voices[-1].speaker == speaker


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("It paid 23 American writers, most of whom say that they knew nothing of it.", "they knew", "23 American writers"),
        ("I have read the paper that the adviser sent round, which says that a good teacher matters.", "a good teacher", "the paper"),
        ("The centre was shut after a report by the Children's Commissioner, who found that they had lost weight.", "they had lost", "Commissioner"),
        ("It called three experts, who said that the plan was old.", "the plan was", "three experts"),
    ],
)  # fmt: skip
def test_a_relative_clause_is_of_the_people_or_the_text_before_it(text: str, words: str, speaker: str) -> None:
    heard = hear(text)
    voice = heard.said_of(words)
    assert voice.kind is VoiceKind.REPORTED
    assert voice.speaker is not None
    assert speaker in voice.speaker
    assert heard.found[0][0].kind is VoiceKind.AUTHOR


@pytest.mark.parametrize(
    "text",
    [
        "They'd been told to deliver, and told that how they did so was their affair.",
        "Currently, two states, Orland and Lund, do not require it.",
        "The losses are met according to the mass that each one covers.",
    ],
)
def test_what_nobody_said_stays_the_authors(text: str) -> None:
    assert [voice.kind for voice in hear(text).found[0]] == [VoiceKind.AUTHOR]


def test_what_will_be_objected_is_nobodys_and_what_somebody_cites_leaves_the_author_unsure() -> None:
    voice = hear("It will be objected that this is slow.").said_of("this is slow")
    assert (voice.kind, voice.speaker, voice.sure) == (VoiceKind.REPORTED, None, False)
    assert not hear("She cites figures from Dale, in which thefts tripled.").said_of("thefts").sure
    assert not hear("The experience of Dale suggests that it would fail.").said_of("it would").sure


def test_what_people_believed_is_not_sure_where_it_is_the_authors_reason_for_an_event() -> None:
    heard = hear("Giving fell, perhaps because people believed that the shortage had been solved.")
    assert not heard.said_of("shortage").sure
    assert hear("The union believed that the shortage had been solved.").said_of("shortage").sure


def test_what_is_added_by_nobody_is_nobodys() -> None:
    voice = hear("It is sometimes added that guards will be bribed.").said_of("bribed")
    assert (voice.kind, voice.speaker, voice.sure) == (VoiceKind.REPORTED, None, False)


def test_a_form_of_address_is_nobody_whom_a_pronoun_can_mean():
    text = "Mr. President, the town is poor, and I am the daughter of a man who ate better in jail, he used to say."
    assert "Mr. President" not in {voice.speaker for voices in hear(text).found for voice in voices}


def test_nor_is_nobody():
    text = "Nor will the hills be quiet. My uncle helped, and he told me that they had been too quiet."
    assert "Nor" not in {voice.speaker for voices in hear(text).found for voice in voices}


def test_whoever_belongs_to_a_body_does_not_say_what_it_says():
    (voices,) = hear(
        "The Shippers' Association, of which Brandvold is still a member, calls the bill a tax on islands."
    ).found
    assert voices[-1].speaker == "The Shippers' Association"


@pytest.mark.parametrize(
    ("author", "text"),
    [
        (
            "Board of Trade, State of Merovia (prepared by Ivo Kwame)",
            "The Board estimates that two fifths would have come.",
        ),
        ("Department of Health, State of Alverton", "The Department concludes that it rained."),
        ("Office of the Ombudsman, Tamberland", "The Ombudsman recommends that the levy end."),
    ],
)
def test_an_office_that_speaks_of_itself_by_its_kind_is_the_author(author: str, text: str):
    ((voice,),) = hear(text, author).found
    assert (voice.kind, voice.speaker) == (VoiceKind.AUTHOR, author)


def test_an_office_of_the_same_kind_that_was_named_before_is_not_the_author():
    voices = hear("The Department of Trade met. The Department said that it rained.", "Department of Health").found[1]
    assert voices[0].kind is VoiceKind.REPORTED


def test_the_same_body_or_person_is_the_one_that_was_named_before_and_not_sure():
    body = hear("The Grain Union met on Monday. The same Union said that nobody comes.").found[1][0]
    assert (body.speaker, body.sure) == ("Grain Union", False)
    person = hear("Ann Lee left. The same Ann Lee said that nobody comes.").found[1][0]
    assert (person.speaker, person.sure) == ("Ann Lee", False)


@pytest.mark.parametrize(
    ("author", "text", "speaker"),
    [
        ("Inspector General of the Department of Justice", "The Department said that it was wrong.", "The Department"),
        ("Permanent Mission of China to the UN", "The UN found that the camps were illegal.", "The UN"),
        ("Ann Lee for the Guardian", "The Guardian reported that it rained.", "The Guardian"),
    ],
)
def test_what_an_author_belongs_to_is_not_the_author(author: str, text: str, speaker: str):
    ((voice,),) = hear(text, author).found
    assert (voice.kind, voice.speaker) == (VoiceKind.REPORTED, speaker)


def test_who_did_not_even_say_so_and_who_perhaps_did_are_not_stated():
    assert hear("Not even Ann Lee said that the tax was wrong.").found[0][0].kind is VoiceKind.AUTHOR
    perhaps = hear("Perhaps Ann Lee said that it was dear.").found[0][0]
    assert (perhaps.speaker, perhaps.sure) == ("Ann Lee", False)


@pytest.mark.parametrize("piece", ["A-", "A ", "A’", "Board "])
def test_a_long_run_of_capitals_is_read_at_once(piece: str):
    def prepare(size: int) -> Callable[[], object]:
        return partial(hear, "The Board said that it rained.\n\n" + piece * size, "Board of Trade")

    assert_in_proportion(prepare, 40_000)


def test_those_who_are_only_pointed_to_are_not_sure():
    ((voice,),) = hear("These scholars said that it would rain.").found
    assert (voice.kind, voice.sure) == (VoiceKind.REPORTED, False)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Ann Rowe runs the board. “They tell us to buy locks,” she said, adding that boards knew better.", "boards knew", "Ann Rowe"),
        ("In her letter, Ann Best (“Lock them away”, February 18) writes that phones distract.", "phones distract", "Ann Best"),
        ("Phone rules “in their current forms” do not help, the authors wrote.", "in their current", "the authors"),
    ],
)  # fmt: skip
def test_a_speaker_is_never_a_piece_of_punctuation_or_of_the_quotation(text: str, words: str, speaker: str) -> None:
    assert hear(text).said_of(words).speaker == speaker


def test_whose_lawyer_somebody_is_stays_out_of_the_line_that_names_them() -> None:
    voice = hear("The firm was fined. Its lawyer, Omar Hadd, said it would sue.").said_of("Its lawyer")
    assert voice.speaker == "Its lawyer, Omar Hadd"
    assert speaker_line(voice, Source(author="Ann Lee")) == "Omar Hadd, as reported by Ann Lee"
    mine = hear("My husband says that the pouches are dear.").said_of("My husband")
    assert speaker_line(mine, Source(author="Ann Lee")) == "The author’s husband, as reported by Ann Lee"
    body = hear("Our World in Data said that the pouches are dear.").said_of("Our World")
    assert speaker_line(body, Source(author="Ann Lee")) == "Our World in Data, as reported by Ann Lee"


def test_a_text_does_not_tell_of_itself() -> None:
    heard = hear("It may be dear, according to a memo obtained by the Courier. The memo also warns that it leaks.")
    assert (heard.said_of("The memo").speaker, heard.said_of("The memo").via) == ("a memo", ())


def test_the_paper_that_prints_it_is_no_go_between() -> None:
    text = "Ann Lee told the Post that it was late. Bob Ott told the Courier that it was not."
    document = Document(id="d", debate="d", path="d.txt", text=text, source=Source(publisher="Lakeside Post"))
    found = find_voices(document, split_sentences(document))
    assert [voices[0].via for voices in found] == [(), ("the Courier",)]


SIGNED = "Open letter to the council\n\nDear Councillors,\n\nClose the road.\n\nYours faithfully,\n\n{signers}\n\nThe letter ends."


@pytest.mark.parametrize(
    ("signers", "speaker"),
    [
        ("Ann Lee", "Ann Lee"),
        ("Ann Lee\nBob Bell", "Ann Lee and Bob Bell"),
        ("Ann Lee and Bob Bell", "Ann Lee and Bob Bell"),
        ("Dr Ann Lee, Hill Surgery\nDr Óscar Ó Bell, Hill Surgery\nCy Dow (retired)", "Dr Ann Lee, Dr Óscar Ó Bell and Cy Dow"),
        ("Ann Lee\nHill Surgery\nQuay Street", "Ann Lee"),
        ("\n".join(f"Ann Lee{letter} Bell" for letter in "abcdefghi"), "Ann Leea Bell, Ann Leeb Bell and 7 others"),
    ],
)  # fmt: skip
def test_a_letter_is_of_all_who_sign_it(signers: str, speaker: str) -> None:
    heard = hear(SIGNED.format(signers=signers), None)
    voice = heard.said_of("Close the road")
    assert (voice.kind, voice.speaker, voice.sure) == (VoiceKind.QUOTED, speaker, False)
    assert heard.said_of(signers[:5]).speaker == speaker


def test_a_letter_that_one_of_its_signers_publishes_is_its_authors() -> None:
    heard = hear(SIGNED.format(signers="Bob Bell\nAnn Lee"), "Ann Lee")
    assert heard.said_of("Close the road").kind is VoiceKind.AUTHOR


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("1.2\tThe Harbour Board said that it rained.", "it rained", "The Harbour Board"),
        ("3.1 Shop\u00adkeepers fear that trade will drop.", "trade will", "Shopkeepers"),
        ("2. Officers said that it rained.", "it rained", "Officers"),
        ("The [Harbour Board](https://example.org/a_(b)) said that it rained.", "it rained", "The Harbour Board"),
        ("According to **Ann Lee**, it rained.", "it rained", "Ann Lee"),
        ("The *Harbour Times* claimed that it rained.", "it rained", "The Harbour Times"),
    ],
)
def test_a_name_is_without_the_number_before_it_and_the_marks_of_links_and_emphasis(
    text: str, words: str, speaker: str
) -> None:
    assert hear(text).said_of(words).speaker == speaker


def test_twelve_councils_and_three_and_a_half_million_people_keep_their_number() -> None:
    assert hear("3.5 million people said that it rained.").said_of("it rained").speaker == "3.5 million people"
    assert hear("12 Cornish councils said that it rained.").said_of("it rained").speaker == "12 Cornish councils"


def test_another_is_never_sure_and_a_table_of_the_text_is_nobody() -> None:
    other = hear("Ann Lee said that it rained. Another, who runs the bank, claimed that it was dry.").said_of("dry")
    assert (other.speaker, other.sure) == ("Another", False)
    own = hear("As Table 1 shows, traffic is heaviest at eight.").said_of("traffic")
    assert (own.kind, own.speaker) == (VoiceKind.AUTHOR, "Ann Author")


@pytest.mark.parametrize(
    ("words", "start", "subject"),
    [
        ("Evidence from Falmouth does not support this.", "Falmouth", "Evidence from Falmouth"),
        ("It was agreed (proposed Cllr Lee, seconded Cllr Bell).", "proposed Cllr Lee", "Cllr Lee"),
        ("**Ann Lee:** it rained.", "**Ann Lee", "Ann Lee"),
        ("You called it a farce.", "You", None),
    ],
)
def test_whom_the_learned_reader_sees_is_a_name_and_not_you_or_the_place_that_evidence_is_from(
    words: str, start: str, subject: str | None
) -> None:
    at = words.index(start)
    end = at + len(start)
    tokens = [Token(at, end, VoiceKind.REPORTED, 0.9, 0.9)]
    found = attribution_of(Reading(dict.fromkeys(VoiceKind, 0.0), tuple(tokens), 1.0), words)
    assert (found.subject.strip() if found else None) == subject


@pytest.mark.parametrize("before", ["Ann Lee, chair of the Moor Chamber of Trade", "The Moor Chamber of Trade"])
def test_a_body_named_beside_an_office_is_called_by_all_of_its_name(before: str) -> None:
    heard = hear(f"{before}, said that it rained. The fish were late. The Chamber says that takings fell.")
    assert heard.said_of("takings fell").speaker == "Moor Chamber of Trade"


def test_of_two_bodies_by_one_name_neither_is_sure() -> None:
    text = "The Moor Chamber of Trade met. The Moor Chamber of Arts did not. The Chamber says that takings fell."
    assert not hear(text).said_of("takings fell").sure


@pytest.mark.parametrize("body", ["center", "association", "panel"])
def test_whoever_says_our_of_a_body_speaks_for_it(body: str) -> None:
    voice = hear(f"Our {body} found that the bridge was safe.", author="Ann Lee").said_of("the bridge")
    assert (voice.kind, voice.speaker) == (VoiceKind.AUTHOR, "Ann Lee")


def test_our_council_is_somebody_else_than_the_author() -> None:
    voice = hear("Our council found that the bridge was safe.", author="Ann Lee").said_of("the bridge")
    assert (voice.kind, voice.speaker) == (VoiceKind.REPORTED, "Our council")


@pytest.mark.parametrize(
    ("tag", "speaker"),
    [
        ("Ann Lee at the rally in Leeds on Monday", "Ann Lee"),
        ("Mayor Ann Lee outside the court", "Mayor Ann Lee"),
        ("Human Rights Watch in a report", "Human Rights Watch"),
        ("Ann Lee of the Growers' League", "Ann Lee of the Growers' League"),
        ("the mayor of Leeds", "the mayor of Leeds"),
        ("Ann Lee at Stanford University", "Ann Lee at Stanford University"),
        ("Ann Lee at the school of law", "Ann Lee at the school of law"),
    ],
)
def test_where_something_was_said_is_no_part_of_a_name_and_where_somebody_works_may_be(tag: str, speaker: str) -> None:
    assert hear(f"“The tolls will rise again this year,” said {tag}.").said_of("tolls will").speaker == speaker


@pytest.mark.parametrize(
    "opening", ["But its", "And its", "Although its", "Yet their", "So his", "The rain came and its"]
)
def test_a_conjunction_before_an_office_is_no_part_of_the_speakers_name(opening: str) -> None:
    heard = hear(
        f"The club is poor. {opening} local president, Ruth Bell, saw a way out. Bell said that it would close."
    )
    voice = heard.said_of("it would close")
    assert voice.speaker in {f"{who} local president, Ruth Bell" for who in ("its", "their", "his")}
    assert speaker_line(voice, heard.document.source).startswith("Ruth Bell, ")


@pytest.mark.parametrize(
    "office",
    ["The secretary for health and the environment", "The founder and president", "The secretary for Trade and Work"],
)
def test_a_conjunction_within_an_office_stays(office: str) -> None:
    voice = hear(f"{office}, Ruth Bell, saw a way out. Bell said that it would close.").said_of("it would close")
    assert voice.speaker == f"{office}, Ruth Bell"


@pytest.mark.parametrize("time", ["night", "week", "year", "autumn"])
@pytest.mark.parametrize("end", [".", ", and left."])
def test_when_something_was_said_is_no_claim_and_the_quotation_is_whose_name_follows(time: str, end: str) -> None:
    text = f"“The roof will hold,” Ivo Stahl said. He built it. “They took us all for fools,” Ruth Bell said that {time}{end}"
    heard = hear(text)
    voice = heard.said_of("They took")
    assert (voice.kind, voice.speaker, voice.sure) == (VoiceKind.QUOTED, "Ruth Bell", True)
    assert "reported" not in {each.kind for each in heard.found[-1]}


def test_that_before_a_time_may_open_a_claim() -> None:
    for claim in ("night shifts would end", "week after week it rained", "spring comes late"):
        voice = hear(f"Ruth Bell said that {claim}.").said_of(claim)
        assert (voice.kind, voice.speaker) == (VoiceKind.REPORTED, "Ruth Bell")


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("a Michigan study", "a Michigan study"),
        ("the Michigan study", "the Michigan study"),
        ("an EU report", "an EU report"),
        ("a new report", "a new report"),
        ("the federal study", "the federal study"),
        ("the bank’s report", "the bank’s report"),
        ("the EU report", "the EU"),
        ("the River Board report", "the River Board"),
        ("the Ministry of Trade report", "the Ministry of Trade"),
        ("River Board report", "River Board"),
    ],
)
def test_a_study_is_called_one_unless_the_name_before_it_is_somebodys(source: str, speaker: str) -> None:
    voice = hear(f"Rents fell by a tenth, according to {source}, though few had thought so.").said_of("Rents fell")
    assert (voice.kind, voice.speaker) == (VoiceKind.REPORTED, speaker)


def test_a_source_of_many_words_is_soon_read() -> None:
    def prepare(size: int) -> Callable[[], object]:
        return partial(source_of, "the " + "Bell of the " * size + "report")

    assert_in_proportion(prepare, 5_000)


@pytest.mark.parametrize(
    "before",
    ["KELM aired a film on it.", "Idling lorries choke the port.", "Crowding hurts pupils.", "The KELM-TV crew came."],
)
@pytest.mark.parametrize("said", ["“It is dying,” he told KELM last week.", "He told KELM last week that it is dying."])
def test_neither_a_station_nor_what_trucks_do_is_meant_by_he(before: str, said: str) -> None:
    heard = hear(f"The shop is shut. {before} {said}")
    voice = heard.said_of("t is dying")
    assert voice.kind in {VoiceKind.QUOTED, VoiceKind.REPORTED}
    assert (voice.speaker, voice.sure) == (None, False)


@pytest.mark.parametrize("known", ["Ian Fleming runs the port.", "We asked Fleming about it."])
def test_a_surname_that_looks_like_a_verb_is_meant_by_he_where_the_document_shows_it_is_a_name(known: str) -> None:
    heard = hear(f"{known} The port is old. Fleming defended the plan. “It is dying,” he said.")
    assert "Fleming" in (heard.said_of("It is dying").speaker or "")


BEFORE = "Ivo Stahl has kept bees on the hill for years."


@pytest.mark.parametrize(
    "opening", ["Here is what", "Here’s how", "And this is exactly what", "In short, that was why"]
)
@pytest.mark.parametrize(
    ("name", "speaker"),
    [("he", "Ivo Stahl"), ("Ruth Bell", "Ruth Bell"), ("Ruth Bell, a baker,", "Ruth Bell, a baker"), ("the guild’s chair, Ruth Bell,", "the guild’s chair, Ruth Bell")],
)  # fmt: skip
@pytest.mark.parametrize("quotation", [" “The spray kills them all.”", "\n\n> The spray kills them all."])
def test_who_speaks_stands_after_words_that_only_point_ahead(
    opening: str, name: str, speaker: str, quotation: str
) -> None:
    voice = hear(f"{BEFORE} {opening} {name} told the guild:{quotation}").said_of("The spray kills")
    assert (voice.kind, voice.speaker) == (VoiceKind.QUOTED, speaker)


@pytest.mark.parametrize("place", ["Here", "There", "here"])
def test_here_and_there_are_nobodys_names(place: str) -> None:
    assert not is_speaker(place)


@pytest.mark.parametrize("part", ["Here is ", "and here’s what ", "In short, that is ", "here " * 3, ", "])
def test_words_that_point_ahead_are_soon_read(part: str) -> None:
    assert_in_proportion(lambda size: partial(subject_of, part * size), 2_000)
    assert_in_proportion(lambda size: partial(main_subject, part * size), 2_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("President Mette van der Bron opened it. It rained. The president said that the toll would stay.", "The president"),
        ("President Mette van der Bron opened it. It rained. Van der Bron said that the toll would stay.", "Van der Bron"),
        ("President Mette van der Bron opened it. It rained. Later van der Bron warned of a toll.", "warned"),
        ("President Mette van der Bron opened it. It rained. Bron said that the toll would stay.", "Bron said"),
    ],
)  # fmt: skip
def test_a_family_name_of_several_words_is_never_cut(text: str, words: str) -> None:
    assert hear(text).said_of(words).speaker == "President Mette van der Bron"


@pytest.mark.parametrize(
    "name", ["Rhodri ap Madog", "Paulo dos Reis", "Ugo della Valle", "Jan van den Berg", "Karl zu Stahl"]
)
def test_the_small_words_of_a_family_name_are_known_in_several_languages(name: str) -> None:
    family = name.partition(" ")[2]
    voice = hear(f"Trade rose, according to {name}. Later {family} warned that the toll would stay.").said_of("warned")
    assert voice.speaker == name


def test_small_words_without_end_are_read_in_proportion() -> None:
    assert_in_proportion(lambda size: partial(hear, f"Mette {'van der ' * size}said that it rained."), 2_000)


@pytest.mark.parametrize(
    ("first", "later", "shown"),
    [
        ("Osric Pell, chief executive of the Guild,", "Mr Pell", "Osric Pell, chief executive of the Guild"),
        ("Osric Pell", "Mr. Pell", "Osric Pell"),
        ("Professor Ines Moor", "Professor Moor", "Professor Ines Moor"),
        ("Professor Ines Moor", "Prof. Moor", "Professor Ines Moor"),
        ("The harbour's chief scientist, Dr Ines Moor,", "Dr Moor", "The harbour's chief scientist, Dr Ines Moor"),
        ("Dame Ines Moor", "Dame Ines", "Dame Ines Moor"),
        ("Sir Osric Pell", "Sir Osric", "Sir Osric Pell"),
        ("Lord Pell of Moor", "Lord Pell", "Lord Pell of Moor"),
        ("Cllr Ines Moor", "Cllr Moor", "Cllr Ines Moor"),
        ("Mayor Jan van der Bron", "Mayor van der Bron", "Mayor Jan van der Bron"),
    ],
)
def test_one_person_in_two_forms_of_the_name_is_one_speaker(first: str, later: str, shown: str) -> None:
    voice = whole(f"{first} said that the number was wrong. {later} added that nobody had counted.")
    assert voice.speaker == shown
    assert "Several" not in speaker_line(voice, Source(author="Jo Park"))


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("Osric Pell said that it was wrong. Mr Piers Pell came. Mr Pell said that it was right.", "Mr Pell"),
        ("Osric Pell said that it was wrong. His wife was there. Mrs Pell said that it was right.", "Mrs Pell"),
        ("Osric Pell said that it was wrong. It rained. Mrs Pell said that it was right.", "Mrs Pell"),
        ("Ms Ines Pell said that it was wrong. It rained. Mr Pell said that it was right.", "Mr Pell"),
        ("Councillor Ines Pell said that it was wrong. It rained. Professor Pell said that it was right.", "Professor Pell"),
        ("Dame Ines Pell and Dame Ines Moor came. Dame Ines said that it was right.", "Dame Ines"),
        ("The Trade Department said that it was wrong. It rained. Judge Department said that it was right.", "Judge Department"),
    ],
)  # fmt: skip
def test_a_title_and_a_name_that_two_may_bear_stay_as_they_stand(text: str, later: str) -> None:
    assert hear(text).said_of("it was right").speaker == later


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("Peter Pell, 31, was fined. It rained. Judge Pell said that it was right.", "Judge Pell"),
        ("Emma Pell, 31, keeps the inn. It rained. Governor Pell said that it was right.", "Governor Pell"),
        ("George Pell, a farmer, came. It rained. Miss Pell said that it was right.", "Miss Pell"),
        ("Emma Pell, 31, came. It rained. Mr Pell said that it was right.", "Mr Pell"),
        ("Peter Pell, 31, was killed. It rained. Mr Pell said that it was right.", "Mr Pell"),
        ("Peter Pell, 31, was killed. It rained. Dr Pell said that it was right.", "Dr Pell"),
        ("Ines Pell, a baker, came. She sat down. Mr Pell said that it was right.", "Mr Pell"),
        ("Sergeant Ines Pell came. Superintendent Pell said that it was right.", "Superintendent Pell"),
        ("Councillor Ines Pell came. Captain Pell, of the tug, said that it was right.", "Captain Pell"),
        ("Ines Pell, deputy mayor of Moor, came. Mayor Pell said that it was right.", "Mayor Pell"),
        ("The judge's clerk, Ines Pell, came. Judge Pell said that it was right.", "Judge Pell"),
        ("Here is a pump by Josiah Moor Pell. Mr Pell, who keeps the inn, said that it was right.", "Mr Pell"),
        ("We drove to Saffron Pell. Mr Pell said that it was right.", "Mr Pell"),
        ("Great Pell said no. Mr Pell said that it was right.", "Mr Pell"),
        ("Hamill Park is green. Mr Park said that it was right.", "Mr Park"),
        ("Peter Pell, 31, came. Tom and Jack Pell came too. Mr Pell said that it was right.", "Mr Pell"),
        ("Peter Pell, 31, came. The Pells are many. Mr Pell said that it was right.", "Mr Pell"),
        ("Peter Pell, 31, came with his former wife. Mr Pell said that it was right.", "Mr Pell"),
        ("Peter Pell, 31, came. Mr and Mrs Pell came too. Mr Pell said that it was right.", "Mr Pell"),
        ("Mr and Mrs Pell came. It rained. Mrs Pell said that it was right.", "Mrs Pell"),
    ],
)  # fmt: skip
def test_a_title_stays_as_it_stands_unless_the_text_shows_that_person_and_that_office(text: str, later: str) -> None:
    assert hear(text).said_of("it was right").speaker == later


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ines Pell, the governor of Moor, came. Gov. Pell said that it was right.", "Ines Pell"),
        ("The harbour secretary, Ines Pell, came. Secretary Pell said that it was right.", "The harbour secretary, Ines Pell"),
        ("Osric Pell came. He sat down. Mr Pell said that it was right.", "Osric Pell"),
        ("Ann Moor and Osric Pell, a farmer, came. Mr Pell said that it was right.", "Osric Pell"),
    ],
)  # fmt: skip
def test_a_title_is_that_of_whoever_the_text_shows_to_bear_it(text: str, shown: str) -> None:
    voice = hear(text).said_of("it was right")
    assert (voice.speaker, voice.sure) == (shown, True)


@pytest.mark.parametrize(
    "text",
    [
        "President Pell signed it in May. Laura Pell, a painter, stood by. It rained. Pell said that it was right.",
        "Judge Pell fined the driver. Peter Pell, 31, wept. It rained. Pell said that it was right.",
        "Mrs Pell came. Peter Pell, a farmer, came too. It rained. Pell said that it was right.",
        "Lord Pell wrote. Ada Pell, a painter, wrote too. It rained. Pell said that it was right.",
        "Emma Pell leads the choir. Dean Pell runs the mill. It rained. Pell said that it was right.",
    ],
)
def test_a_family_name_that_two_bear_one_of_them_with_a_title_is_surely_neithers(text: str) -> None:
    voice = hear(text).said_of("it was right")
    assert (voice.speaker, voice.sure) == ("Pell", False)


@pytest.mark.parametrize("piece", ["Mr Tom and ", "Tom and Ann ", "A’", "his former ex-", "Mr "])
def test_families_without_end_are_read_in_proportion(piece: str) -> None:
    text = "Osric Pell, a farmer, came. "
    assert_in_proportion(lambda size: partial(hear, f"{text}{piece * size}. Mr Pell said that it was dry."), 2_000)


def test_a_surname_is_traced_past_the_places_that_have_it_with_a_title_only() -> None:
    text = "Osric Pell, a farmer, came. Mr. Pell said that it rained. Later on it did. Pell said that it was dry."
    assert [hear(text).said_of(words).speaker for words in ("it rained", "it was dry")] == ["Osric Pell"] * 2
    assert hear(text).said_of("it was dry").sure


def test_many_titles_in_a_row_are_read_in_proportion() -> None:
    text = "Osric Pell said that it rained. "
    assert_in_proportion(lambda size: partial(hear, text + "Mr Dr Sir " * size + "Pell said that it was dry."), 2_000)
