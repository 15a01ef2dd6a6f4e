"""What asn1crypto raises for bytes that are not the DER they should be; it has no exception of its own."""

from __future__ import annotations

NOT_DER = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
