"""Whose words in speeches, opinions, reports, letters and hearings about policy."""

import pytest
from test_voice import AUTHOR, assert_covered, hear, whole

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.models.reader import bundled
from pullquote.voice import Voice, VoiceKind, find_voices

A, R, Q, M = VoiceKind.AUTHOR, VoiceKind.REPORTED, VoiceKind.QUOTED, VoiceKind.MIXED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("In March 2010, Ann B. Lee stated that “no law matters more to the health of us all than this.”", Q),
        ("For example, Karl Bell wrote in The Common Cause, “The rich have set up that single, cold freedom.”", Q),
        ("According to a 2007 study in Water Reviews, “the town's numbers grew from one to ten thousand.”", Q),
        ("According to the Globe, Lee said, “If this happens, then the law is not right right now.”", Q),
        ("The union issued a statement saying “the right to strike cannot imply the right to burn.”", Q),
        ("In his report to the northern council in May, Lord Bell wrote: “No dog has ever run so fast.”", M),
        ("Lee believed that after the war, “wisdom in all our affairs will be even more important”.", M),
        ("She closed the door and said, “You will never see the end of this affair.”", M),
    ],
)
def test_a_tag_that_tells_no_more_than_who_and_when_leaves_a_quotation_whole(text: str, kind: VoiceKind) -> None:
    assert whole(text).kind is kind


@pytest.mark.parametrize(
    ("text", "author", "speaker"),
    [
        ("The view was then challenged by Ann Lee, who argued that the books are late.", "The view", "Ann Lee"),
        (
            "The act was sponsored by the Nurses' Union, which argued that long hours kill.",
            "The act",
            "the Nurses' Union",
        ),
    ],
)
def test_a_relative_clause_that_reports_leaves_its_main_clause_to_the_author(
    text: str, author: str, speaker: str
) -> None:
    heard = hear(text)
    assert heard.said_of(author).kind is A
    assert heard.found[0][-1].kind is R
    assert heard.found[0][-1].speaker == speaker


