"""A question in another language is told so, and no name or scrap is taken for one."""

import pytest

from pullquote.answers.language import foreign, language_names
from pullquote.answers.query import Query

ENGLISH = frozenset({"en"})
KNOWN = {"trump", "venezuela", "cartel", "zetas", "mexico", "maduro"}


def knows(word: str) -> bool:
    return word.lower() in KNOWN


@pytest.mark.parametrize(
    "question",
    [
        "¿quién manda en México?",
        "Que dit Trump du Venezuela ?",
        "Warum scheitert die Jagd auf Drogenbosse?",
        "Was sagt Trump über Venezuela?",
        "chi comanda in Messico?",
        "por que os ataques podem falhar?",
        "Czy ataki są legalne?",
        "pourquoi ?",
        "Что говорят о пошлинах?",
        "为什么?",
        "لماذا تفشل الضربات؟",
        "Qui est Donald Trump?",
        "Wer ist Trump?",
        "¿Quién es Maduro?",
        "¿quién ganó?",
        "Was ist das?",
        "¿quién lo dijo?",
        "Quelles sont vos sources ?",
    ],
)
def test_another_language_is_known_by_its_script_or_its_function_words(question: str):
    assert foreign(question, ENGLISH, knows)


@pytest.mark.parametrize(
    "question",
    [
        "why might killing kingpins backfire?",
        "kingpins Los Zetas",
        "Los Zetas de Tamaulipas",
        "Was Trump right?",
        "El Chapo Guzmán extradition",
        "What type of company is Van Gend en Loos?",
        "Los Zetas?",
        "Los Zetas de Tamaulipas?",
        "Van Gend en Loos?",
        "Universidad de la Habana?",
        "Que sera sera?",
        "Quid pro quo?",
        "Qui tam?",
        "Was Trump?",
        "What is the meaning of “plata o plomo”?",
        "fentanyl",
        "Maduro",
        "cartel",
        "",
        "42?",
    ],
)
def test_english_with_names_from_elsewhere_is_english(question: str):
    assert not foreign(question, ENGLISH, knows)


def test_a_question_in_the_language_of_one_of_the_sources_is_at_home():
    assert not foreign("pourquoi les péages sont-ils injustes ?", frozenset({"en", "fr"}), knows)
    assert not foreign("почему пошлины несправедливы?", frozenset({"ru"}), knows)


def test_languages_are_named_in_words():
    assert language_names(["en"]) == "English"
    assert language_names(["fr", "en", "fr"]) == "English or French"
    assert language_names(["xx"]) == "xx"


def test_the_silence_names_the_language_to_ask_in(explainer):
    answer = explainer.ask(Query.checked("pourquoi les péages sont-ils injustes pour les pauvres ?", limit=1_000))
    assert answer.reason is not None
    assert answer.reason.value == "unsupported_language"
    assert answer.text == "The sources here are in English. Please ask in English."
