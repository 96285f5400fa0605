"""Where the tasks of a batch are done: in its own process, in others of the machine, or on a Dask cluster.

A task is a function of a module and what it needs, as data; it can be done twice and writes no ledger. Results come in
the order of the tasks, so that the outputs are the same, byte for byte, wherever the tasks were done.
"""

from __future__ import annotations

import asyncio
import copyreg
import multiprocessing
import os
import pickle
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import connection
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from processor.batch.collecting import collect_seldom
from processor.errors import SiteError
from processor.messages import tell

R = TypeVar("R")
V = TypeVar("V")

#: Seconds of processor time of tasks that a batch does by itself before it is worth starting processes for the others,
#: which must take twice as long: each process has to start first.
PATIENCE = 2.0
#: The part of the work that is too little to be handed to others for the sake of doing it side by side.
LITTLE = 0.1
#: Bytes of what tasks share that a process keeps at hand for the next one.
ROOM = 64 << 20
#: How often a pool that lost a process is started anew before the batch goes on by itself.
RESTARTS = 2
#: How long a scheduler may take to answer, in seconds.
CONNECT_SECONDS = 10
#: How processes of this machine are started: forked from one that has loaded the program, or, on Windows, each anew.
FORKED = "forkserver"
START = "spawn" if sys.platform == "win32" else FORKED
CLUSTER = "dask://"
WHERE = "site.toml engine.workers"
_ROOT = Path(__file__).parents[2]


def _read_only(content: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(content)


copyreg.pickle(MappingProxyType, lambda proxy: (_read_only, (dict(proxy),)))


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Shared(Generic[V]):
    """What many tasks need: packed once, and unpacked once in each process that gets it."""

    def __init__(self, value: V) -> None:
        self.value = value

    @cached_property
    def packed(self) -> bytes:
        """The value as it travels."""
        return pickle.dumps(self.value, protocol=pickle.HIGHEST_PROTOCOL)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self.packed,)


class _Unpacked:
    """What this process got of many tasks' needs, the latest ones, of ROOM bytes as they travelled."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Shared[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, packed: bytes) -> Shared[Any]:
        with self._lock:
            found = self._known.pop(packed, None)
        found = found or Shared(pickle.loads(packed))
        with self._lock:
            self._known[packed] = found
            while len(self._known) > 1 and sum(map(len, self._known)) > ROOM:
                self._known.popitem(last=False)
        return found


_kept = _Unpacked()


def _unpacked(packed: bytes) -> Shared[Any]:
    return _kept(packed)


@dataclass
class Task(Generic[R]):
    """A task that is to be done, or was done: what it is to do, where it is being done, what came of it."""

    workers: Workers
    function: Callable[..., R]
    given: tuple[Any, ...]
    future: Future[R] | None = None
    done: R | None = None
    fault: BaseException | None = None

    def result(self) -> R:
        """What the function returned; raises what it raised, or SiteError where the cluster is gone."""
        if self.future is not None:
            self.workers.await_result(self)
        self.given = ()
        if self.fault is not None:
            raise self.fault
        return self.done  # type: ignore[return-value]

    def do(self) -> None:
        """Do it here and now."""
        try:
            self.done = self.function(*self.given)
        except Exception as fault:
            self.fault = fault


class Workers:
    """Does tasks. setting: how many processes, or `dask://host:port`."""

    def __init__(self, setting: int | str = 1) -> None:
        self.setting = setting
        self.spent = 0.0
        self._executor: Executor | None = None
        self._client: Any = None
        self._restarts = 0
        self._sent: dict[int, tuple[Any, Any]] = {}

    @property
    def count(self) -> int:
        """How many tasks are done at a time, as far as is known of a cluster."""
        return self.setting if isinstance(self.setting, int) else 16

    @property
    def ahead(self) -> int:
        """How many tasks may wait for their turn, so that nobody is idle and not everything is in hand at once."""
        return 4 * self.setting if isinstance(self.setting, int) else 256

    def among(self, sizes: Collection[float], little: float = LITTLE) -> Workers:
        """Who does tasks of these sizes: where one of them is nearly all there is to do, this process, which has it at hand.

        little: the part of the work that is too little to be handed to others beside that.
        """
        rest = sum(sizes) - max(sizes, default=0)
        return self if isinstance(self.setting, str) or rest > little * sum(sizes) else Workers()

    def submit(self, function: Callable[..., R], *given: Any, left: float = float("inf")) -> Task[R]:
        """Have a task done; its `result` waits for it.

        left: seconds that it and those after it will take, if known; for none of 0.0 processes are started.
        """
        task = Task(self, function, given)
        executor = self._ready(left)
        if executor is None:
            began = time.process_time()
            task.do()
            self.spent += time.process_time() - began
        else:
            self._start(task)
        return task

    def map(
        self, function: Callable[..., R], tasks: Iterable[tuple[Any, ...]], sizes: Sequence[float] = ()
    ) -> Iterator[R]:
        """The results of a function on each of these arguments, in their order. sizes: of the tasks, if they are known."""
        waiting: list[Task[R]] = []
        began, whole, done = self.spent, sum(sizes), 0.0
        for place, given in enumerate(tasks):
            left = (self.spent - began) * (whole - done) / done if done else float("inf")
            done += sizes[place] if sizes else 0.0
            waiting.append(self.submit(function, *given, left=left))
            if len(waiting) > self.ahead:
                yield waiting.pop(0).result()
        for task in waiting:
            yield task.result()

    def await_result(self, task: Task[Any]) -> None:
        """Wait for a task that is done elsewhere; one whose process died is done again."""
        while task.future is not None:
            future, task.future = task.future, None
            try:
                task.done = future.result()
            except BrokenProcessPool:
                self._again(future, task)
            except (Exception, asyncio.CancelledError) as fault:
                task.fault = _gone(self.setting, fault) if self._client is not None and _is_lost(fault) else fault

    def rest(self) -> None:
        """Let the processes of this machine go once they have done what they were given, and start others when there is
        more to do: that gives all memory back that the work so far has needed.

        A forked one is there in hundredths of a second; those that load the program anew stay.
        """
        if self._client is None and self._executor is not None and START == FORKED:
            self._executor.shutdown(wait=False)
            self._executor = None

    def close(self) -> None:
        """Let the processes go."""
        if self._client is not None:
            self._client.close(timeout=CONNECT_SECONDS)
        elif self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
        self._executor = self._client = None

    def _ready(self, left: float) -> Executor | None:
        """Where the next task is done; None: here. left: seconds that are left to be spent."""
        if self._executor is None and isinstance(self.setting, str):
            self._client = _connected(self.setting)
            self._executor = self._client.get_executor(pure=False)
        elif self._executor is None and self._worth_it(left):
            self._executor = _pool(int(self.setting))
        return self._executor

    def _worth_it(self, left: float) -> bool:
        is_long = self.spent >= PATIENCE and left > 2 * PATIENCE
        return isinstance(self.setting, int) and self.setting > 1 and is_long

    def _start(self, task: Task[Any]) -> None:
        assert self._executor is not None
        try:
            task.future = self._executor.submit(task.function, *map(self._handed, task.given))
        except BrokenProcessPool:
            self._again(None, task)
        except Exception as fault:
            if self._client is None or not (_is_lost(fault) or isinstance(fault, OSError)):
                raise
            raise _gone(self.setting, fault) from fault

    def _handed(self, given: Any) -> Any:
        """What a task is given, as it travels: what many share is a task's result, made anew where a worker dies with it."""
        if self._client is None or not isinstance(given, Shared):
            return given
        if id(given) not in self._sent:
            self._sent[id(given)] = given, self._client.submit(_unpacked, given.packed, pure=False)
        return self._sent[id(given)][1]

    def _again(self, future: Future[Any] | None, task: Task[Any]) -> None:
        """A process of the pool died: its tasks are done by new ones, and here where they die again."""
        broken = self._executor
        if broken is not None and (future is None or getattr(broken, "_broken", True)):
            broken.shutdown(wait=False, cancel_futures=True)
            self._restarts += 1
            self._executor = _pool(int(self.setting)) if self._restarts <= RESTARTS else None
            self.setting = self.setting if self._restarts <= RESTARTS else 1
        if self._executor is None:
            task.do()
        else:
            self._start(task)


