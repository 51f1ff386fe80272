"""Judged positions: whose side the operator's labels take, and on what."""

import pytest
from test_sides import NAMED, TOLLS, explainer_of

from pullquote.sides.judging import StanceBook, positions_of

LABELLED = "---\nauthor: Di Orr\nside: for\n---\nRoad tolls in cities cut jams there.\n"


def test_the_denial_of_a_proposition_judged_at_build_swaps_its_sides(settle):
    explainer = explainer_of(settle(NAMED))
    one = explainer.sides(TOLLS, debate="road-tolls")
    other = explainer.sides("Cities should not charge road tolls.", debate="road-tolls")
    assert one.against
    assert {cited.quote.text for cited in one.against} == {cited.quote.text for cited in other.favour}
    assert {cited.quote.text for cited in one.favour} == {cited.quote.text for cited in other.against}


def test_what_another_debate_was_judged_to_say_is_no_reading_of_this_one(settle):
    same = LABELLED.replace("side: for", "proposition: Cities should charge road tolls.\nside: for")
    generation = explainer_of(settle({**NAMED, "b/x.md": same})).generation
    rows = StanceBook(generation).readings("b", TOLLS)
    assert rows
    assert set(rows) <= set(generation.window_rows(generation.documents_of("b")))


def test_a_side_of_a_document_in_no_debates_folder_is_on_nothing(settle):
    generation = explainer_of(settle({"a.md": LABELLED})).generation
    assert positions_of(generation, 0, "The default should change.") == ()


@pytest.mark.parametrize(("asked", "taken"), [(TOLLS, True), ("Road tolls hit the poor.", False)])
def test_a_side_on_what_the_folder_is_called_counts_only_where_it_is_asked_what_should_be_done(settle, asked, taken):
    generation = explainer_of(settle({"road-tolls/a.md": LABELLED})).generation
    assert bool(positions_of(generation, 0, asked)) is taken
