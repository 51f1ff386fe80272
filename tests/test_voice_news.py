"""Whose words in news, opinion pieces, speeches and hearings."""

from dataclasses import replace

import pytest
from test_voice import AUTHOR, assert_covered, hear, whole

from pullquote.span import Span
from pullquote.voice import VoiceKind
from pullquote.voice.untokenized import untokenized

R, Q, A = VoiceKind.REPORTED, VoiceKind.QUOTED, VoiceKind.AUTHOR


@pytest.mark.parametrize(
    ("text", "words", "kind", "speaker"),
    [
        ("The bill will cost jobs, the senator said Tuesday.", "cost jobs", R, "the senator"),
        ("The boats, Lopez said in a statement Thursday, had turned around.", "had turned", R, "Lopez"),
        ("The boats had turned around, Lopez wrote online on Friday night.", "had turned", R, "Lopez"),
        ("Just 29 percent support it, a Globe poll found.", "29 percent", R, "a Globe poll"),
        (
            "“The rule is not the problem,” Lopez said Thursday at the town hall. “It is the cure for it all.”",
            "cure for it",
            Q,
            "Lopez",
        ),
        ("Crime was down, said the mayor's spokesman, Jim Dale.", "Crime was", R, "the mayor's spokesman, Jim Dale"),
        ("Crime was down, said Jim Dale, the mayor's spokesman.", "Crime was", R, "Jim Dale"),
        ("Not so, says Sheriff Tom Dale.", "Not so", R, "Sheriff Tom Dale"),
        (
            "“This is a lie,” said a spokeswoman for the union, Ann Lee.",
            "a lie",
            Q,
            "a spokeswoman for the union, Ann Lee",
        ),
        ("“It is void in law,” Falk, a former judge, said.", "void in law", Q, "Falk"),
        (
            "“We learned nothing,” Representative Ann Lee, Democrat of Ohio, said after it.",
            "learned nothing",
            Q,
            "Representative Ann Lee",
        ),
        ("Sen. Mark Bell, D-Va., said the talks were idle.", "were idle", R, "Sen. Mark Bell"),
        ("Dale, 54, a father of three, says he is tired.", "is tired", R, "Dale"),
        ("Dale — a farmer — says he is tired.", "is tired", R, "Dale"),
        ("The mayor, a former judge, says that crime is down.", "crime is", R, "The mayor"),
        ("Milton Bell, a Nobel laureate, was a critic of it, arguing that it kills.", "it kills", R, "Milton Bell"),
        ("General Lee, our former envoy, says Peru is fighting for its life.", "is fighting", R, "General Lee"),
        ("The memo, a copy of which was obtained by the Globe, says the war is lost.", "war is lost", R, "The memo"),
        (
            "Researchers led by Ann Lee estimate that it feeds a million.",
            "feeds a million",
            R,
            "Researchers led by Ann Lee",
        ),
        (
            "The Health Union and World Bank estimate that it costs three dollars.",
            "three dollars",
            R,
            "Health Union and World Bank",
        ),
        ("Before the Trade Committee Ann W. Lee, envoy to Peru, said that it rained.", "it rained", R, "Ann W. Lee"),
        (
            "In May, veteran hands Ann Lee and Bob Bell left the talks and argued that it rained.",
            "it rained",
            R,
            "veteran hands Ann Lee and Bob Bell",
        ),
        ("Experts are now saying that the plan will fail.", "will fail", R, "Experts"),
        ("The union has been urging parliament to drop the plan.", "drop the plan", R, "The union"),
        ("In the past, adversaries of the law have argued that it restricts speech.", "it restricts", R, "adversaries"),
        ("For years, ranchers along the river have complained that nobody listens.", "nobody listens", R, "ranchers"),
        ("Bell told the committee the data were poor.", "data were", R, "Bell"),
        ("Asked whether the plan would work, the minister said it already had.", "already had", R, "the minister"),
        ("Dale says he lied.", "he lied", R, "Dale"),
        ("Dale said by email that he was tired.", "was tired", R, "Dale"),
        ("Dale took to the radio to say the law was bad.", "law was bad", R, "Dale"),
        ("The court ruled 6-3 that the order was void.", "order was", R, "The court"),
        ("A judge on Monday blocked the order, ruling that it was void.", "it was void", R, "A judge"),
        ("By the agency's own estimate, the rule will save money.", "will save", R, "the agency"),
        ("Dale's answer: “It is about money, and nothing else.”", "about money", Q, "Dale"),
        ("The mayor called the remarks irresponsible.", "irresponsible", R, "The mayor"),
        ("The mayor called the talks “corrosive” and “outrageous.”", "outrageous", Q, "The mayor"),
        ("Described by the mayor as “a jail without any walls”, it closed in May.", "without any", Q, "the mayor"),
        ("Lopez ran a headline: “Peru is close to a collapse of order.”", "close to", Q, "Lopez"),
        (
            "The heads of the parliaments of Egypt, Syria, Cyprus and Peru expressed support for it.",
            "support for",
            R,
            "The heads of the parliaments of Egypt",
        ),
        ("Jack joins the talks at last when Larry says they will pay.", "will pay", R, "Larry"),
    ],
)
def test_news_is_heard_with_its_speakers_named_whole(text: str, words: str, kind: VoiceKind, speaker: str) -> None:
    voice = hear(text).said_of(words)
    assert (voice.kind, speaker in str(voice.speaker)) == (kind, True)
    assert len(str(voice.speaker)) <= len(speaker) + 25


