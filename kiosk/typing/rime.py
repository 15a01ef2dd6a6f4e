"""Chinese by librime: 速成, 倉頡, 筆劃, 粵拼, 拼音. Learns nothing and writes nothing a resident typed.

librime is one per process. Its schemas are taken from the Debian packages as they were built there, with the user
dictionary switched off in a copy that lives in a folder in memory and goes when the process ends; so nothing has to
be deployed at run time. 粵拼 is not built in the package: `python -m kiosk.typing` builds it once at set-up.
Source of the calls: rime_api.h of librime 1.8.
"""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from ctypes import CDLL, POINTER, Structure, byref, c_char_p, c_int, c_size_t, c_void_p, sizeof
from pathlib import Path
from typing import Any, Final

from kiosk.typing.composition import EMPTY, MOST_CANDIDATES, STROKES, Composition, Method

LIBRARY: Final = "librime.so.1"
SHARED: Final = Path("/usr/share/rime-data")
BUILT: Final = SHARED / "build"
SCHEMAS: Final[dict[Method, str]] = {
    "quick": "quick5",
    "cangjie": "cangjie5",
    "stroke": "stroke",
    "jyutping": "jyutping",
    "pinyin": "luna_pinyin_simp",
    "pinyin_hant": "luna_pinyin",
}
BACKSPACE: Final = 0xFF08
LONGEST: Final = 60  # keys on their way: a whole address by sound
_STROKE_SIGNS: Final = str.maketrans({"⼀": "一", "⼁": "丨", "⼃": "丿", "⼂": "丶", "⼄": "乙"})
_IN_BRACKETS: Final = re.compile(r"[a-z' ]+（([^）]*)）")


class RimeMissingError(Exception):
    """librime1 cannot be loaded, or a schema it should have is not there."""


class Traits(Structure):
    """RimeTraits."""

    _fields_ = (
        ("data_size", c_int),
        ("shared_data_dir", c_char_p),
        ("user_data_dir", c_char_p),
        ("distribution_name", c_char_p),
        ("distribution_code_name", c_char_p),
        ("distribution_version", c_char_p),
        ("app_name", c_char_p),
        ("modules", POINTER(c_char_p)),
        ("min_log_level", c_int),
        ("log_dir", c_char_p),
        ("prebuilt_data_dir", c_char_p),
        ("staging_dir", c_char_p),
    )


class _Candidate(Structure):
    _fields_ = (("text", c_char_p), ("comment", c_char_p), ("reserved", c_void_p))


class _Composing(Structure):
    _fields_ = (("length", c_int), ("cursor", c_int), ("start", c_int), ("end", c_int), ("preedit", c_char_p))


class _Menu(Structure):
    _fields_ = (
        ("page_size", c_int),
        ("page_no", c_int),
        ("is_last_page", c_int),
        ("highlighted", c_int),
        ("count", c_int),
        ("candidates", POINTER(_Candidate)),
        ("select_keys", c_char_p),
    )


class _Context(Structure):
    _fields_ = (
        ("data_size", c_int),
        ("composition", _Composing),
        ("menu", _Menu),
        ("preview", c_char_p),
        ("labels", POINTER(c_char_p)),
    )


class _Iterator(Structure):
    _fields_ = (("place", c_void_p), ("index", c_int), ("candidate", _Candidate))


class _Commit(Structure):
    _fields_ = (("data_size", c_int), ("text", c_char_p))


def load_library(name: str = LIBRARY) -> Any:
    """librime with the types of its calls; raises RimeMissingError."""
    try:
        library = CDLL(name)
    except OSError as error:
        raise RimeMissingError(str(error)) from error
    library.RimeCreateSession.restype = c_size_t
    for call, types in {
        "RimeDestroySession": [c_size_t],
        "RimeSelectSchema": [c_size_t, c_char_p],
        "RimeProcessKey": [c_size_t, c_int, c_int],
        "RimeGetContext": [c_size_t, c_void_p],
        "RimeFreeContext": [c_void_p],
        "RimeGetCommit": [c_size_t, c_void_p],
        "RimeFreeCommit": [c_void_p],
        "RimeClearComposition": [c_size_t],
        "RimeCandidateListBegin": [c_size_t, c_void_p],
        "RimeCandidateListNext": [c_void_p],
        "RimeCandidateListEnd": [c_void_p],
    }.items():
        getattr(library, call).argtypes = types
    # the plain call is missing in 1.8: it is a member of the table of calls
    return library


def traits(user: Path, staging: Path, prebuilt: Path) -> Traits:
    """Where librime finds and leaves what; logs go nowhere."""
    found = Traits()
    found.data_size = sizeof(Traits) - sizeof(c_int)
    found.shared_data_dir, found.user_data_dir = str(SHARED).encode(), str(user).encode()
    found.distribution_name = found.distribution_code_name = b"kiosk"
    found.distribution_version, found.app_name = b"1", b"rime.kiosk"
    found.min_log_level, found.log_dir = 3, b""  # fatal alone, to standard error
    found.prebuilt_data_dir, found.staging_dir = str(prebuilt).encode(), str(staging).encode()
    return found


