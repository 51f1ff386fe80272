"""Whose words in prose that reports much: encyclopedia articles and news."""

from functools import partial

import pytest
from growth import assert_in_proportion
from test_voice import AUTHOR, hear, whole

from pullquote.voice import VoiceKind
from pullquote.voice.announcements import MOST, Announcement, announces
from pullquote.voice.holders import left_by
from pullquote.voice.leadins import disowns
from pullquote.voice.neighbours import Doubt


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Former officials Ann Lee, Bob Bell, Cy Dow, and Di Fox proposed that arms be cut.",
            "Former officials Ann Lee, Bob Bell, Cy Dow, and Di Fox",
        ),
        (
            "In a May article, veteran ministers Ann Lee, Bob Bell and Cy Dow reversed course and argued that arms kill.",
            "veteran ministers Ann Lee, Bob Bell and Cy Dow",
        ),
        (
            "Religious groups, rights activists, and several towns in the West have condemned the law.",
            "Religious groups, rights activists, and several towns in the West",
        ),
        ("Joseph Bell, Jr, recorded that it rained in May.", "Joseph Bell Jr"),
        ("Dr. Bell, of Columbia University, claimed that trade brings peace.", "Dr. Bell"),
        (
            "The river claimed lives, and the Maritime Union's lawyer, Ann Lee (Peru), said that it rained.",
            "Ann Lee (Peru)",
        ),
        (
            "Colonel Peter Falk, once chief of staff, in his speech to the Council asserted that it rained.",
            "Peter Falk",
        ),
        (
            "On May 2, 2008, upon the start of the talks, Prime Minister Ann Lee said that it rained.",
            "Prime Minister Ann Lee",
        ),
        ("On Friday the ministry said it would close the border.", "the ministry"),
        ("In its ruling the court said that the ban was void.", "the court"),
        ("After the war many liberals said that trade brings peace.", "many liberals"),
        ("He cited the case in which the Supreme Court of Peru observed that it rained.", "the Supreme Court of Peru"),
        ("Van Gend en Loos, a postal company, claimed that the duty was void.", "Van Gend en Loos, a postal company"),
        ("Ann Bell argues, while the mayor makes good points, he cannot prove that it works.", "Ann Bell"),
        ("Critics of the farm policy claim that it feeds nobody.", "Critics of the farm policy"),
        ("Two bishops share the view, arguing the ban on the pill is wrong.", "Two bishops"),
        ("Bell and Lee (2003) showed that the well was dry.", "Bell and Lee"),
        ("By 1900 the river was dead, as Ann Lee has shown.", "Ann Lee"),
        ("Socrates, as portrayed by Plato, argues that the soul lives.", "Socrates"),
        ("Figures that the ministry gave out in May show that deaths fell.", "Figures"),
        ("The play tells of a man who says that he is a king.", "a man"),
        ("A team led by Ann Lee found no evidence that the ban had worked.", "A team led by Ann Lee"),
    ],
)
def test_the_subject_of_a_report_is_named_whole(text: str, speaker: str) -> None:
    voice = hear(text).found[0][-1]
    assert voice.kind is VoiceKind.REPORTED
    assert speaker in str(voice.speaker)


