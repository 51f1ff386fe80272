"""Whose words are not surely somebody's: what another is blamed for saying, who stands nearer, and names that hold more than a name."""

from functools import partial

import pytest
from growth import assert_in_proportion
from test_voice import hear, whole

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.models.reader import bundled
from pullquote.voice import Voice, VoiceKind, find_voices, only_counts
from pullquote.voice.denials import blames, doubtful
from pullquote.voice.phrases import is_well_formed
from pullquote.voice.plainnames import plain

LIE = "vaccines cause autism in young children"


def heard_by_both(text: str, words: str) -> tuple[Voice, Voice]:
    """The voices of the same words by the rules alone, and with the learned reader."""
    document = Document(id="d", debate="d", path="d.txt", text=text, source=Source(title="T"))
    sentences = split_sentences(document)
    at = text.index(words)
    read = [voice for each in find_voices(document, sentences, bundled()) for voice in each]
    return hear(text, None).said_of(words), next(voice for voice in read if voice.span.start <= at < voice.span.end)


@pytest.mark.parametrize(
    "before",
    [
        "condemned Ann Lee for saying that",
        "thanked Ann Lee for saying that",
        "urged Ann Lee to stop saying that",
        "told Ann Lee to stop claiming that",
        "warned Ann Lee against saying that",
        "said Ann Lee should resign for saying that",
        "told Ann Lee not to say that",
    ],
)
def test_what_another_is_blamed_for_saying_is_never_surely_the_words_of_the_one_who_blames(before: str):
    assert not any(voice.sure for voice in heard_by_both(f"Rep. Bob Moe {before} “{LIE}.”", LIE[9:]))


@pytest.mark.parametrize(
    "sentence",
    [
        f"Rep. Bob Moe insulted Ann Lee, saying that “{LIE}.”",
        f"Rep. Bob Moe told Ann Lee that “{LIE}.”",
        f"Rep. Bob Moe denounced Ann Lee for her “view that {LIE}.”",
        f"Rep. Bob Moe accused Ann Lee of “telling people that {LIE}.”",
        f"Bob Moe condemned Ann Lee for saying that it rained, and said that “{LIE}.”",
        f"Bob Moe vowed to keep saying that “{LIE}.”",
    ],
)
def test_who_speaks_of_another_and_says_more_is_still_surely_heard(sentence: str):
    assert all(voice.sure for voice in heard_by_both(sentence, LIE[9:]))


@pytest.mark.parametrize(
    ("before", "blamed"),
    [
        ("Bob Moe criticized Dan Hill for claiming that ", True),
        ("Bob Moe sued the paper for writing that ", True),
        ("Ann Lee apologised for saying that ", False),
        ("Ann Lee was condemned for saying that ", False),
        ("Ann Lee was condemned by Bob Moe for saying that ", False),
        ("Ann Lee drew criticism from Bob Moe for saying that ", False),
        ("Ann Lee opened the meeting by saying that ", False),
    ],
)
def test_what_one_is_blamed_for_by_others_is_still_what_one_said(before: str, blamed: bool):
    assert blames(before) is blamed


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("Rep. Bob Moe interrupted Ann Lee as she said that the plan was dead.", False),
        ("Rep. Bob Moe heckled President Lee as he said that the plan was dead.", False),
        ("Senator Moe interrupted Lee as she said that the plan was dead.", False),
        ("Bob Moe applauded Ann Lee when she said that the plan was dead.", False),
        ("Bob Moe applauded the minister when she said that the plan was dead.", False),
        ("Winston Churchill put it best when he said that the plan was dead.", True),
        ("Bob Moe was cheered in Leeds when he said that the plan was dead.", True),
    ],
)
def test_as_she_said_is_not_surely_of_the_subject_where_another_person_stands_nearer(sentence: str, sure: bool):
    assert hear(sentence).said_of("plan was dead").sure is sure


