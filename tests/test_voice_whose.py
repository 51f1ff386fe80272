"""Whose words they are where another name stands nearer: set-off blocks, lists of speakers, pronouns, audiences, denials."""

import pytest
from test_voice import AUTHOR, hear

from pullquote.corpus.sentences import split_sentences
from pullquote.models.reader import bundled
from pullquote.voice import VoiceKind, find_voices
from pullquote.voice.denials import denies
from pullquote.voice.nameparts import is_no_name

R, Q, A, UNCLEAR = VoiceKind.REPORTED, VoiceKind.QUOTED, VoiceKind.AUTHOR, VoiceKind.UNCLEAR


@pytest.mark.parametrize(
    ("before", "kind", "speaker"),
    [
        ("Here's Gordon Tait of the sheep union, on the radio last week:", Q, "Gordon Tait"),
        ("The farmers' leader was blunt:", Q, "The farmers' leader"),
        ("From the minister's letter:", Q, "the minister's letter"),
        ("I met Gordon Tait and Tilda Marsh:", UNCLEAR, None),
        ("Here is what one hears:", UNCLEAR, None),
        ("The report puts it like this.", UNCLEAR, None),
        ("I asked a farmer in the pub:", UNCLEAR, None),
        ("As I wrote when I met Gordon Tait:", UNCLEAR, None),
        ("As I wrote in 2019:", A, AUTHOR),
        ("My argument is this:", A, AUTHOR),
        ("We conclude:", A, AUTHOR),
        ("It was a long day.", UNCLEAR, None),
    ],
)
def test_a_set_off_paragraph_that_no_verb_announces_is_never_surely_the_authors(
    before: str, kind: VoiceKind, speaker: str | None
):
    heard = hear(f"{before}\n\n> My members filled in the forms. Nothing came of it.\n\nThat is how it stands.")
    for words in ("My members", "Nothing came"):
        voice = heard.said_of(words)
        assert (voice.kind, voice.speaker, voice.sure) == (kind, speaker, False)
    assert heard.said_of("That is how").kind is A


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("> **Bottom line:** ", A),
        ("> **Note**: ", A),
        ("> TL;DR: ", A),
        ("> [!NOTE]\n> ", A),
        ("> [!TIP]\n>\n> ", A),
        ("> **Ann Lee:** ", UNCLEAR),
        ("> **The minister:** ", UNCLEAR),
    ],
)
def test_a_block_that_opens_with_a_label_of_notes_is_most_likely_the_authors(opening: str, kind: VoiceKind):
    heard = hear(
        f"The bill came in May.\n\n{opening}The ban lowers rents. It did so in Leeds.\n\nThat is how it stands."
    )
    for words in ("ban lowers", "It did so"):
        assert (heard.said_of(words).kind, heard.said_of(words).sure) == (kind, False)


@pytest.mark.parametrize("line", ["> — Gordon Tait, NSA", "> -- *Gordon Tait*", "— Gordon Tait, for the union (2019)"])
def test_the_line_that_closes_a_block_names_its_speaker(line: str):
    voice = hear(f"Here is more:\n\n> We filled in the forms. Nothing came.\n>\n{line}\n\nSo it stands.").said_of(
        "We filled"
    )
    assert (voice.kind, voice.speaker, voice.sure) == (Q, "Gordon Tait", True)


def test_a_line_after_a_dash_that_is_no_name_signs_nothing():
    assert (
        hear("Here is more:\n\n> We filled in the forms.\n>\n> — But nothing came.").said_of("We filled").speaker
        is None
    )


def test_another_block_has_another_signer():
    heard = hear("Read on.\n\n> We filled in forms.\n\n> Nothing ever came.\n>\n> — Ann Lee\n")
    assert (heard.said_of("We filled").speaker, heard.said_of("Nothing ever").speaker) == (None, "Ann Lee")


