"""The commands that check: `verify` a quote or a receipt, and the `doctor` of an installation."""

from pathlib import Path

import click

from pullquote.commands.common import ABSTAINED, ANSWERED, FAILED, as_json_option, open_explainer, print_json, say
from pullquote.settings import Settings

_SIGNS = {"same": " ", "only_given": "-", "only_stored": "+"}  # of the words of an altered quote


@click.command()
@as_json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look at settings, corpus, index, model, disk and port; say what is wrong and what to do next.

    Exit codes: 0 nothing is wrong, 1 something is.
    """
    from pullquote.doctor import examine, healthy, report, wire

    findings = examine(context.obj)
    if as_json:
        print_json(wire(findings))
    else:
        say(report(findings))
    context.exit(ANSWERED if healthy(findings) else FAILED)


@click.command()
@click.argument("quote_or_receipt", metavar="QUOTE|RECEIPT.json")
@click.option("--speaker", help="Who is said to have said it.")
@click.option("--document", "document_id", help="The id of the document where it is said to stand.")
@as_json_option
@click.pass_context
def verify(
    context: click.Context, quote_or_receipt: str, speaker: str | None, document_id: str | None, as_json: bool
) -> None:
    """Check a quote, or every quote of a receipt (a saved `ask --json`), against the sources.

    Exit codes: 0 all verbatim, 3 not, 1 an error.
    """
    if quote_or_receipt.endswith(".json"):
        context.exit(_verify_receipt(context.obj(), Path(quote_or_receipt), as_json=as_json))
    from pullquote.conversation import QUOTE, worded

    worded(quote_or_receipt, *QUOTE, limit=100_000)
    verdict = open_explainer(context.obj).verify(quote_or_receipt, speaker=speaker, document_id=document_id)
    places = [
        {"document_id": place.document.id, "start": place.span.start, "end": place.span.end,
         "exact": place.span.cut(place.document.text)} for place in verdict.places
    ]  # fmt: skip
    if as_json:
        diff = [{"kind": kind, "text": text} for kind, text in verdict.diff]
        print_json({"result": verdict.result.value, "matches": places, "diff": diff})
    else:
        lines = [f"{place['document_id']}:{place['start']}-{place['end']}  {place['exact']}" for place in places]
        lines += [f"{_SIGNS[kind]} {text}" for kind, text in verdict.diff]
        say("\n    ".join([verdict.result.value.replace("_", " "), *lines]))
    context.exit(ANSWERED if verdict.result.value == "verbatim" else ABSTAINED)


def _verify_receipt(settings: Settings, path: Path, *, as_json: bool) -> int:
    """Hold each claim of a receipt against the corpus folder, or the index where there is none."""
    from pullquote.errors import ReceiptError
    from pullquote.sources import every_document
    from pullquote.verify import Result, check, read_receipt

    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReceiptError(f"{path} cannot be read ({error.strerror})") from error
    claims = read_receipt(content)
    known = every_document(settings)
    results = [check(claim, known) for claim in claims]
    rows = [
        {"document_id": claim.document_id, "start": claim.start, "end": claim.end, "result": result.value}
        for claim, result in zip(claims, results, strict=True)
    ]
    if as_json:
        print_json({"quotes": rows})
    else:
        for row in rows:
            click.echo(f"{str(row['result']).replace('_', ' ')}  {row['document_id']}:{row['start']}-{row['end']}")
    return ANSWERED if all(result is Result.VERBATIM for result in results) else ABSTAINED
