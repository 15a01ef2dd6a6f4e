"""Parts of a benchmark for the tests: this one finds something wrong."""

from benchmarks.row import Row


def run() -> list[Row]:
    raise AssertionError("what it measures does not work")
