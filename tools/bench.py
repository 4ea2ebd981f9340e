"""What accesscfg costs, as whole processes: `make bench`, or `python tools/bench.py [--runs N] [CASE]…`.

It promises nothing by itself: times are for a person to read, beside what is aimed at and something that everybody
can compare with. The exit code is 1 only when something did not run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from accesscfg.exchanges.registry import Profiles
from tools import bench_tui
from tools.bench_bound import Request, slowest_s
from tools.bench_measure import DidNotRunError, Run, own_peak_mb, run, run_client, serving, spread

ROOT = Path(__file__).resolve().parent.parent
ACCESSCFG = str(Path(sys.executable).with_name("accesscfg"))
LATENCY_MS = 50
KEYS, DRIFTING = 1000, 100

BARE = f"""
import json, sys, yaml
from jsonschema import Draft202012Validator
with open({str(ROOT / "schemas/workspace.schema.json")!r}) as file:
    schema = json.load(file)
with open("exchanges.yaml") as file:
    Draft202012Validator(schema).validate(yaml.load(file, yaml.CSafeLoader))
"""


def median(runs: Sequence[Run], what: Callable[[Run], float]) -> float:
    """Of one number of each run."""
    return statistics.median(map(what, runs))


def repeated(times: int, one: Callable[[], Run]) -> list[Run]:
    """Some runs, after one that warms the caches up."""
    one()
    return [one() for _ in range(times)]


def say(name: str, runs: Sequence[Run]) -> None:
    """Wall and CPU time, and the peak of memory where it is not hidden by that of this process."""
    print(f"  {name}")
    print(f"    wall  {spread([r.wall_s for r in runs])}")
    print(f"    cpu   {spread([r.cpu_s for r in runs])}")
    if min(r.rss_mb for r in runs) > own_peak_mb() + 1:
        print(f"    peak  {spread([r.rss_mb for r in runs], 'MB', 0)}")


def start(times: int, _: Path) -> None:
    """`accesscfg --version` beside importing the library of its command line."""
    ours = repeated(times, lambda: run([ACCESSCFG, "--version"]))
    theirs = repeated(times, lambda: run([sys.executable, "-c", "import click"]))
    say("accesscfg --version", ours)
    say('python -c "import click"', theirs)
    ratio = median(ours, lambda r: r.wall_s) / median(theirs, lambda r: r.wall_s)
    print(f"  ratio {ratio:.2f}, aim: at most 2")


def validate(times: int, folder: Path) -> None:
    """`accesscfg validate` beside the libraries alone on the same file."""
    here = folder / "validate"
    ours = repeated(times, lambda: _expect(run([ACCESSCFG, "validate"], here), f"{KEYS:,} keys"))
    bare = repeated(times, lambda: run([sys.executable, "-c", BARE], here))
    say(f"accesscfg validate, {KEYS:,} keys with 20 addresses each", ours)
    say("CSafeLoader and jsonschema alone", bare)
    wall = median(ours, lambda r: r.wall_s)
    print(f"  {wall:.2f} s, aim: 1.0 s; ratio {wall / median(bare, lambda r: r.wall_s):.2f}")


def _expect(one: Run, *words: str) -> Run:
    lacking = [word for word in words if word not in one.out]
    if lacking:
        raise DidNotRunError(f"the output lacks {lacking[0]!r}:\n{one.out[-600:]}")
    return one


@dataclass(frozen=True, slots=True)
class Planned:
    """One plan: the process, its requests, when the first was sent (seconds from the start), and the bound."""

    run: Run
    requests: tuple[Request, ...]
    startup_s: float
    slowest_s: float
    slowest: str

    @property
    def bound_s(self) -> float:
        return self.startup_s + self.slowest_s


def _plan(workspace: Path, world: Path, arguments: Sequence[str], expected: Sequence[str]) -> Planned:
    """One plan against a fresh sandbox, which has counted nothing against any limit yet."""
    serve = [ACCESSCFG, "sandbox", "serve", "--world", str(world), "--latency", str(LATENCY_MS)]
    with serving(serve) as url:
        env = {"ACCESSCFG_SANDBOX": url, "SOPS_AGE_KEY_FILE": str(workspace / "age.key")}
        done = _expect(run_client(["plan", *arguments], workspace, env), *expected)
        with urllib.request.urlopen(f"{url}/_sandbox/log") as reply:  # noqa: S310  a loopback address
            log = sorted(json.load(reply), key=lambda entry: entry["n"])
    refused = [entry for entry in log if entry["code"] != "0"]
    if refused:
        raise DidNotRunError(f"the sandbox refused {refused[0]['method']} {refused[0]['path']}")
    requests = tuple(Request(e["exchange"], e["account"], f"{e['method']} {e['path']}") for e in log)
    profiles = Profiles()
    limits = {
        name: profile.limits for name in profiles.names() if (profile := profiles.get(name)) is not None
    }
    arrived = min(entry["time_ms"] for entry in log) - LATENCY_MS  # the log's time is that of the answer
    slowest, what = slowest_s(requests, limits, LATENCY_MS / 1000)
    return Planned(done, requests, (arrived - done.started_ms) / 1000, slowest, what)


def _plans(
    times: int, title: str, folder: Path, names: tuple[str, str], arguments: Sequence[str], *expected: str
) -> None:
    workspace, world = folder / names[0], folder / names[1]
    plans = [_plan(workspace, world, arguments, expected) for _ in range(times + 1)][1:]
    say(title, [one.run for one in plans])
    print(f"    sops  {spread([one.run.sops_s for one in plans])} CPU, not counted above")
    counts = sorted({len(one.requests) for one in plans})
    print(f"    {', '.join(map(str, counts))} requests; the slowest is {plans[0].slowest}")
    print(
        f"    bound {spread([one.bound_s for one in plans])}: {plans[0].slowest_s:.2f} s for the requests"
        f" + start-up {spread([one.startup_s for one in plans])}"
    )
    ratios = spread([one.run.wall_s / one.bound_s for one in plans], "", 2)
    print(f"  wall / bound {ratios.strip()}, aim: at most 1.2; CPU: 2.5 s, better 2; peak: 100 MB")


def plan(times: int, folder: Path) -> None:
    """`accesscfg plan` over 1,000 keys in sync, with every secret held, and with the managing keys' only."""
    size = f"{KEYS:,} keys in 100 accounts at three exchanges, {LATENCY_MS} ms latency"
    _plans(
        times,
        f"accesscfg plan, {size}, every secret held",
        folder,
        ("all", "in-sync.yaml"),
        [],
        "Plan: no changes.",
    )
    title = f"accesscfg plan, {size}, only managing keys held"
    _plans(times, title, folder, ("managers", "in-sync.yaml"), [], "Plan: no changes.")


def drift(times: int, folder: Path) -> None:
    """The same with every tenth key drifted, as text and as Markdown."""
    for form in ("text", "markdown"):
        title = f"accesscfg plan --format {form}, {DRIFTING} of {KEYS:,} keys drifted"
        _plans(times, title, folder, ("all", "drifted.yaml"), ["--format", form], f"{DRIFTING}")


CASES = {
    "start": start,
    "validate": validate,
    "plan": plan,
    "drift": drift,
    "paint": bench_tui.paint,
    "keys": bench_tui.keys,
    "reading": bench_tui.reading,
}


def main() -> int:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of each, after one to warm up (default 5)")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    given = parser.parse_args()
    unknown = set(given.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="accesscfg-bench-") as name:
        try:
            run([sys.executable, str(ROOT / "tools" / "bench_workspaces.py"), name])
            for case in given.cases or CASES:
                print(f"\n{case}")
                CASES[case](given.runs, Path(name))
        except DidNotRunError as error:
            print(f"did not run: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
