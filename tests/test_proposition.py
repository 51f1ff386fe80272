"""Propositions: a question's claim as a statement, its plain negation, and none where nothing is claimed."""

from pathlib import Path

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.corpus.clauses import has_verb, is_plural
from pullquote.corpus.lexicon import AUXILIARIES, VERBS
from pullquote.sides.alternative import are_opposite, first_half
from pullquote.sides.inversion import only_how, sentence
from pullquote.sides.judging import own_propositions
from pullquote.sides.negation import denies, negate
from pullquote.sides.proposition import proposition_of, statement_of
from pullquote.sides.relation import relation
from pullquote.upkeep.indexing import index_corpus

CLAIMS = [
    ("Should the US strike cartels?", "The US should strike cartels."),
    ("why might killing kingpins backfire?", "Killing kingpins backfires."),
    ("Is direct military action effective?", "Direct military action is effective."),
    ("Should drug use be punished?", "Drug use should be punished."),
    ("Would a US strike help?", "A US strike would help."),
    ("Does the Merida Initiative deserve support?", "The Merida Initiative deserves support."),
    ("Do tariffs reduce drug trafficking?", "Tariffs reduce drug trafficking."),
    ("Is fentanyl a weapon of mass destruction?", "Fentanyl is a weapon of mass destruction."),
    ("Are tariffs on Mexico justified by the flow of drugs?", "Tariffs on Mexico are justified by the flow of drugs."),
    ("Has the war on drugs failed?", "The war on drugs has failed."),
    ("Will sending troops to the border stop the cartels?", "Sending troops to the border will stop the cartels."),
    ("Why is the killing of a kingpin not enough?", "The killing of a kingpin is not enough."),
    ("Shouldn't marijuana be legal?", "Marijuana should be legal."),
    ("Why shouldn't marijuana be legal?", "Marijuana should not be legal."),
    ("Should we not send troops?", "We should not send troops."),
    ("Why does NAFTA help smugglers?", "NAFTA helps smugglers."),
    ("How could strikes provoke retaliation?", "Strikes provoke retaliation."),
    ("Did the strikes reduce trafficking?", "The strikes reduced trafficking."),
    ("Did bullying stop after the ban?", "Bullying stopped after the ban."),
    ("Did Congress deny the request?", "Congress denied the request."),
    ("Did the state permit smoking?", "The state permitted smoking."),
    ("Did the ban target pubs?", "The ban targeted pubs."),
    ("Did the cartel traffic people?", "The cartel trafficked people."),
    ("Why did the war on drugs fail?", "The war on drugs failed."),
    ("Did US drone strikes reduce trafficking?", "US drone strikes did reduce trafficking."),
    ("Did the tolls cut queues?", "The tolls did cut queues."),
    ("Did the ban not stop bullying?", "The ban did not stop bullying."),
    ("Does a ban on phones stop bullying?", "A ban on phones stops bullying."),
    ("Do bans stop bullying?", "Bans stop bullying."),
    ("Why do towns build piers that anglers don't need?", "Towns build piers that anglers don't need."),
    ("Cartels kill. Should we fight them?", "We should fight them."),
    ("What are the arguments against military strikes on cartels?", "Military strikes on cartels are justified."),
    ("What is the case for decriminalizing marijuana?", "Decriminalizing marijuana is justified."),
    ("Is it true that cartels kill people?", "Cartels kill people."),
    ("Do you think the US should legalise drugs?", "The US should legalise drugs."),
    ("Is there evidence that Maduro runs a cartel?", "There is evidence that Maduro runs a cartel."),
    ("Is crack punished more harshly than powder cocaine?", "Crack is punished more harshly than powder cocaine."),
    ("Should cities charge road tolls, or not?", "Cities should charge road tolls."),
    ("Does Ann Lee think that tolls work?", "Tolls work."),
    ("Why does Ann Lee think killing kingpins might backfire?", "Killing kingpins might backfire."),
    ("Why does the senator think tolls work?", "Tolls work."),
    ("Why did Lee say that the border is a war zone?", "The border is a war zone."),
    ("Is it fair that the poor pay more?", "It is fair that the poor pay more."),
]
NEGATIONS = [
    ("The US should strike cartels.", "The US should not strike cartels."),
    ("Killing kingpins backfires.", "Killing kingpins does not backfire."),
    ("Tariffs reduce drug trafficking.", "Tariffs do not reduce drug trafficking."),
    ("The cartels can be defeated.", "The cartels cannot be defeated."),
    ("Drug strikes kill people.", "Drug strikes do not kill people."),
    ("Tolls have a cost.", "Tolls do not have a cost."),
    ("Bullying stopped after the ban.", "It is not true that bullying stopped after the ban."),
    ("Tolls have hurt drivers.", "Tolls have not hurt drivers."),
    ("Peace now.", "It is not true that peace now."),
    ("Somebody should go to jail.", "Somebody should not go to jail."),
]