def test_a_set_off_sentence_that_the_text_repeats_is_whose_it_is_there():
    heard = hear("The plan will fail.\n\n> The plan will fail.\n\n> Nobody wants it.\n\nNobody wants it.")
    shown = [voices[0] for voices in heard.found]
    assert [(voice.kind, voice.sure) for voice in shown] == [(A, True), (A, True), (A, False), (A, True)]


def test_who_is_quoted_inside_a_set_off_paragraph_is_still_named():
    heard = hear("Read on.\n\n> “We filled in the forms,” said Bob Dale. I did too.")
    voice = heard.said_of("We filled")
    assert (voice.kind, voice.speaker, voice.sure) == (Q, "Bob Dale", False)
    assert heard.said_of("I did").kind is UNCLEAR


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("According to Oxham, Sheltor and Crysis, rents rose.", "Oxham, Sheltor and Crysis"),
        ("Rents rose, according to Ann Lee, Bob Dale and Cy Fox.", "Ann Lee, Bob Dale and Cy Fox"),
        ("A study by Barron, Kung and Dow found that rents rose.", "A study by Barron, Kung and Dow"),
        ("A study by Barron, Kung, and Dow found that rents rose.", "A study by Barron, Kung, and Dow"),
        (
            "In May a report by Sheltor, Crysis, Oxham and Dow said that rents rose.",
            "a report by Sheltor, Crysis, Oxham and Dow",
        ),
        ("A poll of teachers, parents and pupils found that rents rose.", "A poll of teachers, parents and pupils"),
        ("Supporters, opponents and the mayor said that rents rose.", "Supporters, opponents and the mayor"),
        ("Gleeson, Christian and Hegel (2004) argue that rents rose.", "Gleeson, Christian and Hegel"),
        ("Researchers at Leeds, York and Hull found that rents rose.", "Researchers at Leeds, York and Hull"),
        ("Our own survey of 118 cleaners, gardeners and tradesmen found that rents rose.", AUTHOR),
        ("On Monday, Lee and Dale said that rents rose.", "Lee and Dale"),
        ("Afterwards, teachers and parents said that rents rose.", "teachers and parents"),
        ("According to Oxham, Sheltor has closed and Crysis is poor.", "Oxham"),
        ("The mayor of Leeds, Ann Lee, said that rents rose.", "The mayor of Leeds, Ann Lee"),
        ("According to Ann Lee, Bob Dale and Cy Fox in Leeds have left.", "Ann Lee"),
    ],
)
def test_the_commas_of_a_list_cut_no_speaker_off(text: str, speaker: str):
    assert hear(text).found[0][-1].speaker == speaker


@pytest.mark.parametrize(
    ("several", "after"),
    [
        ("Ann Lee, Bob Dale and Cy Fox", " in a letter."),
        ("Ann Lee, Bob Dale and Dr. Cy Fox", " on Monday."),
        ("Rev. Ann Lee, Dr. Bob Dale and Cllr. Cy Fox", " in a joint letter."),
    ],
)
def test_a_list_of_speakers_ends_before_a_time_or_a_place_and_inside_no_title(several: str, after: str):
    voice = hear(f"“We need the stone from Harrow,” said {several}{after}").said_of("We need")
    assert (voice.kind, voice.speaker) == (Q, several)


@pytest.mark.parametrize(
    "text",
    [
        "The claim that rents fell was rejected by Oxham, Sheltor and Crysis.",
        "Critics of the plan, teachers and parents said that rents rose.",
        "The claim that rents fell was rejected by Ann Lee, Bob Dale and Dr. Cy Fox in a letter that was sent to us.",
    ],
)
def test_a_speaker_who_may_be_a_part_of_a_list_is_not_sure(text: str):
    assert not hear(text).found[0][-1].sure


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("The mayor's husband, Bob Lee, said that it failed. She said that it had worked.", None),
        ("Her son, Mark, said that it failed. “It will work,” she said.", None),
        ("King Charles said that it failed. She said that it had worked.", None),
        ("King Charles said that it failed. He said that it had not worked.", "King Charles"),
        ("Ann Lee said it had failed. Her deputy had more hope. He said that it might yet live.", "Her deputy"),
        ("Ann Lee said it had failed. Her plan was an old one. She said that it might yet live.", "Ann Lee"),
        ("The woman said that it failed. She said that it had not worked.", "The woman"),
    ],
)
def test_a_pronoun_means_nobody_of_whom_the_text_shows_that_the_other_one_is_theirs(text: str, speaker: str | None):
    assert hear(text).found[-1][-1].speaker == speaker


