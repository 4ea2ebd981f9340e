"""What the terminal UI costs, in a real pseudo-terminal: the cases `paint`, `keys` and `reading` of `make bench`."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.bench_measure import DidNotRunError, environment, run_client, serving, spread
from tools.terminal import Terminal, TerminalError

HERE = Path(__file__).resolve().parent
ACCESSCFG = str(Path(sys.executable).with_name("accesscfg"))
DOWN = "\x1b[B"
NOBODY = {"ACCESSCFG_SANDBOX": "http://127.0.0.1:1"}  # refuses every call, should there be one
MOVES, IDLE_S, LATENCY_MS = 60, 5.0, 50
SHOWN, MANY, READ = 600, 10_000, 1000
TYPED = "!bot-7"


def judge(
    name: str, value: float, unit: str, allowed: float, values: Sequence[float] = (), digits: int = 1
) -> None:
    """One figure, with where it lies, what is aimed at, and whether it is met."""
    of = f" ({min(values):.{digits}f} to {max(values):.{digits}f})" if values else ""
    verdict = "ok" if value <= allowed else "OVER"
    print(f"  {name:44} {value:.{digits}f} {unit}{of}, aim: at most {allowed:g} {unit}: {verdict}")


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many percent of the others do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


@contextmanager
def _in_terminal(argv: list[str], env: Mapping[str, str]) -> Iterator[Terminal]:
    try:
        with Terminal(argv, env=environment(env)) as terminal:
            yield terminal
    except TerminalError as error:
        raise DidNotRunError(f"{' '.join(argv[-3:])}: {error}") from error


@contextmanager
def _sandbox(workspace: Path, world: Path) -> Iterator[dict[str, str]]:
    serve = [ACCESSCFG, "sandbox", "serve", "--world", str(world), "--latency", str(LATENCY_MS)]
    with serving(serve) as url:
        yield {"ACCESSCFG_SANDBOX": url, "SOPS_AGE_KEY_FILE": str(workspace / "age.key")}


def paint(times: int, folder: Path) -> None:
    """The first rows of 600 keys beside those of a bare app's tree of 600 nodes, by turns."""
    workspace = folder / "board"
    ours, whole, bare, peaks = [], [], [], []
    with _sandbox(workspace, folder / "board.yaml") as env:
        run_client(["plan"], workspace, env)  # so that there is a last board
        for _ in range(times + 1):
            with _in_terminal([ACCESSCFG, "-c", str(workspace), "tui"], env) as terminal:
                ours.append(terminal.wait_for("bot-0") - terminal.started)
                whole.append(terminal.wait_for("file order") - terminal.started)
                _wait_until_read(terminal)
                peaks.append(_leave(terminal))
            with _in_terminal([sys.executable, str(HERE / "bench_bare_tree.py")], {}) as terminal:
                bare.append(terminal.wait_for("leaf 0-8") - terminal.started)
    print(f"  first rows of {SHOWN} keys    {spread(ours[1:])}: their outline, from the second session on")
    print(f"  they answer to keys        {spread(whole[1:])}")
    print(f"  bare tree of {SHOWN} nodes     {spread(bare[1:])}")
    judge("ratio", statistics.median(ours[1:]) / statistics.median(bare[1:]), "", 1.4, digits=2)
    judge("peak of memory, all read", statistics.median(peaks[1:]), "MB", 100, peaks[1:], 0)


def _wait_until_read(terminal: Terminal) -> float:
    """Wait until every row says what was found now; gives when."""
    before = ("reading", "not read", "was ")

    def read() -> bool:
        shown = terminal.text()
        return "bot-0" in shown and not any(word in shown for word in before)

    return terminal.wait_for(read, 300)


def _leave(terminal: Terminal) -> float:
    """Quit; the peak of its memory in MB."""
    terminal.press("q")
    if (code := terminal.exit_code()) != 0 or terminal.usage is None:
        raise DidNotRunError(f"the terminal UI ended with {code}\n{terminal.text()}")
    return terminal.usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def keys(_: int, folder: Path) -> None:
    """Keys pressed on a board of 10,000 keys, what they make the app write, and what it costs to leave it alone."""
    with _in_terminal([ACCESSCFG, "-c", str(folder / "many"), "tui"], NOBODY) as terminal:
        print(f"  first rows of {MANY:,} keys  {terminal.wait_for('bot-9') - terminal.started:.3f} s")
        read = _wait_until_read(terminal) - terminal.started
        print(f"  all of them judged, after    {read:.3f} s")
        terminal.settle(0.5)
        _moves(terminal)
        _typing(terminal)
        _idle(terminal)
        print(f"  peak of memory               {_leave(terminal):.0f} MB")


def _moves(terminal: Terminal) -> None:
    took, sent = [], []
    for _ in range(MOVES):
        before = len(terminal.written)
        pressed = terminal.press(DOWN)
        took.append((terminal.frame() - pressed) * 1000)
        terminal.settle(0.15)
        sent.append((len(terminal.written) - before) / 1024)
    judge(f"cursor key, {MANY:,} keys, median", statistics.median(took), "ms", 20, took)
    judge(f"cursor key, {MANY:,} keys, 95 of 100", percentile(took, 95), "ms", 50)
    judge("written for a cursor key, median", statistics.median(sent), "KB", 4, sent)


def _typing(terminal: Terminal) -> None:
    terminal.press("/")
    terminal.settle(0.2)
    took = []
    for length, letter in enumerate(TYPED, 1):
        pressed = terminal.press(letter)
        shown = f"filter: {TYPED[:length]}"
        took.append((terminal.wait_for(shown) - pressed) * 1000)
        terminal.settle(0.2)
    judge(f"filter key, {MANY:,} keys, the slowest", max(took), "ms", 200, took)
    terminal.press("\r")
    terminal.settle(1.0)


def _idle(terminal: Terminal) -> None:
    if not Path("/proc/self/stat").exists():
        print("  idle: measured on Linux only")
        return
    before = _cpu_s(terminal.pid)
    began = time.perf_counter()
    written = terminal.listen(IDLE_S)
    share = (_cpu_s(terminal.pid) - before) / (time.perf_counter() - began) * 100
    judge("idle, of a core", share, "%", 1, digits=2)
    judge("written while idle", len(written), "bytes", 0, digits=0)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reading(times: int, folder: Path) -> None:
    """How late the event loop wakes up while 1,000 keys are read."""
    workspace, told = folder / "all", folder / "late.json"
    tails, peaks, seconds = [], [], []
    probe = [sys.executable, str(HERE / "bench_tui_probe.py"), str(workspace), str(told)]
    for _ in range(times):  # a fresh sandbox each, which has counted nothing against any limit yet
        with _sandbox(workspace, folder / "in-sync.yaml") as env, _in_terminal(probe, env) as terminal:
            _wait_until_read(terminal)
            peaks.append(_leave(terminal))
        found = json.loads(told.read_text())
        tails.append(percentile(found["late_ms"], 99))
        seconds.append(found["seconds"])
    print(f"  {READ:,} keys read in          {spread(seconds)}")
    judge("event loop late, 99 of 100", statistics.median(tails), "ms", 50, tails)
    judge("peak of memory", statistics.median(peaks), "MB", 100, peaks, 0)
