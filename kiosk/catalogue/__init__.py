"""What services exist and what each of them asks: data, read and checked once."""

from kiosk.catalogue.findings import CatalogueError, Finding
from kiosk.catalogue.loader import Catalogue, load_catalogue
from kiosk.catalogue.model import LANGUAGES, Capture, Fact, Language, ListedService, Service, Step
from kiosk.catalogue.texts import Texts

__all__ = [
    "LANGUAGES",
    "Capture",
    "Catalogue",
    "CatalogueError",
    "Fact",
    "Finding",
    "Language",
    "ListedService",
    "Service",
    "Step",
    "Texts",
    "load_catalogue",
]