def test_the_subject_that_a_sentence_begins_with_goes_before_who_spoke_before_it():
    heard = hear(
        "Ann Lee said that the homes were gone. Jo Strand, chairman of the Hosts' Association, told councillors that "
        "few had become lets; the rest, he said, were sold."
    )
    voice = heard.said_of("few had become")
    assert voice.speaker is not None
    assert voice.speaker.startswith("Jo Strand")


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Who pays for this? She said that nobody does.", "nobody", None),
        (
            "In 2018 Ann Lee, then environment secretary, left. He wrote that it was weak.",
            "weak",
            "Ann Lee, then environment secretary",
        ),
        ("Ms Lee has been accused by Bob Dale of lying about rents.", "lying", "Bob Dale"),
        ("The firm was accused by the Bank of Leeds of fraud.", "fraud", "the Bank of Leeds"),
        ("The firm was blamed by Bob Dale for the delay.", "delay", "Bob Dale"),
        ("Ann Lee denies calling the plan “toast”.", "toast", "Ann Lee"),
    ],
)
def test_only_a_name_is_called_who_speaks(text: str, words: str, speaker: str | None):
    assert hear(text).said_of(words).speaker == speaker


@pytest.mark.parametrize(
    ("hearer", "via"),
    [
        ("MPs", ()),
        ("NATO", ()),
        ("Bob Dale", ()),
        ("Mrs Dale's cabinet", ()),
        ("Radio 4", ("Radio 4",)),
        ("BBC Radio 4", ("BBC Radio 4",)),
        ("the Norhaven Courier", ("the Norhaven Courier",)),
        ("the Times of Leeds", ("the Times of Leeds",)),
        ("the Guardian's Bob Dale", ("the Guardian",)),
        ("the Today programme", ("the Today programme",)),
    ],
)
def test_words_come_through_a_paper_or_a_station_and_not_through_an_audience(hearer: str, via: tuple[str, ...]):
    voice = hear(f"Ann Lee told {hearer} that rents had doubled.").found[0][0]
    assert (voice.speaker, voice.via) == ("Ann Lee", via)


def test_who_speaks_in_a_place_spoke_through_nobody():
    assert hear("Speaking in Parliament, Ann Lee said that rents had doubled.").found[0][-1].via == ()


@pytest.mark.parametrize(
    ("before", "denied"),
    [
        ("Eva Gray denied that ", True),
        ("Eva Gray rejected the idea that ", True),
        ("Eva Gray disputes the finding that ", True),
        ("Eva Gray denied saying that the plan was ", True),
        ("Eva Gray said it was not true that ", True),
        ("I do not believe that ", True),
        ("There is no evidence that ", True),
        ("Schools may reject pupils who are slow, and opponents of the plan say that ", False),
        ("Eva Gray denied that Bob Dale had said ", True),
        ("Eva Gray denied it and said that ", False),
        ("Eva Gray rejected the plan because ", False),
        ("It is false; ", False),
        ("Eva Gray said that ", False),
        ("", False),
    ],
)
def test_what_somebody_denies_is_told_from_what_they_say(before: str, denied: bool):
    assert denies(before) is denied


def test_words_that_somebody_denies_having_said_are_not_surely_theirs():
    heard = hear("Ann Lee denied saying that the plan was “toast”.")
    assert not heard.said_of("toast").sure
    assert hear("Ann Lee said that the plan was “toast”.").said_of("toast").sure