@pytest.mark.parametrize(
    ("subject", "speaker"),
    [
        *(
            (f"Sarah Penhaligon, {office},", f"Sarah Penhaligon, {office}")
            for office in (
                "Chief Executive of Northgrid",
                "CEO of Northgrid",
                "Professor of Law at Leeds",
                "Minister of Energy",
                "Secretary of State for Energy",
                "Founder and Chair of Northgrid",
                "Head of Policy at Northgrid",
                "Senior Fellow at the Northgrid Institute",
                "Senator from Ohio",
                "Executive Director of Northgrid",
                "chief executive of Northgrid",
            )
        ),
        ("Lee, Mayor of Leeds,", "Lee, Mayor of Leeds"),
        ("Ann Lee, Mayor of Leeds, a port,", "Ann Lee, Mayor of Leeds"),
        ("Bank of England Governor Ann Lee", "Bank of England Governor Ann Lee"),
        ("In London, Secretary of State Ann Lee", "Secretary of State Ann Lee"),
        ("In New York, Secretary of State Ann Lee", "Secretary of State Ann Lee"),
        ("After the debate, Minister of Finance Ann Lee", "Minister of Finance Ann Lee"),
        ("Ann Lee, Bob Moe and Cy Dow", "Ann Lee, Bob Moe and Cy Dow"),
        ("Leeds, capital of the North,", "Leeds"),
    ],
)
def test_an_office_in_capitals_after_a_name_takes_not_its_place(subject: str, speaker: str):
    assert hear(f"{subject} said that storage is the missing piece.").said_of("storage").speaker == speaker


@pytest.mark.parametrize(
    ("opening", "sure"),
    [
        ("Senator Lee was misquoted as saying that", False),
        ("Senator Lee allegedly said that", False),
        ("Senator Lee reportedly told friends that", False),
        ("Reportedly, Senator Lee said that", False),
        ("Senator Lee would have argued that", False),
        ("If she dared, Senator Lee said, it would show that", True),
        ("Senator Lee was quoted as saying that", True),
        ("Senator Lee would later say that", True),
        ("Senator Lee only once said that", True),
        ("Senator Lee, who allegedly took bribes, said that", True),
    ],
)
def test_what_somebody_only_reportedly_said_is_not_surely_theirs(opening: str, sure: bool):
    assert hear(f"{opening} the war was lost.").said_of("war was lost").sure is sure


def test_what_somebody_would_say_if_is_not_surely_said():
    said = "Senator Lee would say that the war was lost{}"
    assert not hear(said.format(" if he dared.")).said_of("war was lost").sure


@pytest.mark.parametrize(
    ("subject", "speaker"),
    [
        ("Bob Moe nodded as Senator Lee", "Senator Lee"),
        ("Bob Moe nodded as the senator", "the senator"),
        ("On Monday, Ann Lee laughed as Bob Moe, the mayor,", "Bob Moe, the mayor"),
        ("Democrats cheered as President Lee", "President Lee"),
        ("Ann Lee wept while Bob Moe", "Bob Moe"),
        ("Ann Lee left and Bob Moe", "Bob Moe"),
        ("Senator Lee regretted having", "Senator Lee"),
        ("Bob Moe, not Senator Lee,", "Bob Moe"),
        ("Ann Lee and Bob Moe", "Ann Lee and Bob Moe"),
        ("Women and Work", "Women and Work"),
        ("Groups such as We Care", "Groups such as We Care"),
        ("The singer known as The Rock", "The singer known as The Rock"),
        ("Ann Lee, as chair of the board,", "Ann Lee"),
        ("Ann Lee stood up and", "Ann Lee"),
        ("Members of the Bank of England and Bob Moe", "Members of the Bank of England and Bob Moe"),
    ],
)
def test_a_name_holds_no_clause_before_it(subject: str, speaker: str):
    voice = next(voice for each in hear(f"{subject} said that the war was lost.").found for voice in each[::-1])
    assert voice.speaker == speaker


@pytest.mark.parametrize(
    "name", ["Firms grieve while the Board", "Ann Lee weeps as Bob Moe", "Senator Lee regretted having"]
)
def test_a_name_that_still_holds_another_clause_is_not_well_formed(name: str):
    assert not is_well_formed(name)


@pytest.mark.parametrize("name", ["Groups such as the Union", "The singer known as The Rock", "Ann Lee and Bob Moe"])
def test_a_name_that_only_looks_like_a_clause_is(name: str):
    assert is_well_formed(name)


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("“{},” Senator Lee recalled her mother saying.", False),
        ("“{},” said Senator Lee, quoting Winston Churchill.", False),
        ("“{},” Senator Lee said, paraphrasing her mother.", False),
        ("“{},” Senator Lee said, citing Winston Churchill.", False),
        ("Senator Lee retweeted a post that said, “{}.”", False),
        ("Senator Lee shared a meme that said, “{}.”", False),
        ("Quoting Winston Churchill, Senator Lee said that {}.", False),
        ("“{},” Senator Lee recalled.", True),
        ("“{},” Senator Lee said, citing a Treasury memo.", True),
        ("“{},” Senator Lee told a crowd in Leeds.", True),
        ("Senator Lee shared a stage with Bob Moe and said that {}.", True),
        ("Senator Lee shared a photo of the wreck, saying that {}.", True),
    ],
)
def test_anothers_words_passed_on_are_not_surely_of_the_one_who_passes_them_on(sentence: str, sure: bool):
    heard = hear(sentence.format("one must never, never give in to them"))
    assert heard.said_of("never give in").sure is sure