@pytest.mark.parametrize(
    "text",
    [
        "There are many critics of the plan who say that it fails.",
        "It is seen as a problem by those who say that it fails.",
    ],
)
def test_a_main_clause_that_only_names_who_reports_is_no_words_of_the_authors(text: str) -> None:
    assert whole(text).kind is R


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("Ann Lee, while conceding that costs have risen, argues that the ban should stay.", "ban should", "Ann Lee"),
        ("Bell and Lee, although they agree on the law, state that towns are at risk.", "at risk", "Bell and Lee"),
        ("The published report claimed that the payment “had no effect on work”.", "no effect", "The published report"),
        ("I was, according to your leading article, “a gun for hire,” and I object.", "a gun", "your leading article"),
        (
            "Ann Lee, formerly of the Foreign Office, lists denial as the last stage: “It always comes last of all, and from the top.”",
            "always",
            "Ann Lee",
        ),
        ("Dear Editor, Colonel Bell says that national service makes men.", "makes men", "Colonel Bell"),
        (
            "“The fence moved the graves,” said its founder, Father Thomas Bell.",
            "fence",
            "its founder, Father Thomas Bell",
        ),
        (
            "“The reason is still there,” said its chair, Dr. Ewan Bell, who noted that four men were hit.",
            "four men",
            "its chair, Dr. Ewan Bell",
        ),
        (
            "He was killed by Dwayne Bell, who was serving life and told the court that he had one free.",
            "one free",
            "Dwayne Bell",
        ),
        ("Her father, Rob, sat in my office and said, “I would have known what to do.”", "known", "Her father, Rob"),
        ("Under the Habitats Act the Board finds that the choice is not its own.", "choice", "the Board"),
        (
            "We heard it, and in the opinion of most of my colleagues at the Institute they are lost.",
            "lost",
            "my colleagues",
        ),
        ("In a poll of 2022 it was supported by half, among whom few could say why.", "few could", "a poll of 2022"),
        (
            "Economic reform is often linked with liberalism, which believes that trade helps.",
            "trade helps",
            "liberalism",
        ),
        ("The State Hypothesis, which states that thought is free, is old.", "thought is", "The State Hypothesis"),
        ("There have been several lawsuits claiming that the ban is void.", "ban is", "several lawsuits"),
        ("David Bell argues from the premise that harm is wrong.", "harm is", "David Bell"),
        ("One of the findings documented in the report is that jobs were lost.", "jobs were", "the report"),
        ("For its supporters, the school was a cure.", "a cure", "its supporters"),
        ("Patrols are said by their advocates to deter pirates.", "deter", "their advocates"),
        ("Ann Lee attributed the fires to a lack of rain.", "lack of rain", "Ann Lee"),
        ("The lady opposite calls it nationalisation of the body.", "nationalisation", "The lady opposite"),
        ("The Ministry considers this possible, and will send two patrols.", "possible", "The Ministry"),
        ("The majority answer that a rule holds.", "a rule", "The majority"),
        ("In 1955 Milton Bell put forth an idea of using vouchers.", "using vouchers", "Milton Bell"),
        (
            "Augustine wrote in the year 388 of the Manichaeans, who believed that it was wrong.",
            "was wrong",
            "the Manichaeans",
        ),
        ("It was founded by Les Bell,[REF]Bell denies that he is the founder.", "the founder", "Les Bell"),
        ("The chair told the envoy to the North, Jacob Bell, that the raid was wrong.", "raid was", "The chair"),
        (
            "It did not satisfy the Union, whose president, Karin Moll, said that the limit was low.",
            "limit",
            "Karin Moll",
        ),
        ("“I was called a fool,” Mr. Aske said by telephone. “Nobody wished to hear of it.”", "Nobody", "Mr. Aske"),
        ("The office “expects between half and two thirds of those” to close.", "expects", "The office"),
        (
            "Leaders of three faiths issued a joint statement saying that it is good.",
            "it is",
            "Leaders of three faiths",
        ),
        (
            "I was informed by Professor Bell, who is kind, that “a rising tide must begin somewhere”.",
            "tide",
            "Professor Bell",
        ),
        ("[REF] Hence Feinberg argues that the bar is too high.", "bar is", "Feinberg"),
        ("Some economists try to emphasize that tariffs should stay.", "tariffs should", "Some economists"),
        (
            "A common position of Church leaders is that it would be wrong.",
            "would be",
            "A common position of Church leaders",
        ),
        ("Moderate voters began to worry that schools would close.", "schools would", "Moderate voters"),
        ("Bell and Lee explain democracy as the result of trade.", "result", "Bell and Lee"),
        ("The courts consider it a form of hatred.", "form of", "The courts"),
        (
            "The State supports a truce, but blocked a Council Resolution for one, stating that it is weak.",
            "is weak",
            "The State",
        ),
        (
            "Celeste Bell examined police records from 61 cities and found that they were at peace.",
            "at peace",
            "Celeste Bell",
        ),
        (
            "According to the Associated Press, President Bell has called out the army.",
            "called out",
            "the Associated Press",
        ),
        ("According to the governor, Ann Bell will be tried in May.", "will be", "the governor"),
        ("Others, like the lawyer Dana Bell, object that nobody does so.", "nobody does", "Others"),
        ("The student federation objects that education is a right.", "a right", "The student federation"),
        ("The College of Doctors, no friend of trade, puts the harm at a tenth.", "a tenth", "The College of Doctors"),
        (
            "War has its law, and the proclamation states in so many words that it is peace.",
            "it is peace",
            "the proclamation",
        ),
        (
            "Now the steelworks at Harbeck have already told their men that they will go.",
            "will go",
            "the steelworks at Harbeck",
        ),
        ("On the merits, Article 15 provides that “war shall not be made save by law.”", "war shall", "Article 15"),
    ],
)
def test_who_speaks_is_found_past_what_stands_between(text: str, words: str, speaker: str) -> None:
    voice = hear(text).said_of(words)
    assert voice.kind in {R, Q}
    assert speaker in str(voice.speaker)


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("I asked the Quarry police about that, and they told me that thefts fell.", "thefts", "the Quarry police"),
        ("For Plato the aim of the state is order. In essence, he argues that all must serve.", "all must", "Plato"),
        (
            "Frederick Bell (1856–1915), another scholar in the field, also wrote a book. He believed that work helps.",
            "work helps",
            "Frederick Bell",
        ),
        ("The lost paradox is an old theory. It states that two states never fight.", "two states", "The lost paradox"),
        (
            "Many farmers cite the harm. According to the World Bank, it is large. They also warn that costs rise.",
            "costs rise",
            "Many farmers",
        ),
        (
            "Defenders of written tests are fond of heat: one does not, they say, cure it.",
            "cure",
            "Defenders of written tests",
        ),
        (
            "Mining companies were opposed, since what they dislike, they say, is waiting.",
            "waiting",
            "Mining companies",
        ),
        ("Ann Lee argues that it fails. Arguments based on norms, she argues, are weak.", "are weak", "Ann Lee"),
        (
            "MARL BAY - Teresa Bell, a driver, sold her house. “Forty-one thousand crowns is all we had,” she said.",
            "Forty-one",
            "Teresa Bell",
        ),
        ("Ann Lee argues that it fails. Regarding costs, she finds that they rise.", "they rise", "Ann Lee"),
    ],
)
def test_a_pronoun_means_whom_the_clause_or_paragraph_is_about(text: str, words: str, speaker: str) -> None:
    assert speaker in str(hear(text).said_of(words).speaker)