@pytest.mark.parametrize("title", ["Insp.", "Supt.", "Lt. Gov.", "Del.", "Hon.", "Rev."])
def test_a_title_cut_short_belongs_to_the_name_after_it(title: str):
    said = hear(f"“Fees are too high by far,” said {title} Ann Lee, who left.").said_of("Fees are")
    told = hear(f"According to {title} Ann Lee, fees rose.").found[0][0]
    assert (said.speaker, told.speaker) == (f"{title} Ann Lee",) * 2


@pytest.mark.parametrize("title", ["Cllr.", "Ald.", "Atty. Gen.", "Assemb.", "Coun", "Lt"])
def test_a_title_without_a_name_is_nobody(title: str):
    voice = hear(f"“Fees are too high by far,” said {title}").said_of("Fees are")
    assert (voice.speaker, voice.sure) == (None, False)


@pytest.mark.parametrize(
    ("lead", "sure"),
    [
        ("None of the following is true:", False),
        ("We reject three claims:", False),
        ("Opponents make three arguments:", False),
        ("The arguments against it are:", False),
        ("The minister's reasons are these:", False),
        ("Industry makes three points:", False),
        ("Under the company's plan:", False),
        ("Here is why opponents like it:", False),
        ("Harrow Aggregates supports:", False),
        ("We answer three objections:", False),
        ("I hold three views:", True),
        ("We make three points:", True),
        ("My worries are these:", True),
        ("It is not hard to see why a ban would work:", True),
        ("There is no shortage of evidence for a ban:", True),
        ("Here is why nothing else will do:", True),
        ("He's wrong about the rest, and here is why:", True),
        ("The bill does three things:", True),
        ("We propose:", True),
    ],
)
def test_what_a_list_holds_is_not_the_authors_where_its_lead_in_may_disown_it(lead: str, sure: bool):
    heard = hear(f"{lead}\n\n- Sheep die in the hills. They always did.\n- Fences fall.\n\nThat is how it stands.")
    for words in ("Sheep die", "They always", "Fences fall"):
        assert (heard.said_of(words).kind, heard.said_of(words).sure) == (A if sure else VoiceKind.UNCLEAR, sure)
    assert heard.said_of("That is how").sure


def test_a_list_with_another_mark_hangs_on_another_sentence():
    heard = hear(
        "(a) Nothing in this shall affect:\n\n(i) the law of the land; or\n\n(ii) the coast.\n\n(b) The fund pays."
    )
    assert [heard.said_of(words).sure for words in ("the law", "the coast", "The fund")] == [False, False, True]


def test_marks_inside_marks_leave_the_end_of_a_quotation_to_its_speaker():
    text = "Bob Dale, a baker, said: 'The plan is \"mad\", and everyone's told the mayor so.'"
    document = hear(text).document
    (voices,) = find_voices(document, split_sentences(document), bundled())
    assert [(voice.kind, voice.speaker) for voice in voices] == [(Q, "Bob Dale, a baker")]


def test_an_answer_to_one_of_several_bold_questions_is_not_surely_the_authors():
    heard = hear(
        "*Ann Author met the geologist Eva Gray.*\n\n**Is the dust dangerous?**\n\nDust kills when it is dry. It was wet."
        "\n\n**What should be done?**\n\nWater the road.\n\nDo it daily.\n\n## What I think\n\nShe is right."
    )
    told = {
        words: heard.said_of(words).sure for words in ("Is the", "Dust kills", "It was wet", "Water", "Do it", "She is")
    }
    assert told == {
        "Is the": True,
        "Dust kills": False,
        "It was wet": False,
        "Water": False,
        "Do it": False,
        "She is": True,
    }


def test_one_bold_question_makes_no_interview():
    assert hear("**Is the dust dangerous?**\n\nDust kills when it is dry.").said_of("Dust kills").sure


