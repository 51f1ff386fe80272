"""Pleas: questions that ask for arguments put up what the arguments are about, and tell which side is asked for."""

import pytest
from growth import assert_in_proportion

from pullquote.sides.pleas import as_arguments, asks_for_dissent, asks_for_words, favours, plea_of
from pullquote.sides.proposition import proposition_of, statement_of

FORMS = [
    ("What are the arguments for tolls?", "Tolls are justified.", True),
    ("arguments against tolls", "Tolls are justified.", False),
    ("Give me an argument for tolls", "Tolls are justified.", True),
    ("give me three arguments against tolls.", "Tolls are justified.", False),
    ("Can you tell me the strongest argument in favour of tolls, please?", "Tolls are justified.", True),
    ("And what's the principled case against road tolls?", "Road tolls are justified.", False),
    ("the case for charging tolls", "Charging tolls is justified.", True),
    ("Reasons for tolls", "Tolls are justified.", True),
    ("main arguments against taxing fizzy drinks", "Taxing fizzy drinks is justified.", False),
    ("argument against tolls: they hurt the poor", "Tolls are justified.", False),
    ("reasons to charge tolls", "It is right to charge tolls.", True),
    ("reasons not to charge tolls", "It is right to charge tolls.", False),
    ("reasons why tolls should end", "Tolls should end.", True),
    ("What are her objections to tolls?", "Tolls are justified.", False),
    ("cons of tolls", "Tolls are justified.", False),
    ("What is the strong moral case for tolls?", "Tolls are justified.", True),
    ("What is the legal case against tolls?", "Tolls are justified.", False),
    ("What are the main points against tolls?", "Tolls are justified.", False),
    ("What is the case for not banning phones?", "Not banning phones is justified.", True),
    ("What are the arguments for not charging tolls?", "Not charging tolls is justified.", True),
    ("What are the pros and cons of tolls?", "Tolls are justified.", None),
    ("arguments for and against tolls", "Tolls are justified.", None),
    ("counterarguments to charging tolls", "Charging tolls is justified.", False),
    ("What are the counter-arguments to tolls?", "Tolls are justified.", False),
    ("rebuttals to tolls", "Tolls are justified.", False),
    ("criticism of charging tolls", "Charging tolls is justified.", False),
    ("evidence for charging tolls", "Charging tolls is justified.", True),
    ("rebuttal to the claim that tolls cut jams", "Tolls cut jams.", False),
    ("response to the argument that tolls cut jams", "Tolls cut jams.", False),
    ("Rebuttal to “tolls cut jams”", "Tolls cut jams.", False),
    ("How would you rebut the idea that tolls cut jams?", "Tolls cut jams.", False),
    ("steelman the case against tolls", "Tolls are justified.", False),
    ("Steel-man tolls", "Tolls are justified.", True),
    ("Make the case against tolls", "Tolls are justified.", False),
    ("Can you defend tolls?", "Tolls are justified.", True),
    ("Argue against charging tolls.", "Charging tolls is justified.", False),
    ("Argue that tolls cut jams", "Tolls cut jams.", True),
    ("Please convince me that tolls cut jams", "Tolls cut jams.", True),
    ("Persuade us not to charge tolls", "It is right to charge tolls.", False),
    ("Is there a good argument for tolls?", "Tolls are justified.", True),
    ("Are there any objections to tolls?", "Tolls are justified.", False),
    ("What can be said in favour of tolls?", "Tolls are justified.", True),
    ("What speaks against tolls?", "Tolls are justified.", False),
    ("To what extent do you agree that tolls cut jams?", "Tolls cut jams.", None),
    ("Don't you agree that tolls cut jams?", "Tolls cut jams.", None),
    ("But do you not think that tolls cut jams?", "Tolls cut jams.", None),
    ("Argue the case for a road toll", "A road toll is justified.", True),
    ("Could you argue the legal case against tolls?", "Tolls are justified.", False),
    ("Persuade me not to fence paddocks", "It is right to fence paddocks.", False),
    ("reasons to moor barges", "It is right to moor barges.", True),
    ("reasons for Ashby to moor barges", "Ashby should moor barges.", True),
    ("reasons for the town not to sell barges", "The town should not sell barges.", True),
    ("reasons for the shift to night trains", "The shift to night trains is justified.", True),
    ("reasons for Ashby's move to clay tiles", "Ashby's move to clay tiles is justified.", True),
    ("the case for Ashby to sell piers", "Ashby should sell piers.", True),
    ("the case for tolls to fund buses", "Tolls to fund buses are justified.", True),
    ("evidence for helping save eels", "Helping save eels is justified.", True),
]


@pytest.mark.parametrize(("question", "proposition", "favour"), FORMS)
def test_whoever_asks_for_arguments_puts_up_what_they_are_about(question, proposition, favour):
    assert proposition_of(question) == proposition == proposition_of(proposition)
    assert statement_of(question) == proposition
    assert plea_of(question).favour is favour


@pytest.mark.parametrize(
    "words",
    ["The case for tolls is weak.", "The case for tolls is weak", "the case of Ann Lee", "arguments for it",
     "What is the argument about tolls?", "What is the point of tolls?", "Tell me about tolls",
     "Parents give reasons for tolls", "Lee's arguments against tolls", "What are the entry points for migrants?",
     "Show me access points for cyclists", "What is the use case for AI?", "What was the court case against Lee?",
     "What is the legal case against the council about?", "What is the case for banning phones like?",
     "What was the response to the flood?", "What is the evidence against Lee?", "Is there a reason to worry?",
     "Counter attacks are rare", "Defend tolls.", "Rebut Lee", "points for the opposition", "Rebuttals to tolls are weak",
     "Evidence against whaling grows", "Arguments for whaling persuade few", "Arguments for whaling ignore whales",
     "reasons to the contrary"],
)  # fmt: skip
def test_what_only_speaks_of_arguments_asks_for_none(words):
    assert plea_of(words) is None


