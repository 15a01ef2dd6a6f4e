"""Travel documents through the real PC/SC service: every access, length, photo and reader, byte for byte."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from PIL import Image

from hardware.cards import (
    AccessKeyNeeded,
    Can,
    CardFault,
    CardGone,
    CardReading,
    IdentityRead,
    MrzKey,
    drawn_photo,
    people,
)
from hardware.cards.emrtd.image import as_jpeg
from hardware.cards.emrtd.pace import ECDH_GM, PaceInfo
from hardware.cards.identify import card_reading
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim import issuer
from hardware.cards.sim.lab import CardLab
from hardware.device import State, Supervisor
from tests.hardware.cards.conftest import Heard, utopia

ACCESS = {
    "bac-3des": None,
    "pace-3des": PaceInfo(f"{ECDH_GM}.1", 12),
    "pace-aes128": PaceInfo(f"{ECDH_GM}.2", 13),
    "pace-aes192": PaceInfo(f"{ECDH_GM}.3", 15),
    "pace-aes256": PaceInfo(f"{ECDH_GM}.4", 16),
}


@cache
def jpeg_2000() -> bytes:
    target = BytesIO()
    Image.open(BytesIO(people.RARE.document().photo_jpeg or b"")).save(target, "JPEG2000")
    return target.getvalue()


@pytest.fixture
def reader(lab: CardLab, heard: Heard) -> Iterator[PcscCardReader]:
    """One device over both readers of the lab."""
    device = PcscCardReader(read=card_reading((utopia().anchor,)))
    supervisor = Supervisor(device, heard)
    supervisor.start()
    heard.state(State.READY)
    yield device
    assert supervisor.stop()


@pytest.mark.parametrize("readers", [1, 2])
@pytest.mark.parametrize("image", ["jpeg", "jpeg-2000"])
@pytest.mark.parametrize("extended", [None, 4096])
@pytest.mark.parametrize("access", sorted(ACCESS))
def test_every_access_length_and_photo_is_read_byte_for_byte_in_one_reader_and_in_two(
    lab: CardLab, reader: PcscCardReader, heard: Heard, access: str, extended: int | None, image: str, readers: int
) -> None:
    photo = jpeg_2000() if image == "jpeg-2000" else people.RARE.document().photo_jpeg or b""
    holders = (people.RARE, people.ELDER)[:readers]
    for slot, holder in zip(lab.slots, holders, strict=False):
        reader.unlock(issuer.passport_key(holder))
        slot.insert(utopia().card(holder, offer=ACCESS[access], extended=extended, image=photo))
        found = heard.next(IdentityRead).document
        assert (found.name_zh, found.origin) == (holder.name_zh, "genuine")
        assert found.photo_jpeg == as_jpeg(photo)
    if image == "jpeg":
        assert found.photo_jpeg == photo
    assert Image.open(BytesIO(found.photo_jpeg or b"")).size == drawn_photo.PHOTO_SIZE


def test_a_passport_pulled_in_mid_photo_and_put_back_is_read_whole(
    lab: CardLab, reader: PcscCardReader, heard: Heard
) -> None:
    key = issuer.passport_key(people.ELDER)
    reader.unlock(key)
    lab.slots[0].slow_s = 0.02
    lab.slots[0].insert(utopia().card(people.ELDER))
    heard.next(CardReading, lambda step: step.done_bytes > 5000)
    lab.slots[0].remove()
    lab.slots[0].calm()
    heard.next(CardGone)
    lab.slots[0].insert(utopia().card(people.ELDER))
    heard.next(AccessKeyNeeded)
    reader.unlock(key)
    assert heard.next(IdentityRead).document.photo_jpeg == people.ELDER.document().photo_jpeg


def test_a_passport_that_goes_mute_over_a_long_answer_is_read_by_short_ones_when_laid_down_again(
    lab: CardLab, heard: Heard
) -> None:
    card = utopia().card(people.ELDER, offer=ACCESS["pace-aes128"], extended=4096)
    card.mute_above = 1000  # on vpcd the command then never ends
    device = PcscCardReader(read=card_reading((utopia().anchor,)), deadline_s=2.0)
    supervisor = Supervisor(device, heard)
    supervisor.start()
    heard.state(State.READY)
    device.unlock(Can(issuer.SPECIMEN_CAN))
    lab.slots[0].insert(card)
    assert heard.next(CardFault).fault.code == "card_timeout"
    lab.slots[0].remove()
    heard.next(CardGone)
    device.unlock(Can(issuer.SPECIMEN_CAN))
    lab.slots[0].insert(card)
    assert heard.next(IdentityRead).document.photo_jpeg == people.ELDER.document().photo_jpeg
    assert supervisor.stop()


def test_another_passport_swapped_in_faster_than_the_service_looks_yields_nothing_of_either(
    lab: CardLab, reader: PcscCardReader, heard: Heard
) -> None:
    reader.unlock(issuer.passport_key(people.ELDER))
    lab.slots[0].tear_at = 20
    lab.slots[0].insert(utopia().card(people.ELDER))
    assert lab.slots[0].torn.wait(4)
    lab.slots[0].calm()
    lab.slots[0].swap(utopia().card(people.ADULT))
    heard.next(CardGone)
    reader.unlock(issuer.passport_key(people.ADULT))
    assert heard.next(IdentityRead).document.name_zh == people.ADULT.name_zh
    assert len(heard.of(IdentityRead)) == 1


def test_keys_and_data_reach_no_log(
    lab: CardLab, reader: PcscCardReader, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        lab.slots[0].insert(utopia().card(people.RARE, offer=ACCESS["pace-aes128"]))
        heard.next(AccessKeyNeeded)
        reader.unlock(Can("999111"))
        reader.unlock(MrzKey("XX7654321", "480229", "351231"))
        reader.unlock(Can(issuer.SPECIMEN_CAN))
        heard.next(IdentityRead)
    told = repr(heard.events) + caplog.text + lab.log
    for canary in ("999111", "7654321", "351231", issuer.SPECIMEN_CAN, "1234567", "YEUNG", "䶮", "480229"):
        assert canary not in told