@pytest.mark.parametrize(
    ("tagged", "speaker"),
    [
        ("“Who pays for the buses?” Horn asked.", "Horn"),
        ("“It is theft!” Horn shouted from the crowd.", "Horn"),
        ("“Shame!” Horn called out.", "Horn"),
        ('"That is a lie!" Cole, a driver, shouted from the back of the room.', "Cole"),
        ("“We know that. Who pays for the buses?” Dr. Ann Horn told the council on Monday.", "Dr. Ann Horn"),
        ("‘Who pays for the buses?’ Horn said, adding that he would not.", "Horn"),
    ],
)
def test_a_question_or_a_cry_in_marks_is_theirs_whose_name_comes_next(tagged: str, speaker: str):
    text = f"Mayor Lee told reporters, “It is overdue.” {tagged} “Nobody has told us.”"
    heard = hear(text)
    assert [sentence.span.cut(text) for sentence in heard.sentences][1] == tagged or "We know" in tagged
    assert {voice.speaker for each in heard.found[1:] for voice in each if voice.kind in {R, Q}} == {speaker}


@pytest.mark.parametrize(
    "goes_on",
    [
        "Horn said the city would pay.",
        "Horn said on Monday the city would pay.",
        "Horn said, in May, that the city would pay.",
        "Horn asked for more time.",
        "Critics asked again.",
        "Nobody answered.",
    ],
)
def test_a_report_after_a_question_in_marks_is_a_sentence_of_its_own_and_leaves_the_asker_open(goes_on: str):
    heard = hear(f"Mayor Lee told reporters, “It is overdue.” “Who pays for the buses?” {goes_on}")
    assert len(heard.sentences) == 3
    assert not heard.said_of("Who pays").sure


def test_a_question_that_the_sentence_itself_attributes_ends_it():
    heard = hear("Mayor Lee asked, “Who pays for the buses?” Horn replied.")
    assert (len(heard.sentences), heard.said_of("Who pays").speaker) == (2, "Mayor Lee")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Voss accused Oduya of calling nurses “a luxury we cannot afford”.", "luxury"),
        ("Voss said it was wrong to call nurses “a luxury we cannot afford”.", "luxury"),
        ("Voss said she had never called nurses “a luxury we cannot afford”.", "luxury"),
        ("Horn said the union had called teachers “cowards and shirkers”.", "cowards"),
        ("Horn said the fee, described by the Post as “a tax on work”, would fall.", "tax on work"),
    ],
)
def test_a_verb_of_saying_between_a_report_and_a_quotation_leaves_open_whose_it_is(text: str, words: str):
    voice = hear(text).said_of(words)
    assert (voice.kind, voice.sure) == (Q, False)


@pytest.mark.parametrize(
    ("text", "words", "speaker", "via"),
    [
        (
            "Parents claim that the headteacher, Rita Sol, said “phones belong in the bin”.",
            "phones",
            "Rita Sol",
            "Parents",
        ),
        ("Police allege that Moe said “the money is under the floor”.", "money", "Moe", "Police"),
        ("Police said Moe wrote: “The money is under the floor.”", "money", "Moe", "Police"),
        ("The mayor claimed that Dr. Cole had said “the vaccine is a hoax”.", "hoax", "Dr. Cole", "The mayor"),
        (
            "The driver, Hal Moe, told police that the passenger, Kim Tan, had said “go, go, go”.",
            "go, go",
            "Kim Tan",
            "The driver, Hal Moe",
        ),
    ],
)
def test_what_one_is_said_to_have_said_by_another_is_heard_through_that_one(
    text: str, words: str, speaker: str, via: str
):
    document = hear(text).document
    sentences = split_sentences(document)
    for reader in (None, bundled()):
        voice = find_voices(document, sentences, reader)[0][-1]
        assert words in voice.span.cut(text)
        assert (voice.kind, voice.via, voice.sure) == (Q, (via,), False)
        assert speaker in (voice.speaker or "")


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Voss said the plan was “a luxury we cannot afford”.", "luxury", "Voss"),
        ("Horn said it rained, but Bell called the plan “a luxury we cannot afford”.", "luxury", "Bell"),
        ("Horn called the fee “a tax on work”, and later described it as “a blow to the poor”.", "a blow", "Horn"),
        ("The union issued a statement calling the plan “a disgrace to the town”.", "disgrace", "The union"),
        ("Ann Lee said in a call with reporters: “The plan is dead and gone.”", "dead", "Ann Lee"),
    ],
)
def test_a_quotation_that_its_own_speaker_gives_stays_sure(text: str, words: str, speaker: str):
    voice = hear(text).said_of(words)
    assert (voice.kind, voice.speaker, voice.via, voice.sure) == (Q, speaker, (), True)


