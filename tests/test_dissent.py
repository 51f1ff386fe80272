"""Dissent: critics counter only the author who reports them."""

from test_sides import CRITICS, SHOPS, explainer_of, roles

from pullquote.index.search import Role


def test_critics_in_one_document_without_an_author_counter_no_other_without_one(settle):
    explainer = explainer_of(settle({"tolls/a.md": CRITICS, "tolls/b.md": SHOPS}))
    assert ("Critics", Role.CLAIM) in roles(explainer, "Do road tolls in cities hit shops?")