@pytest.mark.parametrize(("question", "proposition"), CLAIMS)
def test_a_question_becomes_the_statement_that_is_up_for_debate(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Did prices rise after the ban?", "Prices rose after the ban."), ("Did Mexico win the war?", "Mexico won the war."),
     ("Did the police keep the peace?", "The police kept the peace.")],
)  # fmt: skip
def test_a_past_of_its_own_form_is_a_statement_too(question: str, proposition: str):
    assert proposition_of(question) == proposition == proposition_of(proposition)
    assert negate(negate(proposition)) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Why should the town not moor barges?", "The town should not moor barges."),
     ("Should the town not fluoridate water use?", "The town should not fluoridate water use."),
     ("Should people not in work pay fees?", "People not in work should pay fees."),
     ("Should pupils not enrolled be fined?", "Pupils not enrolled should be fined."),
     ("Why should the town not only moor barges?", None)],
)  # fmt: skip
def test_a_not_after_the_subject_stands_before_the_verb_whatever_the_verb(question: str, proposition: str | None):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Should farmers be paid, and how much?", "Farmers should be paid."),
     ("Should farmers be paid and how much?", "Farmers should be paid."),
     ("Why should farmers be paid, and if so, by whom?", "Farmers should be paid."),
     ("Do tolls work, and do they cut traffic?", "Tolls work."),
     ("Should we ask who pays, and who benefits?", "We should ask who pays, and who benefits."),
     ("Has compensation ever been paid?", "Compensation has been paid."),
     ("Is war ever justified?", "War is justified."),
    ("Should the first-ever ban stand?", "The first-ever ban should stand."),
     ("Should prices be higher than ever before?", "Prices should be higher than ever before.")],
)  # fmt: skip
def test_what_is_up_for_debate_is_the_first_of_two_questions_and_never_ever(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Is there any evidence of better grades?", "There is some evidence of better grades."),
     ("Are there any exemptions?", "There are some exemptions."),
     ("Does anyone support the ban?", "Someone supports the ban."),
     ("Do any parents oppose the ban?", "Some parents oppose the ban."),
     ("Does the plan hurt anybody?", "The plan hurts somebody."),
     ("Have tolls worked anywhere?", "Tolls have worked somewhere."),
     ("Is it true that there is any proof?", "There is some proof."),
     ("Would there be any harm?", "There would be some harm."),
     ("Why doesn't anyone support the ban?", "No one supports the ban."),
     ("Why do any parents not support it?", "No parents support it."),
     ("Have phones been banned yet?", "Phones have been banned."),
     ("Do tolls cut traffic at all?", "Tolls cut traffic."),
     ("Are tolls needed any longer?", "Tolls are needed.")],
)  # fmt: skip
def test_words_that_only_questions_and_denials_hold_are_not_in_the_statement(question: str, proposition: str):
    assert proposition_of(question) == proposition == proposition_of(proposition)


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Should anyone who sells drugs be jailed?", "Anyone who sells drugs should be jailed."),
     ("Should any adult be allowed to vote?", "Any adult should be allowed to vote."),
     ("Is any deal better than no deal?", "Any deal is better than no deal."),
     ("Should peace be kept at any price?", "Peace should be kept at any price."),
     ("Can trams run without burning anything?", "Trams can run without burning anything."),
     ("Why does the ban not help any children?", "The ban does not help any children."),
     ("Should abortion be legal for any reason?", "Abortion should be legal for any reason."),
     ("Is torture in any form wrong?", "Torture in any form is wrong."),
     ("Does torture in any form help?", "Torture in any form helps."),
     ("Is any toll fair?", "Any toll is fair."),
     ("Can the president fire any official?", "The president can fire any official."),
     ("May states ban any book?", "States may ban any book."),
     ("Should judges refuse any gift?", "Judges should refuse any gift."),
     ("Should anyone own a gun?", "Anyone should own a gun."),
     ("Is it true that any plan would fail?", "Any plan would fail."),
     ("Do tolls work any better?", "Tolls work any better."),
     ("Did prices go up any further?", "Prices went up any further."),
     ("Do tolls help any way we can?", "Tolls help any way we can."),
     ("Should sentences be any longer?", "Sentences should be any longer."),
     ("Should the rich pay any more?", "The rich should pay any more.")],
)  # fmt: skip
def test_any_stays_where_it_means_whichever_one_likes_or_is_denied(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Does NAFTA cause drug smuggling?", "NAFTA causes drug smuggling."),
     ("Does the FDA limit drug prices?", "The FDA limits drug prices."),
     ("Does NATO harm trade talks?", "NATO harms trade talks."),
     ("Does the ban cut tax revenue?", "The ban cuts tax revenue."),
     ("Did NATO train police?", "NATO trained police."),
     ("Does the Pentagon need help?", "The Pentagon needs help."),
     ("Does US aid help farmers?", "US aid helps farmers."),
     ("Does Canadian trade harm workers?", "Canadian trade harms workers."),
     ("Would a US strike force talks?", "A US strike would force talks."),
     ("Does the Lee study show the harm?", "The Lee study shows the harm."),
     ("Does the drug trade fuel violence?", "The drug trade fuels violence."),
     ("Why won't Larkspur's police help?", "Larkspur's police will not help."),
     ("Did the Iran strike help?", "The Iran strike helped."),
     ("Does the Georgia vote show fraud?", "The Georgia vote shows fraud."),
     ("Did the Brexit vote lead to cuts?", "The Brexit vote led to cuts."),
     ("Did Brexit change lead to cuts?", "Brexit change led to cuts."),
     ("Did Trump offer help to Ukraine?", "Trump offered help to Ukraine."),
     ("Should police use force?", "Police should use force."),
     ("Should cities use traffic lights?", "Cities should use traffic lights."),
     ("Does drug use fuel crime?", "Drug use fuels crime.")],
)  # fmt: skip
def test_of_two_words_that_may_be_verbs_the_one_that_is_mostly_a_noun_is_one(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    "question",
    ["Why should men who don't work the land own it?", "Who is Pete Hegseth?", "How many people were killed?", "When did the strikes begin?", "What did Noem say?", "Why?",
     "Is?", "fentanyl deaths", "", "   ", "?", "What is a cartel?", "Where do the drugs come from?", "Should?",
     "Are the gargle bargle?", "x" * 500 + "?", "Is it effective?", "Does he give evidence?", "Should I buy a house?",
     "Are they safe?", "Is this a war?", "Why does Lee think so?", "Why did Lee say that?", "Why does Lee think it fails?"],
)  # fmt: skip
def test_a_question_that_claims_nothing_has_no_proposition(question: str):
    assert proposition_of(question) is None


