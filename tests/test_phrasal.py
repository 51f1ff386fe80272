"""Phrasal verbs: the little word behind a verb says which act it is, in the passive too."""

import pytest

from pullquote.sides.acts import demanded, meant


@pytest.mark.parametrize(("thing", "same"), [("phasing in tolls", True), ("phasing out tolls", False)])
def test_the_word_behind_a_verb_in_the_passive_tells_one_act_from_its_undoing(thing, same):
    assert any(act.is_of(demanded("Tolls should be phased in.")) for act in meant(thing)) is same
