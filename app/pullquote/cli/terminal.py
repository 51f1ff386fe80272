"""The terminal: what the commands share to print, and answers wrapped for reading, with nothing that could drive it."""

import json
import shlex
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from pullquote.settings import Settings

if TYPE_CHECKING:
    from pullquote.answers.answer import Answer
    from pullquote.answers.explainer import Explainer
    from pullquote.index.generation import Generation
    from pullquote.sides.columns import Sides
    from pullquote.sides.debater import Dispute
    from pullquote.sides.stance import Citation, Stance

ANSWERED, FAILED, ABSTAINED = 0, 1, 3
NOTE = (
    "The words are the sources’ own. Which side each quote takes was labelled by the operator where it says so; "
    "otherwise a computer model guessed, and it is often wrong."
)
_MAX_WIDTH = 88
_SIGNS = {"same": " ", "only_given": "-", "only_stored": "+"}  # of the words of an altered quote
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print the wire form, for programs.")
debate_option = click.option("--debate", metavar="NAME", help="Look in one debate only.")
max_quotes_option = click.option(
    "--max-quotes", type=click.IntRange(1, 10), default=3, show_default=True, help="Quotes at most."
)


def open_explainer(read: Callable[[], Settings]) -> "Explainer":
    """Open what answers questions, by the settings that `read` gives; warn where it is not the newest."""
    from pullquote.answers.explainer import Explainer

    explainer = Explainer.open(read())
    _warn_of(explainer.degraded)
    return explainer


def open_generation(settings: Settings) -> "Generation":
    """Open the index alone; warn where it is not the newest."""
    from pullquote.index import open_index

    opened = open_index(settings)
    _warn_of(opened.degraded)
    return opened.generation


def _warn_of(degraded: str | None) -> None:
    if degraded:
        warn(f"warning: {degraded}")


# Printing


def show(as_json: bool, wire: Callable[[], object], text: Callable[[], str]) -> None:
    """Print the wire form of something (where the output is not in UTF-8, with JSON's own escapes), or its text."""
    if not as_json:
        say(text())
        return
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(wire(), ensure_ascii=not readable, indent=2))


def say(text: str) -> None:
    """Print a text that may hold a document's words."""
    click.echo(visible(text))


def warn(line: str) -> None:
    """Print a line on stderr, as safely."""
    click.echo(visible(f"pullquote: {line}"), err=True)