@pytest.mark.parametrize(
    "text",
    [
        "Senator Ruiz told the Post that Governor Hall had “sold out the valley”, a phrase she rejected as “childish and cheap”.",
        "Cole said that Shaw had invented data, an accusation that he called “childish and cheap”.",
        "Reed said that Bousted had “never set foot in a classroom”, a charge that she called “childish and cheap”.",
    ],
)
def test_what_somebody_makes_of_a_charge_is_not_the_accusers(text: str):
    voice = hear(text).said_of("childish")
    assert (voice.kind, voice.speaker, voice.sure) == (Q, None, False)


@pytest.mark.parametrize(
    ("opening", "caller", "speaker"),
    [
        ("Horn, described as “a menace to the budget” by rivals,", None, "Horn"),
        ("The minister, branded “a coward in a suit” by the union,", "the union", "The minister"),
        ("The firm, described as “a menace to us all” by regulators,", "regulators", "The firm"),
        ("The firm, described in the press as “a menace to us all”,", None, "The firm"),
        ("The firm, which Ann Lee calls “a menace to us all”,", "Ann Lee", "The firm"),
    ],
)
def test_who_is_called_something_between_commas_does_not_say_it(opening: str, caller: str | None, speaker: str):
    heard = hear(f"{opening} said the toll would pay for itself.")
    called = heard.said_of(opening[opening.index("“") :][:6])
    assert (called.kind, called.speaker) == (Q, caller)
    told = heard.said_of("pay for itself")
    assert (told.kind, told.speaker) == (R, speaker)


@pytest.mark.parametrize(
    ("tail", "kind", "sure"),
    [
        (", and that the voters would never accept it.", R, True),
        (" but that the voters would accept it.", R, True),
        (", and that is a lie.", A, False),
        (", and the voters would never accept it.", A, False),
        (", and she was right to.", A, False),
    ],
)
def test_what_follows_quoted_words_of_a_report_is_never_surely_the_authors(tail: str, kind: VoiceKind, sure: bool):
    voice = hear(f"Horn said the fee was “a tax on work and on its fruits”{tail}").found[0][-1]
    assert (voice.kind, voice.sure) == (kind, sure)
    assert voice.speaker == ("Horn" if kind is R else AUTHOR)


def test_a_tag_after_a_quotation_stays_surely_the_authors():
    heard = hear(
        "“It is a tax on work and on its fruits,” said Ann Lee, a nurse from Leeds and a mother of two girls, on Monday."
    )
    assert heard.found[0][0].kind is Q
    assert heard.found[0][-1].sure


@pytest.mark.parametrize(
    "text",
    [
        "Phones make children stupid. So says Senator Horn. He is wrong.",
        "Phones make children stupid. That, at least, is what Horn tells donors.",
        "Phones make children stupid. This is the view of Senator Horn, and it is wrong.",
    ],
)
def test_a_sentence_that_the_next_gives_to_another_is_not_surely_the_authors(text: str):
    voice = hear(text).said_of("Phones make")
    assert (voice.kind, voice.sure) == (A, False)


@pytest.mark.parametrize(
    "text",
    [
        "The ministry's case is simple. Phones make children stupid.",
        "Her argument ran as follows. The school is a refuge. Phones make children stupid.",
    ],
)
def test_a_sentence_that_one_before_gives_to_another_is_not_the_authors(text: str):
    voice = hear(text).said_of("Phones make")
    assert (voice.kind, voice.sure) == (VoiceKind.UNCLEAR, False)


