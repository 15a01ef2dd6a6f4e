"""How the calls say in the OpenAPI document what they take and what they answer."""

from collections.abc import Callable
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

FROM_A_DEVICE: Final = {
    "s400": "malformed",
    "s401": "unknown device",
    "s403": "revoked device",
    "s408": "too slow",
    "s413": "too large",
}
"""What every call can answer that comes with a body under a device key."""


class PlainRoute(APIRoute):
    """A route like any other in the OpenAPI document; a call takes its path's texts and the request, and no more.

    There is nothing for the framework to convert, check or resolve then, and what it would spend on looking for it is
    spared: a third of what a small answer costs.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.app = self._call

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self.endpoint(**scope["path_params"], request=Request(scope, receive, send))
        await response(scope, receive, send)


def answers(**described: str) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses: `s201="..."`; the 4xx ones are problem documents."""
    problem = {"application/problem+json": {"schema": {"type": "object"}}}
    found: dict[int | str, dict[str, Any]] = {}
    for name, description in {**described, "s429": "too many", "s503": "busy"}.items():
        status = int(name[1:])
        found[status] = {"description": description} | ({"content": problem} if status >= 400 else {})
    return found


def body_of(media_type: str, description: str = "") -> dict[str, Any]:
    """The body that a call needs, as bytes of this media type."""
    content = {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    return {"requestBody": {"required": True, **content} | ({"description": description} if description else {})}