@pytest.mark.parametrize(
    "text",
    [
        "Neither the mayor nor the judge has said that the road is closed.",
        "The firm went to court, where it had no claim.",
        "Most are from the south, who still regard themselves as free people.",
        "Settlers found a safe haven in the northern states in those years.",
    ],
)
def test_nouns_negations_and_what_people_call_themselves_report_nothing(text: str) -> None:
    assert all(voice.kind is VoiceKind.AUTHOR for voice in hear(text).found[0])


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Ann Bell argues that denial kills; she states that Jews need open states.", "Jews need", "Ann Bell"),
        (
            "Few of them left. Many historians oppose the law, since they estimate that it harms.",
            "it harms",
            "Many historians",
        ),
        (
            "This is odd given Lipset's 1959 essay on votes, where he found that schools matter.",
            "schools matter",
            "Lipset",
        ),
        ("While liberalism favors free trade, it maintains that states have a role.", "states have", "liberalism"),
        (
            "Modern conservatives, on the other hand, support free trade. Free markets, they argue, feed all.",
            "Free markets",
            "Modern conservatives",
        ),
        (
            "Envoy Jean Bell argued that it was void. Eileen Lee, the US envoy, rejected the text. She said that it was bad.",
            "it was bad",
            "Eileen Lee, the US envoy",
        ),
        (
            "Authorities presumed that gangs did it. The Zetas moved in. They claim that the town is theirs.",
            "theirs",
            "The Zetas",
        ),
        (
            "Although Paul supports the right to choose, under the law, he opposes it. He argues that it fails.",
            "it fails",
            "Paul",
        ),
        (
            "The phrase was first coined by the economist Adam Bell. He claimed that trade helps.",
            "trade helps",
            "the economist Adam Bell",
        ),
        (
            "A lawyer from the south named Mr Costa refused to pay. He claimed that the law was void.",
            "law was void",
            "Mr Costa",
        ),
        ("In 1972 the Club of Rome published a report. It argued that growth would end.", "growth would", "a report"),
        ("Judge Ann Lee came home. The judge said that the law was void.", "law was void", "Judge Ann Lee"),
        ("Trade is opposed by many green groups, based on their claim that it harms.", "it harms", "many green groups"),
        ("On April 1, 2011, Goldstone retracted his claim that it was planned.", "it was planned", "Goldstone"),
        ("The plan fails, according to Ann Bell. It works, according to her.", "It works", "Ann Bell"),
        (
            "Milton Bell taught there. His work won him a prize. It was given in May. He argued that trade helps.",
            "trade helps",
            "Milton Bell",
        ),
        ("Bell's book came out in 1962. It sold well. In it he argues that trade helps.", "trade helps", "Bell"),
        ("Marx held that it was theft. Engels agreed with him. He wrote that it was robbery.", "robbery", "Engels"),
        (
            "The U.S. Supreme Court heard the case. In May, it held that the law was void.",
            "law was void",
            "Supreme Court",
        ),
    ],
)
def test_a_pronoun_or_office_means_who_was_named_nearest_and_fits(text: str, words: str, speaker: str) -> None:
    assert speaker in str(hear(text).said_of(words).speaker)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Judge Ann Lee met Judge Bob Bell. The judge said that the law was void.", "law was void"),
        ("Freedom of speech is old. He said that the law was void.", "law was void"),
        ("In Roe v Wade the facts were plain. He said that the law was void.", "law was void"),
    ],
)
def test_a_pronoun_or_office_that_fits_nobody_or_two_names_no_one(text: str, words: str) -> None:
    voice = hear(text).said_of(words)
    assert voice.speaker in {None, "The judge"}


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Sir James Bell attacked free trade for its cost to farms: “Rural work is gone and will never return.”",
            "Sir James Bell",
        ),
        (
            "Senator Ann Lee took a like view, writing in the Toronto Globe: “Too many of them think so too.”",
            "Senator Ann Lee",
        ),
        (
            "In May Judge Ann Lee awarded them a million dollars, describing it as “long and very cruel indeed”.",
            "Judge Ann Lee",
        ),
        ("To counter this, Adbusters recognizes a “natural and wholly authentic self within us”.", "Adbusters"),
        (
            "The Manchu, who were a tribe of riders, would proclaim it “a more heinous crime than any other”.",
            "The Manchu",
        ),
        ("In her speech, Denmark “fully acknowledged the right of all to defend themselves”.", "Denmark"),
        ("The plan is new, with the ministry stating “we let young people down if they leave”.", "the ministry"),
        ("Ann Lee visited the town. In the church she called it “a grave mistake for all of us here”.", "Ann Lee"),
        ("It was tempered by President Bell's calls for Peru “to avoid the loss of any more life”.", "President Bell"),
        ("Ann Lee said that it rained. A vote on it “would rightly be seen as a waste”.", "Ann Lee"),
    ],
)
def test_a_quotation_without_a_reporting_verb_is_most_likely_of_whoever_acts(text: str, speaker: str) -> None:
    voice = next(voice for each in hear(text).found for voice in each if voice.kind is VoiceKind.QUOTED)
    assert voice.speaker == speaker


