"""Who may use which route: decided on the route that matched, never on the text of the address."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from pullquote.api.visit import Access

# A route without a row is the operator's: forgetting one closes it.
RULES: dict[str, Access] = {
    "/healthz": Access.OPEN,
    "/readyz": Access.OPEN,
    "/openapi.json": Access.OPEN,
    "/docs": Access.OPEN,
    "/style.css": Access.OPEN,
    "/widget.js": Access.OPEN,
    "/embed.js": Access.OPEN,
    "/embed": Access.OPEN,
    "/demo": Access.OPEN,
    "/": Access.PAGE,
    "/sides": Access.PAGE,
    "/disputes": Access.PAGE,
    "/documents": Access.PAGE,
    "/documents/{document_id}": Access.PAGE,
    "/report": Access.PAGE,  # a form: the key is checked where it is posted
    "/v1/documents/{document_id}/cite": Access.PAGE,  # pages link to it, and a link carries no key
    "/v1/ask": Access.SEARCH,
    "/v1/chat": Access.SEARCH,
    "/v1/search": Access.SEARCH,
    "/v1/verify": Access.SEARCH,
    "/v1/sides": Access.SEARCH,
    "/v1/disputes": Access.SEARCH,
    "/v1/debates": Access.SEARCH,
    "/v1/suggestions": Access.SEARCH,
    "/v1/documents": Access.SEARCH,
    "/v1/documents/{document_id}": Access.SEARCH,
    "/v1/feedback": Access.SEARCH,
    "/v1/report": Access.ADMIN,
    "/metrics": Access.ADMIN,
}


def matched(routes: Sequence[BaseRoute], scope: Scope) -> str | None:
    """The template of the route that the router will choose, by the router's own test and order."""
    asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope  # as `head.Head` hands it on
    partial: str | None = None
    for route in routes:
        match, child = route.matches(asked)
        template = str(getattr(child.get("route", route), "path", ""))
        if match is Match.FULL:
            return template
        if match is Match.PARTIAL and partial is None:
            partial = template
    return partial


def rule(template: str | None, *, metrics: str = "admin") -> Access:
    """Who may use a route; where nothing matches there is nothing to guard."""
    if template is None or (template == "/metrics" and metrics == "open"):
        return Access.PAGE if template is None else Access.OPEN
    return RULES.get(template, Access.ADMIN)
