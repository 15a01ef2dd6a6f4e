"""Server-rendered pages: templates beside this file, every value escaped unless it is already a page's part."""

import html
from functools import cache
from pathlib import Path
from string import Template
from typing import Final

from starlette.responses import HTMLResponse

_PAGES: Final = Path(__file__).with_name("pages")
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Part(str):
    """Text that is HTML already."""

    __slots__ = ()


@cache
def _template(name: str) -> Template:
    return Template((_PAGES / f"{name}.html").read_text(encoding="utf-8"))


def fill(name: str, **values: str) -> Part:
    """A template with its values; KeyError when one is missing."""
    return Part(_template(name).substitute({key: _safe(value) for key, value in values.items()}))


def _safe(value: str) -> str:
    return value if isinstance(value, Part) else html.escape(value)


def page(title: str, content: Part, *, status: int = 200) -> HTMLResponse:
    """A whole page that loads nothing but its own style sheet."""
    return HTMLResponse(fill("frame", title=title, content=content), status, _HEADERS)


def style_sheet() -> str:
    """The one style sheet."""
    return (_PAGES / "portal.css").read_text(encoding="utf-8")
