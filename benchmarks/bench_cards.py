"""Reading cards beside what the radio, the line and the arithmetic need at least, on the real PC/SC service.

The air link is modelled (hardware/cards/sim/air.py); the emulated chip's own computing, which no real link has, counts
as the chip's time in the bound and not as ours.
"""

from __future__ import annotations

import queue
import random
import statistics
import time
from datetime import UTC, datetime
from functools import cache
from io import BytesIO

from benchmarks.row import Row
from hardware.cards.apdu import Transport
from hardware.cards.documents import IdentityDocument
from hardware.cards.emrtd import pace
from hardware.cards.emrtd.mrz import AccessKey, Can
from hardware.cards.emrtd.pace import ECDH_GM, PaceInfo
from hardware.cards.identify import card_reading
from hardware.cards.mainland.frames import FrameReader, encode
from hardware.cards.mainland.reader import ANSWER_BYTES, BAUD, DONE, READ, SELECT
from hardware.cards.pcsc import Session, list_readers
from hardware.cards.people import ELDER
from hardware.cards.reader import PcscCardReader
from hardware.cards.sim.air import AirLink
from hardware.cards.sim.demo_card import DemoCard
from hardware.cards.sim.emrtd import EmrtdCard
from hardware.cards.sim.issuer import SPECIMEN_CAN, passport_key, utopia
from hardware.cards.sim.lab import CardLab
from hardware.cards.sim.sam import BYTES_A_SECOND, MAINLANDERS, SamModule
from hardware.cards.sim.vpcd import EmulatedCard
from hardware.device import State, Status, Supervisor

BIT_RATE = 424_000
PHOTO_BYTES = 13_500  # with its signatures the document comes to some 15 KB, as reference documents do
READS = 12
APDUS = 300
KILLS = 5
NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACE = PaceInfo(f"{ECDH_GM}.2", 13)


@cache
def photo() -> bytes:
    """A JPEG of about PHOTO_BYTES: noise, whose quality is lowered until it fits."""
    from PIL import Image

    noise = Image.frombytes("RGB", (160, 200), random.Random(1).randbytes(160 * 200 * 3))
    for quality in range(90, 1, -2):
        target = BytesIO()
        noise.save(target, "JPEG", quality=quality)
        if target.tell() <= PHOTO_BYTES:
            return target.getvalue().ljust(PHOTO_BYTES, b"\0")
    raise ValueError("no quality makes the photo small enough")


def reading_ratio(lab: CardLab, link: AirLink, key: AccessKey) -> tuple[float, int]:
    """The least of (whole reading / air and chip), for a busy machine only adds; and the commands of one reading."""
    read = card_reading((utopia().anchor,), now=lambda: NOW)
    ratios = []
    for _ in range(READS):
        with Session(insert(lab, link)) as session:
            link.clear()
            began_s = time.perf_counter()
            found = read(session, key, lambda _event: None)
            took_s = time.perf_counter() - began_s
        if not isinstance(found, IdentityDocument) or found.origin != "genuine" or found.photo_jpeg is None:
            raise AssertionError("the document was not read whole")
        ratios.append(took_s / (link.spent_s + link.chip_s))
    return min(ratios), link.commands


def insert(lab: CardLab, card: EmulatedCard) -> str:
    """Put a card in the first reader and wait until the service has seen it; the reader's name."""
    lab.slots[0].insert(card)
    deadline_s = time.monotonic() + 5.0
    while not lab.slots[0].powered and time.monotonic() < deadline_s:
        time.sleep(0.02)
    return list_readers()[0]


def stack_ms(lab: CardLab) -> float:
    """Median milliseconds between asking for 256 bytes and having them, less the emulated card's own time."""
    link = AirLink(DemoCard(ELDER.document()), bit_rate=10**12)
    with Session(insert(lab, link)) as session:
        session.transmit(bytes.fromhex("00A404000A") + b"\xf0KIOSK-ID\x01" + b"\0")
        taken = []
        for _ in range(APDUS):
            link.clear()
            began_s = time.perf_counter()
            session.transmit(bytes.fromhex("00B0000000"))
            taken.append((time.perf_counter() - began_s - link.chip_s - link.spent_s) * 1000)
    return statistics.median(taken)


