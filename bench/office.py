#!/usr/bin/env python3
"""Scores, speed and peak memory of docmill beside other readers of office documents, same files, same run.

    bench/office.py --seeds 1,2,3 [--documents 12] --target TARGET_FOLDER --python PYTHON_WITH_THE_REQUIREMENTS
    bench/office.py --files DIR [--truth DIR] --target TARGET_FOLDER --python PYTHON_WITH_THE_REQUIREMENTS

Makes the documents of bench/office/generate.py for each seed, has every program read them, and scores its markdown with
`cargo xtask parse-report`; thead and tbody, which only group rows, are taken out of all markdown first. Speed is files
per CPU second of the loop over the files (three rounds in turn, the best counts); peak memory is that of the whole
process, for one format at a time. With --files speed and refusals on the files of that folder are told, and with
--truth their overall scores.
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
    engine = [given.target / "debug/examples/parse_dir", files, out / "docmill", "cost_effective"]
    programs = {"docmill": engine + (["--as-peers"] if given.truth else [])}
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
    without_groups(out / program)
    record = out / f"{program}.json"
    subprocess.run(["cargo", "run", "--quiet", "--package", "xtask", "--", "parse-report", "--pred", out / program, "--truth",
                    made / "truth", "--manifest", made / "manifest.jsonl", "--save", record], check=True,
                   stdout=subprocess.DEVNULL, cwd=HERE.parent)
    return json.loads(record.read_text())["documents"]


def without_groups(folder):
    """Markdown without the tags that only group the rows of a table: the scorer gives pipe tables none."""
    for path in folder.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\s*</?(?:thead|tbody)>\s*", "", text), encoding="utf-8")


def mean(values):
    values = [value for value in values if value is not None]
    return f"{sum(values) / len(values):.3f}" if values else "-"


def quality(given, folder):
    print("| seed | program | format | overall | NID | TEDS | MHS |\n| --- | --- | --- | --- | --- | --- | --- |")
    for seed in given.seeds.split(","):
        made, out = folder / f"seed-{seed}", folder / f"out-{seed}"
        subprocess.run([given.python, HERE / "office/generate.py", "--seed", seed, "--documents", str(given.documents), "--out",
                        made], check=True)
        without_groups(made / "truth")
        for program, command in commands(given, made / "files", out).items():
            run(command)
            documents = list(scores(given, made, out, program).values())
            for kind in [*sorted({entry["kind"] for entry in documents}), "all"]:
                own = [entry for entry in documents if kind in (entry["kind"], "all")]
                print(f"| {seed} | {program} | {kind} | " + " | ".join(mean([entry[key] for entry in own]) for key in MEASURES) + " |")


def given_files(given, folder):
    """Overall scores of every program on the files of a folder that have a truth, `<name>.md`; a peer is not measured by
    truths of its own project, whose names begin with `<peer>_`."""
    made, out = folder / "given", folder / "out"
    for name in ("files", "truth"):
        (made / name).mkdir(parents=True)
    with open(made / "manifest.jsonl", "w", encoding="utf-8") as manifest:
        for path in sorted(given.files.resolve().iterdir()):
            truth = given.truth / f"{path.name}.md"
            if truth.exists():
                stem = path.name.replace(".", "_")
                (made / "files" / f"{stem}{path.suffix}").symlink_to(path)
                (made / "truth" / f"{stem}.md").write_text(truth.read_text(encoding="utf-8"), encoding="utf-8")
                manifest.write(json.dumps({"stem": stem, "kind": path.suffix[1:]}) + "\n")
    without_groups(made / "truth")
    found = {}
    for program, command in commands(given, made / "files", out).items():
        run(command)
        found[program] = scores(given, made, out, program)
    print("| format | " + " | ".join(f"{peer}: files, docmill, {peer}" for peer in PEERS) + " |")
    print("| --- |" + " --- |" * len(PEERS))
    for kind in sorted({entry["kind"] for entry in found["docmill"].values()}):
        cells = []
        for peer in PEERS:
            own = f"{peer.removesuffix('-rs')}_"
            stems = [stem for stem, entry in found["docmill"].items() if entry["kind"] == kind and not stem.startswith(own)]
            values = [mean([found[program][stem]["overall"] for stem in stems]) for program in ("docmill", peer)]
            cells.append(", ".join([str(len(stems)), *values]))
        print(f"| {kind} | " + " | ".join(cells) + " |")


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
    options.add_argument("--truth", type=Path, help="of --files: <name of the file>.md")
    options.add_argument("--target", type=Path, required=True)
    options.add_argument("--python", required=True)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if given.files and given.truth:
            given_files(given, folder)
        if given.files:
            return speed(given, given.files.resolve(), folder)
        quality(given, folder)
        speed(given, folder / f"seed-{given.seeds.split(',')[-1]}" / "files", folder)


if __name__ == "__main__":
    main()