@pytest.mark.parametrize(
    ("text", "words", "speaker"),
    [
        ("I asked the envoy whether aid would come. He replied that it would not.", "would not", "the envoy"),
        ("We have spoken to experts from the army. All agreed that it is lost.", "it is lost", "experts"),
        ("Reporters asked Bell if the road was open. “It is closed for good,” he said.", "closed for", "Bell"),
        (
            "My friend from Texas said it well. “We must act before it is too late,” he told us.",
            "too late",
            "My friend",
        ),
        ("I agree with Secretary Gates when he says that we must act.", "must act", "Secretary Gates"),
        ("I agree with what Secretary Gates said: “We must act before it is late.”", "it is late", "Secretary Gates"),
        ("One sheriff I spoke to said that his men are tired.", "are tired", "One sheriff"),
        ("I have heard from teachers who say that their schools are falling.", "are falling", "teachers"),
        ("I heard the gentleman say that this bill is about jobs.", "about jobs", "the gentleman"),
        ("To quote the Attorney General, “Seizures have fallen by half since May.”", "by half", "the Attorney General"),
        ("I quote from the GAO report: “Seizures have fallen by half since May.”", "by half", "the GAO report"),
        ("The Globe has an article today, and it says that ten men died.", "ten men", "an article"),
        ("Her lawyer filed the petition, which says that the law is void.", "law is void", "the petition"),
        (
            "The memo was first reported by the Globe. It calls them “armed groups of a foreign state.”",
            "armed",
            "The memo",
        ),
        (
            "The Oxford Council (OC), a group for peace, maintains that war is wrong. According to the group, peace pays.",
            "peace pays",
            "Oxford Council",
        ),
        ("The ministry argued that it was legal. Lee disagreed. “It is void in law,” she wrote.", "void", "Lee"),
    ],
)
def test_speeches_say_whom_they_heard_and_read(text: str, words: str, speaker: str) -> None:
    voice = hear(text).said_of(words)
    assert voice.kind in {R, Q}
    assert speaker in str(voice.speaker)


@pytest.mark.parametrize(
    ("text", "words", "speaker", "via"),
    [
        ("Bell told his men the war was over, prosecutors said.", "war was", "Bell", ("prosecutors",)),
        ("Bell told his men the war was over, according to two of them.", "war was", "Bell", ("two of them",)),
    ],
)
def test_who_tells_of_a_report_at_the_end_of_it_stands_in_between(
    text: str, words: str, speaker: str, via: tuple[str, ...]
) -> None:
    voice = hear(text).said_of(words)
    assert (voice.speaker, voice.via) == (speaker, via)


