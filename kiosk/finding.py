"""Finding a service: sides, categories, search. The part of a visit before a service is opened."""

from __future__ import annotations

from typing import Final

from kiosk.catalogue import Catalogue, Language, ListedService
from kiosk.pages import DRAWN_KINDS, Page

FOUND_A_PAGE: Final = 3


class Finding:
    """What a resident looks at until a service is chosen; `offered` tells which ones can be finished here."""

    def __init__(self, catalogue: Catalogue, home_side: str) -> None:
        self.catalogue = catalogue
        self._home_side = home_side
        self._look_again()

    def _look_again(self) -> None:
        """Forget where the resident looked, and in which language; the first screen speaks the site's own."""
        self.language: Language = "zh_Hant" if self._home_side == "HK" else "zh_Hans"
        self.place = Page.ATTRACT
        self.direction = 0
        self.side = self._home_side
        self.category = ""
        self.list_page = 0
        self.query = ""
        self._found_for: tuple[str, Language] = ("", "en")
        self._found: tuple[ListedService, ...] = ()

    def _go(self, place: Page, direction: int) -> None:
        self.place, self.direction = place, direction

    def offered(self, service: ListedService) -> bool:
        """Whether this service can be finished at this kiosk."""
        found = self.catalogue.services.get(service.id)
        return found is not None and found.kinds <= DRAWN_KINDS

    def categories(self) -> tuple[str, ...]:
        """The categories of the side that is shown, in the listing's order."""
        return tuple(dict.fromkeys(row.category for row in self.catalogue.listing if row.side == self.side))

    def listed(self) -> tuple[ListedService, ...]:
        """The services of the open category; what can be done here comes first."""
        rows = [row for row in self.catalogue.listing if (row.side, row.category) == (self.side, self.category)]
        return tuple(sorted(rows, key=lambda row: not self.offered(row)))

    def found(self) -> tuple[ListedService, ...]:
        """The services that fit what was typed into the search; asked once however often a page looks."""
        asked = (self.query.strip(), self.language)
        if self._found_for != asked:
            self._found_for = asked
            self._found = self.catalogue.search(*asked)[:FOUND_A_PAGE] if asked[0] else ()
        return self._found

    def show_side(self, side: str) -> None:
        """Touch one of the two shores."""
        self.side, self.list_page = side, 0

    def open_category(self, category: str) -> None:
        """Touch a category."""
        self.category, self.list_page = category, 0
        self._go(Page.SERVICES, 1)

    def open_search(self) -> None:
        """Touch the search field."""
        self.query = ""
        self._go(Page.SEARCH, 1)

    def turn_to(self, page: int) -> None:
        """Touch More in a list."""
        self.list_page = page