@pytest.mark.parametrize(
    "statement", ["The US should use force against cartels", "Tolls are fair.", "Nobody pays twice."]
)
def test_a_statement_stays_as_it_is(statement: str):
    assert statement_of(statement) == statement


@pytest.mark.parametrize("lead", ["and", "Please,", "do you think that", "is it true that so"])
def test_however_much_leads_in_it_is_read_to_its_end(lead: str):
    leads = " ".join([lead] * 500)
    assert statement_of(leads) is None
    assert statement_of(f"{leads} why do tolls work") is None


def test_sides_are_asked_of_a_statement_even_without_a_verb():
    assert statement_of("military strikes on cartels") == "military strikes on cartels"
    assert proposition_of("military strikes on cartels") is None


@pytest.mark.parametrize(("plain", "denied"), NEGATIONS)
def test_a_negation_is_plain_and_its_own_way_back(plain: str, denied: str):
    assert negate(plain) == denied
    assert denies(denied)
    assert not denies(plain)
    assert negate(denied) == plain


@pytest.mark.parametrize(
    ("denied", "plain"),
    [("The strikes won't work.", "The strikes will work."), ("It is never right to kill.", "It is right to kill."),
     ("They don't help.", "They help."), ("It doesn't work.", "It works."),
     ("Nobody should go to jail.", "Somebody should go to jail."), ("No one pays twice.", "Someone pays twice."),
     ("No drug is safe.", "Some drug is safe."), ("None of the strikes worked.", "Some of the strikes worked."),
     ("Nothing helps.", "Something helps.")],
)  # fmt: skip
def test_every_form_of_denial_is_taken_back(denied: str, plain: str):
    assert denies(denied)
    assert negate(denied) == plain


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Should towns fence ponds?", "Towns should fence ponds."),
     ("Must libraries digitise maps?", "Libraries must digitise maps."),
     ("Can old mills host concerts?", "Old mills can host concerts."),
     ("Will ferries dock at night?", "Ferries will dock at night."),
     ("Should bakeries in villages sift flour?", "Bakeries in villages should sift flour."),
     ("Could choirs team up with bands?", "Choirs could team up with bands."),
     ("Should women umpire games?", "Women should umpire games."),
     ("Should harbours dredge sand until ships grow?", "Harbours should dredge sand until ships grow."),
     ("Should doctors concede that walks help?", "Doctors should concede that walks help."),
     ("Ought villages to mend bridges?", "Villages ought to mend bridges.")],
)  # fmt: skip
def test_after_a_plural_any_word_with_something_behind_it_may_be_the_verb(question: str, proposition: str):
    assert proposition_of(question) == proposition == proposition_of(proposition)
    assert negate(negate(proposition)) == proposition