@pytest.mark.parametrize(
    "mark", ["[citation needed]", "[dubious – discuss]", "[better source needed]", "[according to whom?]", "[4]"]
)
def test_an_editors_mark_before_a_name_is_no_part_of_it(mark: str):
    assert hear(f"The law failed.[1] {mark} Supporters counter that it was never tried.").said_of("never").speaker == (
        "Supporters"
    )


@pytest.mark.parametrize(
    ("tail", "sure"),
    [
        (", but the firm disagrees", False),
        (", yet Bob Moe voted for it", False),
        (", but most farmers want it", False),
        (", but that the firm had tried", True),
        (" for the firm but not for the town", True),
        (", but not in Leeds", True),
    ],
)
def test_what_is_set_against_a_report_is_not_surely_reported(tail: str, sure: bool):
    heard = hear(f"Senator Lee said that the plan had failed{tail}.")
    assert heard.said_of("plan had failed").sure
    assert heard.said_of(tail.rsplit(maxsplit=1)[-1]).sure is sure


def test_a_report_that_stands_after_but_is_whole():
    assert hear("Rents rose, but Senator Lee said that the plan had failed.").said_of("plan").sure


@pytest.mark.parametrize(
    ("opening", "spoken", "speaker"),
    [
        ("Amy Bell and Gordon Price", "Bell", "Amy Bell"),
        ("Amy Bell and Gordon Price", "Price", "Gordon Price"),
        ("Trustees Amy Bell and Gordon Price", "Bell", "Amy Bell"),
        ("Senators Amy Bell and Gordon Price", "Price", "Gordon Price"),
        ("Bell and Gordon Price", "Bell", "Bell"),
    ],
)
def test_each_of_two_that_are_named_together_is_named_there_first(opening: str, spoken: str, speaker: str):
    heard = hear(f"{opening} rejected the measure. {spoken} said that it was late.").said_of("late")
    assert heard.speaker == speaker


@pytest.mark.parametrize(
    ("subject", "named"), [("Each of them", False), ("Most of us", False), ("Each of the firms", True)]
)
def test_some_of_them_are_nobody_by_name(subject: str, named: bool):
    voice = hear(f"Nine economists came. {subject} said that it was your fault.").said_of("fault")
    assert (voice.kind, voice.speaker) == (VoiceKind.REPORTED, subject if named else None)


@pytest.mark.parametrize(
    ("source", "subject", "kind"),
    [
        (Source(title="Report of the Device Policy Committee"), "The Committee", VoiceKind.AUTHOR),
        (Source(title="Report of the Device Policy Committee"), "The Device Policy Committee", VoiceKind.AUTHOR),
        (Source(title="Report of the Device Policy Committee"), "The Council", VoiceKind.REPORTED),
        (Source(title="A letter to the Device Policy Committee"), "The Committee", VoiceKind.REPORTED),
        (Source(title="Report of the Policy Committee", author="Ann Lee"), "The Committee", VoiceKind.REPORTED),
        (Source(publisher="The Harbor Merchants Association"), "The Harbor Merchants Association", VoiceKind.AUTHOR),
        (Source(publisher="The Harbor Merchants Association"), "The Trade Association", VoiceKind.REPORTED),
        (Source(publisher="Lakeside Post"), "The Harbor Merchants Association", VoiceKind.REPORTED),
    ],
)
def test_a_body_is_the_author_of_its_own_report_where_none_is_recorded(source: Source, subject: str, kind: VoiceKind):
    document = Document(id="d", debate="d", path="d.txt", text=f"{subject} said that phones distract.", source=source)
    assert find_voices(document, split_sentences(document))[0][0].kind is kind


