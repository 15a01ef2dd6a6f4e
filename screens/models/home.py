"""Finding a service: sides, categories, lists, search."""

from __future__ import annotations

from PySide6.QtCore import Property, Signal, Slot
from PySide6.QtQml import QmlElement, QmlSingleton

from kiosk.catalogue import ListedService
from kiosk.catalogue.model import SIDES
from kiosk.session import LONGEST_QUERY
from screens.models.base import Model, Row

QML_IMPORT_NAME = "Kiosk"
QML_IMPORT_MAJOR_VERSION = 1
CARE_CHOICES = {
    "HK": ("hk_welfare_education", "hk_health", "hk_identity_talent", "hk_property_vehicle"),
    "GD": ("gd_civil", "gd_social", "gd_health", "gd_exit_entry"),
}
"""The four kinds of matters that care mode offers on each shore; everything else is one touch further."""
EXAMPLES = 2


@QmlElement
@QmlSingleton
class Home(Model):
    """The home page, the list of one category, and the search."""

    changed = Signal()

    def _side(self) -> int:
        return SIDES.index(self.session.side)

    def _sides(self) -> list[Row]:
        listing = self.session.catalogue.listing
        counts = {side: sum(row.side == side for row in listing) for side in SIDES}
        return [
            {"label": self.say(f"home.side_{side}", count=counts[side]), "short": self.say(f"short.side_{side}")}
            for side in SIDES
        ]

    def _categories(self) -> list[Row]:
        return [
            {"id": category, "label": self.say(f"category.{category}"), "icon": _icon(category)}
            for category in self.session.categories()
        ]

    def _care_choices(self) -> list[Row]:
        return [
            {
                "id": category,
                "label": self.say(f"care.{category}"),
                "note": self._examples(category),
                "icon": _icon(category),
            }
            for category in CARE_CHOICES[self.session.side]
        ]

    def _examples(self, category: str) -> str:
        """Two services of a category by their short titles."""
        rows = [row for row in self.session.catalogue.listing if row.category == category and self.session.offered(row)]
        return self.say("care.and").join(self._short(row) for row in rows[:EXAMPLES])

    def _gathered(self) -> str:
        count = len(self.session.gathered)
        return self.say("matters.gathered", count=count) if count else ""

    def _list_title(self) -> str:
        return self.say(f"category.{self.session.category}") if self.session.category else ""

    def _list_lead(self) -> str:
        return self.say("home.count", count=len(self.session.listed()))

    def _services(self) -> list[Row]:
        return [self._row(row) for row in self.session.listed()]

    def _row(self, row: ListedService) -> Row:
        return {
            "id": row.id,
            "title": row.names[self.session.language],
            "note": self.say(f"department.{row.department}"),
            "reason": self._why_not(row),
            "available": self.session.offered(row),
        }

    def _why_not(self, row: ListedService) -> str:
        """Why a service cannot be finished here now; "" if it can. Its checklist says what still works."""
        if not self.session.offered(row):
            return self.say("home.not_here")
        if self.stage.kiosk.full:
            return self.say("short.full")
        needs_line = self.session.catalogue.services[row.id].needs_line
        return self.say("matters.needs_line") if needs_line and not self.stage.kiosk.line_up else ""

    def _short(self, row: ListedService) -> str:
        """The service's short title, as its own checklist has it."""
        service = self.session.catalogue.services.get(row.id)
        return self.say(service.title_key) if service else row.names[self.session.language]

    def _list_page(self) -> int:
        return self.session.list_page

    def _query(self) -> str:
        return self.session.query

    def _found(self) -> list[Row]:
        return [{**self._row(row), "title": self._short(row)} for row in self.session.found()]

    def _search_note(self) -> str:
        query = self.session.query.strip()
        if not query:
            return self.say("search.start")
        found = self.session.found()
        return self.say("search.found") if found else self.say("search.none", query=query)

    side = Property(int, _side, notify=changed)
    sides = Property(list, _sides, notify=changed)
    categories = Property(list, _categories, notify=changed)
    gathered = Property(str, _gathered, notify=changed)
    careChoices = Property(list, _care_choices, notify=changed)
    listTitle = Property(str, _list_title, notify=changed)
    listLead = Property(str, _list_lead, notify=changed)
    services = Property(list, _services, notify=changed)
    listPage = Property(int, _list_page, notify=changed)
    query = Property(str, _query, notify=changed)
    found = Property(list, _found, notify=changed)
    searchNote = Property(str, _search_note, notify=changed)

    @Slot(int)
    def showSide(self, side: int) -> None:
        """One of the two shores."""
        self.stage.act(lambda: self.session.show_side(SIDES[side]))

    @Slot(str)
    def openCategory(self, category: str) -> None:
        """The list of one category."""
        self.stage.act(lambda: self.session.open_category(category))

    @Slot()
    def openGathered(self) -> None:
        """The matters chosen so far."""
        self.stage.act(self.session.open_gathered)

    @Slot()
    def openSearch(self) -> None:
        """The search page."""
        self.stage.act(self.session.open_search)

    @Slot(str)
    def openService(self, service_id: str) -> None:
        """The checklist of a service."""
        self.stage.act(lambda: self.session.open_service(service_id))

    @Slot(int)
    def turnTo(self, page: int) -> None:
        """Another page of the list; coming back to the list shows it again."""
        self.stage.act(lambda: self.session.turn_to(page))

    @Slot(str)
    def key(self, text: str) -> None:
        """A key of the search."""
        self._search((self.session.query + text)[:LONGEST_QUERY])

    @Slot()
    def erase(self) -> None:
        """Take the last character back."""
        self._search(self.session.query[:-1])

    def _search(self, query: str) -> None:
        self.stage.act(lambda: setattr(self.session, "query", query))


ICONS = {
    "tax": "receipt_long",
    "company": "domain",
    "property": "home_work",
    "vehicle": "directions_car",
    "identity": "badge",
    "welfare": "school",
    "health": "local_hospital",
    "immigration": "flight",
    "culture": "theaters",
    "voter": "how_to_vote",
    "talent": "work",
    "driving": "directions_car",
    "social": "groups",
    "fund": "account_balance",
    "law": "gavel",
    "enterprise": "storefront",
    "education": "school",
    "civil": "assignment_ind",
    "exit": "badge",
    "real": "home_work",
    "hetao": "business",
    "digital": "fingerprint",
}


def _icon(category: str) -> str:
    """The symbol of a category, by the first known word in its id."""
    return next((icon for word, icon in ICONS.items() if word in category.lower()), "apps")
