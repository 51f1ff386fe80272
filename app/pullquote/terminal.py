"""Answers on a terminal: wrapped for reading, with nothing in them that could drive it."""

import shlex
import shutil
import textwrap

from pullquote.answer import Answer, Citation, Frame
from pullquote.hidden import visible as written_out
from pullquote.stance import Basis, Side, Stance
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
        blocks.append(_wrap(f"Understood as: {answer.resolved_question}"))
    blocks += [
        _wrap(part.text) if isinstance(part, Frame) else citation_text(citations[part.n]) for part in answer.parts
    ]
    blocks += [citation_text(citation) for citation in answer.nearest]
    if answer.gap:
        blocks.append(_wrap(f"As far as it can be told, {answer.gap}."))
    if answer.proposition and answer.answered:
        blocks.append(_wrap(f"Both sides: pullquote sides {shlex.quote(answer.proposition)}"))
    if answer.stale:
        blocks.append(_wrap("The corpus changed after this index was built; run `pullquote index`."))
    if answer.suggestions:
        blocks.append("Ask next:\n" + "\n".join(f"  {visible(question)}" for question in answer.suggestions))
    return "\n\n".join(blocks)


def citation_text(citation: Citation) -> str:
    """One quote with its neighbour where it leans, who said it, its place, and who says which side it takes."""
    quote = citation.quote
    lines = [_indent(f"(before it: {quote.before})")] if quote.leans and quote.before else []
    lines.append(_indent(f"“{quote.text}”"))
    lines.append(_indent(f"[{citation.n}] {speaker_line(citation.voice, quote.document.source)}"))
    lines.append(_indent(f"    {quote.document.id}:{quote.span.start}-{quote.span.end}"))
    if citation.stance:
        lines.append(_indent(f"    {_stance_text(citation.stance)}"))
    return "\n".join(lines)


def _stance_text(stance: Stance) -> str:
    if stance.side is Side.UNCLEAR:
        return "side unclear"
    side = "of neither side" if stance.side is Side.NEUTRAL else stance.side.value
    if stance.basis is Basis.LABEL:
        return f"{side}, as the operator labelled the document"
    return f"{side}, as a model reads it, {stance.probability:.0%}"


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _MAX_WIDTH)


def _wrap(text: str) -> str:
    return textwrap.fill(visible(text), _width())


def _indent(text: str) -> str:
    kept = len(text) - len(text.lstrip(" "))
    margin = " " * (4 + kept)
    paragraphs = (visible(line.strip()) for line in text.split("\n") if line.strip())
    return "\n".join(
        textwrap.fill(line, _width(), initial_indent=margin, subsequent_indent=margin) for line in paragraphs
    )