@pytest.mark.parametrize(
    "text",
    [
        "Phones make children stupid. That is what we must stop.",
        "Phones make children stupid. That is the point.",
        "Phones make children stupid. That is how cruel these phones are.",
        "My case is simple. Phones make children stupid.",
        "The law is simple. Phones make children stupid.",
        "Her case is simple.\n\nPhones make children stupid.",
    ],
)
def test_a_sentence_that_its_neighbours_leave_to_the_author_stays_surely_theirs(text: str):
    voice = hear(text).said_of("Phones make")
    assert (voice.kind, voice.sure) == (A, True)


def test_after_the_author_answers_a_report_nobody_goes_on_speaking():
    text = (
        "Opponents say the charge hurts the poor. That is a serious objection, and it deserves a serious answer. "
        "The poor of Harwick do not, for the most part, own cars."
    )
    document = hear(text).document
    found = find_voices(document, split_sentences(document), bundled())
    assert [(voice.kind, voice.sure) for voice in found[2]] == [(A, False)]


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        (
            "“Phones are cigarettes,” said Governor Ann Lee, echoing Surgeon General Vivek Murthy, who has called for labels.",
            "labels",
            "Surgeon General Vivek Murthy",
        ),
        ("“It is dear,” said Ann Lee, who has called for labels.", "labels", "Ann Lee"),
        ("Her co-author, Neil Shaw, was wary. “It is early days,” Shaw said.", "early days", "Neil Shaw"),
        (
            "The mayor, whose spokesman Neil Ashby had left, was away. “It is early days,” Ashby said.",
            "early days",
            "spokesman Neil Ashby",
        ),
        ("The author, Neil Shaw, was wary. “It is early days,” Shaw said.", "early days", "The author, Neil Shaw"),
        ('“It is early days,” the mayor\'s "experts" said.', "early days", 'the mayor\'s "experts"'),
        (
            "“We need a closed shop,” said the union's organiser, Bob Fenner.",
            "closed",
            "the union's organiser, Bob Fenner",
        ),
        ("“The pipes are old,” said a plumber, Joel Marin.", "pipes", "a plumber, Joel Marin"),
        ("“It is loud,” said my neighbour, Ann Lee, in May.", "loud", "my neighbour, Ann Lee"),
        ("“Trade fell,” said the minister, Monday.", "Trade", "the minister"),
        ("“Trade fell,” said the mayor, and Bob Lee agreed.", "Trade", "the mayor"),
        (
            "Mark Dunn said that his brother Peter Dunn was away. “My brother is no lawyer at all,” Dunn said.",
            "no lawyer",
            "Mark Dunn",
        ),
        ("Mark Dunn met Peter Dunn in town. “My brother is no lawyer at all,” Dunn said.", "no lawyer", "Dunn"),
    ],
)
def test_a_speaker_has_the_name_that_is_theirs(text: str, words: str, speaker: str):
    assert hear(text).said_of(words).speaker == speaker


@pytest.mark.parametrize(
    ("part", "known", "none"),
    [
        ("who runs the Commuters League", None, True),
        ("a Democrat whose district includes Dunmore", None, True),
        ("says Amara Nwosu", None, True),
        ("his", None, True),
        ("his deputy", None, False),
        ("his deputy", "Ann Lee", True),
        ("a man", None, False),
        ("a man", "Ann Lee", True),
        ("his deputy", "the mayor", False),
        ("Bob Bell", "Ann Lee", False),
        ("the mayor's office", "Ann Lee", False),
    ],
)
def test_what_is_no_name_takes_the_place_of_none(part: str, known: str | None, none: bool):
    assert is_no_name(part, known) is none


def test_in_a_record_an_office_and_a_title_in_full_take_the_word_too():
    turns = {
        "Mr. LEE": "I saw the report.",
        "Ms. HALL": "The report was wrong.",
        "Senator CRUZ": "It was right in every respect.",
        "The CHAIRMAN": "We will come to order.",
        "Secretary KERRY": "We signed the deal.",
    }
    heard = hear("\n\n".join(f"{name}. {words}" for name, words in turns.items()))
    assert {words: heard.said_of(words).speaker for words in turns.values()} == {w: name for name, w in turns.items()}


