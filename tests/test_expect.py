"""The kind of answer that a question asks for."""

import pytest

from pullquote.answers.expect import Expected, expected, holds


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people were killed?", Expected.NUMBER),
        ("what percentage of trucks is inspected", Expected.NUMBER),
        ("How often does it happen?", Expected.NUMBER),
        ("How much money is offered?", Expected.MONEY),
        ("When did it start?", Expected.TIME),
        ("In which year was he killed?", Expected.TIME),
        ("Who wrote it?", Expected.NAME),
        ("Why might it backfire?", None),
        ("What is the main argument?", None),
        ("Should tolls be raised when fuel is dear?", None),
    ],
)
def test_the_question_words_tell_the_kind(question, kind):
    assert expected(question) is kind


@pytest.mark.parametrize(
    ("kind", "words", "held"),
    [
        (Expected.NUMBER, "At least 21 people died.", True),
        (Expected.NUMBER, "Thousands died.", True),
        (Expected.NUMBER, "Many died.", False),
        (Expected.MONEY, "They offer US$10,000 for it.", True),
        (Expected.MONEY, "They offer a bounty.", False),
        (Expected.TIME, "It began in October 2012.", True),
        (Expected.TIME, "It began at sea.", False),
        (Expected.NAME, "The strikes were ordered by Donald Trump.", True),
        (Expected.NAME, "It was ordered by a soldier.", False),
        (None, "Anything.", True),
    ],
)
def test_a_text_holds_a_kind_or_does_not(kind, words, held):
    assert holds(kind, words) is held
