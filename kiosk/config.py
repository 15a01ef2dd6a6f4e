"""kiosk.toml, read once into frozen dataclasses; a key nobody knows stops the start.

ConfigError   the file is missing, is not TOML, has an unknown key or a bad value
"""

from __future__ import annotations

import difflib
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from kiosk.catalogue.model import Language

_KIOSK_CODE = re.compile(r"[A-Z][A-Z0-9]{2}")


class ConfigError(Exception):
    """A sentence for the technician: the file, the line, what is wrong and what to do."""


@dataclass(frozen=True)
class Site:
    """Where the kiosk stands, in the words of each language."""

    id: str = "TB1"
    side: Literal["HK", "GD"] = "HK"
    name_en: str = "Treasury Building"
    name_zh_Hant: str = "庫務大樓"
    name_zh_Hans: str = "库务大楼"
    nearest_en: str = ""
    nearest_zh_Hant: str = ""
    nearest_zh_Hans: str = ""
    timezone: str = "Asia/Hong_Kong"
    staff_from: str = "09:00"
    staff_until: str = "17:30"
    verify_url: str = "https://portal.example/verify"

    def name(self, language: Language) -> str:
        """The site's name in one language."""
        return {"en": self.name_en, "zh_Hant": self.name_zh_Hant, "zh_Hans": self.name_zh_Hans}[language]

    def nearest(self, language: Language) -> str:
        """Where the nearest other kiosk stands, in one language; "" if the site names none."""
        return {"en": self.nearest_en, "zh_Hant": self.nearest_zh_Hant, "zh_Hans": self.nearest_zh_Hans}[language]


@dataclass(frozen=True)
class Screen:
    """The glass: size in pixels and how it is drawn."""

    width: int = 1080
    height: int = 1920
    fullscreen: bool = True
    renderer: Literal["software", "gpu"] = "software"
    motion: bool = True
    sheet: Literal["auto", "portrait", "wide", "laptop"] = "auto"
    bar: Literal["right", "left"] = "right"


@dataclass(frozen=True)
class VisitTimes:
    """How long a quiet visit may last, in seconds."""

    idle_s: float = 60.0
    warn_s: float = 20.0
    slow_idle_s: float = 120.0
    slow_warn_s: float = 40.0


@dataclass(frozen=True)
class Fonts:
    """Font files, loaded by path so that no system setting can change a glyph."""

    regular: Path = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    bold: Path = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc")
    icons: Path = Path("/usr/share/fonts/truetype/material-design-icons-iconfont/MaterialIcons-Regular.ttf")


@dataclass(frozen=True)
class Hours:
    """When residents are served: each day a time such as 08:30-20:00, always, or closed; days of no service."""

    mon: str = "always"
    tue: str = "always"
    wed: str = "always"
    thu: str = "always"
    fri: str = "always"
    sat: str = "always"
    sun: str = "always"
    holidays: str = ""


@dataclass(frozen=True)
class Staff:
    """Who may come in with a staff card: the folder of the certificates (DER or PEM) that certify them."""

    roots: Path = Path("var/staff")


@dataclass(frozen=True)
class Card:
    """The card reader: a real PC/SC reader whose name contains `reader`, or the simulated one.

    A PC/SC reader that reads Mainland cards itself is asked by `pseudo_apdu`, in hex with nn for the page; empty: none.
    With `sam` it is the Mainland module on the serial line `reader`. `photo_program` decodes a Mainland card's photo,
    if there is one. With `hkic_broker` it is the broker for Hong Kong identity cards, whose back office is the portal;
    the broker is simulated until a site supplies its own. `trust` is the folder with the master list and revocations
    that documents are judged by.
    """

    driver: Literal["simulated", "pcsc", "sam", "hkic_broker", "none"] = "simulated"
    reader: str = ""
    pseudo_apdu: str = ""
    photo_program: str = ""
    trust: Path = Path("var/trust")


@dataclass(frozen=True)
class FaceCamera:
    """The camera above the screen: v4l2:N, file:PATH, images:FOLDER, synthetic or none.

    `compare` lets residents be asked whether their photo may be compared with their document's. `exposure` and `focus`
    are "auto" (the camera decides), "keep" (as it stands) or a number in the camera's own units.
    """

    source: str = "synthetic"
    exposure: str = "auto"
    focus: str = "auto"
    compare: bool = True


@dataclass(frozen=True)
class DocumentCamera:
    """The camera over the tray: the same kinds of source and settings; `read` lets papers be read as well."""

    source: str = "synthetic:document"
    exposure: str = "auto"
    focus: str = "auto"
    read: bool = True


@dataclass(frozen=True)
class Printer:
    """The slip printer: simulated, tcp:HOST:PORT or none; paper width in millimetres."""

    driver: str = "simulated"
    paper_mm: int = 80
    dpi: int = 203
    roll_m: float = 80.0


@dataclass(frozen=True)
class A4Printer:
    """The printer of documents: simulated, none, or the address of an IPP printer or of a queue of CUPS."""

    driver: str = "simulated"


@dataclass(frozen=True)
class Voice:
    """The spoken guide: what speaks, where the sound goes (ALSA names, or wav:FOLDER), and how loud a visit begins."""

    driver: Literal["simulated", "espeak", "none"] = "simulated"
    speaker: str = "default"
    headset: str = "default"
    clips: Path = Path("assets/prompts")
    volume: int = 60


@dataclass(frozen=True)
class Keypad:
    """Which key of the keypad or switch does what, by Qt's names, as the keypad is programmed."""

    up: str = "Up"
    down: str = "Down"
    left: str = "Left"
    right: str = "Right"
    ok: str = "Return"
    back: str = "Escape"
    help: str = "F1"
    repeat: str = "F2"
    stop: str = "F3"
    quieter: str = "F4"
    louder: str = "F5"
    slower: str = "F6"
    faster: str = "F7"
    move: str = "F8"
    select: str = "F9"
    headset_in: str = "F10"
    headset_out: str = "F11"
    double_strike_s: float = 0.5


