"""Sending the wire form: never kept by a browser or a proxy, since the next index may say otherwise."""

from fastapi.responses import JSONResponse

from pullquote.api.wire import Wire


def wire(body: Wire, status: int = 200) -> JSONResponse:
    """An answer in JSON."""
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})