@pytest.mark.parametrize(
    "text",
    [
        "This review assesses whether the patrols were of use.",
        "This brief argues that the reserves should be held.",
        "Yet nothing in the figures suggests that a tax would have saved a life.",
        "Has anyone on this committee asked how often that happens?",
        "Under the law, an officer accused of taking a bribe may not be questioned for ten days.",
        "Few concerned events that had been described already by earlier witnesses.",
        "People go to the port, where officers of the State decide whether they may stay.",
        "It is a type of organ found in plant cells that forms a net.",
        "Any faults found by the Advisor result in a verdict that shows that it is unsafe.",
        "The score reported by the bank is the same as ours.",
        "An asteroid is a small rocky object that orbits the Sun.",
        "He rides in a car and views real calls for service.",
        "If the bill forbids it I can't hold that stock.",
        "A gate with a guard who knows the children's faces would cost less.",
        "She has written of it with such honesty that it seems unkind to disagree.",
        "She complained eleven times in six weeks about it.",
        "Bell may have claimed descent from the old kings.",
        "The only plant in the state that accepts foam is far away.",
        "When historians argue about whether raids do good, the talk turns to schools.",
        "Judge Amis stopped when I went up to her and told her that he was ill.",
        "Since my minority report has been read by few, I repeat it.",
        "This bill would put that promise into law.",
        "A third of refusals were made because the body had been too far consumed.",
        "Shops open late because people who fear a check do not come.",
        "The committee succeeded the old one and assumed its role of guarding the state.",
        "Set two conditions, say them aloud, and mean them.",
        "The first built, and its own adviser, Dr. Bell, wrote a book in praise of it.",
        "The rate is low in comparison with the rule as it is now observed.",
        "The chair proposes to strike the sum that would buy them.",
        "Ann Lee cites the many systems, including many young states, as a barrier to trade.",
    ],
)
def test_nobody_else_is_stated_where_the_text_speaks_for_itself_or_nobody_claims(text: str) -> None:
    assert all(voice.kind is A or not voice.sure for each in hear(text).found for voice in each)


def test_a_document_that_speaks_of_itself_is_its_author() -> None:
    assert whole("This brief argues that the reserves should be held.").kind is A
    assert hear("A memo leaked. This memo says that the ship is lost.").said_of("ship is").kind is R


@pytest.mark.parametrize(
    "text",
    [
        "Finland, it's often said, has kept it for a century.",
        "It's sometimes argued that the money would be better spent.",
        "It has been said in criticism that the method suits rifles.",
        "Every extension was opposed in this room on the ground that the poor would be misled.",
        "I have heard it said, too, that the town should have had better boats.",
        "It was further believed that trade was against nature.",
        "A third common argument is that, despite the risks, the vote is fair.",
    ],
)
def test_what_is_said_by_nobody_in_particular_is_reported_of_nobody(text: str) -> None:
    voice = whole(text)
    assert (voice.kind, voice.speaker, voice.sure) == (R, None, False)