@dataclass(frozen=True)
class Keyboard:
    """Where `python -m kiosk.typing` left what it built."""

    folder: Path = Path("var/typing")


@dataclass(frozen=True)
class Queue:
    """Where sealed submissions wait; `device_key` is "file" (in the folder) or a token's pkcs11: address."""

    folder: Path = Path("var/queue")
    quota_mb: int = 2048
    device_key: str = "file"


@dataclass(frozen=True)
class Portal:
    """The portal: `embedded` starts one on this machine (demo), else its address and its public file.

    `ca` is a file of the authority behind its certificate (empty: the system's), `certificate` the file that holds this
    kiosk's own one with its key (empty: none is shown); it is made by `queue enrol` and renewed by the kiosk itself.
    `phone_sign_in`: whether residents may sign in with iAM Smart, through the portal.
    """

    url: str = "embedded"
    public_file: Path = Path("var/portal/portal-public.json")
    probe_s: float = 30.0
    ca: str = ""
    certificate: str = ""
    phone_sign_in: bool = True


@dataclass(frozen=True)
class Config:
    """The whole of kiosk.toml."""

    site: Site = field(default_factory=Site)
    screen: Screen = field(default_factory=Screen)
    visit: VisitTimes = field(default_factory=VisitTimes)
    hours: Hours = field(default_factory=Hours)
    staff: Staff = field(default_factory=Staff)
    fonts: Fonts = field(default_factory=Fonts)
    card: Card = field(default_factory=Card)
    face_camera: FaceCamera = field(default_factory=FaceCamera)
    document_camera: DocumentCamera = field(default_factory=DocumentCamera)
    printer: Printer = field(default_factory=Printer)
    a4_printer: A4Printer = field(default_factory=A4Printer)
    voice: Voice = field(default_factory=Voice)
    keypad: Keypad = field(default_factory=Keypad)
    keyboard: Keyboard = field(default_factory=Keyboard)
    queue: Queue = field(default_factory=Queue)
    portal: Portal = field(default_factory=Portal)


def load_config(path: Path) -> Config:
    """Read kiosk.toml; relative paths count from its folder.

    Raises ConfigError with file, line and the nearest known key.
    """
    text = _read(path)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: this is not TOML: {error}. Correct that line and start again.") from None
    return _Reader(path, text).build(Config, table, "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file. Copy kiosk.toml from the product folder, or name another with --config."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}). Check the file and start again.") from None


_T = TypeVar("_T")


class _Reader:
    """Builds dataclasses from TOML tables and points at the line where something is wrong."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def build(self, kind: type[_T], table: Mapping[str, Any], section: str) -> _T:
        known: dict[str, Field[Any]] = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
        for key in table:
            if key not in known:
                raise self._unknown(key, section, list(known))
        hints = typing.get_type_hints(kind)
        values = {key: self._value(hints[key], value, key, section) for key, value in table.items()}
        for name, known_field in known.items():
            if name not in values and hints[name] is Path and known_field.default is not MISSING:
                values[name] = self._absolute(known_field.default)
            elif name not in values and is_dataclass(hints[name]):
                values[name] = self.build(typing.cast("type[Any]", hints[name]), {}, name)
        return kind(**values)

    def _absolute(self, path: Path) -> Path:
        return (self._path.parent / path.expanduser()).resolve()

    def _value(self, hint: Any, value: Any, key: str, section: str) -> Any:
        if is_dataclass(hint):
            if not isinstance(value, dict):
                raise self._bad(key, section, value, "a section, written [name]")
            return self.build(typing.cast("type[Any]", hint), value, key)
        if hint is Path and isinstance(value, str):
            return self._absolute(Path(value))
        if hint is float and type(value) in (int, float) and value > 0:
            return float(value)
        if (section, key) == ("site", "id") and not (isinstance(value, str) and _KIOSK_CODE.fullmatch(value)):
            raise self._bad(key, section, value, "a capital letter and two capitals or digits, for example TB1")
        if typing.get_origin(hint) is Literal and value in typing.get_args(hint):
            return value
        if hint is int and type(value) is int and value > 0:
            return value
        if hint in (str, bool) and type(value) is hint:
            return value
        raise self._bad(key, section, value, _wanted(hint))

    def _unknown(self, key: str, section: str, known: list[str]) -> ConfigError:
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        guess = f"Did you mean {near[0]!r}?" if near else f"Known here: {', '.join(known)}."
        return ConfigError(f"{self._where(key, section)}: nobody knows the key {key!r}. {guess}")

    def _bad(self, key: str, section: str, value: object, wanted: str) -> ConfigError:
        return ConfigError(f"{self._where(key, section)}: {key} = {value!r} will not do; it takes {wanted}.")

    def _where(self, key: str, section: str) -> str:
        here = ""
        for number, line in enumerate(self._lines, 1):
            if head := re.match(r"\s*\[([^\]]+)\]", line):
                here = head[1].strip()
                if not section and here == key:
                    return f"{self._path}, line {number}"
            elif here == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return f"{self._path}, line {number}"
        return str(self._path)


def _wanted(hint: Any) -> str:
    if typing.get_origin(hint) is Literal:
        return "one of " + ", ".join(repr(choice) for choice in typing.get_args(hint))
    if isinstance(hint, types.UnionType):
        return "another kind of value"
    names = {str: "a text in quotes", int: "a whole number above 0", float: "a number above 0", bool: "true or false"}
    return names.get(hint, "a path in quotes")
