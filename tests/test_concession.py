"""Concessions: how far one reaches, and what ends it."""

from test_avowal import quote_of

from pullquote.sides.avowal import disavows


def test_what_is_granted_is_granted_for_three_sentences_more():
    text = "Let me be fair. The queue is long. Horses do tire in it. Carters wait there all day. But nobody is robbed."
    assert disavows(quote_of(text, "Carters wait"))


def test_a_vote_is_taken_back_as_late_as_two_sentences_on():
    assert disavows(quote_of("In 1921 I voted for tolls. The gate went up. I was wrong.", "In 1921"))


def test_what_follows_the_turn_from_a_concession_is_held():
    text = "I will concede one thing. Yet it matters little. Tolls keep the bridge up."
    assert not disavows(quote_of(text, "Tolls keep"))


def test_a_quote_that_goes_on_after_the_turn_from_what_was_once_thought_is_held():
    text = "I used to think tolls were theft. But the bridge stands. Carters pay."
    assert not disavows(quote_of(text, text))