@pytest.mark.parametrize(
    ("subject", "speaker"),
    [
        (
            "Franklin Zimring, Gordon Hawkins, and Sam Kamin, in a 2001 book,",
            "Franklin Zimring, Gordon Hawkins, and Sam Kamin",
        ),
        ("Lee, Bell and Moss, in a 2001 book,", "Lee, Bell and Moss"),
        ("In May, Ann Lee, Bob Moss and Cy Dow, in a book,", "Ann Lee, Bob Moss and Cy Dow"),
        ("Ann Lee, in a 2001 book,", "Ann Lee"),
        ("In Leeds, Bath and York, in a bad year, farmers", "farmers"),
    ],
)
def test_joint_authors_are_all_named_where_an_aside_follows_them(subject: str, speaker: str):
    assert hear(f"{subject} argued that the law had failed.").said_of("law").speaker == speaker


def test_a_headline_in_capitals_is_no_part_of_the_name_below_it():
    text = "HARBOR AVENUE MERCHANTS OPPOSE BUS LANE PLAN\nSurvey of 120 shops finds that most customers drive."
    assert hear(text).said_of("drive").speaker == "Survey of 120 shops"
    assert hear("The NASA REPORT finds that it is warm.").said_of("warm").speaker == "The NASA REPORT"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Ann Salas said that it was cold. The Rev. Paul Timmons of Grace Church came. He said that",
            "The Rev. Paul Timmons of Grace Church",
        ),
        ("Bob Tyrell said that it was cold. Now, my opponent says that it was warm. He says that", "my opponent"),
        (
            "Director Patel said that it was cold. Council Member Cortez disagreed; she felt that",
            "Council Member Cortez",
        ),
        ("Director Patel said that it was cold. The council disagreed. She felt that", "Director Patel"),
    ],
)
def test_he_or_she_is_the_person_just_named_before_an_older_speaker(text: str, speaker: str):
    assert hear(f"{text} the walks were clear.").said_of("walks").speaker == speaker


@pytest.mark.parametrize(
    ("before", "speaker"),
    [
        ("Ed Muskie said that the river was dead. They said that", None),
        ("Sen. Ed Muskie said that the river was dead. They said that", None),
        ("The bank said that the river was dead. They said that", "The bank"),
        ("Acme Motors said that the river was dead. They said that", "Acme Motors"),
        ("Kochel said that it fell. Blattman et al. moved on to Leeds; they estimate that", "Blattman et al."),
        ("Blattman and colleagues found that it fell. They estimate that", "Blattman and colleagues"),
    ],
)
def test_they_are_never_one_person_called_by_a_full_name(before: str, speaker: str | None):
    voice = hear(f"{before} the town was poor.").said_of("town")
    assert (voice.kind, voice.speaker) == (VoiceKind.REPORTED, speaker)


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        (
            "A federal appeals court on Wednesday struck down the law, ruling that it was void.",
            "A federal appeals court",
        ),
        ("The firm claims that it was void.", "The firm"),
        ("Lee appeals to the court and says that it was void.", "Lee"),
        ("Jardim et al. found that it was void.", "Jardim et al."),
        ("Politico 's Rebecca Kern reported that it was void.", "Politico's Rebecca Kern"),
        ("Imagine that Senator Lee said that it was void.", "Senator Lee"),
    ],
)
def test_a_name_is_neither_cut_nor_padded(sentence: str, speaker: str):
    assert hear(sentence).said_of("void").speaker == speaker


def test_what_somebody_is_imagined_to_say_is_not_surely_theirs():
    assert not hear("Imagine that Senator Lee said that it was void.").said_of("void").sure


@pytest.mark.parametrize(
    "against",
    [
        ", though letters from the mill show that it had not",
        ", although the mill had a letter",
        " even as the mill was being sold",
        ", whereas the books of the mill show none",
        ", despite a letter that told him so",
        ", when in fact the mill had been sold",
        ", while the books of the mill were open to all",
        ", which is more than the mill ever earned",
        ", which the owner of the mill disputes",
        ", a claim that the books of the mill do not bear out",
        ", something the owner has denied",
        ", without offering any proof",
        ", contrary to the books of the mill",
        "; they had risen",
        " (the books of the mill show none)",
        " — the books of the mill were never opened",
    ],
)
def test_what_the_author_may_add_to_a_report_is_not_surely_reported_and_the_report_still_is(against: str):
    for words, sure in (("that wages had doubled", True), (against.rsplit(maxsplit=1)[-1], False)):
        for voice in heard_by_both(f"Senator Lee said that wages had doubled{against}.", words):
            assert voice.sure is sure