def recovery_s(lab: CardLab) -> tuple[float, float]:
    """Median seconds from `kill -9` of the service in mid-read to its loss being told, and from its start to READY."""
    told: queue.SimpleQueue[tuple[float, Status]] = queue.SimpleQueue()

    def hear(event: object) -> None:
        if isinstance(event, Status):
            told.put((time.perf_counter(), event))

    def until(state: State) -> float:
        while True:
            at_s, status = told.get(timeout=10.0)
            if status.state is state:
                return at_s

    lost, back = [], []
    slot = lab.slots[0]
    supervisor = Supervisor(PcscCardReader("00 00"), hear)
    supervisor.start()
    try:
        for _ in range(KILLS):
            until(State.READY)
            slot.slow_s = 0.05
            slot.insert(DemoCard(ELDER.document()))
            until(State.BUSY)
            began_s = time.perf_counter()
            lab.kill()
            lost.append(until(State.FAULT) - began_s)
            slot.calm()
            began_s = time.perf_counter()
            lab.start()
            back.append(until(State.READY) - began_s)
            told.put((0.0, Status("card", State.READY)))  # the next round begins with it
    finally:
        supervisor.stop()
    return statistics.median(lost), statistics.median(back)


class Timed:
    """A card in memory that keeps its own time."""

    def __init__(self, card: EmrtdCard) -> None:
        self.card = card
        self.chip_s = 0.0

    def transmit(self, command: bytes) -> bytes:
        """The card's answer."""
        began_s = time.perf_counter()
        answer = self.card.respond(command)
        self.chip_s += time.perf_counter() - began_s
        return answer


def pace_host_ms() -> float:
    """Median milliseconds of our own computing in one PACE, on brainpoolP256r1."""
    import os

    taken = []
    for _ in range(25):
        timed = Timed(utopia().card(ELDER, offer=PACE))
        transport: Transport = timed
        began_s = time.perf_counter()
        pace.establish(transport, PACE, Can(SPECIMEN_CAN), os.urandom)
        taken.append((time.perf_counter() - began_s - timed.chip_s) * 1000)
    return statistics.median(taken)


def sam_ratio() -> float:
    """Median of (text and photo read through the driver's own frames / what 115 200 baud takes for those bytes)."""
    import serial

    module = SamModule(paced=True)
    module.present(MAINLANDERS["resident"])
    ratios = []
    try:
        with serial.Serial(module.path, BAUD, timeout=0.05, exclusive=True) as line:
            for _ in range(READS):
                ask(line, SELECT)
                began_s = time.perf_counter()
                ask(line, READ)
                ratios.append((time.perf_counter() - began_s) * BYTES_A_SECOND / ANSWER_BYTES)
    finally:
        module.close()
    return statistics.median(ratios)


def ask(line: object, command: bytes) -> None:
    """One request and its whole answer."""
    import serial

    if not isinstance(line, serial.Serial):
        raise TypeError("a serial line is wanted")
    line.write(encode(command))
    frames, content = FrameReader(), None
    while content is None:
        content = frames.feed(line.read(max(1, line.in_waiting)))
    if content[:3] != DONE:
        raise AssertionError("the module refused")


def run() -> list[Row]:
    """Every figure of this part, measured in one run."""
    rows = []
    with CardLab() as lab:
        old = AirLink(utopia().card(ELDER, image=photo()), BIT_RATE)
        new = AirLink(utopia().card(ELDER, offer=PACE, image=photo()), BIT_RATE)
        long = AirLink(utopia().card(ELDER, offer=PACE, extended=4096, image=photo()), BIT_RATE)
        for name, link, key, target in (
            ("BAC, short", old, passport_key(ELDER), "<= 1.10"),
            ("PACE, short", new, Can(SPECIMEN_CAN), "<= 1.10"),
            ("PACE, extended", long, Can(SPECIMEN_CAN), "<= 1.05"),
        ):
            ratio, commands = reading_ratio(lab, link, key)
            rows.append(
                Row(f"passport of 15 KB / air link at 424 kbit/s, {name} ({commands} APDUs)", ratio, "ratio", target)
            )
        rows.append(Row("PC/SC stack an APDU, 256 bytes", stack_ms(lab), "ms", "<= 0.5"))
        lost_s, back_s = recovery_s(lab)
        rows.append(Row("kill -9 of pcscd in mid-read, to its loss being told", lost_s * 1000, "ms", "<= 1000"))
        rows.append(Row("pcscd started again, to its readers in use", back_s * 1000, "ms", "<= 1000"))
    rows.append(Row("PACE, the kiosk's own computing", pace_host_ms(), "ms", "<= 15"))
    rows.append(Row("Mainland card / what its line of 115 200 baud takes", sam_ratio(), "ratio", "<= 1.05"))
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