@pytest.mark.parametrize(
    "text",
    [
        "To sanctify is to “set apart for use in a special purpose or work”.",
        "Many were “held back by the lack of water and of roads”.",
        "Ann Lee said that it rained. The Poor Law was defended on “scientific or wholly economic principles”.",
    ],
)
def test_a_quotation_in_a_sentence_where_nobody_acts_names_nobody(text: str) -> None:
    quoted = [voice for each in hear(text).found for voice in each if voice.kind is VoiceKind.QUOTED]
    assert [(voice.speaker, voice.sure) for voice in quoted] == [(None, False)]


def test_such_an_owner_of_a_quotation_is_never_sure() -> None:
    heard = hear(
        "Sir James Bell attacked free trade for its cost to farms: “Rural work is gone and will never return.”"
    )
    assert not heard.said_of("Rural work").sure


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("The current consensus is that it is a sin.", "it is a sin", "The current consensus"),
        ("One common criticism is that the test is unfair.", "the test is", None),
        (
            "It rests on the theory of deterrence according to which arms are needed.",
            "arms are needed",
            "the theory of deterrence",
        ),
        (
            "The argument that such laws are void has been rejected by the Council of Europe.",
            "such laws",
            "the Council of Europe",
        ),
        ("It is cheap, and is not recommended by some doctors.", "not recommended", "some doctors"),
        ("It was held in Bell v Falk that the order was void.", "the order was", "Bell v Falk"),
        ("The king is said to be ill.", "to be ill", None),
        ("Ann Bell wrote of trade. In her view, it harms the poor.", "harms the poor", "Ann Bell"),
        ("The court gave an opinion that the law was void.", "the law was", "The court"),
        ("He was quoted by the Times as saying that the war was lost.", "war was lost", None),
    ],
)
def test_claims_are_heard_as_nouns_and_in_the_passive(text: str, words: str, speaker: str | None) -> None:
    voice = hear(text).said_of(words)
    assert voice.kind is VoiceKind.REPORTED
    assert voice.speaker == speaker
    assert not (voice.sure and speaker is None)


@pytest.mark.parametrize(
    "text",
    [
        "This view was shared by the mayor of the town.",
        "The bill was rejected by the upper house.",
        "The people's demands for bread rose.",
        "The drug is believed to reduce pain.",
    ],
)
def test_acts_and_feelings_in_the_passive_are_the_authors(text: str) -> None:
    assert whole(text).kind is VoiceKind.AUTHOR
    assert whole(text).speaker == AUTHOR


def test_both_sides_of_a_conceded_sentence_are_heard() -> None:
    heard = hear("While the army said that it had killed ten rebels, residents said that they were farmers.")
    assert heard.said_of("ten rebels").speaker == "the army"
    assert heard.said_of("farmers").speaker == "residents"


@pytest.mark.parametrize(
    "text",
    [
        "Foreign Minister Maria Lopez also said that “the boats are gone for good and will not return”.",
        "[REF] The 2004 Declaration of Principles stated: “the boats are gone for good and will not return” [REF].",
    ],
)
def test_a_tag_that_only_names_its_speaker_leaves_a_quotation_whole(text: str) -> None:
    assert whole(text).kind is VoiceKind.QUOTED


@pytest.mark.parametrize(
    "text",
    [
        "Last week in Lima, before the vote, Maria Lopez said that “the boats are gone for good and will not return”.",
        "Maria Lopez said that “the boats are gone for good and will not return” and then left.",
    ],
)
def test_more_words_than_that_beside_a_quotation_make_it_mixed(text: str) -> None:
    assert whole(text).kind is VoiceKind.MIXED


def test_a_term_that_a_report_goes_on_from_is_reported_and_one_it_ends_with_is_quoted() -> None:
    assert whole("Ann Bell argued that this “invisible hand” prevents all want.").kind is VoiceKind.REPORTED
    assert whole("Ann Bell argued that it was a war with the title “War on Gaza”.").kind is VoiceKind.REPORTED
    assert whole("Ann Bell argued that the raids amount to “unlawful killings”.").kind is VoiceKind.MIXED


def test_marks_that_stand_apart_are_no_quoted_words() -> None:
    assert whole("The coat is seen as a `` double coat '' by all .").kind is VoiceKind.AUTHOR