@pytest.mark.parametrize(
    "content",
    [
        "the mill, which was built in 1910, would close in May",
        "the mill, although it is old, would stay open",
        "the mill would close in May because nobody came",
        "the mill would close when the lease ends",
        "the mill had closed; she said that nobody came",
        "the mill had closed; that it was late; and that nobody came",
        "the mill (the last of nine) would close",
        "although the mill was old, it would stay open",
        "despite two letters from its owner, the mill had closed",
        "even though the mill was small, it fed nine farms",
        "the state would (1) buy the mill; (2) mend it; and (3) sell it to the farms",
        "the mill was sold; or (b) its owner had died",
        "nine mills had closed — a fall of 3 percent from the ninety mills counted in May",
    ],
)
def test_a_clause_inside_a_report_leaves_it_whole_and_sure(content: str):
    heard = hear(f"Senator Lee said that {content}.")
    assert [voice.sure for each in heard.found for voice in each] == [True]


def test_after_an_aside_in_brackets_a_report_is_sure_again():
    heard = hear("Senator Lee said that the mill (it was built in 1910) would close.")
    assert [heard.said_of(words).sure for words in ("the mill", "1910", "would close")] == [True, False, True]


def test_who_is_surely_heard_before_a_doubtful_part_goes_on_speaking():
    heard = hear("Dr. Lee said that wages had doubled, while prices had halved. She said that it was late.")
    assert (heard.said_of("late").speaker, heard.said_of("late").sure) == ("Dr. Lee", True)


def test_a_measure_between_dashes_that_is_a_clause_is_not_surely_reported():
    heard = hear("Senator Lee said that nine mills had closed — a fall of 3 percent that was no news.")
    assert [heard.said_of(words).sure for words in ("nine mills", "no news")] == [True, False]


def test_a_turn_that_opens_what_a_tag_follows_is_not_surely_reported():
    assert not hear("The mill had closed, Senator Lee said, although it was full.").said_of("it was full").sure


ASIDES = [
    ", although the mill was sold",
    " (it was sold",
    " (it was sold)",
    " — it was sold",
    "; it was sold",
    "; ",
    " — ",
]


@pytest.mark.parametrize("part", ASIDES)
def test_asides_are_looked_for_in_proportion_to_the_length(part: str):
    assert_in_proportion(lambda size: partial(doubtful, f"Lee said that it rained{part * size}.", 8), 8_000)


@pytest.mark.parametrize("part", ASIDES)
def test_a_sentence_of_many_asides_is_heard_in_proportion_to_the_length(part: str):
    def prepare(size: int):
        sentence = f"Senator Lee said that it rained{part * (size // len(part))}."
        return partial(hear, f"{sentence}\n\n" * 40)

    assert_in_proportion(prepare, 3_800)


@pytest.mark.parametrize(
    ("sentence", "theirs", "own"),
    [
        ("The people who say that the mill is safe are wrong.", "The people", "wrong"),
        ("The critics of the plan who say it is loud have never seen it.", "The critics of the plan", "never seen"),
        ("Parents who complain that the mill is loud are often right.", "Parents", "often right"),
        ("The guards who warned that the mill would burn were ignored.", "The guards", "ignored"),
        ("Farmers who say that the mill is safe and that it will hold are paid.", "Farmers", "paid"),
    ],
)
def test_what_the_author_makes_of_those_who_say_something_is_the_authors(sentence: str, theirs: str, own: str):
    for claim, verdict in zip(heard_by_both(sentence, theirs), heard_by_both(sentence, own), strict=True):
        assert (claim.kind, claim.sure) == (VoiceKind.REPORTED, False)
        assert (verdict.kind, verdict.sure) == (VoiceKind.AUTHOR, False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Farmers who live by the mill say that it is late.",
        "There are farmers who say that it is late.",
        "The road was built by Ann Lee, who says that it is late.",
    ],
)
def test_a_relative_clause_that_is_no_part_of_the_subject_still_surely_reports(sentence: str):
    assert hear(sentence).said_of("it is late").sure


@pytest.mark.parametrize("part", ["the people who say ", "and that it is ", " would", " who also"])
def test_a_verdict_is_looked_for_in_proportion_to_the_length(part: str):
    assert_in_proportion(
        lambda size: partial(hear, f"The people who say that it{part * size} is safe are wrong."), 2_000
    )