@pytest.mark.parametrize(
    "text",
    ["The Attorney-General will tell you that long terms protect us.", "She'll say also that there are better ways."],
)
def test_what_others_will_say_is_theirs_and_never_sure(text: str) -> None:
    assert (whole(text).kind, whole(text).sure) == (R, False)


def test_a_person_is_no_survey() -> None:
    text = "The Council said that a survey of its members showed many leaving. “It is my whole profit,” she said."
    assert hear(text).said_of("my whole").speaker is None


def test_what_the_author_makes_of_what_somebody_says_is_the_authors() -> None:
    heard = hear("So when the bill's author says that most land is safe, he is counting mountains.")
    assert heard.said_of("most land").speaker == "the bill's author"
    assert heard.said_of("counting").kind is A
    heard = hear("When Ann Lee says that families should “return to the stove”, one would like to know which member.")
    assert heard.said_of("one would").kind is A


@pytest.mark.parametrize(
    "text",
    [
        "The town kept its 'eyes on the street' at night.",
        "The name comes from a word meaning “river of the high cliff shelters”.",
        "She holds that the plan is bold, rather than “rash”, and right.",
    ],
)
def test_terms_and_glosses_quote_nobody(text: str) -> None:
    assert all(voice.kind is not Q for each in hear(text).found for voice in each)


def test_a_name_that_nobody_is_said_to_have_given_is_given_to_nobody() -> None:
    voice = hear("Near the lake lies a house, which has been called the “last great gate to the high mountains”.")
    assert voice.said_of("last great").speaker is None


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ('The office warned of "mills” that mislead the poor.', None, "mislead"),
        ('He met their ideas in “a free and open encounter." It rained, the court held.', "free and open", "It rained"),
    ],
)
def test_marks_of_two_families_close_each_other(text: str, inside: str | None, outside: str) -> None:
    heard = hear(text)
    assert heard.said_of(outside).kind is not Q
    assert inside is None or heard.said_of(inside).kind is Q


def test_a_quotation_that_began_before_the_text_did_is_nobodys() -> None:
    heard = hear("With growing force it settles in our homes. It is the only voice.” The law is old.")
    assert (heard.said_of("settles").kind, heard.said_of("only voice").kind) == (Q, Q)
    assert heard.said_of("law is").kind is A
    assert hear("According to the office, it costs the whole town dear.”").said_of("costs").kind is R


def test_marks_that_only_hold_a_text_together_quote_nothing() -> None:
    heard = hear('"You own a share. It can fall. We call it ""risk"" here. I think that it is worth it."')
    assert all(voice.kind is A for each in heard.found for voice in each)
    assert_covered(heard)
    assert whole('"We will never leave."').kind is Q


HEARING = (
    "The CHAIR: We resume now. Senator BELL: Ms. Falk, how many have one? Ms. FALK: Half of them. They lie about it. "
    "Senator BELL: So it is a dead letter."
)


def test_turns_in_capitals_are_heard_within_a_paragraph() -> None:
    heard = hear(HEARING, None)
    assert (heard.said_of("They lie").kind, heard.said_of("They lie").speaker) == (Q, "Ms. FALK")
    assert heard.said_of("dead letter").speaker == "Senator BELL"
    assert hear(HEARING, "Senator Bell").said_of("dead letter").kind is A


def test_one_word_in_capitals_before_a_colon_is_no_turn() -> None:
    assert whole("NOTE: It rains. WARNING: It floods. NOTE: It is cold. NOTE: It snows.").kind is A


def test_a_document_that_is_a_letter_is_its_authors() -> None:
    heard = hear("Dear Editor, I read of the road. Mr. Bell writes that it is closed. It is open.")
    assert heard.said_of("I read").kind is A
    assert heard.said_of("it is closed").speaker == "Mr. Bell"
    signed = "Dear Sir, the road is closed.\n\nSincerely,\nBob Bell\n"
    assert hear(signed).said_of("road is").speaker == "Bob Bell"


