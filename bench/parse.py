#!/usr/bin/env python3
"""Pages per CPU second and peak memory of docmill's parse beside liteparse, same files, same run.

    bench/parse.py [--corpus DIR] [--rounds 3] --target TARGET_FOLDER --python PYTHON_WITH_LITEPARSE

Each program runs alone, in turn, in every round; the best round counts, because other work on the machine only ever
slows a round down. CPU seconds are those of the whole process with its children, as the kernel counted them; for
liteparse only those of its loop over the files, so that Python's start is not held against it.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(command):
    """Output, CPU seconds of the command with its children, largest resident memory of one process in MiB."""
    ended = subprocess.Popen(["/usr/bin/env", "python3", HERE / "measure.py", *map(str, command)], stdout=subprocess.PIPE, text=True)
    out, _ = ended.communicate()
    found = re.search(r"measured cpu_s (\S+) peak_mib (\S+) exit (\d+)", out)
    if not found or found.group(3) not in ("0", "3"):
        sys.exit(f"error: {command[0]} failed:\n{out}")
    return out, float(found.group(1)), float(found.group(2))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--target", type=Path, required=True)
    options.add_argument("--python", required=True)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        corpus = given.corpus or Path(temporary) / "corpus"
        if not given.corpus:
            subprocess.run([given.python, HERE / "corpus.py", corpus], check=True)
        binaries = given.target / "debug"
        # Each takes the folder for its output.
        programs = {
            "docmill engine": lambda out: [binaries / "examples/parse_dir", corpus, out],
            "docmill engine, fast tier": lambda out: [binaries / "examples/parse_dir", corpus, out, "fast"],
            "liteparse 2.18.0": lambda out: [given.python, HERE / "peer_liteparse.py", corpus, out],
            "docmill parse (command)": lambda out: [
                binaries / "docmill", "parse", corpus, "--tier", "cost_effective", "--quiet", "-o", out],
        }
        best = {}
        for round_number in range(given.rounds):
            for name, command in programs.items():
                out, cpu, peak = run(command(Path(temporary) / f"{name.replace(' ', '-')}-{round_number}"))
                inside = re.search(r"pages (\d+) failed \d+ cpu_s (\S+)", out) or re.search(r"(\d+) pages in ()", out)
                pages = int(inside.group(1)) if inside else best["docmill engine"][1]
                speed = pages / (float(inside.group(2)) if inside and inside.group(2) else cpu)
                if name not in best or speed > best[name][0]:
                    best[name] = (speed, pages, peak)
    peer = best["liteparse 2.18.0"][0]
    print("| program | pages | pages per CPU second | ratio to liteparse | peak MiB of a process |\n| --- | --- | --- | --- | --- |")
    for name, (speed, pages, peak) in best.items():
        print(f"| {name} | {pages} | {speed:.0f} | {speed / peer:.2f} | {peak:.0f} |")


if __name__ == "__main__":
    main()