@pytest.mark.parametrize(
    "text",
    [
        "Ms Hold told the bench that her landlord (“the Respondent”) had refused repairs.",
        "The Minister said that the Ferry Fare Scheme (“the Scheme”) would cut bills.",
        'The union argues that the new ferry rules (the "Rules") are unlawful.',
    ],
)
def test_a_term_that_a_text_defines_in_brackets_is_no_quotation(text: str) -> None:
    for reader in (None, bundled()):
        assert VoiceKind.QUOTED not in {voice.kind for each in hear(text, reader=reader).found for voice in each}


def test_words_in_brackets_that_are_more_than_a_term_are_a_quotation_still() -> None:
    text = "Lee said that the toll was unfair (“it is a tax on all who have to work”)."
    assert VoiceKind.QUOTED in {voice.kind for each in hear(text).found for voice in each}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ('Oakham Town Council ("the Council")', "Oakham Town Council"),
        ("Oakham Town Council (hereinafter the “Council”)", "Oakham Town Council"),
        ("Harrow (2022)", "Harrow"),
        ("Nyberg and Holm (2023a)", "Nyberg and Holm"),
        ("the Rand Board (RB)", "the Rand Board (RB)"),
    ],
)
def test_a_speaker_is_named_without_the_year_or_the_term_in_brackets(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_brackets_without_end_are_read_in_proportion() -> None:
    assert_in_proportion(lambda size: partial(plain, 'Lee (the "' * size), 20_000)
    assert_in_proportion(
        lambda size: partial(hear, "Lee said that the board (together " * size + "“the Board”) left."), 500
    )


@pytest.mark.parametrize("author", ["Inge Kell and Dario Osti", "Kell, Inge; Osti, Dario"])
@pytest.mark.parametrize(
    "text",
    ["Kell (2021) argues that the cost is higher.", "Osti (2022) argues that the cost is higher.",
     "Kell and Osti (2023) argue that the cost is higher.", "Inge Kell argues that the cost is higher."],
)  # fmt: skip
def test_what_authors_cite_of_their_own_is_theirs(text: str, author: str) -> None:
    assert whole(text, author).kind is VoiceKind.AUTHOR


@pytest.mark.parametrize("text", ["Holm (2021) argues that it fails.", "Kell and Holm (2021) argue that it fails."])
def test_what_authors_cite_of_others_or_of_others_and_themselves_is_not_theirs(text: str) -> None:
    assert whole(text, "Inge Kell and Dario Osti").kind is VoiceKind.REPORTED


@pytest.mark.parametrize(
    "text",
    [
        "The Home Board refused it on 3 May. The tenant, who is a teacher, says that this was unfair. For the reasons that follow I have concluded that it was not.",
        "The tenant says that the closure was unlawful. For the reasons that I shall give I have come to the view that it was.",
    ],
)  # fmt: skip
def test_what_a_named_author_says_of_themselves_is_given_to_nobody_else(text: str) -> None:
    assert hear(text, "Mrs Justice Pell", bundled()).said_of("For the reasons").kind is VoiceKind.AUTHOR


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("In a letter to us its chief scientist, Dr Ines Moor, wrote that the number was small.", "its chief scientist, Dr Ines Moor"),
        ("In a note to them its chair, Ines Moor, said that the scheme had failed.", "its chair, Ines Moor"),
        ("See Holm (2021), who argues that the fall is due to the rules.", "Holm"),
        ("Compare Ott and Holm (2019), who argue that prices rose.", "Ott and Holm"),
        ("Only Chair Ines Moor said that it would rain.", "Chair Ines Moor"),
    ],
)  # fmt: skip
def test_a_name_begins_after_an_object_and_after_a_pointer_to_a_text(text: str, speaker: str) -> None:
    assert hear(text).said_of(text[-12:-1]).speaker == speaker


@pytest.mark.parametrize(
    "text",
    [
        "They depend on how much peat people say they burn, and a change cut it.",
        "It depends on what drivers say they paid.",
        "The trend rests on how often nurses report that they worked.",
    ],
)
def test_a_question_inside_a_clause_makes_nobody_a_speaker(text: str) -> None:
    assert {voice.speaker for each in hear(text).found for voice in each} <= {None, "Ann Author"}


@pytest.mark.parametrize("name", ["58%", "58 %", "64% of people", "12 per cent of those asked"])
def test_a_share_only_counts(name: str) -> None:
    assert only_counts(name)


def test_a_share_of_named_people_tells_who_they_are() -> None:
    assert not only_counts("64% of the bakers of Oakham")
