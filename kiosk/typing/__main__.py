"""`python -m kiosk.typing [FOLDER]`: build what Debian's packages do not carry ready-made (粵拼), once, at set-up.

Takes about 7 s and 660 MB of memory, which is why no running kiosk does it.
"""

from __future__ import annotations

import sys
import tempfile
from ctypes import byref
from pathlib import Path

from kiosk.app import ROOT
from kiosk.typing.rime import BUILT, SHARED, RimeMissingError, load_library, traits

SCHEMA = "jyutping"


def build(folder: Path) -> bool:
    """Build into `folder`; False when librime could not. Raises RimeMissingError without librime."""
    library = load_library()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as user:
        where = traits(Path(user), folder, BUILT)
        library.RimeSetup(byref(where))
        library.RimeDeployerInitialize(byref(where))
        return bool(library.RimeDeploySchema(str(SHARED / f"{SCHEMA}.schema.yaml").encode()))


def main(arguments: list[str]) -> int:
    """Build unless it is there already; the exit code tells whether 粵拼 can be typed now."""
    folder = Path(arguments[0]) if arguments else ROOT / "var" / "typing"
    if (folder / f"{SCHEMA}.table.bin").is_file():
        return 0
    try:
        done = build(folder)
    except RimeMissingError as error:
        print(f"librime1 is not there ({error}); install apt-packages.txt", file=sys.stderr)
        return 1
    return 0 if done else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
