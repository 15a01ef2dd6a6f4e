"""What people call a service in everyday words."""

from __future__ import annotations

from collections.abc import Collection

from kiosk.catalogue.findings import Finding, nearest
from kiosk.catalogue.toml_source import Table, TomlSource


def read_synonyms(source: TomlSource, known: Collection[str], findings: list[Finding]) -> dict[str, tuple[str, ...]]:
    """Everyday names by service id, from assets/services/synonyms.toml."""
    root = Table(source, (), source.values, findings)
    words: dict[str, tuple[str, ...]] = {}
    for table in root.tables("synonym"):
        said = table.texts("words")
        for service in table.texts("services"):
            if service not in known:
                table.note(f"{service} is not in the listing", "services", nearest(service, known))
            words[service] = (*words.get(service, ()), *said)
        table.done()
    root.done()
    return words