def test_member_states_state_nothing() -> None:
    assert whole("The laws of member states differ.").sure


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Christina Bell was a Victorian poet who believed that the world has a purpose.", "Christina Bell"),
        ("Joyce Bell sold many copies in the north which Decca said was a great success.", "Decca"),
        ("It sold well; Eric and Pam told the world that it was gone.", "Eric and Pam"),
        ("Jack and Rebecca left. Rebecca says that it rained.", "Rebecca"),
        ("Toby surprises his friends at the table when he says that it rained.", "Toby"),
        ("Murad IV, emperor of the north, left, saying it rained.", "Murad IV, emperor of the north"),
    ],
)
def test_relatives_and_pairs_of_names_keep_apart_who_speaks(text: str, speaker: str) -> None:
    found = [voice for each in hear(text).found for voice in each if voice.kind is VoiceKind.REPORTED]
    assert [voice.speaker for voice in found] == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "It is a game made and published by the studio Hello Games.",
        "The white people in the town enforce rules that bar others from school.",
        "They keep records that nobody reads.",
    ],
)
def test_publishers_and_plural_nouns_report_nothing(text: str) -> None:
    assert whole(text).kind is VoiceKind.AUTHOR


def test_an_opinion_in_the_passive_is_not_sure() -> None:
    assert not whole("The firms were considered by the government to be the main source of work.").sure
    assert whole("The firms were condemned by the government of Peru.").sure


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "The tax has been called “a burden that nobody can bear” by the economist Paul Lee.",
            "the economist Paul Lee",
        ),
        ("It was what the Times called “a burden that nobody in town can bear”.", "the Times"),
        (
            "A statement from the firm read: “We take the safety of our workers very seriously.”",
            "A statement from the firm",
        ),
    ],
)
def test_a_quotation_belongs_to_whoever_calls_a_thing_so_and_to_the_text_that_reads_so(text: str, speaker: str) -> None:
    found = [voice for voice in hear(text).found[0] if voice.kind is VoiceKind.QUOTED]
    assert [voice.speaker for voice in found] == [speaker]


@pytest.mark.parametrize(
    "text",
    [
        "There were fears that the bridge would bring noise.",
        "Concerns were raised that the bridge would bring noise.",
        "It is seen as a problem by those who argue that the bridge brings noise.",
    ],
)
def test_fears_and_concerns_of_nobody_are_reported_of_nobody(text: str) -> None:
    voice = whole(text)
    assert (voice.kind, voice.speaker, voice.sure) == (VoiceKind.REPORTED, None, False)


@pytest.mark.parametrize(
    "text",
    ["There is a bridge that brings noise.", "The bridge is called “the pride of all of us” in the north."],
)
def test_things_that_are_or_are_called_so_are_of_no_other_speaker(text: str) -> None:
    assert all(voice.speaker in {None, AUTHOR} for voice in hear(text).found[0])


def test_the_title_of_a_text_is_no_quotation() -> None:
    heard = hear(
        "Two thirds were bribes, according to the Rand Corporation report: “Corruption in the Northern Provinces”."
    )
    assert [(voice.kind, voice.speaker) for voice in heard.found[0]] == [(VoiceKind.REPORTED, "the Rand Corporation")]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Catholics for Choice, a dissident group, maintains that the pill helps.",
            "Catholics for Choice, a dissident group",
        ),
        ("Prime minister Mirek Falk, the current boss of the union, said that he saw it.", "Prime minister Mirek Falk"),
        ("He joined with many (such as teachers, leaders, and Harry Davis) who felt that it fails.", "many"),
        (
            "In the words of 19th century German economist, Friedrich List, trade is war.",
            "19th century German economist, Friedrich List",
        ),
        ("According to most economists heavy spending slows growth.", "most economists"),
        ("Many liberals (e.g., John Stuart Mill), believed that trade brings peace.", "Many liberals"),
        ("The union supports it, but blocked a plan calling for more, stating that it costs too much.", "The union"),
        ("The firm was criticised by rights groups for using heavy fire.", "rights groups"),
        ("Charles Bell as leader of the party stated that the law was void.", "Charles Bell"),
    ],
)
def test_asides_and_reasons_are_no_part_of_a_speakers_name(text: str, speaker: str) -> None:
    found = [voice for each in hear(text).found for voice in each if voice.kind is VoiceKind.REPORTED]
    assert found[-1].speaker == speaker


