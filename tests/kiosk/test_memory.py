"""Memory that nobody uses goes back to the system; each measured in a process of its own, in pages, not in time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from kiosk.app import ROOT
from tests.other_memory import times_held

HEAD = """
import ctypes, gc, mmap, sys
from pathlib import Path
from kiosk.memory import begin_without_caches, collect_as_usual, collect_rarely
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


def played(program: str, *arguments: str, environment: Mapping[str, str] = os.environ) -> str:
    command = [sys.executable, "-c", HEAD + program, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


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


def test_what_a_start_makes_is_not_looked_through_until_it_has_been_made() -> None:
    program = """
def looks():
    return sum(each["collections"] for each in gc.get_stats())
collect_rarely()
began = looks()
made = [[] for _ in range(150_000)]
during = looks()
collect_as_usual()
made += [[] for _ in range(10_000)]
print(during - began, looks() - during)
"""
    during, after = map(int, played(program).split())
    assert during == 0
    assert after >= 10


WORD = "QXZJVKWYQQ"
LOOK = """
import random
from kiosk.memory import scrub, write_over_freed
chance = random.Random(7)
def word():
    return bytes(number ^ 0x20 for number in b"qxzjvkwyqq")
def say():
    print(flush=True)
    sys.stdin.readline()
"""


def held_at_each_stop(program: str) -> list[int]:
    """How often the word stands in a process's memory wherever it says something."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", HEAD + LOOK + program], cwd=ROOT, text=True, **pipes)  # type: ignore[call-overload]
    found = []
    while process.stdout.readline():
        found.append(times_held(process.pid, WORD))
        process.stdin.write("\n")
        process.stdin.flush()
    process.stdin.close()
    process.stdout.close()
    assert process.wait() == 0
    return found


def test_strings_that_were_freed_among_others_can_no_longer_be_found() -> None:
    program = """
kept = [word() * chance.randrange(1, 40) for _ in range(30_000)]
say()
kept = [bytes(len(text)) if number % 3 else text for number, text in enumerate(kept)]
kept = [bytes(len(text)) for text in kept]
say()
give_back()
say()
"""
    full, freed, left = held_at_each_stop(program)
    assert full > 30_000
    assert freed > 1_000, "freed is not gone"
    assert left == 0


BLOCKS = """
def filled(size):
    place = libc.malloc(ctypes.c_size_t(size))
    for at in range(0, size - 10, 10):
        ctypes.memmove(place + at, word(), 10)
    return place
for place in [filled(chance.randrange(24, 5000)) for _ in range(3000)]:
    free(place)
say()
give_back()
say()
"""


def test_blocks_of_c_that_were_freed_can_no_longer_be_found() -> None:
    freed, left = held_at_each_stop(BLOCKS)
    assert freed > 1_000
    assert left > 0, "pages are given back, what shares one with something that lives is not"
    freed, left = held_at_each_stop("write_over_freed()\n" + BLOCKS)
    assert freed > 0, "small blocks are kept as they are"
    freed, left = held_at_each_stop("begin_without_caches()\nwrite_over_freed()\n" + BLOCKS)
    assert freed <= 1, "the last word is Python's own"
    assert left == 0


BESIDE = """
from threading import Event, Thread
done, over = Event(), Event()
def live_on():
    kept = [filled(size) for size in range(64, 1000, 16)]
    for place in kept:
        free(place)
    kept.clear()
    done.set()
    over.wait()
thread = Thread(target=live_on)
thread.start()
done.wait()
give_back()
say()
over.set()
thread.join()
"""


def test_blocks_that_a_thread_freed_which_lives_on_can_no_longer_be_found() -> None:
    program = "write_over_freed()\n" + BLOCKS.split("for place")[0] + BESIDE
    assert held_at_each_stop(program)[0] > 0, "what this guards against"
    assert held_at_each_stop("begin_without_caches()\n" + program) == [0]


def test_a_program_is_begun_anew_once_with_all_it_was_given() -> None:
    program = """
import os
begin_without_caches()
print(sys.argv[1:], os.environ["GLIBC_TUNABLES"])
"""
    said = played(program, "run", "--windowed", "a b")
    assert said == "['run', '--windowed', 'a b'] glibc.malloc.tcache_count=0"
    environment = {**os.environ, "GLIBC_TUNABLES": "glibc.malloc.arena_max=3"}
    assert played(program, environment=environment).endswith("glibc.malloc.arena_max=3:glibc.malloc.tcache_count=0")
