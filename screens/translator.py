"""Texts of QML pages: `qsTrId("bar.back")` finds the catalogue's text in the resident's language."""

from __future__ import annotations

import logging

from PySide6.QtCore import QTranslator

from kiosk.catalogue import Texts
from screens.stage import Stage

log = logging.getLogger(__name__)


class CatalogueTranslator(QTranslator):
    """Qt asks here for every `qsTrId`; an unknown id is a defect that the log and the tests see."""

    def __init__(self, texts: Texts, stage: Stage) -> None:
        super().__init__(stage)
        self._texts = texts
        self._stage = stage

    def isEmpty(self) -> bool:
        """Never empty."""
        return False

    def translate(self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1) -> str:  # noqa: ARG002, N803 - Qt's signature
        """The text of an id; ids come without a context, everything else is Qt's own English."""
        if context:
            return sourceText  # an empty text would be taken for the translation
        if sourceText not in self._texts.keys:
            log.error("no text for %s", sourceText)
            return ""
        return self._texts.say(self._stage.session.language, sourceText)
