"""Memory that nobody uses goes back to the system; each measured in a process of its own, in pages, not in time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kiosk.app import ROOT

HEAD = """
import ctypes, gc, mmap, sys
from pathlib import Path
from kiosk.memory import give_back, keep_heap_small, settle, unmap_pages
MB = 2**20
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
def taken(size):
    place = libc.malloc(ctypes.c_size_t(size))
    ctypes.memset(place, 1, size)
    return place
def free(place):
    libc.free(ctypes.c_void_p(place))
"""


def played(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", HEAD + program, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


PINNED = """
before = resident()
free(taken(12 * MB))  # glibc would take the next of this size from the heap
large = taken(12 * MB)
pin = [taken(100_000) for _ in range(20)]
free(large)
print((resident() - before) // MB)
"""


def test_a_large_block_is_given_back_at_once_whatever_came_after_it() -> None:
    assert int(played("keep_heap_small()\n" + PINNED)) < 6
    assert int(played(PINNED)) >= 12, "what this guards against"


def test_what_a_visit_left_in_the_heap_is_given_back() -> None:
    program = """
blocks = [taken(100_000) for _ in range(400)]
full = resident()
for place in blocks[:-1]:
    free(place)
give_back()
print((full - resident()) // MB)
"""
    assert int(played(program)) >= 35


def test_pages_of_a_file_that_were_read_are_let_go_of_and_can_be_read_again(tmp_path: Path) -> None:
    program = """
path = Path(sys.argv[1])
with path.open("rb") as file:
    view = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
whole = bytes(view)
full = resident()
unmap_pages([path])
less = resident()
assert bytes(view) == whole
print((full - less) // MB)
"""
    (tmp_path / "a face.ttc").write_bytes(bytes(range(256)) * 4096 * 16)
    assert int(played(program, str(tmp_path / "a face.ttc"))) >= 15


def test_what_was_there_at_the_start_is_not_looked_through_again() -> None:
    assert int(played("settle(); print(gc.get_freeze_count())")) > 1000