@pytest.mark.parametrize(
    "question",
    ["Should towns ponds?", "Should sports culture evolve?", "Should drugs policy evolve?", "Should towns immediately dry?",
     "Should ferries abroad dock?", "Should mills or bakeries sift flour?", "Should towns fence?", "Should the pond fence birds?",
     "Should ferries darkness dock?", "Should the old stone mills near bakeries sift flour?"],
)  # fmt: skip
def test_what_has_no_form_of_a_verb_is_none_after_a_plural_either(question: str):
    assert proposition_of(question) is None


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Are ten-year-olds tall enough to ride?", "Ten-year-olds are tall enough to ride."),
     ("Are cyclists nimble enough to share paths?", "Cyclists are nimble enough to share paths."),
     ("Is the rule firm enough to last?", "The rule is firm enough to last."),
     ("Are longer paths enough to draw cyclists?", "Longer paths are enough to draw cyclists."),
     ("Is water control enough to help?", "Water control is enough to help."),
     ("Are trams far too loud for villages?", "Trams are far too loud for villages."),
     ("Is the fare much too high?", "The fare is much too high.")],
)  # fmt: skip
def test_what_goes_with_enough_or_too_is_said_of_the_subject(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Is the pier morally wrong?", "The pier is morally wrong."), ("Are trams socially divisive?", "Trams are socially divisive."),
     ("Is a toll politically possible?", "A toll is politically possible."), ("Are piers widely used?", "Piers are widely used."),
     ("Has the fare really fallen?", "The fare has really fallen."), ("Are fares much too rarely high?", "Fares are much too rarely high."),
     ("Is the family wrong?", "The family is wrong."), ("Are the elderly safe?", "The elderly are safe."),
     ("Is being friendly good?", "Being friendly is good."), ("Is Sicily safe?", "Sicily is safe.")],
)  # fmt: skip
def test_how_something_is_said_goes_with_what_is_said_and_not_with_the_subject(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Do parents doubt that trams should be free?", "Parents doubt that trams should be free."),
     ("Do dockers object that piers would be shut?", "Dockers object that piers would be shut."),
     ("Does what should be done matter?", "What should be done matters.")],
)  # fmt: skip
def test_the_verb_of_a_question_is_not_that_of_a_clause_in_it(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("subject", "plural"),
    [("the rule that towns build piers", False), ("rules that protect the pier", True), ("a town without piers", False),
     ("the man who owns trams", False), ("towns whose pier is old", True)],
)  # fmt: skip
def test_a_subject_is_one_or_many_by_what_stands_before_a_clause_on_it(subject: str, plural: bool):
    assert is_plural(subject.split()) is plural


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Do trams help or harm shops?", "Trams help shops."), ("Does the tram harm shops or help them?", "The tram harms shops."),
     ("Does noise hurt sleep or help?", "Noise hurts sleep."), ("Are trams safe or unsafe at night?", "Trams are safe at night."),
     ("Is the tram a blessing or a curse?", "The tram is a blessing."),
     ("Is it a good idea or a bad one to close the pier?", "It is a good idea or a bad one to close the pier."),
     ("Is a pier a good or a bad idea?", "A pier is a good idea."), ("Should fares be raised or lowered?", "Fares should be raised."),
     ("Does the town gain or lose by trams?", "The town gains by trams."), ("Are trams helpful, or harmful?", "Trams are helpful."), ("Should piers close or not?", "Piers should close."),
     ("Is the pier still sold, or has it gone?", "The pier is still sold."),
     ("Should we raise fares or cut pay?", "We should raise fares or cut pay."),
     ("Does the tram help shops or harm parks?", "The tram does help shops or harm parks.")],
)  # fmt: skip
def test_of_two_opposites_the_first_is_put_up_and_of_two_other_things_both(question: str, proposition: str):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("one", "other", "opposite"),
    [("helped", "harms", True), ("fair", "unfair", True), ("dishonest", "honest", True), ("raise", "lower", True), ("immoral", "moral", True),
     ("good", "useful", False), ("raise", "harm", False), ("form", "inform", False), ("to", "into", False), ("", "", False)],
)  # fmt: skip
def test_opposites_are_known_by_the_lists_or_by_how_they_start(one: str, other: str, opposite: bool):
    assert are_opposite(one, other) is are_opposite(other, one) is opposite


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Why would anyone oppose a new pier?", "A new pier is justified."),
     ("Why should anybody be against trams?", "Trams are justified."),
     ("Why would any sane person support trams?", "Trams are justified."),
     ("Why would someone want to close the pier?", "It is right to close the pier."),
     ("Why would anyone ban trams?", "It is right to ban trams."), ("Why would anyone drink?", "It is right to drink."),
     ("Why would anyone oppose it?", None), ("Why would anyone be late?", None), ("Why would anyone oppose?", None),
     ("Would anyone support a pier?", "Someone would support a pier."),
     ("Will trams help anybody?", "Trams will help somebody."), ("Why would any pier fail?", "Any pier would fail.")],
)  # fmt: skip
def test_why_anyone_would_do_a_thing_puts_up_that_it_is_right_and_never_that_anyone_does(question, proposition):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Why should people be free to fish from the pier?", "People should be free to fish from the pier."),
     ("Why should people near the pier pay less?", "People near the pier should pay less."),
     ("Why will people miss their trams?", "People will miss their trams."),
     ("Why would people leave the harbour?", "People would leave the harbour."),
     ("Why should anyone pay to support trams?", "Anyone should pay to support trams."),
     ("Why would any old person have less?", "Any old person would have less."), ("Why would anybody lose a seat?", None),
     ("Why would any sane person be harmed by trams?", "Any sane person would be harmed by trams.")],
)  # fmt: skip
def test_why_people_should_or_will_do_a_thing_puts_up_that_they_should_or_will(question: str, proposition: str | None):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Why would anyone think that piers fail?", "Piers fail."), ("Why would anybody really believe fares are fair?", "Fares are fair."),
     ("Why would someone argue that the tram is late?", "The tram is late."),
     ("Why would anyone claim that trams are safe?", "Trams are safe."), ("Why would anyone claim a seat?", "It is right to claim a seat.")],
)  # fmt: skip
def test_why_anyone_would_think_a_thing_puts_up_what_they_think(question: str, proposition: str | None):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("words", "proposition"),
    [("tell me why trams are slow", "Trams are slow."), ("TELL ME WHY TRAMS ARE SLOW", "TRAMS ARE SLOW."),
     ("Please show us how piers hurt fish.", "Piers hurt fish."),
     ("Could you explain whether towns should close piers?", "Towns should close piers."),
     ("tell me why do piers hurt fish", "Piers hurt fish."), ("so explain to me why trams fail", "Trams fail."),
     ("explain how trams work", None), ("tell me how the board voted", None), ("tell us how to close a pier", None),
     ("tell me how many piers are closed", None), ("show me what trams do", None), ("tell me why", None),
     ("tell me why it is slow", None), ("I think trams are slow", "Trams are slow."),
     ("Honestly, I really believe that towns should close piers.", "Towns should close piers."),
     ("In my view trams are fair!", "Trams are fair."), ("I feel that I think trams work", "Trams work."),
     ("We feel quite strongly that trams are slow", "Trams are slow."), ("I believe honestly that piers hurt fish.", "Piers hurt fish."),
     ("I feel sure that trams are slow.", None), ("I feel the harm that trams do is small.", "The harm that trams do is small."),
     ("I think piers that we close are lost.", "Piers that we close are lost."),
     ("I think bread that is old should be sold.", "Bread that is old should be sold."),
     ("I think research shows that trams are slow.", "Research shows that trams are slow."),
     ("I think why trams work is plain", None), ("I believe in trams, which are slow", "I believe in trams, which are slow")],
)  # fmt: skip
def test_who_is_to_tell_and_who_thinks_so_is_no_part_of_what_is_up_for_debate(words: str, proposition: str | None):
    assert proposition_of(words) == proposition
    assert proposition is None or proposition_of(proposition) == proposition


