"""A PKCS#11 token of SoftHSM's in a temporary folder; its library reads one environment variable, once per process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from offline_queue.token_key import TokenAddress

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "246813"


def make_token(folder: Path, label: str) -> TokenAddress:
    """A fresh token without a key."""
    settings = Path(os.environ.setdefault("SOFTHSM2_CONF", str(folder / "softhsm2.conf")))
    if not settings.exists():
        (folder / "tokens").mkdir()
        settings.write_text(
            f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "13572468"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    pin = folder / f"{label}.pin"
    pin.touch(mode=0o600)
    pin.write_text(PIN + "\n")
    return TokenAddress(MODULE, label, "device", pin)


def uri_of(address: TokenAddress) -> str:
    """The address as an operator writes it."""
    return (
        f"pkcs11:token={address.token};object={address.object}"
        f"?module-path={address.module}&pin-source=file:{address.pin_file}"
    )