def test_a_block_is_of_whoever_is_named_nearest_to_its_colon() -> None:
    heard = hear("When she learned that he had gone, Bob Bell was recorded on a tape saying:\n\nGood, let him go.")
    assert heard.said_of("let him").speaker != AUTHOR
    assert heard.said_of("let him").kind is Q


def test_no_mask_is_ever_part_of_a_name() -> None:
    found = hear("Israel was founded in 1948. Its “Basic Laws” describe it as a state of two kinds.").found
    assert all("§" not in str(voice.speaker) for each in found for voice in each)


@pytest.mark.parametrize("source", ["the Associated Press", "the governor", "the agency"])
def test_whoever_a_source_tells_of_is_no_part_of_its_name(source: str) -> None:
    voice = whole(f"According to {source}, President Bell has called out the army.")
    assert (voice.kind, voice.speaker) == (R, source)


@pytest.mark.parametrize(
    "text",
    [
        "Fares have been talked about for years. This submission argues that fares should be capped at a crown.",
        "Dear Sir, This letter recommends that the ferry be kept.",
        "This testimony argues that ferries save lives.",
        "This memo estimates that the quay will cost a million.",
        "This editorial says that the toll is a tax.",
        "This statement explains my vote. It argues that the toll is a tax.",
    ],
)
def test_what_a_letter_a_submission_or_a_testimony_says_of_itself_is_its_authors(text: str) -> None:
    for heard in (hear(text), hear(text, reader=bundled())):
        assert {voice.kind for each in heard.found for voice in each} == {A}


def heard_of(text: str, source: Source) -> Voice:
    """The last voice of a text that has this source."""
    document = Document(id="d", debate="d", path="d.txt", text=text, source=source)
    return find_voices(document, split_sentences(document))[-1][-1]


@pytest.mark.parametrize(
    "source",
    [
        Source(author="Jo Park", title="Open letter to the harbour board"),
        Source(author="Jo Park", publisher="Letters to the Quay"),
    ],
)
def test_a_letter_that_its_title_or_its_publisher_calls_one_speaks_of_itself(source: Source) -> None:
    assert heard_of("It rained. This letter recommends that the ferry be kept.", source).kind is A


def test_a_ruling_is_the_courts_that_wrote_it() -> None:
    assert heard_of("It rained. This ruling holds that it was wrong.", Source(author="Moor County Court")).kind is A


@pytest.mark.parametrize(
    "text",
    [
        "Talkwise asked 900 people. This poll found that most of them swim.",
        "Talkwise asked 900 people. This survey found that most of them swim.",
        "The court met in May. This ruling holds that the toll was wrong.",
        "I read it on a train. This book argues that a toll is a tax.",
        "The bishops wrote to the mayor. This letter argues that a toll is a tax.",
        "The ferrymen gathered names. This petition argues that a toll is a tax.",
    ],
)
def test_a_poll_a_ruling_or_a_book_that_a_text_tells_of_is_not_its_authors(text: str) -> None:
    assert heard_of(text, Source(author="Jo Park", title="Book review: what we read")).kind is R


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Osric Park, a ferryman, came. Park said that it rained.", "Osric Park"),
        ("Jo Park and Osric Park came. It rained. Park said that it was dry.", "Park"),
    ],
)
def test_an_authors_family_name_is_anothers_once_the_text_has_named_one_in_full(text: str, speaker: str) -> None:
    for author in ("Jo Park", "Jo Park and Tim Roe"):
        assert heard_of(text, Source(author=author)).speaker == speaker


@pytest.mark.parametrize("named", ["Jo Park", "J. Park", "Dr Jo Park"])
def test_an_author_who_is_named_in_full_stays_the_author(named: str) -> None:
    voice = heard_of(f"{named} came. Park said that it rained.", Source(author="Jo Park and Tim Roe"))
    assert voice.kind is A


@pytest.mark.parametrize("text", ["statement", "submission", "petition", "briefing"])
def test_this_text_is_anothers_where_the_document_has_just_named_such_a_text(text: str) -> None:
    voice = hear(f"The ferrymen sent a {text} in May. This {text} warned that the quay would close.").said_of("This")
    assert (voice.kind, voice.speaker) == (R, f"a {text}")