@pytest.mark.parametrize(
    "text",
    [
        "Contrary to what the mayor said, the bridge is safe.",
        "Despite what the mayor says, the bridge is safe.",
        "Anyone who says we cannot afford it is wrong.",
        "If the other side says we cannot afford it, ask them why.",
        "This happens when a voter already believes that their candidate will win.",
        "When the Secretary of State, under section 1, has determined that it is so, the ban ends.",
        "The Secretary shall report any facts that, in the opinion of the Secretary, indicate that it has ended.",
        "Names described in section 1 of this order as foreign shall be listed with the Director.",
        "According to Government Code 11015, such data are private.",
        "You will need to submit evidence that shows the firm is sound.",
        "Is the risk of wrongly concluding that it rained so great?",
        "The court will send a notice saying the case is closed.",
        "The shows, films, TV shows, and more, are free.",
        "Did you ever wonder why it rained?",
        "Officials said little about the men.",
        "It is done with the thinking that all can win.",
        "Victoria reported the threats to the police, who left.",
        "Directors are told to ensure the continued development of trade:",
        "The office states that: .",
        "In the words of the economist Ann Lee: .",
        "He founded a group of rebels called the “Sons of the Long War”.",
        "It is sung as “Never More”, recorded by the singer Ann Lee in May.",
    ],
)
def test_no_other_speaker_is_stated_where_nobody_claims_anything(text: str) -> None:
    assert all(voice.kind is A or not voice.sure for each in hear(text).found for voice in each)


@pytest.mark.parametrize(
    "text",
    [
        "Word came from the palace that taxes would fall.",
        "Reports that taxes would rise were denied.",
        "There is a growing consensus that taxes must rise.",
        "The army, they will tell you, has won.",
        "It passed a law, which says that all must pay.",
        "It has been found that taxes fall.",
        "The plan would be a “blow to all small farms” in the north.",
    ],
)
def test_what_others_may_have_said_is_not_stated_as_the_authors(text: str) -> None:
    assert not any(voice.sure for each in hear(text).found for voice in each)


@pytest.mark.parametrize(
    ("text", "namer"),
    [
        ("The fund, what the union called a bribe, lost money, and thus concluded that all was well.", "the union"),
        (
            "The arms, which the French called the great stick, were enough, and later said that war was over.",
            "the French",
        ),
    ],
)
def test_who_only_gives_a_thing_its_name_says_nothing_that_follows(text: str, namer: str) -> None:
    assert all(voice.speaker != namer for voice in hear(text).found[0])


@pytest.mark.parametrize(
    "text",
    [
        "Prices continued to rise all year.",
        "We have demonstrated a will to win.",
        "The task underscores the urgent need for roads.",
    ],
)
def test_acts_that_claim_nothing_leave_no_doubt(text: str) -> None:
    assert (whole(text).kind, whole(text).speaker, whole(text).sure) == (A, AUTHOR, True)


BANK = "Ann Lee, who runs the bank, met the press. "


@pytest.mark.parametrize(
    "text",
    [
        "Loans rarely fail before spring, she said, and the rumour was “idle talk.”",
        "Loans rarely fail before spring, Lee said, but the town's fear was “a disgrace.”",
        "Loans rarely fail before spring, according to Lee, who called the rumour “idle talk.”",
        "Even if loans rarely fail before spring, she wrote, the fear was “plain.”",
        "Loans rarely fail before spring, Lee said on Monday, because farmers are “careful people.”",
    ],
)
def test_what_stands_before_a_tag_is_the_speakers_also_where_a_quotation_follows(text: str) -> None:
    heard = hear(BANK + text, author="Bo Reed")
    claim = heard.said_of("rarely fail")
    assert (claim.kind, claim.speaker) == (VoiceKind.REPORTED, "Ann Lee")
    after = [voice for voice in heard.found[-1] if voice.span.start > claim.span.start]
    assert not any(voice.sure for voice in after if voice.kind is VoiceKind.REPORTED)  # it may be the author's


@pytest.mark.parametrize(
    "opening",
    [
        "After a jury found that he had robbed three farms",
        "When asked why the loans had failed",
        "Even though the tests had shown lead in 40 homes",
        "In an interview with the Post",
        "Speaking to farmers who had lost money",
    ],
)
def test_when_and_where_something_was_said_is_the_authors(opening: str) -> None:
    heard = hear(f"{opening}, Ann Lee said, “I am content with it all.”", author="Bo Reed")
    assert heard.said_of(opening).kind is VoiceKind.AUTHOR


def test_a_claim_before_a_tag_that_a_quotation_follows_at_once_is_the_speakers() -> None:
    heard = hear("The loans are safe, Ann Lee said, “and I hold them myself.”", author="Bo Reed")
    assert heard.said_of("loans are safe").speaker == "Ann Lee"


