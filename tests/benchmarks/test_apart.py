"""`python -m benchmarks`: every part by itself, and none that fails in silence."""

import importlib.util
import os

import pytest

from benchmarks import __main__ as bench
from benchmarks.apart import measured
from benchmarks.row import Row

MEASURES, FAILS, DIES = (f"{__package__}.part_that_{does}" for does in ("measures", "fails", "dies"))


def test_each_part_has_a_process_of_its_own() -> None:
    rows, failed = measured([MEASURES, MEASURES])
    assert failed == []
    assert len({os.getpid(), *(row.value for row in rows)}) == 3


@pytest.mark.parametrize("part", [FAILS, DIES])
def test_a_part_that_fails_is_named_and_spoils_no_other(part: str, capfd: pytest.CaptureFixture[str]) -> None:
    rows, failed = measured([part, MEASURES])
    assert failed == [part]
    assert [row.name for row in rows] == ["process"]
    assert "Traceback" in capfd.readouterr().err


def test_a_run_with_a_part_that_fails_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "measured", lambda modules: ([Row("save", 1.5, "ratio", "<= 1.6")], list(modules)))
    with pytest.raises(SystemExit, match=r"failed: benchmarks\.bench_queue"):
        bench.main(["queue"])
    assert "| save | 1.50 ratio | <= 1.6 |" in capsys.readouterr().out


def test_a_part_that_is_not_known_is_refused() -> None:
    with pytest.raises(SystemExit, match="sheep: known are screens, "):
        bench.main(["sheep"])


def test_every_part_is_there() -> None:
    for part in bench.PARTS:
        assert importlib.util.find_spec(f"benchmarks.bench_{part}") is not None, part
