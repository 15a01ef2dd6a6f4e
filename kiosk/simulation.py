"""A kiosk's configuration with nothing real in it: for rehearsals, benchmarks and tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kiosk.config import Config


def simulated(config: Config, folder: Path) -> Config:
    """The same kiosk with every device simulated, an embedded portal, and nothing kept outside `folder`."""
    return replace(
        config,
        card=replace(config.card, driver="simulated"),
        face_camera=replace(config.face_camera, source="synthetic"),
        document_camera=replace(config.document_camera, source="synthetic:document"),
        printer=replace(config.printer, driver="simulated"),
        a4_printer=replace(config.a4_printer, driver="simulated"),
        queue=replace(config.queue, folder=folder / "queue"),
        portal=replace(
            config.portal, url="embedded", public_file=folder / "portal" / "portal-public.json", probe_s=2.0
        ),
        screen=replace(config.screen, fullscreen=False),
    )