def test_the_opinion_of_a_body_ends_before_what_it_holds() -> None:
    heard = hear("In the opinion of the historical society this settles nothing.", author="Bo Reed")
    assert heard.said_of("settles").speaker == "the historical society"


def test_a_tag_inside_a_concession_does_not_end_the_report() -> None:
    heard = hear(BANK + "Even if the board knew, she wrote, the fault was the town's.", author="Bo Reed")
    assert [(voice.kind, voice.speaker) for voice in heard.found[-1]] == [(VoiceKind.REPORTED, "Ann Lee")]


def test_in_the_words_of_somebody_are_the_quoted_words_alone() -> None:
    heard = hear("To burn it is dear and to guard it, in the words of an official, “a slow sale.”", author="Bo Reed")
    assert heard.said_of("To burn").kind is VoiceKind.AUTHOR


def test_what_stands_between_two_quotations_beside_the_tag_is_not_surely_the_authors() -> None:
    heard = hear(BANK + "“The town lied,” Lee said, and the fear of a run is “idle talk.”", author="Bo Reed")
    assert not heard.said_of("fear of a run").sure


@pytest.mark.parametrize(
    "text",
    [
        "Politicians are often accused of misusing the money.",
        "Mayor Ann Lee was told that the bridge was unsafe.",
        "The argument goes that the ban breeds crime.",
        "The ban, the argument goes, breeds crime.",
        "One argument against the ban, made by the union, is that it breeds crime.",
        "By one estimate, the rule will save money.",
        "It alleges that the mayor took bribes.",
    ],
)
def test_a_claim_is_not_blamed_on_the_one_it_is_about(text: str) -> None:
    voice = whole(text)
    assert (voice.kind, voice.speaker, voice.sure) == (R, None, False)


@pytest.mark.parametrize(
    ("text", "words", "sure"),
    [
        ("Ann Lee defended the plan. She said the law was plain.", "law was", True),
        ("Ann Lee rebuked the lawyer. She said the law was plain.", "law was", False),
        ("Bell met Lee in May. He said the law was plain.", "law was", False),
        ("Lee said that Bob Bell had lied. He said the law was plain.", "law was", False),
        ("Critics said that it was void. They argue that it kills.", "it kills", True),
        ("The report said that it was void. It concluded that it kills.", "it kills", True),
        ("The bank said that the firm had lied. It denied the claim.", "the claim", False),
        ("Critics say the gangs pay them. They argue that it kills.", "it kills", False),
        ("The union said the firm had lied. It also warned that jobs would go.", "jobs would", True),
        ("Lee said her son was ill. He said he was fine.", "was fine", False),
        ("According to the Globe, Lee paid the men. He said the sum was small.", "sum was", False),
        ("The union has accused the firm of lying.", "lying", True),
        ("The union expressed support for the plan.", "the plan", True),
        ("The union announced that the strike was over.", "strike was", True),
        ("Lee's lack of practice raises doubts about the plan.", "the plan", False),
        ("The firms were described by a row of letters.", "row", True),
        ("Surpluses indicate that labour and tools go to waste.", "to waste", False),
        ("Its statement said that the raids were crimes.", "were crimes", False),
        ("Ann Lee left. In her view, the report claims too much.", "too much", False),
        ("Ann Lee said that it rained. In a survey of farmers, a third said that it snowed.", "it snowed", True),
    ],
)
def test_sure_is_what_leaves_little_doubt_who_is_meant(text: str, words: str, sure: bool) -> None:
    assert hear(text).said_of(words).sure is sure


HEARING = "Chairman Lee. Did you see the truck?\n\nMr. Falk. Yes, I saw it at the gate. It was red.\n\nChairman Lee. Thank you."
BRIEFING = (
    "MR. FALK: Good afternoon to all of you.\n\nQ When will it be done, sir?\n\nMR. FALK: Very soon, you will see.\n\n"
    "THE PRESIDENT: I say tomorrow."
)


def test_the_turns_of_a_hearing_are_their_speakers() -> None:
    heard = hear(HEARING)
    assert (heard.said_of("It was red").kind, heard.said_of("It was red").speaker) == (Q, "Mr. Falk")
    assert heard.said_of("Thank you").speaker == "Chairman Lee"
    assert hear(f"{HEARING}\n\nWe are done here.").said_of("We are done").speaker == "Chairman Lee"


