"""Outlets: papers and stations that somebody spoke to, so that their words came through them."""

import re

_TOLD = re.compile(
    r"\b(?:(?P<asked>interview(?:ed)?|conversation)\s(?:with|on|to|by|in)|(?:speaking|spoke)\s(?:with|on|to|in)|told)\s"
    r"(?P<name>(?:the\s)?[A-Z][\w’'&.-]*(?:\s(?:of\s)?(?:[A-Z][\w’'&-]*|\d+\b)){0,5}(?:\s(?:programme|newspaper|magazine|podcast)\b)?|"
    r"(?:the\s)?\d+\sMinutes\b|[a-z]+\.(?:com|org)\b)"
)
_OWNED = re.compile(r"[’']s?(?:\s.*)?$")  # "told the Courier's editor": the Courier
_OUTLET = re.compile(
    r"(?:^|\s)(?:Times|Post|News|Journal|Herald|Courier|Tribune|Guardian|Gazette|Chronicle|Observer|Telegraph|Reuters|Press|Mail|"
    r"Independent|Economist|Globe|Star|Sun|Mirror|Express|Standard|Examiner|Inquirer|Enquirer|Sentinel|Argus|Echo|Ledger|Bulletin|"
    r"Dispatch|Spectator|Statesman|Mercury|Advertiser|Register|Review|Weekly|Daily|Illustrated|Minutes|Bloomberg|Politico|Axios|Atlantic|"
    r"Newsweek|Time|Today|Jazeera|Spiegel|Monde|Figaro|Zeitung|Yorker|Republic|Nation|Magazine|Monthly|Quarterly|Show|Report|Tonight|Newsnight|"
    r"Podcast|Radio|TV|Television|Channel|Network|Broadcasting|Wire|Voice|programme|newspaper|magazine|podcast|\S+\.(?:com|org))(?:$|\sof\s)|"
    r"\b(?:BBC|CNN|NPR|PBS|ABC|CBS|NBC|MSNBC|ITV|ITN|AFP|CBC|RTE|RTÉ|LBC|C-SPAN)\b|(?:^|\s)(?:Radio|Channel|Sky|Fox|TV)\s[A-Z\d]|^AP$"
)
_INITIALS = re.compile(r"[A-Z]{2,6}")


def outlet_in(words: str) -> str | None:
    """The paper or station that a sentence says was spoken to; who else heard it is only the audience.

    Example: outlet_in("Ann Lee told the Courier that") -> "the Courier"; after "told MPs that" it is None
    """
    for told in _TOLD.finditer(words):
        name = _OWNED.sub("", told["name"]).rstrip(".")
        if _OUTLET.search(name) or (told["asked"] and _INITIALS.fullmatch(name.removeprefix("the "))):
            return name
    return None
