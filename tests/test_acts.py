"""Acts: the same verb done to the same thing is one, however it is put, whether a list knows the verb or not."""

import pytest
from growth import assert_in_proportion

from pullquote.sides.acts import demanded, meant
from pullquote.sides.pleas import favours, plea_of

CAP = "Towns should cap fares."
CLOSE = "The old harbour should be closed."
LOWER = "The driving age should be lowered to sixteen."


@pytest.mark.parametrize(
    ("thing", "statement"),
    [("capping fares", CAP), ("fare caps", CAP), ("a cap on fares", CAP), ("the cap", CAP),
     ("the fare cap in towns", CAP), ("lowering the driving age", LOWER), ("a lower driving age", LOWER),
     ("closure", CLOSE), ("the closure of the harbour", CLOSE), ("harbour closure", CLOSE),
     ("the demolition of the pier", "The town should demolish the pier."),
     ("lowering the driving age to sixteen", LOWER), ("phasing in tolls", "Towns should phase in tolls.")],
)  # fmt: skip
def test_a_gerund_or_a_noun_names_the_act_that_a_proposition_demands(thing, statement):
    assert any(act.is_of(demanded(statement)) for act in meant(thing))


@pytest.mark.parametrize(
    ("thing", "statement"),
    [("capping wages", CAP), ("lifting the fare cap", CAP), ("the abolition of fare caps", CAP),
     ("the closure of the museum", CLOSE), ("the suspension of harbour closures", CLOSE),
     ("fare cap exemptions", CAP), ("fewer fare caps", CAP), ("capping fares at night", CAP),
     ("lowering the driving age to twelve", LOWER), ("lowering the drinking age", LOWER),
     ("phasing out tolls", "Towns should phase in tolls."), ("banning the ban on cars", "Towns should ban cars.")],
)  # fmt: skip
def test_another_thing_another_case_or_the_undoing_is_another_act(thing, statement):
    assert not any(act.is_of(demanded(statement)) for act in meant(thing))


@pytest.mark.parametrize(
    ("question", "proposition", "favour"),
    [("arguments for fare caps", CAP, True), ("arguments against capping fares", CAP, False),
     ("the case for not capping fares", CAP, False), ("arguments for fare caps", "Towns should not cap fares.", False),
     ("What are the arguments for lowering the driving age?", LOWER, True)],
)  # fmt: skip
def test_arguments_for_an_act_are_for_what_demands_it_and_against_its_denial(question, proposition, favour):
    assert favours(plea_of(question), proposition) is favour


@pytest.mark.parametrize("words", ["a cap on ", "should be ", "should ", "capping ", "ought to be simply "])
def test_acts_are_read_in_time_in_proportion_to_the_words(words):
    def read(times: int):
        text = words * times
        return lambda: (demanded(text), meant(text))

    assert_in_proportion(read, 50_000)