def visible(text: str) -> str:
    """The text with control, direction and invisible characters written out."""
    from pullquote.corpus.files import visible as written_out

    return written_out(text).replace("\r", "\\r")  # which would go back over the line


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar with rate and remaining time, on a terminal only, and what tells it how many of how many are done."""
    from tqdm import tqdm

    with tqdm(unit=" texts", desc="encoding", disable=None, leave=False) as bar:

        def show(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield show


# Answers


def answer_text(answer: "Answer") -> str:
    """An answer as paragraphs: frame, quotes with who said it and where, what to ask next."""
    from pullquote.answers.answer import Frame

    citations = {citation.n: citation for citation in answer.citations}
    understood = answer.resolved_question != answer.question
    blocks = [wrapped(f"Understood as: {answer.resolved_question}")] if understood else []
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


def citation_text(citation: "Citation") -> str:
    """One quote with its neighbour where it leans, who said it, its place, and who says which side it takes."""
    from pullquote.voice import speaker_line

    quote = citation.quote
    lines = [_indent(f"Just before it: {quote.before}")] if quote.leans and quote.before else []
    lines.append(_indent(f"“{quote.text}”"))
    lines.append(_indent(f"[{citation.n}] {speaker_line(citation.voice, quote.document.source)}"))
    lines.append(_indent(f"    {quote.document.id}:{quote.span.start}-{quote.span.end}"))
    if told := _stance_text(citation.stance):
        lines.append(_indent(f"    {told}"))
    return "\n".join(lines)


def _stance_text(stance: "Stance | None") -> str | None:
    """Which side a quote takes, and who says so; None where nobody can tell."""
    from pullquote.sides.stance import WEAK, Basis, Side

    if stance is None or stance.side is Side.UNCLEAR:
        return None
    side = "Takes neither side" if stance.side is Side.NEUTRAL else stance.side.value.capitalize()
    if stance.basis is Basis.LABEL:
        return f"{side} (the operator’s label for the document)"
    percent = round(stance.probability * 100)  # as it is shown, so that page and terminal call the same weak
    sure = "a weak guess" if percent < WEAK else f"{percent}% sure"
    return f"{side}, in a computer model’s reading ({sure})"


def sides_text(found: "Sides") -> str:
    """Both sides of a proposition, and which one is missing."""
    unclear = "Nothing here is clearly {} this, though something may lean that way."
    columns = (
        ("For", found.favour), ("Against", found.against), ("On the subject, but taking no clear side", found.context),
    )  # fmt: skip
    blocks = [wrapped(f"On: {found.proposition}")]
    for title, citations in columns:
        blocks += [f"{title}:", *(citation_text(citation) for citation in citations)] if citations else []
    blocks += [wrapped(unclear.format(side.value)) for side in found.unclear]
    blocks += [wrapped(f"As far as we can tell, {found.gap}.")] if found.gap else []
    return "\n\n".join([*blocks, wrapped(NOTE)] if found.favour or found.against else blocks)


def dispute_text(quote: "Citation", dispute: "Dispute | None") -> str:
    """A quote and another voice on the other side of what it takes a side on, or that there is none."""
    from pullquote.sides.debater import NONE

    if dispute is None:
        return f"{citation_text(quote)}\n\n{wrapped(NONE)}"
    asked, other = citation_text(replace(quote, stance=dispute.own)), citation_text(replace(dispute.citation, n=2))
    return f"{wrapped(f'On: {dispute.proposition}')}\n\n{asked}\n\nAnother voice:\n\n{other}"


def verdict_text(shown: dict[str, Any], speaker: str | None) -> str:
    """A verdict with each place and whose words they are there."""
    lines = [shown["result"].replace("_", " ")]
    for match in shown["matches"]:
        lines.append(f"{match['document_id']}:{match['start']}-{match['end']}  {match['exact']}")
        told = match["voice"]["sure"] or "(probably)" in match["byline"]
        lines.append(f"    {match['byline']}{'' if told else ' (probably)'}")
    lines += [f"{_SIGNS[line['kind']]} {line['text']}" for line in shown["diff"]]
    if shown["matches"] and shown["attribution"] == "unsure":
        lines.append(f"Whether they are the words of {speaker} cannot be told for sure.")
    if shown["matches"] and (shown["result"], shown["attribution"]) == ("altered", "wrong"):
        lines.append("They are not whose, or do not stand where, they are said to.")
    return "\n    ".join(lines)


def claim_text(row: dict[str, Any]) -> str:
    """What became of one claim of a receipt, on one line, whatever the receipt calls its document."""
    wrong = f"  (wrong in the receipt: {', '.join(row['wrong'])})" if row["wrong"] else ""
    if "sha256" in row["wrong"]:
        gone = "document_id" in row["wrong"]
        of = "there is no such document now" if gone else "the document's text is another now"
        now = row["now"]
        where = f"at {now['document_id']}:{now['start']}-{now['end']}" if now else "nowhere in it"
        wrong = f"  ({of}; these words stand {where})"
    unchecked = f"  (not compared: {', '.join(row['unchecked'])})" if row["unchecked"] else ""
    place = " ".join(row["document_id"].split())
    return f"{row['result'].replace('_', ' ')}  {place}:{row['start']}-{row['end']}{wrong}{unchecked}"


def numbered(title: str, questions: tuple[str, ...]) -> str:
    """Questions that may be asked by their number."""
    lines = (f"  {number}. {visible(question)}" for number, question in enumerate(questions, start=1))
    return "\n".join([title, *lines]) if questions else ""


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _MAX_WIDTH)


def wrapped(text: str) -> str:
    """A paragraph for this terminal."""
    return textwrap.fill(visible(text), _width())


def _indent(text: str) -> str:
    margin = " " * (4 + len(text) - len(text.lstrip(" ")))
    paragraphs = (visible(line.strip()) for line in text.split("\n") if line.strip())
    return "\n".join(
        textwrap.fill(line, _width(), initial_indent=margin, subsequent_indent=margin) for line in paragraphs
    )
