"""Languages: a question in none of the corpus's is not looked up; one that may be is."""

import pytest

from pullquote.language import foreign


@pytest.mark.parametrize(
    "question",
    [
        "¿Por qué fracasan los ataques contra los cárteles?",
        "Pourquoi les frappes échouent-elles ?",
        "Warum scheitern die Angriffe auf die Kartelle?",
        "Perché gli attacchi non funzionano?",
        "Por que os ataques não funcionam?",
        "Waarom mislukken de aanvallen op het kartel?",
        "Почему удары не помогают?",
        "为什么?",
    ],
)
def test_a_question_in_another_language_is_foreign(question: str):
    assert foreign(question, {"en"})


@pytest.mark.parametrize(
    "question",
    [
        "Why do strikes fail?",
        "What did El Chapo and Los Zetas do?",
        "What is said about La Familia Michoacana and the Cártel de los Soles?",
        "kingpin strikes",
        "fentanyl",
        "2019?",
        "¿Señaló algo?",
        "What does habeas corpus mean in the das Kapital debate?",
    ],
)
def test_a_question_that_may_be_in_the_language_is_not(question: str):
    assert not foreign(question, {"en"})


def test_a_corpus_in_that_language_is_asked_in_it():
    assert not foreign("¿Por qué fracasan los ataques contra los cárteles?", {"es-MX"})
    assert not foreign("¿Por qué fracasan los ataques contra los cárteles?", {"en", "es"})
    assert foreign("Why do the strikes fail and what is the cost of that?", {"es"})


def test_of_a_language_without_a_list_nothing_is_said():
    assert not foreign("Почему удары не помогают?", {"ru"})
    assert not foreign("Why do the strikes fail?", {"ru"})
