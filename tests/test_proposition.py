"""Propositions: a question's claim as a statement, its plain negation, and none where nothing is claimed."""

from pathlib import Path

import pytest
from fakes import HashEncoder, open_with_fake, settings_below, write_corpus
from hypothesis import given
from hypothesis import strategies as st

from pullquote.clauses import has_verb
from pullquote.indexing import index_corpus
from pullquote.judged import own_propositions
from pullquote.lexicon import AUXILIARIES, VERBS
from pullquote.negation import denies, negate
from pullquote.proposition import proposition_of, statement_of

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
    ["Who is Pete Hegseth?", "How many people were killed?", "When did the strikes begin?", "What did Noem say?", "Why?",
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
