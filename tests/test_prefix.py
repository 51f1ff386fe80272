"""Prefixes of a text fragment: whole words, as a browser reads them."""

from urllib.parse import unquote

from test_fragments import directive_of


def test_what_stands_before_a_text_tells_it_apart_from_one_behind_the_end_of_a_longer_word():
    text = "Unfair it is. Tolls work. Say: fair it is. Tolls work. End."
    assert unquote(directive_of(text, "Tolls work.", 20)) == "fair it is.-,Tolls work."
