"""Whole processes, measured: what a person who runs the command waits and pays for."""

from __future__ import annotations

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_MAXRSS_IN_MB = 1024 * 1024 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
_NOT_INHERITED = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "ACCESSCFG_SANDBOX")

# accesscfg as its own program starts it; writes down at the end what sops used, and its own peak
_CLIENT = """
import sys
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from accesscfg.cli import main
code = main(sys.argv[2:])
sops = getrusage(RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    told.write(f"{sops.ru_utime + sops.ru_stime} {getrusage(RUSAGE_SELF).ru_maxrss}")
sys.exit(code)
"""


class DidNotRunError(Exception):
    """A command that was to be measured failed, or did something else than it should."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a process: seconds and megabytes; `cpu_s` is user and system, `started_ms` Unix time."""

    wall_s: float
    cpu_s: float
    rss_mb: float
    started_ms: float
    out: str
    sops_s: float = 0.0


def run(argv: Sequence[str], folder: Path | None = None, env: Mapping[str, str] | None = None) -> Run:
    """Run a program to its end. Raises DidNotRunError unless it exits 0."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started_ms, started = time.time_ns() / 1e6, time.perf_counter()
        process = subprocess.Popen(argv, cwd=folder, env=environment(env), stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode != 0:
            why = err.read().decode("utf-8", "replace").strip()[-2000:]
            raise DidNotRunError(f"{argv[0]} … {' '.join(argv[-3:])}: exit code {process.returncode}\n{why}")
        text = out.read().decode()
    return Run(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / _MAXRSS_IN_MB, started_ms, text)


def run_client(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> Run:
    """Run accesscfg; CPU time and memory are its own, those of sops stand beside. Raises DidNotRunError."""
    told = folder / ".usage"
    whole = run([sys.executable, "-c", _CLIENT, str(told), *arguments], folder, env)
    sops_s, peak = map(float, told.read_text().split())
    return replace(whole, cpu_s=whole.cpu_s - sops_s, rss_mb=peak / _MAXRSS_IN_MB, sops_s=sops_s)


def own_peak_mb() -> float:
    """The peak of this process, below which that of a program it starts cannot be seen."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_IN_MB


def environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """This process's, with byte code caches allowed and without a sandbox of somebody else's."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return {**kept, **(more or {})}


@contextlib.contextmanager
def serving(argv: Sequence[str]) -> Iterator[str]:
    """A sandbox in another process; gives its URL. Raises DidNotRunError when it does not come up."""
    process = subprocess.Popen(
        argv, env=environment(None), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout is not None else ""
        name, _, url = line.strip().partition("=")
        if name != "export ACCESSCFG_SANDBOX":
            raise DidNotRunError(f"the sandbox did not start: {line!r}")
        yield url
    finally:
        process.terminate()
        process.communicate()


def spread(values: Sequence[float], unit: str = "s", digits: int = 3) -> str:
    """`median unit (least to most)`."""
    middle = statistics.median(values)
    return f"{middle:.{digits}f} {unit} ({min(values):.{digits}f} to {max(values):.{digits}f})"