@pytest.mark.parametrize("marks", ["!", "?", "!?", ", ?", ":;", "”", "“”", ".", "...", ", ."])
@pytest.mark.parametrize(
    "lead",
    ["I think", "We believe that", "Honestly, I really feel", "In my view,", "in our opinion", "I feel that I think", "Tell me why",
     "please explain whether"],
)  # fmt: skip
def test_where_nothing_but_marks_follows_what_leads_in_nothing_is_put_up(lead: str, marks: str):
    assert proposition_of(f"{lead} {marks}") is None
    statement_of(f"{lead} {marks}")


@pytest.mark.parametrize("marks", ["!", "?", "!?", ", ?", "”", "“”"])
@pytest.mark.parametrize(
    "lead", ["Is it true that", "do you think", "Why would anyone", "Why would anyone say", "How does Ann Lee claim"]
)
def test_a_question_that_ends_before_what_it_asks_puts_up_nothing(lead: str, marks: str):
    assert proposition_of(f"{lead} {marks}") is None


@pytest.mark.parametrize("blank", ["", " ", "\n "])
def test_of_no_words_there_is_no_sentence_and_no_opposite(blank: str):
    assert sentence(blank.strip()) == ""
    assert negate(blank) == blank


def test_sides_of_an_opinion_are_those_of_what_is_held():
    assert statement_of("I think trams are slow") == "Trams are slow."
    assert statement_of("tell me how many trams are slow") is None