@pytest.mark.parametrize(
    "text",
    [
        "Small claims court is a special court where disputes are heard.",
        "Vermont is one of four U.S. states that were free before.",
        "Twelve are appointed by the mayor and confirmed by the upper house.",
        "On television, he is portrayed by David Falk.",
        "In July Samuel de Champlain claimed Vermont for France and left.",
        "The court can reverse it if it finds a mistake in the trial.",
        "His discovery, called “Hubble's Law”, was about stars.",
        "He entered a dam called “Puss” into the class at the show held in May.",
        "The “Gang of Eight” in the upper house passed the bill proposed in May.",
        "It tells the story of a girl, who sues when she discovers she was ill.",
    ],
)
def test_plain_prose_names_no_speaker_for_sure(text: str) -> None:
    assert all(voice.kind is VoiceKind.AUTHOR or not voice.sure for voice in hear(text).found[0])


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Vaccine makers (Pfizer, Moderna) said that it works.", "Vaccine makers"),
        ("North Peru nevertheless claims that it won the war.", "North Peru"),
        ("It is part of what Ann Lee called “natural liberty and free trade”.", "Ann Lee"),
        ("The Institute (EPRI) reports that it grows.", "The Institute (EPRI)"),
    ],
)
def test_what_looks_like_plain_prose_may_still_report(text: str, speaker: str) -> None:
    found = [voice for voice in hear(text).found[0] if voice.kind is not VoiceKind.AUTHOR]
    assert [(voice.speaker, voice.sure) for voice in found] == [(speaker, True)]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "However, the majority view—including all statements from Rome—is that the pill is wrong.",
            "the majority view",
        ),
        ("The general view, found in all books of the time, was that the state should rule trade.", "The general view"),
        ("Smoking was considered an immoral habit by certain Christian preachers.", "certain Christian preachers"),
        ("The ads are nevertheless seen by some as promoting vice.", "some"),
    ],
)
def test_views_of_many_are_reported_and_never_sure(text: str, speaker: str) -> None:
    voice = whole(text)
    assert (voice.kind, voice.speaker, voice.sure) == (VoiceKind.REPORTED, speaker, False)


def test_it_is_said_by_the_name_after_the_verb_and_not_by_it() -> None:
    heard = hear(
        "The court held that the ban was void. It is quite proper, said Bell, for all to choose for themselves."
    )
    assert heard.said_of("quite proper").speaker == "Bell"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Ads are invading all public spaces in the town, which some critics argue is a form of abuse.",
            "some critics",
        ),
        ("The ministry has raised the age in the north only, which it believes will help the young.", "The ministry"),
    ],
)
def test_what_stands_before_a_relative_that_reports_is_the_authors(text: str, speaker: str) -> None:
    own, told = hear(text).found[0]
    assert own.kind is VoiceKind.AUTHOR
    assert (told.kind, told.speaker) == (VoiceKind.REPORTED, speaker)
    assert text[told.span.start :].startswith("which")


def test_a_rule_that_things_go_by_is_no_speaker() -> None:
    assert whole("Give the name according to the common formatting rules.").kind is VoiceKind.AUTHOR
    assert whole("The name is odd, according to the common people of Peru.").kind is VoiceKind.REPORTED


TOLD = "Trams are dear. The council runs late with everything it builds."


@pytest.mark.parametrize(
    "announcement",
    [
        "You will have heard the objections.",
        "The argument for buses runs something like this.",
        "Here is the usual case against rails.",
        "We all know the taxi drivers' complaints by now.",
        "And what would the treasurer answer?",
        "The conventional wisdom goes as follows.",
        "Opponents of the line raise two objections.",
        "Sceptics in the suburbs have a stock reply.",
        "The treasurer gives three reasons.",
        "The case against rails is by now familiar.",
        "Her case is simple.",
    ],
)
def test_what_a_sentence_announces_as_the_view_of_others_is_not_the_authors_to_the_end_of_the_paragraph(
    announcement: str,
) -> None:
    heard = hear(
        f"{announcement} {TOLD} Buses turn round. Roads are there. Nobody rides at night.\n\nShops like trams."
    )
    voices = [voice for (voice,) in heard.found]
    assert [voice.kind for voice in voices] == [VoiceKind.AUTHOR, *[VoiceKind.UNCLEAR] * 5, VoiceKind.AUTHOR]
    assert not any(voice.sure or voice.speaker for voice in voices[1:6])
    assert voices[6].sure


