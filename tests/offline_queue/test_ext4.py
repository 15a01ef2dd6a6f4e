"""A real file system is cut off in the middle of saving: what was answered is there when it is mounted again."""

from __future__ import annotations

import array
import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from offline_queue.outbox import Outbox
from offline_queue.records import Saved
from tests.offline_queue.samples import NO_BALLAST, Bench, payload

SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32): ext4's "stop now"
NO_LOG_FLUSH = 2  # what the journal has not written is lost, as at a power cut
SAVES = 25


def run(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True, timeout=30).returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An ext4 of its own on a file, mounted."""
    image, mount = tmp_path / "disk.img", tmp_path / "disk"
    mount.mkdir()
    image.write_bytes(b"")
    os.truncate(image, 64 * 1024**2)
    if (
        os.geteuid() != 0
        or not run("mkfs.ext4", "-q", str(image))
        or not run("mount", "-o", "loop", str(image), str(mount))
    ):
        pytest.skip("only root, with loop devices, can mount a disk of its own")
    yield mount
    run("umount", "-l", str(mount))


def cut_off(mount: Path) -> None:
    folder = os.open(mount, os.O_RDONLY)
    fcntl.ioctl(folder, SHUTDOWN, array.array("I", [NO_LOG_FLUSH]))
    os.close(folder)


def remount(mount: Path) -> None:
    assert run("umount", "-l", str(mount))
    assert run("mount", "-o", "loop", str(mount.with_name("disk.img")), str(mount))


def test_a_file_system_cut_off_keeps_every_answered_save(disk: Path) -> None:
    bench, answered = Bench(), []
    outbox = Outbox.open(disk / "outbox.db", receipt_keys=bench.receipt_keys, limits=NO_BALLAST)
    assert isinstance(outbox, Outbox)
    for n in range(SAVES):
        sealed = bench.sealed(payload(pictures=n % 2, picture_bytes=60_000))
        if isinstance(outbox.save(sealed), Saved):
            answered.append(sealed.head.id)
    cut_off(disk)
    refused = outbox.save(bench.sealed())
    assert not isinstance(refused, Saved)
    with suppress(Exception):
        outbox.close()
    remount(disk)
    again = Outbox.open(disk / "outbox.db", receipt_keys=bench.receipt_keys, limits=NO_BALLAST)
    assert isinstance(again, Outbox)
    assert again.salvaged is None
    assert {item.id for item in again.items()} == set(answered)
    again.close()