@pytest.mark.parametrize(
    "words",
    ["our tram is late can we walk", "The pier is shut. Should they swim", "the pier has closed what should we do",
     "our tram is late, can't we walk", "There is no tram can we walk", "the fare went up is it legal", "my tram was hit was he wrong",
     "the shop is shut is it open later", "I ask how can it pay.", "the pier is shut so how long would it would take", "The pier is shut. Should they swim."],
)  # fmt: skip
def test_what_turns_into_a_question_without_a_mark_puts_up_nothing(words: str):
    assert proposition_of(words) is None


@pytest.mark.parametrize(
    "words",
    ["Trams are slow, nor do they pay.", "Trams fail more than do we.", "Not only can he pay.", "The truth is we need piers", "They pay somehow do they not.",
     "The trouble is they are late", "The catch is it costs more", "If that is what we do it is wrong",
     "Whatever the fare is it must be paid", "All a board can do it has done", "Under no rule may he pay", "In no other town do they pay",
     "What they do they do well.", "Towns close what they can I believe."],
)  # fmt: skip
def test_an_auxiliary_before_its_subject_does_not_always_ask(words: str):
    assert proposition_of(words) == words


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("how did the board vote", None), ("How did the board vote on piers?", None), ("How would a tram work?", None),
     ("How is the board elected?", None), ("How has the pier changed?", None), ("How do piers hurt fish?", "Piers hurt fish."),
     ("How would a tram help?", "A tram would help."), ("How are fish harmed by piers?", "Fish are harmed by piers."),
     ("How is the fare unfair?", "The fare is unfair."), ("How did storms lead to cuts?", "Storms led to cuts."),
     ("How do anglers gain from piers?", "Anglers gain from piers."), ("How do towns profit from trams?", "Towns profit from trams."),
     ("How would trams work against shops?", "Trams would work against shops."), ("How do piers work for fish?", "Piers work for fish."),
     ("How does a tram make for less noise?", "A tram makes for less noise."), ("How did the pier pay off?", "The pier paid off."),
     ("How do trams work with one driver?", None), ("How did the town pay for the pier?", None)],
)  # fmt: skip
def test_how_something_is_done_puts_up_nothing_but_how_it_hurts_or_helps_does(question: str, proposition: str | None):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("plain", "denied"),
    [("People support pier bans.", "People do not support pier bans."), ("Police use trams.", "Police do not use trams."),
     ("Women win votes.", "Women do not win votes."),
     ("Fares rise when piers are closed.", "Fares do not rise when piers are closed."),
     ("A tram helps shops more than it hurts them.", "A tram does not help shops more than it hurts them."),
     ("Fares fell when piers were closed.", "It is not true that fares fell when piers were closed.")],
)  # fmt: skip
def test_it_is_the_verb_of_the_main_clause_that_is_denied(plain: str, denied: str):
    assert negate(plain) == denied
    assert negate(denied) == plain


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("Why do sailors who do not swim need boats?", "Sailors who do not swim need boats."),
     ("Should pupils not use phones?", "Pupils should not use phones."),
     ("Why did the harbour's author turn against it?", None), ("Does the boy's father agree that the pier is unsafe?", None),
     ("Does the harbour's plan help fishermen?", "The harbour's plan helps fishermen."),
     ("Is a harbour that rents a pier always doing it a favour?", None), ("Is a harbour that rents a pier wrong?", None),
     ("Is a harbour that works a good thing?", "A harbour that works is a good thing.")],
)  # fmt: skip
def test_no_verb_is_read_after_an_owner_or_within_what_only_describes_the_subject(
    question: str, proposition: str | None
):
    assert proposition_of(question) == proposition


