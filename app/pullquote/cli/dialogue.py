"""The conversation in a terminal: questions in, quotes out, follow-ups resolved as in the widget."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import MAX_TURNS, Query, Turn
from pullquote.cli.terminal import answer_text, visible
from pullquote.errors import QuestionError

HELP = "Ask a question, or a suggestion by its number. /new forgets what was said, /quit ends."
_PROMPT = "\n? "
_QUIT = ("/quit", "/exit", "/q", "quit", "exit")


def converse(
    explainer: Explainer, *, read: Callable[[str], str], write: Callable[[str], None], debate: str | None = None,
    max_quotes: int = 3,
) -> None:  # fmt: skip
    """Answer each line until the input ends."""
    history: list[Turn] = []
    offered = explainer.suggestions(debate)[:5]
    write(HELP)
    write(_numbered("Questions these sources answer:", offered))
    for line in _lines(read):
        if line == "/new":
            history.clear()
            continue
        question = _chosen(line, offered)
        try:
            query = Query.checked(
                question, limit=explainer.settings.max_question, debate=debate, max_quotes=max_quotes,
                history=history[-MAX_TURNS:],
            )  # fmt: skip
        except QuestionError as error:
            write(str(error))
            continue
        answer = explainer.ask(query)
        history.append(_turn(answer))
        offered = answer.suggestions or offered
        write("\n" + answer_text(replace(answer, suggestions=())))
        write(_numbered("\nAsk next:", answer.suggestions))


def _lines(read: Callable[[str], str]) -> Iterator[str]:
    while True:
        try:
            line = read(_PROMPT).strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line in _QUIT:
            return
        if line:
            yield line


def _chosen(line: str, offered: tuple[str, ...]) -> str:
    return offered[int(line) - 1] if line.isdecimal() and 0 < int(line) <= len(offered) else line


def _turn(answer: Answer) -> Turn:
    return Turn(
        answer.question,
        tuple((citation.quote.document.id, citation.quote.span) for citation in answer.citations),
    )


def _numbered(title: str, questions: tuple[str, ...]) -> str:
    lines = (f"  {number}. {visible(question)}" for number, question in enumerate(questions, start=1))
    return "\n".join([title, *lines]) if questions else ""