def test_a_word_in_capitals_outside_a_record_or_within_a_turn_takes_no_word():
    alone = hear("Senator Lee left.\n\nThe CHAIRMAN. So they called him.\n\nHe never came back.")
    assert {voice.kind for each in alone.found for voice in each} == {A}
    within = hear("Mr. LEE. I saw it.\n\nMs. HALL. Who wrote it? The CIA. It was right.")
    assert within.said_of("It was right").speaker == "Ms. HALL"


def test_a_paragraph_of_a_printed_record_that_opens_with_an_unknown_label_is_nobodys():
    heard = hear(
        "Mr. Lee. Did you see it?\n\nMs. Hall. I did see it.\n\nClerk Banks. The report was right.\n\n"
        "Mayor Cole. The report was late.\n\nMs. Hall. Yes. So it was.\n\nYes. I heard that too."
    )
    spoken = {words: heard.said_of(words) for words in ("was right", "was late", "So it was", "I heard")}
    assert [voice.speaker for voice in spoken.values()] == [None, "Mayor Cole", "Ms. Hall", "Ms. Hall"]
    assert [voice.sure for voice in spoken.values()] == [False, True, True, False]


PANEL = "The panel met.\n\n{0} Nurses are a luxury.\n\n{1} Nurses are no luxury.\n\n{0} We cannot pay them.\n\n{1} We can pay them well."


@pytest.mark.parametrize("labels", [("**Elena Voss:**", "**Martin Oduya:**"), ("VOSS:", "ODUYA:")])
def test_what_labels_divide_that_name_nobody_known_is_not_surely_the_authors(labels: tuple[str, str]):
    heard = hear(PANEL.format(*labels) + "\n\n# What followed\n\nThe hospital closed in May.")
    assert [heard.said_of(words).sure for words in ("a luxury", "no luxury", "cannot", "can pay")] == [False] * 4
    assert heard.said_of("The panel").sure
    assert heard.said_of("hospital closed").sure


def test_one_label_that_comes_back_divides_nothing():
    heard = hear(PANEL.format("Note:", "And yet"))
    assert heard.said_of("a luxury").sure


def test_whoever_goes_on_speaking_is_looked_for_in_no_sentence_before_the_first():
    text = "Claims that they fill buses with disorder are not well supported either, provided that shelters are open."
    document = hear(text).document
    assert not find_voices(document, split_sentences(document), bundled())[0][0].sure


@pytest.mark.parametrize(
    ("sentence", "speaker", "via"),
    [
        ("Ann Moe said Bob Dale told her in Leeds that the mill was late.", "Bob Dale", ("Ann Moe",)),
        ("Ann Moe said the guard told him that the mill was late.", "the guard", ("Ann Moe",)),
        ("Ann Moe said that the guard had warned that the mill was late.", "the guard", ("Ann Moe",)),
        ("Ann Moe said her doctor told her that the mill was late.", "her doctor", ("Ann Moe",)),
        ("Bob Dale, according to Ann Moe, said the mill was late.", "Bob Dale", ("Ann Moe",)),
        ("Ann Moe said she told the guard that the mill was late.", "Ann Moe", ()),
        ("Ann Moe told the guard in Leeds that the mill was late.", "Ann Moe", ()),
        ("Ann Moe holds a share in it and says that the mill was late.", "Ann Moe", ()),
    ],
)
def test_who_is_said_to_have_told_somebody_speaks_through_the_one_who_says_so(
    sentence: str, speaker: str, via: tuple[str, ...]
):
    voice = hear(sentence).said_of("mill was late")
    assert (voice.speaker, voice.via) == (speaker, via)


def test_who_tells_of_another_that_cannot_be_heard_through_them_is_not_surely_the_speaker():
    assert not hear("Ann Moe said the guard had informed him that the mill was late.").said_of("mill").sure