@contextmanager
def working(setting: int | str | None) -> Iterator[Workers]:
    """Workers as a site wants them, None: one a core. Raises SiteError where a cluster cannot be reached."""
    workers = Workers(cores() if setting is None else setting)
    try:
        yield workers
    finally:
        workers.close()


def _pool(count: int) -> ProcessPoolExecutor:
    """Processes that inherit nothing but the program: no lock of the site, no connection of the ledger."""
    context: Any = multiprocessing.get_context(START)
    if START == FORKED:
        context.set_forkserver_preload(["processor.batch.work"])
    with _found_by_children():
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=_work_with_parent)
        pool.submit(os.getpid)
    return pool


@contextmanager
def _found_by_children() -> Iterator[None]:
    """Processes started meanwhile import this program, wherever it was started from."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_ROOT), before)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _work_with_parent() -> None:
    """End this process with the batch that started it, however that ends; until then it works as the batch does."""
    collect_seldom()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _connected(setting: str) -> Any:
    """A client of the cluster's scheduler."""
    try:
        from distributed import Client
    except ImportError as error:
        mend = tell("pip install 'processor[cluster]'")
        raise SiteError(tell("Dask is not installed"), where=WHERE, mend=mend) from error
    address = f"tcp://{setting.removeprefix(CLUSTER)}"
    try:
        return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise _gone(setting, error) from error


def _is_lost(fault: BaseException) -> bool:
    """Whether a fault is the cluster's and not the task's."""
    cancelled = isinstance(fault, (CancelledError, asyncio.CancelledError))
    return cancelled or type(fault).__module__.partition(".")[0] in ("distributed", "tornado")


def _gone(setting: int | str, fault: BaseException) -> SiteError:
    mend = tell("start the scheduler and its workers, or write workers = 1 for one process; nothing was lost")
    message = tell("the cluster at {address} does not answer ({fault})", address=setting, fault=type(fault).__name__)
    told = SiteError(message, where=WHERE, mend=mend)
    told.__cause__ = fault
    return told
