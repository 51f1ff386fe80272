"""The widget's files, and the page that it shows in a frame of ours."""

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.api import assets, render
from pullquote.api.debates import choices, chosen, known
from pullquote.api.keys import Keys
from pullquote.errors import UnknownDebate
from pullquote.upkeep.records import Records

SUGGESTED = 5
_SCRIPT = "text/javascript"


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add `/widget.js`, `/embed`, its script, and the demonstration page."""
    _file_routes(app)
    origins = explainer.settings.allowed_origins
    ancestors = " ".join(["'self'", *origins])
    key = Keys.of(explainer.settings).page

    @app.get("/embed", include_in_schema=False)
    def embed(debate: str = "") -> HTMLResponse:
        suggestions: tuple[str, ...] = ()
        message = ""
        debate = known(explainer.generation, debate) or debate
        try:
            suggestions = explainer.suggestions(debate or None)[:SUGGESTED]
        except UnknownDebate as error:
            message = str(error)
        return render.page(
            "embed.html", 404 if message else 200, ancestors=ancestors, debate=debate, message=message,
            about=chosen(choices(explainer.generation), debate),
            suggestions=suggestions, origins=" ".join(origins), feedback=records.kept, key=key,
        )  # fmt: skip


def _file_routes(app: FastAPI) -> None:
    @app.get("/widget.js", include_in_schema=False)
    def widget(request: Request) -> Response:
        # Any page may load the script; which pages may frame us is said by /embed.
        headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
        return assets.send(request, "widget/widget.js", _SCRIPT, headers)

    @app.get("/embed.js", include_in_schema=False)
    def script(request: Request) -> Response:
        return assets.send(request, "widget/embed.js", _SCRIPT)

    @app.get("/demo", include_in_schema=False)
    def demo(request: Request) -> Response:
        policy = {
            "Content-Security-Policy":
                "default-src 'none'; img-src 'self' data:; script-src 'self'; frame-src 'self'; style-src 'self'; base-uri 'none'; "
                "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        }  # fmt: skip
        return assets.send(request, "widget/demo.html", "text/html", policy)
