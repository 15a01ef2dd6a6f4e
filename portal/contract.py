"""How the calls say in the OpenAPI document what they take and what they answer."""

from typing import Any, Final

FROM_A_DEVICE: Final = {
    "s400": "malformed",
    "s401": "unknown device",
    "s403": "revoked device",
    "s408": "too slow",
    "s413": "too large",
}
"""What every call can answer that comes with a body under a device key."""


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