def without_user_dictionary(schema: str) -> str:
    """A built schema whose translators neither read nor write what was typed before."""
    lines = [line for line in schema.splitlines() if not re.match(r"\s+enable_user_dict:", line)]
    off: list[str] = []
    for line in lines:
        off.append(line)
        if re.match(r"(translator|luna_pinyin|stroke|cangjie5?|custom_phrase|reverse_lookup|punct\w*):$", line):
            off.append("  enable_user_dict: false")
    return "\n".join(off) + "\n"


class Rime:
    """The library, started once. `extra` holds what `python -m kiosk.typing` built. Raises RimeMissingError."""

    def __init__(self, extra: Path, *, library: str = LIBRARY) -> None:
        self.calls = load_library(library)
        if not BUILT.is_dir():
            raise RimeMissingError(f"{BUILT} is not there")
        memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-rime-", dir=memory if memory.is_dir() else None))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        staging = self.folder / "build"
        staging.mkdir()
        self.schemas = _stage(staging, extra)
        self._traits = traits(self.folder, staging, BUILT)  # librime keeps pointers into it
        self.calls.RimeSetup(byref(self._traits))
        self.calls.RimeInitialize(byref(self._traits))

    def engine(self, method: Method) -> RimeEngine:
        """An engine for one method; RimeMissingError if its schema is not installed."""
        schema = SCHEMAS[method]
        if schema not in self.schemas:
            raise RimeMissingError(f"the schema {schema} is not built")
        return RimeEngine(self, schema)

    def has(self, method: Method) -> bool:
        """Whether a method can be typed with."""
        return SCHEMAS.get(method) in self.schemas


def _stage(staging: Path, extra: Path) -> frozenset[str]:
    """Copy every schema with its user dictionary off; link what was built at set-up. Gives the schemas that work."""
    found = set()
    for folder in (BUILT, extra):
        for path in sorted(folder.glob("*.schema.yaml")):
            text = without_user_dictionary(path.read_text(encoding="utf-8"))
            (staging / path.name).write_text(text, encoding="utf-8")
            found.add(path.name.removesuffix(".schema.yaml"))
    for path in extra.glob("*.bin"):
        (staging / path.name).symlink_to(path.resolve())
    return frozenset(found)


class RimeEngine:
    """One method of librime, in a session of its own that `reset` throws away."""

    def __init__(self, rime: Rime, schema: str) -> None:
        self._rime = rime
        self._schema = schema
        self._session = 0
        self._keys = 0

    def feed(self, key: str) -> Composition:
        """One letter."""
        if self._schema == "stroke" and key not in STROKES:
            return self._look()
        if self._keys < LONGEST:
            self._keys += 1
            self._press(ord(key))
        return self._look()

    def erase(self) -> Composition:
        """Take the last letter back."""
        self._keys = max(0, self._keys - 1)
        self._press(BACKSPACE)
        return self._look()

    def pick(self, index: int) -> Composition:
        """Take a candidate; with a long composition the rest stays to be chosen."""
        before = self._look()
        if index not in range(len(before.candidates)):
            return before
        page, place = divmod(index, self._page_size())
        for _ in range(page):
            self._press(0xFF56)  # Page_Down
        self._press(ord("1") + place)
        return self._look()

    def reset(self) -> None:
        """Forget all: the session goes, and with it every key."""
        if self._session:
            self._rime.calls.RimeDestroySession(self._session)
        self._session, self._keys = 0, 0

    def _open(self) -> int:
        if not self._session:
            self._session = self._rime.calls.RimeCreateSession()
            self._rime.calls.RimeSelectSchema(self._session, self._schema.encode())
        return self._session

    def _press(self, code: int) -> None:
        self._rime.calls.RimeProcessKey(self._open(), code, 0)

    def _page_size(self) -> int:
        context = self._context()
        size = int(context.menu.page_size)  # before it is freed
        self._rime.calls.RimeFreeContext(byref(context))
        return max(1, size)

    def _context(self) -> _Context:
        context = _Context()
        context.data_size = sizeof(_Context) - sizeof(c_int)
        self._rime.calls.RimeGetContext(self._open(), byref(context))
        return context

    def _look(self) -> Composition:
        if not self._session:
            return EMPTY
        commit = self._committed()
        context = self._context()
        preedit = (context.composition.preedit or b"").decode("utf-8")
        self._rime.calls.RimeFreeContext(byref(context))
        if not preedit:
            self._keys = 0
            return Composition(commit=commit)
        return Composition(_readable(preedit), self._candidates(), commit)

    def _committed(self) -> str:
        commit = _Commit()
        commit.data_size = sizeof(_Commit) - sizeof(c_int)
        if not self._rime.calls.RimeGetCommit(self._session, byref(commit)):
            return ""
        text: str = (commit.text or b"").decode("utf-8")
        self._rime.calls.RimeFreeCommit(byref(commit))
        return text

    def _candidates(self) -> tuple[str, ...]:
        place = _Iterator()
        found: list[str] = []
        if self._rime.calls.RimeCandidateListBegin(self._session, byref(place)):
            while len(found) < MOST_CANDIDATES and self._rime.calls.RimeCandidateListNext(byref(place)):
                found.append((place.candidate.text or b"").decode("utf-8"))
            self._rime.calls.RimeCandidateListEnd(byref(place))
        return tuple(found)


def _readable(preedit: str) -> str:
    """The composing text as a resident reads it: radicals and strokes instead of letters."""
    return _IN_BRACKETS.sub(r"\1", preedit).translate(_STROKE_SIGNS)
