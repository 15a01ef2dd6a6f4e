"""A body is taken whole, or refused for what is wrong with it: too large, too slow, cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.types import Message

from portal.guard import read_body
from portal.problem import Problem

CUT_OFF: Message = {"type": "http.disconnect"}


def part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def read(messages: Sequence[Message], *, announced: str | None = None, deadline_s: float = 20) -> bytes | Problem:
    """What comes of a body that arrives so, and then of nothing for ever."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    headers = [] if announced is None else [(b"content-length", announced.encode())]
    request = Request({"type": "http", "headers": headers}, receive)
    return asyncio.run(read_body(request, limit=10, deadline_s=deadline_s))


@pytest.mark.parametrize(
    ("messages", "whole"),
    [
        ([part(b"", more=False)], b""),
        ([{"type": "http.request"}], b""),
        ([part(b"0123456789", more=False)], b"0123456789"),
        ([part(b"0123", more=True), part(b"", more=True), part(b"456789", more=False), CUT_OFF], b"0123456789"),
    ],
)
def test_what_came_in_parts_is_whole(messages: list[Message], whole: bytes) -> None:
    assert read(messages) == whole


def test_too_much_is_refused_as_soon_as_it_is_seen() -> None:
    assert read([], announced="11") == Problem(413, "too_large")
    assert read([], announced="-1") == Problem(413, "too_large")
    assert read([part(b"0123456", more=True), part(b"0123456", more=True)]) == Problem(413, "too_large")


def test_one_who_goes_in_the_middle_is_told_apart_from_one_who_is_slow() -> None:
    assert read([part(b"01", more=True), CUT_OFF]) == Problem(400, "malformed", "cut off")
    assert read([part(b"01", more=True)], deadline_s=0.01) == Problem(408, "too_slow")