@pytest.mark.parametrize(
    ("words", "asks"),
    [("points for the opposition", True), ("rebuttals", True), ("Steelman it", True), ("give me something on tolls", True),
     ("quotes about tolls", True), ("Give us arguments about tolls", True), ("opposition arguments for tolls", True),
     ("Make the rich pay", False), ("Show trials are wrong.", False), ("Arguments for tolls are weak.", False),
     ("The evidence for tolls is thin", False), ("Abolish tolls", False), ("Reasons of state count for more.", False),
     ("Present evidence suggests that tolls cut jams.", False), ("List fares are no argument for tolls.", False),
     ("State schools in the case of Ashby should close.", False), ("Outline permits for barges must end.", False),
     ("Show business is no case for tolls.", False), ("Give us wider lanes instead of tolls.", False),
     ("Find us a better bridge.", False), ("Outline how tolls should be set.", True), ("Give us points on strikes.", True),
     ("Summarise the debate.", True), ("Rebut Lee who says that tolls work.", True), ("Tell us more on tolls.", True),
     ("Give us the gist.", True), ("Present the evidence that Roe has.", True), ("List fares and reasons", True)],
)  # fmt: skip
def test_what_only_asks_to_be_told_something_is_known_from_a_statement(words, asks):
    assert asks_for_words(words) is asks


@pytest.mark.parametrize(
    "words",
    ["argue that ", "what can be said for ", "rebut the claim that ", "rebuttal to “", "help me ", "arguments ", "points ",
     "how would you ", "the ", "is there any ", "to what extent do you agree that ", "counter-", "argue the case for ",
     "evidence for ", "give us ", "don't you think that ", "reasons to ", "reasons for Ann Lee to "],
)  # fmt: skip
def test_pleas_are_read_in_time_in_proportion_to_the_words(words):
    def read(times: int):
        text = words * times
        return lambda: (plea_of(text), asks_for_words(f"{text}."), plea_of(f"Rebut {as_arguments(text)}"),
                        plea_of(f"Rebut the claim that {text}"), asks_for_words(text))  # fmt: skip

    assert_in_proportion(read, 50_000)


@pytest.mark.parametrize(
    ("question", "proposition", "favour"),
    [("arguments for tolls", "Tolls are justified.", True),
     ("arguments against tolls", "Cities should charge road tolls.", False),
     ("arguments for abolishing tolls", "Cities should keep road tolls.", False),
     ("the case for charging tolls", "Cities should keep road tolls.", True),
     ("arguments for a phone ban", "Schools should ban phones.", True),
     ("arguments for phones in schools", "Schools should ban phones.", False),
     ("arguments for phones in schools", "Schools should not ban phones.", True),
     ("arguments for lifting the phone ban", "Schools should ban phones.", False),
     ("reasons why phones should not be banned", "Phones should be banned.", False),
     ("reasons to ban phones", "Schools should not ban phones.", False)],
)  # fmt: skip
def test_what_arguments_are_asked_for_is_told_of_the_proposition_whatever_way_it_goes(question, proposition, favour):
    assert favours(plea_of(question), proposition) is favour


@pytest.mark.parametrize(
    ("question", "proposition"),
    [("pros and cons of tolls", "Cities should charge road tolls."),
     ("arguments for drug courts", "The army should fight drug cartels."),
     ("reasons for drug violence", "The army should fight drug cartels."),
     ("arguments for phone bans", "Phones harm learning."),
     ("Arguments for Israel", "Israel should be boycotted."),
     ("arguments for migrants", "Migrants should be deported."),
     ("What is the case against Trump?", "Trump should be impeached."),
     ("What is the case against Lee?", "Lee should resign."),
     ("arguments against Russia", "Russia should be punished."),
     ("arguments against Russia", "Russia should not be punished."),
     ("arguments for coal", "Coal should be taxed."),
     ("arguments for schools", "Schools should ban phones."),
     ("arguments for harbour fees", "The harbour should be closed."),
     ("arguments for Russia", "We should keep sanctions on Russia."),
     ("arguments for cartels", "The US should use force against cartels.")],
)  # fmt: skip
def test_where_the_side_cannot_be_told_none_is(question, proposition):
    assert favours(plea_of(question), proposition) is None


@pytest.mark.parametrize(
    ("question", "dissent"),
    [("What do opponents of the ban say?", True), ("Who is against the ban?", True), ("why not ban phones", True),
     ("Why shouldn't phones be banned?", True), ("reasons against a ban", True), ("What do critics say?", True),
     ("Should the US use force against cartels?", False), ("Why should phones be banned?", False),
     ("arguments for a ban", False), ("Who objects to the ban?", True), ("Who objects?", True),
     ("What does the opposition say?", True), ("Why is there opposition to the ban?", True),
     ("What do those opposing tolls say?", True), ("Does anyone oppose the ban?", True),
     ("Are there critics of the ban?", True), ("Can you say what critics think?", True),
     ("Can't parents oppose the ban?", False), ("Should parents object to ferry fares for pupils?", False),
     ("Should Congress vote against the bill?", False), ("Do parents oppose the ban?", False),
     ("What is the object of the treaty?", False), ("Are UFO objects real?", False), ("What are UFO objects?", False),
     ("What does the opposition leader want?", False), ("How do opposing teams play?", False)],
)  # fmt: skip
def test_a_question_for_those_who_are_against_something_is_known(question, dissent):
    assert asks_for_dissent(question) is dissent
