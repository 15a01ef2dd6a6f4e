"""The device key as a file, and sealing."""

import stat
from pathlib import Path

import pytest

from offline_queue.envelope import Malformed, open_envelope, parse_header, verify_ed25519
from offline_queue.sealing import FileDeviceKey, KeysAhead
from offline_queue.trust import PortalTrust
from tests.offline_queue.samples import NOON, Bench, payload


def test_the_device_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = FileDeviceKey.load_or_create(tmp_path / "device.key")
    again = FileDeviceKey.load_or_create(tmp_path / "device.key")
    assert first.public_bytes == again.public_bytes
    assert stat.S_IMODE((tmp_path / "device.key").stat().st_mode) == 0o600
    assert verify_ed25519(first.public_bytes, again.sign(b"message"), b"message")
    assert [path.name for path in tmp_path.iterdir()] == ["device.key"]


def test_a_device_key_others_can_read_is_refused(tmp_path: Path) -> None:
    FileDeviceKey.load_or_create(tmp_path / "device.key")
    (tmp_path / "device.key").chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        FileDeviceKey.load_or_create(tmp_path / "device.key")


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_bytes(b"short")
    (tmp_path / "device.key").chmod(0o600)
    with pytest.raises(ValueError, match="32 bytes"):
        FileDeviceKey.load_or_create(tmp_path / "device.key")


def test_the_private_key_does_not_show(tmp_path: Path) -> None:
    key = FileDeviceKey.load_or_create(tmp_path / "device.key")
    assert str((tmp_path / "device.key").read_bytes()) not in repr(key)


def test_an_envelope_without_a_recipient_is_refused() -> None:
    with pytest.raises(ValueError, match="recipient"):
        Bench(recipients=()).sealed()


def test_two_sealings_of_one_submission_have_nothing_in_common_but_the_header() -> None:
    bench = Bench()
    first, second = bench.sealed(payload()), bench.sealed(payload())
    assert first.ciphertext != second.ciphertext
    assert first.head.id != second.head.id
    assert first.head.created == second.head.created == NOON.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_key_that_was_wrapped_ahead_seals_one_envelope_and_no_second() -> None:
    bench = Bench()
    keys = KeysAhead(bench.recipients, bench.kiosk_id, bench.device.key_id)
    assert not keys.is_ready
    keys.make_ready()
    keys.make_ready()
    taken = [keys.take() for _ in range(3)]
    assert not keys.is_ready
    assert len({(key.content_key, key.nonce) for key in taken}) == 3
    assert str(taken[0].content_key) not in repr(taken[0])
    sealed = bench.sealed(payload(), key=taken[0])
    assert open_envelope(sealed.header, sealed.ciphertext, [bench.key]) == payload()
    assert parse_header(sealed.header) == sealed.head


def test_a_key_of_another_kiosk_or_device_opens_nothing() -> None:
    bench = Bench()
    for kiosk_id, device_kid in (("kiosk-2", bench.device.key_id), (bench.kiosk_id, "0" * 16)):
        key = KeysAhead(bench.recipients, kiosk_id, device_kid).take()
        sealed = bench.sealed(payload(), key=key)
        assert open_envelope(sealed.header, sealed.ciphertext, [bench.key]) == Malformed("wrap")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "trust_missing"),
        ("", "trust_damaged"),
        ("[]", "trust_damaged"),
        ('{"recipients": [], "receipt_keys": []}', "trust_damaged"),
    ],
)
def test_a_missing_or_damaged_trust_file_is_a_typed_fault(tmp_path: Path, content: str | None, code: str) -> None:
    if content is not None:
        (tmp_path / "portal-public.json").write_text(content, encoding="utf-8")
    fault = PortalTrust.load(tmp_path / "portal-public.json")
    assert getattr(fault, "code", None) == code