@pytest.mark.parametrize(
    ("plain", "denied"),
    [("All piers pay.", "It is not true that all piers pay."), ("Every pier should be shut.", "It is not true that every pier should be shut."),
     ("A pier always harms trade.", "It is not true that a pier always harms trade."),
     ("Piers should always be open.", "Piers should not always be open.")],
)  # fmt: skip
def test_what_is_said_of_all_or_always_is_denied_as_a_whole(plain: str, denied: str):
    assert negate(plain) == denied
    assert negate(denied) == plain
    assert relation(denied, plain) == -1


@pytest.mark.parametrize(
    ("plain", "denied"),
    [("Letting children swim pleases parents.", "It is not true that letting children swim pleases parents."),
     ("Making people move costs money.", "Making people move does not cost money."),
     ("The way we build pleases parents.", "It is not true that the way we build pleases parents."),
     ("Laws on police use of force save lives.", "It is not true that laws on police use of force save lives."),
     ("Piers where men fish do badly.", "It is not true that piers where men fish do badly."),
     ("Closing a police station helps thieves.", "Closing a police station does not help thieves."),
     ("The trams they use stop early.", "It is not true that the trams they use stop early."),
     ("Few people win votes.", "It is not true that few people win votes."),
     ("Not all people fish.", "It is not true that not all people fish."),
     ("Most women want piers.", "It is not true that most women want piers."),
     ("The police trust fell apart.", "It is not true that the police trust fell apart."),
     ("People swim because they have time.", "It is not true that people swim because they have time."),
     ("When fares rise, people leave.", "It is not true that when fares rise, people leave."),
     ("Some people fish because they are poor.", "It is not true that some people fish because they are poor."),
     ("Some people ask for trams because they are poor.", "It is not true that some people ask for trams because they are poor."),
     ("Letting men stay longer than an hour is wrong.", "Letting men stay longer than an hour is not wrong."),
     ("Walls of stone protect boats better than piers do.", "It is not true that walls of stone protect boats better than piers do."),
     ("We need speed traps.", "We do not need speed traps."), ("They use the pier built by men.", "They do not use the pier built by men."),
     ("People reject improved trams.", "People do not reject improved trams."),
     ("Police respect for trams improves trade.", "It is not true that police respect for trams improves trade."),
     ("Young people want trams.", "Young people do not want trams."), ("Our children need piers.", "Our children do not need piers."),
     ("Police use of trams is rare.", "Police use of trams is not rare.")],
)  # fmt: skip
def test_a_word_after_people_is_the_verb_only_where_people_begin_the_statement(plain: str, denied: str):
    assert negate(plain) == denied
    assert negate(denied) == plain


