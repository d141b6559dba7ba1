#!/usr/bin/env python3
"""Scores, speed and peak memory of docmill beside other readers of office documents, same files, same run.

    bench/office.py --seeds 1,2,3 [--documents 12] --target TARGET_FOLDER --python PYTHON_WITH_THE_REQUIREMENTS [--files DIR]

Makes the documents of bench/office/generate.py for each seed, has every program read them, and scores its markdown with
`cargo xtask parse-report`. Speed is files per CPU second of the loop over the files (three rounds in turn, the best
counts); peak memory is that of the whole process, for one format at a time. With --files only speed and refusals on
the files of that folder are told.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = ["markitdown", "kreuzberg", "docling-rs"]
ROUNDS = 3
MEASURES = ["overall", "nid", "teds", "mhs"]


def run(command):
    """Output, CPU seconds with those of children, and largest resident memory in MiB."""
    ended = subprocess.run([sys.executable, HERE / "measure.py", *map(str, command)], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, text=True)
    found = re.search(r"measured cpu_s (\S+) peak_mib (\S+) exit (\d+)", ended.stdout)
    if not found or found.group(3) != "0":
        sys.exit(f"error: {command[0]} failed:\n{ended.stdout}")
    return ended.stdout, float(found.group(1)), float(found.group(2))


def commands(given, files, out):
    engine = given.target / "debug/examples/parse_dir"
    programs = {"docmill": [engine, files, out / "docmill"]}
    for peer in PEERS:
        programs[peer] = [given.python, HERE / "office/peer.py", peer, files, out / peer]
    return programs


def seconds(output, cpu):
    """Those of the loop for peers; docmill's process does nothing else."""
    inside = re.search(r"files cpu_s (\S+)", output)
    return float(inside.group(1)) if inside else cpu


def refused(output):
    return len(re.findall(r"^(?:refused|failed) ", output, re.MULTILINE))


def scores(given, made, out, program):
    record = out / f"{program}.json"
    subprocess.run(["cargo", "run", "--quiet", "--package", "xtask", "--", "parse-report", "--pred", out / program, "--truth",
                    made / "truth", "--manifest", made / "manifest.jsonl", "--save", record], check=True,
                   stdout=subprocess.DEVNULL, cwd=HERE.parent)
    return json.loads(record.read_text())["documents"]


def mean(values):
    values = [value for value in values if value is not None]
    return f"{sum(values) / len(values):.3f}" if values else "-"


def quality(given, folder):
    print("| seed | program | format | overall | NID | TEDS | MHS |\n| --- | --- | --- | --- | --- | --- | --- |")
    for seed in given.seeds.split(","):
        made, out = folder / f"seed-{seed}", folder / f"out-{seed}"
        subprocess.run([given.python, HERE / "office/generate.py", "--seed", seed, "--documents", str(given.documents), "--out",
                        made], check=True)
        for program, command in commands(given, made / "files", out).items():
            run(command)
            documents = scores(given, made, out, program)
            kinds = sorted({entry["kind"] for entry in documents.values()})
            for kind in kinds if program == "docmill" else []:
                own = [entry for entry in documents.values() if entry["kind"] == kind]
                print(f"| {seed} | {program} | {kind} | " + " | ".join(mean([entry[key] for entry in own]) for key in MEASURES) + " |")
            everything = list(documents.values())
            print(f"| {seed} | {program} | all | " + " | ".join(mean([entry[key] for entry in everything]) for key in MEASURES) + " |")


def speed(given, files, folder):
    """Per format: files per CPU second and peak memory, the best of the rounds."""
    formats = sorted({path.suffix for path in files.iterdir()})
    print("\n| format | files | " + " | ".join(f"{name} files/s, MiB, refused" for name in ["docmill", *PEERS]) + " |")
    print("| --- | --- | " + " | ".join("---" for _ in range(len(PEERS) + 1)) + " |")
    for suffix in formats:
        own = folder / f"only{suffix}"
        own.mkdir()
        paths = [path for path in files.iterdir() if path.suffix == suffix]
        for path in paths:
            (own / path.name).symlink_to(path)
        best = {}
        for number in range(ROUNDS):
            for name, command in commands(given, own, folder / f"speed{suffix}-{number}").items():
                output, cpu, peak = run(command)
                # The kernel counts in hundredths of a second for some: nothing is faster than that.
                files_per_s = len(paths) / max(seconds(output, cpu), 0.001)
                if name not in best or files_per_s > best[name][0]:
                    best[name] = (files_per_s, peak, refused(output))
        told = [f"{best[name][0]:.0f}, {best[name][1]:.0f}, {best[name][2]}" for name in ["docmill", *PEERS]]
        print(f"| {suffix[1:]} | {len(paths)} | " + " | ".join(told) + " |")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="1")
    options.add_argument("--documents", type=int, default=12, help="of each format")
    options.add_argument("--files", type=Path)
    options.add_argument("--target", type=Path, required=True)
    options.add_argument("--python", required=True)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.files:
            return speed(given, given.files.resolve(), folder)
        quality(given, folder)
        speed(given, folder / f"seed-{given.seeds.split(',')[-1]}" / "files", folder)


if __name__ == "__main__":
    main()