@pytest.mark.parametrize(
    "sentence",
    [
        "Opponents have a point.",
        "My case is simple.",
        "The argument of this essay runs as follows.",
        "Here is the case for trams.",
        "We make three claims.",
        "My brief makes three points.",
        "Governments give three reasons: safety, noise and cost.",
        "What do the figures say?",
        "What would you say?",
        "The case for trams is simple.",
        "The bill does three things.",
        "You know the story.",
    ],
)
def test_what_the_author_announces_as_their_own_stays_theirs(sentence: str) -> None:
    voice = hear(f"{sentence} Trams are dear.").said_of("Trams are")
    assert voice.kind is VoiceKind.AUTHOR


@pytest.mark.parametrize(
    "answer",
    [
        "None of this is true.",
        "None survives a look at the books.",
        "It is an old story.",
        "Nonsense.",
        "That is wrong.",
        "I believed this for years.",
    ],
)
def test_an_announced_view_ends_where_the_author_answers_it(answer: str) -> None:
    heard = hear(f"Here is the usual case against rails. {TOLD} {answer} Fares pay for half of it.")
    assert heard.said_of("The council").kind is VoiceKind.UNCLEAR
    for words in (answer, "Fares pay"):
        assert (heard.said_of(words).kind, heard.said_of(words).sure) == (VoiceKind.AUTHOR, True)


def test_where_an_announced_view_may_have_ended_the_rest_is_not_surely_the_authors() -> None:
    heard = hear(f"Here is the usual case against rails. {TOLD} But fares pay for half of it. Roads bring in none.")
    for words in ("But fares", "Roads bring"):
        assert (heard.said_of(words).kind, heard.said_of(words).sure) == (VoiceKind.AUTHOR, False)


def test_an_announced_view_ends_where_a_sentence_says_who_speaks() -> None:
    heard = hear("What would the shops say? Ann Lee said that the fee is fair. Fares pay for half of it.")
    assert heard.said_of("the fee is").speaker == "Ann Lee"
    assert heard.said_of("Fares pay").kind is VoiceKind.AUTHOR


def test_an_announcement_that_says_what_follows_reaches_into_the_next_paragraph_only() -> None:
    heard = hear("The argument against rails runs as follows.\n\nTrams are dear.\n\nShops like them.")
    kinds = [voice.kind for (voice,) in heard.found]
    assert kinds == [VoiceKind.AUTHOR, VoiceKind.UNCLEAR, VoiceKind.AUTHOR]


def test_after_a_view_told_in_the_sentence_that_announces_it_the_next_is_only_not_surely_the_authors() -> None:
    voice = hear("Her case is simple: rails cost more than roads. Trams are dear.").said_of("Trams are")
    assert (voice.kind, voice.sure) == (VoiceKind.AUTHOR, False)


@pytest.mark.parametrize(
    ("lead", "kind"),
    [
        ("Nothing in this rule shall change:", VoiceKind.AUTHOR),
        ("The fund shall pay claims for:", VoiceKind.AUTHOR),
        ("A town can guard itself against:", VoiceKind.AUTHOR),
        ("Here is why they matter:", VoiceKind.AUTHOR),
        ("Three objections to the rule:", VoiceKind.UNCLEAR),
        ("None of this is true:", VoiceKind.UNCLEAR),
    ],
)
def test_items_are_only_not_surely_the_authors_where_their_lead_in_forbids_or_denies(
    lead: str, kind: VoiceKind
) -> None:
    heard = hear(f"{lead}\n\n- Loss of farms.\n- Loss of herds.")
    for voices in heard.found[1:]:
        assert [(voice.kind, voice.sure) for voice in voices] == [(kind, False)]


def heard_after(opening: str, author: str) -> list[tuple[VoiceKind, bool]]:
    """What is heard of the sentences after an opening that name nobody."""
    heard = hear(f"{opening} Trams are dear. Buses turn round.", author)
    return [(heard.said_of(words).kind, heard.said_of(words).sure) for words in ("Trams are", "Buses turn")]


