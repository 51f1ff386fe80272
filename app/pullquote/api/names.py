"""Names in an address: of the API's own, one that there is not, or that stands twice, is a mistake, as it is in a body."""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from pullquote.api import visit
from pullquote.api.visit import Access

PASSING = "_"  # what browsers' libraries add so that nothing is taken from a cache


async def known(request: Request) -> None:
    """Refuse a parameter that the route does not have: a misspelt `debate` would search all debates in silence.

    Pages, and the citations that they link to, take any: other sites add names of their own to links.

    Raises:
        RequestValidationError: there is one.
    """
    route = request.scope.get("route")
    if visit.of(request.scope).access is not Access.SEARCH or not isinstance(route, APIRoute):
        return
    names = [field.alias for field in route.dependant.query_params]
    if unknown := sorted(request.query_params.keys() - {*names, PASSING}):
        said = f"there is no such parameter; there are: {', '.join(names)}" if names else "this takes no parameters"
        raise RequestValidationError([{"loc": ("query", name), "type": "extra", "msg": said} for name in unknown[:3]])
    if twice := [name for name in names if len(request.query_params.getlist(name)) > 1]:
        said = "stands there more than once"
        raise RequestValidationError([{"loc": ("query", name), "type": "twice", "msg": said} for name in twice])
