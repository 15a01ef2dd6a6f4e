"""One visit on real parts: pcscd with a virtual reader, a TCP printer that answers status, a portal process."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.cards.console import PACE_OFFER
from hardware.cards.emrtd import trust_folder
from hardware.cards.emrtd.pace import PaceInfo
from hardware.cards.hkic import BrokerReader
from hardware.cards.mainland.pages import COMMAND
from hardware.cards.people import ELDER
from hardware.cards.sim.chip_keys import chip_authentication
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.hkic_broker import SimulatedBrokerClient
from hardware.cards.sim.issuer import utopia
from hardware.cards.sim.lab import CardLab
from hardware.cards.sim.mainland_pages import MainlandPages
from hardware.cards.sim.sam import MAINLANDERS, SamModule
from hardware.printer.emulator import EmulatedPrinter
from kiosk.config import ConfigError
from kiosk.devices import build_devices
from kiosk.session import Page
from screens.glass import wait_until
from screens.models.dock import Dock
from screens.play import opened
from screens.rehearsal import Resident, received_for
from tests.screens.conftest import test_config


def test_line_down_submit_slip_line_back_delivered_once_and_the_payload_gone(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    with CardLab() as lab, EmulatedPrinter() as paper:
        config = replace(
            config,
            card=replace(config.card, driver="pcsc"),
            printer=replace(config.printer, driver=paper.address),
            screen=replace(config.screen, motion=False),
        )
        with opened(config, offline=True) as (kiosk, stage, screens):
            portal, warnings = kiosk.portal, list[str]()
            assert portal is not None
            screens.warned.connect(warnings.append)
            resident = Resident(screens, stage, service="HK-WEL-01", language="zh_Hant", offline=True)
            resident.until(lambda page: page is Page.IDENTIFY)
            lab.slots[0].insert(DemoCard(ELDER.document()))
            resident.glass.press_when_there(resident.say("bar.next"))
            lab.slots[0].remove()
            record = resident.visit()
            assert paper.wait_for_papers(1, 20.0), "the slip came out of the printer"
            assert len(paper.papers) == 1
            assert kiosk.sender.outbox.status().pending == 1, "it waits while the line is down"
            portal.online()
            kiosk.sync.wake()
            assert wait_until(lambda: kiosk.delivery(record.envelope_id) == "delivered", 30.0)
            assert wait_until(lambda: bool(received_for(kiosk, record.receipt_number)), 20.0)
            assert len(received_for(kiosk, record.receipt_number)) == 1
            assert wait_until(lambda: kiosk.sender.outbox.status().bytes == 0, 20.0), "nothing is kept of it"
        assert warnings == []


def test_a_passport_on_a_real_reader_is_judged_by_the_imported_master_list(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    chip = chip_authentication("0.4.0.127.0.7.2.2.3.2.2", "brainpoolP256r1")
    passport = utopia().card(ELDER, offer=PaceInfo(*PACE_OFFER), extended=4096, chip=chip)
    trust_folder.import_list(tmp_path / "trust", utopia().master_list([utopia().anchor]), [utopia().anchor])
    with CardLab() as lab:
        card = replace(config.card, driver="pcsc", trust=tmp_path / "trust")
        config = replace(config, card=card, screen=replace(config.screen, motion=False))
        with opened(config) as (_, stage, screens):
            resident = Resident(screens, stage, service="HK-IDD-10", language="zh_Hans", document="passport")
            resident.until(lambda page: page is Page.IDENTIFY)
            lab.slots[0].insert(passport)
            resident.glass.wait_for(lambda: stage.session.page is Page.CHIP_KEY, "the chip to ask for its key")
            resident.settle()
            resident.leave_page(Page.CHIP_KEY)
            resident.glass.wait_for(lambda: stage.card.state == "done", "the passport to be read")
            verdict = resident.say("identify.verdict.genuine")
            resident.glass.wait_for(lambda: verdict in resident.glass.words(), "the verdict")
            assert stage.session.evidence is not None
            assert stage.session.evidence.verdict == "genuine"
            resident.glass.press_when_there(resident.say("bar.next"))
            resident.glass.wait_for(lambda: stage.session.page is not Page.IDENTIFY, "the next page")


def test_a_residence_permit_on_a_serial_module_fills_the_identity(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    with closing(SamModule()) as module:
        config = replace(
            config,
            site=replace(config.site, side="GD"),
            card=replace(config.card, driver="sam", reader=module.path),
            screen=replace(config.screen, motion=False),
        )
        with opened(config) as (_, stage, screens):
            resident = Resident(screens, stage, service="GD-SOC-01", language="zh_Hans")
            resident.until(lambda page: page is Page.IDENTIFY)
            module.present(MAINLANDERS["permit"])
            resident.glass.wait_for(lambda: stage.card.state == "done", "the permit to be read")
            known = stage.session.known("name_zh")
            assert known is not None
            assert (known.value, stage.session.evidence and stage.session.evidence.kind) == (
                "黄小明",
                "residence_permit",
            )
            assert stage.session.evidence is not None
            assert stage.session.evidence.verdict == "unsigned"


def test_a_mainland_card_on_a_pcsc_reader_that_knows_it_fills_the_identity(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    config = replace(
        config,
        site=replace(config.site, side="GD"),
        card=replace(config.card, driver="pcsc", pseudo_apdu=COMMAND),
        screen=replace(config.screen, motion=False),
    )
    with CardLab() as lab, opened(config) as (_, stage, screens):
        resident = Resident(screens, stage, service="GD-SOC-01", language="zh_Hans")
        resident.until(lambda page: page is Page.IDENTIFY)
        lab.slots[0].insert(MainlandPages(MAINLANDERS["resident"]))
        resident.glass.wait_for(lambda: stage.card.state == "done", "the card to be read")
        known = stage.session.known("name_zh")
        assert known is not None
        assert (known.value, stage.session.evidence and stage.session.evidence.kind) == ("陈大文", "resident_id")


def test_a_pseudo_apdu_that_is_none_stops_the_start_and_says_why(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    for wrong in ("FF B0", "nn", "FF B0 00 00 00"):
        with pytest.raises(ConfigError, match=r"\[card\] pseudo_apdu = .* it is like FF B0 nn 00 00"):
            build_devices(replace(config, card=replace(config.card, driver="pcsc", pseudo_apdu=wrong)), lambda _: None)


def test_the_panel_puts_made_up_cards_on_the_brokers_reader(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    config = replace(config, card=replace(config.card, driver="hkic_broker"))
    with opened(config) as (_, stage, screens):
        resident = Resident(screens, stage, service="HK-WEL-01", language="en")
        resident.until(lambda page: page is Page.IDENTIFY)
        panel = screens.model(Dock)
        panel.attach(stage)
        panel.act("card elder")
        resident.glass.wait_for(lambda: stage.card.state == "done", "the card to be resolved")
        panel.act("pull")
        resident.glass.wait_for(lambda: not stage._lies_there, "the card to go")


def test_a_card_read_by_the_broker_is_resolved_by_the_portal_and_fills_the_identity(tmp_path: Path) -> None:
    config = test_config(tmp_path)
    config = replace(
        config, card=replace(config.card, driver="hkic_broker"), screen=replace(config.screen, motion=False)
    )
    with opened(config) as (kiosk, stage, screens):
        reader = kiosk.devices.card
        assert isinstance(reader, BrokerReader)
        broker = reader.client
        assert isinstance(broker, SimulatedBrokerClient)
        resident = Resident(screens, stage, service="HK-WEL-01", language="en")
        resident.until(lambda page: page is Page.IDENTIFY)
        broker.present("another card")
        sentence = resident.say("fault.card_unknown.text")
        resident.glass.wait_for(lambda: sentence in resident.glass.words(), "the sentence")
        broker.pull_card()
        broker.present(ELDER.document())
        resident.glass.press_when_there(resident.say("bar.next"))
        resident.glass.wait_for(lambda: stage.session.page is not Page.IDENTIFY, "the next page")
        known = stage.session.known("hkid")
        assert known is not None
        assert known.locked
