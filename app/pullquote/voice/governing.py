"""Which attribution of a sentence a quotation in it belongs to."""

from dataclasses import replace

from pullquote.voice.frames import Form
from pullquote.voice.pieces import Piece
from pullquote.voice.voices import Attributed, Speaker

SPACE = 2  # letters that may lie between a reporting verb's colon and the quotation


def governing(piece: Piece, attributed: Attributed) -> Speaker | None:
    """The speaker of the attribution that a quotation in the same sentence belongs to."""
    before = [
        pair
        for pair in attributed
        if pair[0].content <= piece.start + 1 and pair[0].form not in {Form.AFTER, Form.INVERTED}
    ]
    after = [
        pair for pair in attributed if pair[0].form in {Form.AFTER, Form.INVERTED} and pair[0].content >= piece.end
    ]
    tagged = [
        pair for pair in attributed if pair[0].form in {Form.AFTER, Form.INVERTED} and pair[0].content <= piece.start
    ]
    direct = [pair for pair in before if pair[0].form is Form.DIRECT and piece.start - pair[0].content <= SPACE]
    others = [speaker for _, speaker in direct if not speaker.own]
    if others and len(others) < len(direct):  # "I agree with what Lee said: “…”"
        return replace(others[-1], sure=False)
    for pairs in (direct, after):
        if pairs:
            return pairs[0][1]
    for pairs in (before[::-1], tagged[::-1]):
        if pairs:
            several = len({speaker.name for _, speaker in pairs}) > 1
            return replace(pairs[0][1], sure=False) if several else pairs[0][1]
    return None


def retelling(piece: Piece, attributed: Attributed) -> bool:
    """Whether a quotation stands, after words of the report, inside what an attribution retells."""
    before = [each for each, _ in attributed if each.content < piece.start]
    direct = any(each.form is Form.DIRECT and piece.start - each.content <= SPACE for each in before)
    return not direct and any(each.form is Form.INDIRECT and piece.start - each.content > SPACE for each in before)
