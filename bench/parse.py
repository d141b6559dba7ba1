#!/usr/bin/env python3
"""Pages per CPU second and peak memory of docmill's parse beside liteparse and pdf_oxide, same files, same run.

    bench/parse.py [--corpus DIR] [--rounds 3] [--long PAGES] --target TARGET_FOLDER --python PYTHON_WITH_PEERS

Each program runs alone, in turn, in every round; the best round counts, because other work on the machine only ever
slows a round down. CPU seconds are those of the whole process with its children, as the kernel counted them; for
the peers only those of their loops over the files, so that Python's start is not held against them. With `--long` the corpus is
also joined to one document of about so many pages, and read by the command and by the engine.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEER = "liteparse 2.18.0"


def run(command):
    """Output, CPU seconds of the command with its children, largest resident memory of one process in MiB."""
    ended = subprocess.Popen(["/usr/bin/env", "python3", HERE / "measure.py", *map(str, command)], stdout=subprocess.PIPE, text=True)
    out, _ = ended.communicate()
    found = re.search(r"measured cpu_s (\S+) peak_mib (\S+) exit (\d+)", out)
    if not found or found.group(3) not in ("0", "3"):
        sys.exit(f"error: {command[0]} failed:\n{out}")
    return out, float(found.group(1)), float(found.group(2))


JOIN = """
import sys
import pypdfium2
joined, parts = pypdfium2.PdfDocument.new(), sys.argv[3:]
while len(joined) < int(sys.argv[1]):
    for part in parts:
        joined.import_pages(pypdfium2.PdfDocument(part))
joined.save(sys.argv[2])
print(len(joined))
"""


def long_document(given, corpus, temporary, binaries):
    """Lines about the corpus as one document."""
    folder = temporary / "long"
    folder.mkdir()
    parts = [str(path) for path in sorted(corpus.rglob("*.pdf"))]
    join = [given.python, "-c", JOIN, str(given.long), str(folder / "long.pdf"), *parts]
    pages = subprocess.run(join, check=True, capture_output=True, text=True).stdout.strip()
    lines = [f"\nOne document of {pages} pages:\n\n| program | CPU s | peak MiB of a process |\n| --- | --- | --- |"]
    for name, command in {
        "docmill engine": [binaries / "examples/parse_dir", folder, temporary / "long-engine"],
        "docmill parse (command)": [
            binaries / "docmill", "parse", folder, "--tier", "cost_effective", "--quiet", "-o", temporary / "long-command"],
    }.items():
        _, cpu, peak = run(command)
        lines.append(f"| {name} | {cpu:.1f} | {peak:.0f} |")
    return lines


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--long", type=int, metavar="PAGES")
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
            PEER: lambda out: [given.python, HERE / "peer_liteparse.py", corpus, out],
            f"{PEER}, text": lambda out: [given.python, HERE / "peer_liteparse.py", corpus, out, "text"],
            "pdf_oxide 0.3.78": lambda out: [given.python, HERE / "peer_pdf_oxide.py", corpus, out],
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
        long = long_document(given, corpus, Path(temporary), binaries) if given.long else []
    peer = best[PEER][0]
    print("| program | pages | pages per CPU second | ratio to liteparse | peak MiB of a process |\n| --- | --- | --- | --- | --- |")
    for name, (speed, pages, peak) in best.items():
        print(f"| {name} | {pages} | {speed:.0f} | {speed / peer:.2f} | {peak:.0f} |")
    for line in long:
        print(line)


if __name__ == "__main__":
    main()
