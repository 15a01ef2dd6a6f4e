"""Work goes from an event loop to the store a turn at a time, and comes back a waking at a time."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from portal.database import Database
from portal.event_loop import LoopJobs
from portal.place import Place
from portal.store import DatabaseUnavailableError, Job, Store
from tests.portal.test_store import count, hold, turn_of_another


def hold_all(db: Database, names: Any) -> list[str]:
    return [hold(db, name) for name in names]


def ask(jobs: LoopJobs, name: str) -> asyncio.Future[str]:
    return jobs.submit_to(hold_all, name, lambda db: hold(db, name))


class Noted(Store):
    """A store that only notes what it is to do."""

    def __init__(self) -> None:
        super().__init__()
        self.put_jobs: list[Job[Any]] = []

    def put(self, job: Job[Any]) -> None:
        self.put_jobs.append(job)

    def close(self) -> None:
        """Nothing is open."""


class Woken(asyncio.SelectorEventLoop):
    """An event loop that counts how often another thread wakes it."""

    times = 0

    def call_soon_threadsafe(self, *arguments: Any, **options: Any) -> asyncio.Handle:
        self.times += 1
        return super().call_soon_threadsafe(*arguments, **options)


def test_what_is_asked_in_one_turn_of_the_loop_leaves_together_and_in_order() -> None:
    async def turn() -> None:
        store = Noted()
        jobs = LoopJobs(store, asyncio.get_running_loop(), patience_s=20)
        for n in range(5):
            ask(jobs, str(n))
        assert store.put_jobs == []
        await asyncio.sleep(0)
        assert [job.asked for job in store.put_jobs] == list("01234")
        ask(jobs, "5")
        await asyncio.sleep(0)
        assert [job.asked for job in store.put_jobs] == list("012345")

    asyncio.run(turn())


def test_what_comes_back_together_wakes_the_loop_once() -> None:
    async def turn(loop: Woken) -> None:
        jobs, given = LoopJobs(Noted(), loop, patience_s=20), list[int]()
        for n in range(40):
            jobs.give_back(lambda n=n: given.append(n))  # type: ignore[misc]
        assert (loop.times, given) == (1, [])
        await asyncio.sleep(0)
        assert given == list(range(40))
        jobs.give_back(lambda: given.append(40))
        await asyncio.sleep(0)
        assert (loop.times, given[-1]) == (2, 40)

    with asyncio.Runner(loop_factory=Woken) as runner:
        runner.run(turn(runner.get_loop()))  # type: ignore[arg-type]


def test_every_caller_hears_its_own_answer(store: Store) -> None:
    async def turn() -> list[str]:
        jobs = LoopJobs(store, asyncio.get_running_loop(), patience_s=20)
        return await asyncio.gather(*(ask(jobs, str(n)) for n in range(30)))

    assert asyncio.run(turn()) == [str(n) for n in range(30)]
    assert count(store, "hold") == 30


def test_trouble_comes_to_the_one_who_met_it(store: Store) -> None:
    async def turn() -> list[str | BaseException]:
        jobs = LoopJobs(store, asyncio.get_running_loop(), patience_s=20)
        names = ["a", "b", "a", "c"]
        return await asyncio.gather(*(ask(jobs, name) for name in names), return_exceptions=True)

    answers = asyncio.run(turn())
    assert [answer for answer in answers if isinstance(answer, str)] == ["a", "b", "c"]
    assert isinstance(answers[2], DatabaseUnavailableError)


def test_one_who_stops_waiting_is_left_out_and_disturbs_nobody(tmp_path: Path) -> None:
    store = Place(tmp_path).open_store()

    async def turn() -> list[str]:
        jobs = LoopJobs(store, asyncio.get_running_loop(), patience_s=20)
        with turn_of_another(tmp_path):
            futures = [ask(jobs, str(n)) for n in range(4)]
            await asyncio.sleep(0)
            futures[1].cancel()
        return await asyncio.gather(*(future for future in futures if not future.cancelled()))

    assert asyncio.run(turn()) == ["0", "2", "3"]
    assert count(store, "hold") == 3
    store.close()


def test_who_would_wait_too_long_hears_it_and_nothing_of_it_is_done(tmp_path: Path) -> None:
    store = Place(tmp_path).open_store()

    async def turn() -> list[str | BaseException]:
        jobs = LoopJobs(store, asyncio.get_running_loop(), patience_s=0.05)
        with turn_of_another(tmp_path):
            first = [ask(jobs, str(n)) for n in range(3)]
            await asyncio.wait(first)
            later = ask(jobs, "later")
            await asyncio.wait([later])
        return await asyncio.gather(*first, later, return_exceptions=True)

    answers = asyncio.run(turn())
    assert [type(answer) for answer in answers] == [DatabaseUnavailableError] * 4
    store.close()
    with closing(Place(tmp_path).open_store()) as again:
        assert count(again, "hold") == 0


def test_whoever_has_an_answer_is_forgotten(store: Store) -> None:
    async def turn() -> None:
        jobs = LoopJobs(store, asyncio.get_running_loop(), patience_s=20)
        for n in range(20):
            await ask(jobs, str(n))
        assert len(jobs._asked) <= 1

    asyncio.run(turn())


@pytest.mark.parametrize("outcome", ["result", "error"])
def test_an_answer_to_one_who_has_gone_is_dropped(outcome: str) -> None:
    async def turn() -> None:
        troubles: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: troubles.append(context))
        store = Noted()
        future = ask(LoopJobs(store, asyncio.get_running_loop(), patience_s=20), "gone")
        await asyncio.sleep(0)
        (job,) = store.put_jobs
        assert job.done.set_running_or_notify_cancel()
        future.cancel()
        assert not job.done.set_running_or_notify_cancel()
        job.done.set_result("late") if outcome == "result" else job.done.set_exception(RuntimeError("late"))
        await asyncio.sleep(0)
        assert troubles == []

    asyncio.run(turn())


def test_a_loop_that_has_ended_is_not_called() -> None:
    loop = asyncio.new_event_loop()
    jobs = LoopJobs(Noted(), loop, patience_s=20)
    loop.close()
    jobs.give_back(lambda: pytest.fail("nobody is there"))
