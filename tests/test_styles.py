"""Styles of citation: bodies stay whole, every author counts, and dates and marks read as each style has them."""

import json
from dataclasses import replace

from test_cite import FULL, place_of

from pullquote.verify.cite import bibtex, card, csl_json, mla, ris

THREE = replace(FULL, author="Ann Lee, Bo Chen and Cy Ray")
BODY = replace(FULL, author="Human Rights Watch")


def test_mla_names_the_first_of_three_authors():
    assert mla(place_of(THREE)).startswith("Lee, Ann, et al. ")


def test_ris_names_every_author_with_the_given_name_behind():
    assert "AU  - Lee, Ann\r\nAU  - Chen, Bo\r\nAU  - Ray, Cy\r\n" in ris(place_of(THREE))


def test_ris_gives_a_date_as_far_as_it_is_known():
    assert "DA  - 2021/03/04\r\n" in ris(place_of(FULL))
    assert "DA  - 2021/03/\r\n" in ris(place_of(replace(FULL, date="2021-03")))


def test_a_body_is_one_name_that_no_program_takes_apart():
    assert "author = {{Human Rights Watch}}" in bibtex(place_of(BODY))
    assert json.loads(csl_json(place_of(BODY)))[0]["author"] == [{"literal": "Human Rights Watch"}]


def test_the_marks_in_whose_words_they_are_format_no_debate_card():
    assert "\n\nthe \\*Times\\* \\[sic\\]\n\n" in card(replace(place_of(FULL), byline="the *Times* [sic]"))
