"""What the ASN.1 of travel documents has in common: SecurityInfos, and the errors of bytes that are not DER."""

from __future__ import annotations

from asn1crypto import core  # type: ignore[import-untyped]

NOT_DER = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
"""What asn1crypto raises for bytes that are not the DER they should be; it has no exception of its own."""


class SecurityInfo(core.Sequence):  # type: ignore[misc]
    """One offer of EF.CardAccess or DG14 (9303-11 §9.2)."""

    _fields = [  # noqa: RUF012 - asn1crypto's own form
        ("protocol", core.ObjectIdentifier),
        ("required", core.Any),
        ("optional", core.Any, {"optional": True}),
    ]


class SecurityInfos(core.SetOf):  # type: ignore[misc]
    """All of them."""

    _child_spec = SecurityInfo
