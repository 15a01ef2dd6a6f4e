"""A device key signs alike from a file and from a token, is made once, and never shows its private half."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from offline_queue.envelope import Signer, key_id, open_envelope, verify_ed25519, verify_envelope_signature
from offline_queue.token_key import TokenAddress, TokenDeviceKey, open_device_key
from tests.offline_queue.samples import Bench, payload
from tests.offline_queue.soft_token import make_token, uri_of

_labels = itertools.count(1)


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], TokenAddress]:
    """Names a key that is not there yet, in a token made before the library was loaded: it looks only once."""
    address = make_token(tmp_path_factory.mktemp("softhsm"), "kiosk")
    return lambda: replace(address, object=f"device{next(_labels)}")


@pytest.fixture(params=["file", "token"])
def where(request: pytest.FixtureRequest, tokens: Callable[[], TokenAddress]) -> str:
    return "file" if request.param == "file" else uri_of(tokens())


@pytest.fixture
def key(where: str, tmp_path: Path) -> Iterator[Signer]:
    made = open_device_key(where, tmp_path)
    yield made
    if isinstance(made, TokenDeviceKey):
        made.close()


def test_its_signature_is_an_ordinary_ed25519_one(key: Signer) -> None:
    signature = key.sign(b"message")
    assert len(signature) == 64
    assert verify_ed25519(key.public_bytes, signature, b"message")
    assert not verify_ed25519(key.public_bytes, signature, b"other")
    assert key.key_id == key_id(key.public_bytes)


def test_it_is_made_once(where: str, key: Signer, tmp_path: Path) -> None:
    again = open_device_key(where, tmp_path)
    assert again.public_bytes == key.public_bytes
    assert verify_ed25519(key.public_bytes, again.sign(b"x"), b"x")
    if isinstance(again, TokenDeviceKey):
        again.close()


def test_an_envelope_signed_by_it_opens_and_verifies(key: Signer) -> None:
    bench = Bench(device=key)  # type: ignore[arg-type]
    sealed = bench.sealed()
    assert verify_envelope_signature(key.public_bytes, sealed.sha256, sealed.signature)
    assert open_envelope(sealed.header, sealed.ciphertext, [bench.key]) == payload()


def test_two_threads_may_sign_at_once(key: Signer) -> None:
    wrong: list[int] = []

    def sign(n: int) -> None:
        message = bytes([n]) * 40
        wrong.extend(n for _ in range(40) if not verify_ed25519(key.public_bytes, key.sign(message), message))

    threads = [threading.Thread(target=sign, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert wrong == []


def test_its_private_half_does_not_show(key: Signer) -> None:
    assert "_key=" not in repr(key)
    assert "session" not in repr(key)
    assert "246813" not in repr(key)


def test_the_token_does_not_give_the_private_key_out(tokens: Callable[[], TokenAddress]) -> None:
    key = TokenDeviceKey.load_or_create(tokens())
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        key._private[pkcs11.Attribute.VALUE]
    assert key._private[pkcs11.Attribute.EXTRACTABLE] is False
    key.close()


def test_what_is_wrong_with_a_token_is_said(tokens: Callable[[], TokenAddress], tmp_path: Path) -> None:
    good = tokens()
    uri = uri_of(good)
    for bent, words in {
        uri.replace(f"token={good.token}", "token=nowhere"): "nowhere",
        uri.replace("libsofthsm2", "libnone"): "libnone",
        "pkcs11:token=a": "module-path, object, pin-source",
        "hsm": "needs",
    }.items():
        with pytest.raises(ValueError, match=words):
            open_device_key(bent, tmp_path)
    pin = tmp_path / "pin"
    pin.write_text("999999")
    other = uri.replace(str(good.pin_file), str(pin))
    pin.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        open_device_key(other, tmp_path)
    pin.chmod(0o600)
    with pytest.raises(ValueError, match="PinIncorrect"):
        open_device_key(other, tmp_path)
