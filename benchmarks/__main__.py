"""Run every peer's every row, interleaved, and print one Markdown table.

    python -m benchmarks [--rounds 3] [--peers rayteach,loky] [--write FILE]

Each measurement is a fresh process (:mod:`benchmarks.row`), so no peer meets
another's warm caches, threads or workers; rounds go peer by peer within a row, so
a slow spell of the machine hits all alike. The first ratio is rayteach's *worst* round
over the peer's *best*: what can be promised, not what was lucky once; the second, in
brackets, is that of the medians.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import psutil

from benchmarks.peers import PEERS
from benchmarks.rows import ROWS, Row
from benchmarks.table import Samples, markdown, page

#: past this a row counts as "did not end"
PATIENCE_S = 420.0


def machine() -> str:
    """Name the machine that every number and ratio belongs to."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory_gb = psutil.virtual_memory().total / 2**30
    return (
        f"{model}, {os.cpu_count()} CPUs, {memory_gb:.0f} GB;"
        f" {platform.system()} {platform.release()}; Python {platform.python_version()}"
    )


def measure(peer: str, row: Row, count: str = "") -> float | None:
    """Run one row of one peer in a fresh process; ``None`` if it did not end."""
    command = [sys.executable, "-m", "benchmarks.row", peer, row.name]
    command += [count] if count else []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            out, err = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            end(process.pid)
            return None
    if process.returncode:
        print(f"{peer}, {row.name}: {err.strip()[-400:]}", file=sys.stderr)
        return None
    # Peers print what they like; ours is the last line.
    return float(out.strip().splitlines()[-1])


def end(pid: int) -> None:
    """Kill a process that did not end, with all it started."""
    process = psutil.Process(pid)
    family = [*process.children(recursive=True), process]
    for member in family:
        member.kill()
    psutil.wait_procs(family)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        prog="python -m benchmarks",
    )
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--peers", help="some of: " + ", ".join(PEERS))
    parser.add_argument("--rows", help="some of: " + ", ".join(r.name for r in ROWS))
    parser.add_argument(
        "--count", action="append", default=[], metavar="ROW=N",
        help="tasks of a row, seconds of idle: idle=60, soak=9000",
    )  # fmt: skip
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep all samples")
    return parser.parse_args()


def compile_ours() -> None:
    """Compile rayteach to bytecode, as pip did with every peer at its install."""
    spec = importlib.util.find_spec("rayteach")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        compileall.compile_dir(folder, quiet=2)


def main() -> int:
    """Measure, print the table, keep the samples."""
    options = parse()
    compile_ours()
    wanted = options.peers.split(",") if options.peers else list(PEERS)
    peers = [p for p in PEERS if p in wanted and importlib.util.find_spec(PEERS[p])]
    names = options.rows.split(",") if options.rows else [row.name for row in ROWS]
    rows = [row for row in ROWS if row.name in names]
    counts = dict(text.split("=") for text in options.count)
    samples: Samples = {}
    for row in rows:
        given_up: set[str] = set()
        for _ in range(options.rounds):
            for peer in peers:
                if peer in given_up or peer not in row.peers:
                    continue
                value = measure(peer, row, counts.get(row.name, ""))
                if value is None:
                    given_up.add(peer)
                samples.setdefault((row.name, peer), []).append(value)
        print(f"{row.name}: measured", file=sys.stderr, flush=True)
    setting = f"{machine()}; {options.rounds} rounds, 2 workers each"
    table = markdown(rows, peers, samples)
    print(f"{setting}\n\n{table}")
    if options.write:
        options.write.write_text(page(setting, table), encoding="utf-8")
    if options.json:
        flat = {f"{row} | {peer}": values for (row, peer), values in samples.items()}
        options.json.write_text(json.dumps(flat, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