@pytest.mark.parametrize(
    "part",
    ["people use ", "few people win votes ", "why should any old person ", "tell me why ", "I think that ", "so please, ", "in my view ", "why would anyone ", "an old person ", "or help ",
     "or has it ", "can you please explain how ", "do harm or "],
)  # fmt: skip
def test_however_often_a_part_of_a_question_comes_again_the_cost_is_in_proportion(part: str):
    def prepare(size: int):
        text = part * (size // len(part))
        return lambda: (statement_of(text), proposition_of(text), first_half(text), negate(text), only_how(text))

    assert_in_proportion(prepare, 50_000)


@pytest.mark.parametrize("question", [question for question, _ in CLAIMS])
def test_a_proposition_is_a_statement_already(question: str):
    first = proposition_of(question)
    assert first is not None
    assert has_verb(first)
    assert proposition_of(first) == first


@given(st.text(max_size=200))
def test_nothing_that_is_typed_makes_it_fail(text: str):
    found = proposition_of(text)
    if found is not None:
        assert proposition_of(found) == found
        assert negate(found) != found
    statement_of(text)


WORDS = sorted(
    AUXILIARIES
    | VERBS
    | {
        "why",
        "how",
        "what",
        "not",
        "the",
        "US",
        "cartels",
        "n't",
        "don't",
        "fair",
        "and",
        "or",
        "?",
        ".",
        "it",
        "there",
    }
)


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))
def test_any_run_of_telling_words_gives_a_stable_statement_or_none(words: list[str]):
    found = proposition_of(" ".join(words) + "?")
    if found is not None:
        assert found[0].isupper() or not found[0].isalpha()
        assert proposition_of(found) == found
        assert negate(found) != found


def test_an_operators_proposition_is_one_however_its_end_case_and_spaces_are_typed(tmp_path: Path):
    typed = ("Tolls should end.", "Tolls should end", "tolls  should end!", "Tolls should stay.")
    head = "---\nproposition: {}\nside: for\n---\nWords about tolls."
    write_corpus(tmp_path / "corpus", {f"d/{place}.md": head.format(words) for place, words in enumerate(typed)})
    settings = settings_below(tmp_path)
    index_corpus(settings, HashEncoder())
    generation = open_with_fake(settings).generation
    assert own_propositions(generation, "d") == ("Tolls should end.", "Tolls should stay.")
