"""Verdicts: what it is called right or wrong to do, as what should be done or should not."""

import re

_RIGHT = r"justified|right|wise|a good idea|a good thing|(?:high )?time"
_WRONG = r"unjustified|wrong|unwise|a mistake|a bad idea|a bad thing"
# "Hardly right" and "not entirely wrong" are something else.
_VERDICT = (
    r"(?:is|would be) (?:(?P<denied>not |never )(?:ethically |morally )?"
    r"|(?:absolutely |always |clearly |deeply |ethically |fundamentally |inherently |morally |plainly |profoundly |simply )?)"
    rf"(?:(?P<right>{_RIGHT})|(?P<wrong>{_WRONG}))"
)
_DOING = re.compile(
    rf"(?P<what>(?!being |having |(?:any|every|no|some)thing )[a-z]{{2,30}}ing .+) {_VERDICT}", re.IGNORECASE
)
# "A ban on zoos", "the closure of zoos", "the zoo ban": who has these does what they say. Of "the zoo" nothing follows.
_ACT = re.compile(
    rf"(?P<what>(?:the|an?) (?:[\w-]{{1,40}} ){{0,3}}?(?:[\w-]{{1,40}} (?:of|on) .+|abolition|bans?|closure|prohibition|removal|repeal)) {_VERDICT}",
    re.IGNORECASE,
)
_TO_DO = re.compile(rf"it {_VERDICT}(?: for (?P<who>.{{1,80}}?))? to (?P<what>.+)", re.IGNORECASE)


def as_demand(statement: str) -> str:
    """A verdict on doing a thing as what should be done; any other statement as it is.

    What is not wrong may be done, and need not: of that nothing follows. The verb keeps its ending, as only stems are
    compared.

    Example: as_demand("It is wrong to cap rents.") -> "We should not cap rents."
    """
    words = statement.rstrip(".!… ")
    for form, doing in ((_TO_DO, ""), (_DOING, ""), (_ACT, "have ")):
        if (found := form.fullmatch(words)) and not (found["wrong"] and found["denied"]):
            who = found.groupdict().get("who") or "we"
            should = "should not" if found["wrong"] or found["denied"] else "should"
            return f"{who[0].upper()}{who[1:]} {should} {doing}{found['what']}."
    return statement
