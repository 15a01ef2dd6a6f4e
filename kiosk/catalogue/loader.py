"""Loads the whole catalogue from assets/, or says everything that is wrong with it at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.catalogue.conditions import Kind
from kiosk.catalogue.events import Event, read_events
from kiosk.catalogue.fact_file import condition_kinds, read_facts
from kiosk.catalogue.findings import CatalogueError, Finding, nearest
from kiosk.catalogue.listing import disagreement, read_listing, with_availability
from kiosk.catalogue.model import LANGUAGES, Fact, Language, ListedService, Service
from kiosk.catalogue.parsed import ParsedFiles
from kiosk.catalogue.service_file import ServiceFile
from kiosk.catalogue.shape import faults
from kiosk.catalogue.synonyms import read_synonyms
from kiosk.catalogue.texts import Texts, TextTable, read_texts
from kiosk.catalogue.toml_source import Table, TomlSource

if TYPE_CHECKING:
    from kiosk.catalogue.search import SearchIndex


@dataclass(frozen=True)
class Catalogue:
    """All services that can be done here, all that are known, and the words for them."""

    version: str
    facts: Mapping[str, Fact] = field(repr=False)
    services: Mapping[str, Service] = field(repr=False)
    listing: tuple[ListedService, ...] = field(repr=False)
    texts: Texts = field(repr=False)
    synonyms: Mapping[str, tuple[str, ...]] = field(repr=False)
    events: Mapping[str, Event] = field(repr=False)

    def search(self, query: str, language: Language) -> tuple[ListedService, ...]:
        """Services that fit the words, best first; the language breaks ties. The index is built at the first call."""
        return self._index.search(query, language)

    def prepare_search(self) -> None:
        """Build the index now: about a second for the sounds of all names, from any thread, before somebody types."""
        self._index  # noqa: B018  # reading it builds it

    @cached_property
    def _index(self) -> SearchIndex:
        from kiosk.catalogue.search import SearchIndex  # with rapidfuzz: nobody types before the first picture

        return SearchIndex(self.listing, self.texts, self._everyday_names)

    @property
    def _everyday_names(self) -> dict[str, tuple[str, ...]]:
        """By service id: what people say, the short title, and the life events it belongs to, in all languages."""
        keys: dict[str, tuple[str, ...]] = {service.id: (service.title_key,) for service in self.services.values()}
        for event in self.events.values():
            for matter in event.usual:
                keys[matter] = (*keys.get(matter, ()), event.title_key)
        said = {
            matter: tuple(self.texts.say(x, key) for key in found for x in LANGUAGES) for matter, found in keys.items()
        }
        every = said.keys() | self.synonyms.keys()
        return {matter: (*self.synonyms.get(matter, ()), *said.get(matter, ())) for matter in every}


def load_catalogue(assets: Path, *, memory: Path | None = None) -> Catalogue:
    """Read facts, texts, services and listing; raises CatalogueError with every finding.

    `memory` names a file that remembers how unchanged files parsed, which halves the time of the next load.
    """
    files = ParsedFiles(memory)
    catalogue = _Loading(assets, files).load()
    files.keep()
    return catalogue


class _Loading:
    """One load: collects findings from every file before it gives up."""

    def __init__(self, assets: Path, files: ParsedFiles) -> None:
        self._assets = assets
        self._files = files
        self._findings: list[Finding] = []
        self._texts = TextTable(self._findings)

    def load(self) -> Catalogue:
        facts_source = self._source(self._assets / "facts.toml")
        sources = [self._source(path) for path in sorted((self._assets / "services").glob("*-*.toml"))]
        read_texts(self._assets, self._files, self._texts, self._findings)
        for source in filter(None, sources):
            self._service_texts(source)
        texts = self._texts.finished()
        facts = self._facts(facts_source, texts)
        kinds = condition_kinds(facts)
        services = [self._service(source, facts, kinds, texts) for source in sources if source is not None]
        catalogue = self._catalogue(facts, services, texts)
        if self._findings:
            raise CatalogueError(self._findings)
        return catalogue

    def _catalogue(self, facts: dict[str, Fact], services: list[Service], texts: Texts) -> Catalogue:
        folder = self._assets / "services"
        listing = read_listing(folder / "listing.tsv", "services/listing.tsv", texts.keys, self._findings)
        by_id = {service.id: service for service in services}
        self._compare(listing, by_id)
        source = self._source(folder / "synonyms.toml")
        synonyms = read_synonyms(source, {row.id for row in listing}, self._findings) if source else {}
        source = self._source(folder / "events.toml")
        events = read_events(source, by_id, texts, self._findings) if source else {}
        version = catalogue_version(self._assets)
        return Catalogue(version, facts, by_id, with_availability(listing, by_id), texts, synonyms, events)

    def _compare(self, listing: tuple[ListedService, ...], services: Mapping[str, Service]) -> None:
        rows = {row.id: row for row in listing}
        for service_id, service in services.items():
            name = f"services/{service_id}.toml"
            if service_id not in rows:
                why = f"{service_id} is not in the listing"
                self._findings.append(Finding(name, 1, why, nearest(service_id, rows)))
            elif why_not := disagreement(rows[service_id], service):
                self._findings.append(Finding(name, 1, why_not))

    def _source(self, path: Path) -> TomlSource | None:
        source = self._files.read(path, path.relative_to(self._assets).as_posix())
        if isinstance(source, TomlSource):
            return source
        self._findings.append(source)
        return None

    def _service_texts(self, source: TomlSource) -> None:
        texts = Table(source, (), source.values, self._findings).table("text")
        prefix = f"service.{source.values.get('id')}"
        for language in texts.names():
            if language not in LANGUAGES:
                texts.note(f"{language} is not a language here", language, nearest(language, LANGUAGES))
        for language in LANGUAGES:
            table = source.values.get("text")
            inner = table.get(language) if isinstance(table, dict) else None
            if isinstance(inner, dict):
                self._texts.add(language, source, inner, prefix, ("text", language))
            else:
                texts.note(f"the table text.{language} is missing")

    def _facts(self, source: TomlSource | None, texts: Texts) -> dict[str, Fact]:
        if source is None:
            return {}
        root = Table(source, (), source.values, self._findings)
        facts = read_facts(root)
        for fact in facts.values():
            keys = [fact.label_key, fact.hint_key, *map(fact.choice_key, fact.choices)]
            for key in keys:
                if key not in texts.keys:
                    root.note(f"the text {key} is missing", fact.id)
        return facts

    def _service(
        self, source: TomlSource, facts: Mapping[str, Fact], kinds: Mapping[str, Kind], texts: Texts
    ) -> Service:
        before = len(self._findings)
        root = Table(source, (), source.values, self._findings)
        reading = ServiceFile(root, facts, kinds, texts)
        service = reading.read()
        if f"services/{service.id}.toml" != source.name:
            root.note(f"the file of {service.id} must be called {service.id}.toml", "id")
        if len(self._findings) == before:
            self._shape(source, service, facts, texts)
        self._idle_texts(service, reading.used_keys, texts)
        return service

    def _shape(self, source: TomlSource, service: Service, facts: Mapping[str, Fact], texts: Texts) -> None:
        for where, why in faults(service, facts, texts):
            self._findings.append(Finding(source.name, source.line(where), why))

    def _idle_texts(self, service: Service, used: set[str], texts: Texts) -> None:
        for key in texts.groups.get(f"service.{service.id}", frozenset()) - used:
            place = self._texts.place_of(key)
            self._findings.append(Finding(place.file, place.line, f"nothing shows the text {key}"))


def catalogue_version(assets: Path) -> str:
    """Names what was loaded: 12 hex digits over every file that has a say in it."""
    digest = hashlib.sha256()
    paths = [assets / "facts.toml", *(assets / "services").glob("*"), *(assets / "texts").glob("*/*.toml")]
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(path.relative_to(assets).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