@pytest.mark.parametrize(
    ("question", "sure"),
    [
        ("What does the treaty really say?", True),
        ("So what do the figures from Leeds tell us?", True),
        ("What does the research on school buses tell us?", True),
        ("What did the settlers say?", False),
        ("What does a good map tell us?", False),
    ],
)
def test_a_question_of_what_no_person_or_body_says_leaves_its_answer_to_the_author(question: str, sure: bool) -> None:
    assert heard_after(question, AUTHOR) == [(VoiceKind.AUTHOR, sure)] * 2


def test_a_question_of_what_a_body_says_does_not() -> None:
    assert heard_after("What does the port authority's board say?", AUTHOR) == [(VoiceKind.UNCLEAR, False)] * 2


@pytest.mark.parametrize(
    ("announcement", "author"),
    [
        ("The Tram Drivers Guild makes three claims.", "Tram Drivers Guild"),
        ("The guild's position is clear.", "Tram Drivers Guild"),
        ("Governor Petrie's case is simple.", "Governor Ann Petrie"),
        ("The next chapter gives three reasons.", AUTHOR),
        ("Part 3 makes two arguments.", AUTHOR),
        ("The following pages make three arguments.", AUTHOR),
    ],
)
def test_what_an_author_announces_by_their_own_name_or_of_a_part_of_their_text_is_surely_theirs(
    announcement: str, author: str
) -> None:
    assert heard_after(announcement, author) == [(VoiceKind.AUTHOR, True)] * 2


@pytest.mark.parametrize(
    ("announcement", "author"),
    [
        ("The town's position is clear.", "Governor Ann Petrie"),
        ("The governor's position is clear.", "Governor Ann Petrie"),
        ("Experience's verdict is clear.", AUTHOR),
        ("The survey's conclusion is clear.", AUTHOR),
        ("There is a common explanation for both delays.", AUTHOR),
        ("Here is the standard theory of rain.", AUTHOR),
        ("We all know the arguments about fares.", AUTHOR),
        ("The case for buses is well known.", AUTHOR),
        ("Supporters of the line have three good reasons.", AUTHOR),
        ("Opponents have raised several objections.", AUTHOR),
        ("The board's case is simple. We cannot wait.", AUTHOR),
    ],
)
def test_what_may_be_the_authors_after_an_announcement_is_theirs_and_not_surely(announcement: str, author: str) -> None:
    assert heard_after(announcement, author) == [(VoiceKind.AUTHOR, False)] * 2


@pytest.mark.parametrize(
    "opening",
    [
        "We all know the case of the Leeds tram.",
        "You know the excuses. Now look at the books.",
        "Here are the usual objections. Let us look at the books.",
        "Opponents make several claims. Every one of them is plainly false.",
        "Opponents make several claims. Not one of these is so.",
        "Critics have raised a concern. We had the rails tested.",
    ],
)
def test_where_the_author_answers_at_once_nothing_was_told(opening: str) -> None:
    assert heard_after(opening, AUTHOR) == [(VoiceKind.AUTHOR, True)] * 2


@pytest.mark.parametrize(
    "part",
    [
        "the usual ",
        "What would the ",
        "Critics of the ",
        "Ann’s ",
        "The case for ",
        "Here is a ",
        "you all know the ",
        "I",
        "a-b ",
    ],
)
def test_no_text_makes_looking_for_announcements_slow(part: str) -> None:
    def prepare(size: int):
        words = f"{part * size}"[: size - 1] + "!"
        return lambda: [announces(words, words) for _ in range(200)]

    assert_in_proportion(prepare, MOST)
    assert_in_proportion(lambda size: partial(disowns, part * size), 50_000)
    assert_in_proportion(lambda size: partial(left_by, part * size, part * size), 50_000)


def test_no_long_paragraph_makes_an_announced_view_slow() -> None:
    announcement = Announcement()
    announcement.hear(0, "The argument runs as follows.", named=False)
    assert {announcement.hear(0, f"Tram {n} is late.", named=False) for n in range(50_000)} == {Doubt.SPEAKER}
