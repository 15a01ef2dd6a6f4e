"""A kiosk that serves one resident after another until it is killed; says each number after the kiosk did.

`python -m tests.faults.visitor FOLDER PORTAL_URL PUBLIC_FILE`
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from kiosk.app import ROOT, build_kiosk
from kiosk.config import load_config
from kiosk.session import Page
from kiosk.simulation import simulated
from screens.main import Screens, application, load_fonts, prepare_environment
from screens.play import SHEET
from screens.rehearsal import Resident
from screens.stage import Stage


def main(folder: Path, portal_url: str, public_file: Path) -> None:
    """Serve for ever."""
    config = simulated(load_config(ROOT / "kiosk.toml"), folder)
    config = replace(
        config,
        portal=replace(config.portal, url=portal_url, public_file=public_file),
        screen=replace(config.screen, motion=False),
    )
    prepare_environment(config, offscreen=True)
    application()
    load_fonts(config)
    kiosk = build_kiosk(config)
    stage = Stage(kiosk)
    screens = Screens(kiosk, stage, size=SHEET)
    kiosk.listen(stage.hear)
    kiosk.start()
    while True:
        stage.end()
        resident = Resident(screens, stage, service="HK-WEL-01", language="en", offline=True)
        resident.until(lambda page: page is Page.SAVED)
        if stage.session.saved is not None:
            print(stage.session.saved.receipt_number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
