"""HEAD: what GET would answer, without its body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """Answers HEAD as GET is answered, headers and all; link checkers and load balancers ask so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a GET and hold its body back, or go on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            await send({**message, "headers": [_with_head(*header) for header in message.get("headers", ())]}
                       if message["type"] == "http.response.start" else message)  # fmt: skip

        async def without_body(message: Message) -> None:
            await told({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, without_body)
        else:
            await self.app(scope, receive, told)


def _with_head(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; where it lists what is allowed, HEAD beside GET."""
    methods = [method.strip() for method in value.split(b",")] if name.lower() == b"allow" else []
    return name, b", ".join([*methods, b"HEAD"]) if b"GET" in methods and b"HEAD" not in methods else value
