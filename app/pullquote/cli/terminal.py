"""Answers on a terminal: wrapped for reading, with nothing in them that could drive it."""

import shlex
import shutil
import textwrap

from pullquote.answers.answer import Answer, Citation, Frame
from pullquote.corpus.files import visible as written_out
from pullquote.sides.stance import WEAK, Basis, Side, Stance
from pullquote.voice import speaker_line

_MAX_WIDTH = 88


def visible(text: str) -> str:
    r"""The text with control, direction and invisible characters written out.

    Example: visible("a\x1b[2Jb") -> "a\\u001b[2Jb"
    """
    return written_out(text).replace("\r", "\\r")  # which would go back over the line


def answer_text(answer: Answer) -> str:
    """An answer as paragraphs: frame, quotes with who said it and where, what to ask next."""
    citations = {citation.n: citation for citation in answer.citations}
    blocks: list[str] = []
    if answer.resolved_question != answer.question:
        blocks.append(wrapped(f"Understood as: {answer.resolved_question}"))
    blocks += [
        wrapped(part.text) if isinstance(part, Frame) else citation_text(citations[part.n]) for part in answer.parts
    ]
    blocks += [citation_text(citation) for citation in answer.nearest]
    if answer.gap:
        blocks.append(wrapped(f"As far as we can tell, {answer.gap}."))
    if answer.proposition and answer.answered:
        # Not wrapped: a line that breaks within the marks of a shell is no command to copy.
        blocks.append(f"Both sides:\n  pullquote sides {shlex.quote(visible(answer.proposition))}")
    if answer.stale:
        blocks.append(wrapped("The corpus changed after this index was built; run `pullquote index`."))
    if answer.suggestions:
        blocks.append("Ask next:\n" + "\n".join(f"  {visible(question)}" for question in answer.suggestions))
    return "\n\n".join(blocks)


def citation_text(citation: Citation) -> str:
    """One quote with its neighbour where it leans, who said it, its place, and who says which side it takes."""
    quote = citation.quote
    lines = [_indent(f"Just before it: {quote.before}")] if quote.leans and quote.before else []
    lines.append(_indent(f"“{quote.text}”"))
    lines.append(_indent(f"[{citation.n}] {speaker_line(citation.voice, quote.document.source)}"))
    lines.append(_indent(f"    {quote.document.id}:{quote.span.start}-{quote.span.end}"))
    if told := _stance_text(citation.stance):
        lines.append(_indent(f"    {told}"))
    return "\n".join(lines)


def _stance_text(stance: Stance | None) -> str | None:
    """Which side a quote takes, and who says so; None where nobody can tell."""
    if stance is None or stance.side is Side.UNCLEAR:
        return None
    side = "Takes neither side" if stance.side is Side.NEUTRAL else stance.side.value.capitalize()
    if stance.basis is Basis.LABEL:
        return f"{side} (the operator’s label for the document)"
    percent = round(stance.probability * 100)  # as it is shown, so that page and terminal call the same weak
    sure = "a weak guess" if percent < WEAK else f"{percent}% sure"
    return f"{side}, in a computer model’s reading ({sure})"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _MAX_WIDTH)


def wrapped(text: str) -> str:
    """A paragraph for this terminal."""
    return textwrap.fill(visible(text), _width())


def _indent(text: str) -> str:
    kept = len(text) - len(text.lstrip(" "))
    margin = " " * (4 + kept)
    paragraphs = (visible(line.strip()) for line in text.split("\n") if line.strip())
    return "\n".join(
        textwrap.fill(line, _width(), initial_indent=margin, subsequent_indent=margin) for line in paragraphs
    )