def test_a_press_briefing_names_who_answers_and_not_who_asks() -> None:
    heard = hear(BRIEFING, "President Ann Author")
    assert heard.said_of("Very soon").speaker == "MR. FALK"
    assert (heard.said_of("When will").kind, heard.said_of("When will").speaker) == (Q, None)
    assert heard.said_of("I say tomorrow").kind is A


def test_one_name_at_the_start_of_a_paragraph_is_no_turn() -> None:
    assert whole("Mr. Falk. That is the name of the man who left.").kind is A


def test_a_block_may_announce_the_next_one_and_break_in_the_middle_of_a_sentence() -> None:
    heard = hear(
        "The office wrote to us that:\n\nThe pilots told me this about planes:\n\nWe have no planes . . .\n\n"
        "and no fuel to fly them.\n\nI thank the chair."
    )
    assert heard.said_of("no planes").speaker == "The pilots"
    assert heard.said_of("no fuel").speaker == "The pilots"
    assert heard.said_of("I thank").kind is A


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Otherwise, “the core purposes of the whole law” would be frustrated.", VoiceKind.MIXED),
        ("For instance, “it is one of the main causes of death in the north.”", Q),
        ("“The court has always had that power over us,” wrote Judge Ann Lee for the majority.", Q),
        ("The chaplains are the “emotional and spiritual heart” of our police.", A),
        ("“It's about money.”", Q),
        ("Ann Lee said that when he heard “Cinnamon Girl”, he left.", R),
    ],
)
def test_a_quotation_is_whole_where_only_a_tag_stands_beside_it(text: str, kind: VoiceKind) -> None:
    assert whole(text).kind is kind


TOKENS = [
    ("`` They have gone for good , '' Ann Lee said ( twice ) .", "gone for good", Q, "Ann Lee"),
    ("Ann Lee 's mother - in - law argued , in May , that they did n't leave .", "did n't", R, "mother-in-law"),
    (
        "Corey Bell of the Globe ( a paper ) wrote , `` It was a very fine play to see . ''",
        "fine play",
        Q,
        "Corey Bell",
    ),
]


@pytest.mark.parametrize(("text", "words", "kind", "speaker"), TOKENS)
def test_texts_in_tokens_are_read_as_they_were_printed(text: str, words: str, kind: VoiceKind, speaker: str) -> None:
    heard = hear(f"{text} It rained , and it snowed .")
    assert_covered(heard)
    voice = heard.said_of(words)
    assert (voice.kind, speaker in str(voice.speaker)) == (kind, True)


def test_a_sentence_of_nothing_but_a_mark_in_a_text_of_tokens_is_covered() -> None:
    assert_covered(hear("It rained , and , it snowed .\n\n''\n\n``\n\nIt rained ."))


def test_a_sentence_that_is_nothing_in_print_leaves_the_text_in_its_tokens() -> None:
    document = hear("It rained , and , it snowed . ''").document
    mark = document.text.index("''")
    sentence = replace(hear("It rained.").sentences[0], span=Span(mark, mark + 2))
    assert untokenized(document, [sentence]) is None


@pytest.mark.parametrize(
    "text",
    [
        "Her life is other than how she is seen by the public.",
        "The two firms will leave in May, saying that it is over.",
        "The mayor read on in the hall, which nobody who lives there says that she did.",
    ],
)
def test_comparisons_and_plans_report_nothing_for_sure(text: str) -> None:
    assert all(voice.kind is A or not voice.sure for each in hear(text).found for voice in each)


def test_a_long_description_is_no_part_of_a_long_name() -> None:
    name = "The Organisation for the Right of All to Free Education and the Liberty of Schools (ORFE)"
    voice = whole(f"{name}, a non-profit organization for the development of schools, maintains that it rained.")
    assert voice.speaker == name


def test_a_block_whose_last_line_ends_in_a_colon_but_tells_of_nobody_goes_on() -> None:
    heard = hear("Maria Lopez wrote:\n\nThe boats are gone. Three things remain:\n\nThat is all.")
    assert heard.said_of("Three things").speaker == "Maria Lopez"
