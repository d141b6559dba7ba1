"""Whether a page's confidence can be believed: `reliability.py --log FILE --run FILE [--log ... --run ...]`.

Each log is what `parse_dir` printed about generated documents, each run the record of `cargo xtask parse-report --save`. Documents
are put in bins by the confidence that docmill gave them; a bin shows the mean of that and of the measured reading order (NID).
"""

import argparse
import json
import re
from pathlib import Path

EDGES = [0.0, 0.8, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 1.01]
LINE = re.compile(r"^ok (?P<file>.+) \d+ pages \d+ ms, confidence (?P<sure>[0-9.]+) ")


def pairs(log: Path, run: Path) -> list[tuple[float, float]]:
    """Confidence and NID of every document that has both."""
    measured = json.loads(run.read_text())["documents"]
    found = []
    for line in log.read_text().splitlines():
        match = LINE.match(line)
        document = measured.get(Path(match["file"]).stem) if match else None
        if document is not None and float(match["sure"]) > 0:
            found.append((float(match["sure"]), document["nid"]))
    return found


def ranks(values: list[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda index: values[index])
    rank = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for index in order[start:end]:
            rank[index] = (start + end - 1) / 2
        start = end
    return rank


def correlation(a: list[float], b: list[float]) -> float:
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    over = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    below = (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5
    return over / below if below else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", action="append", type=Path, required=True)
    parser.add_argument("--run", action="append", type=Path, required=True)
    args = parser.parse_args()
    found = [pair for log, run in zip(args.log, args.run, strict=True) for pair in pairs(log, run)]
    if not found:
        raise SystemExit("no document is in both a log and its run")
    print("| confidence | documents | mean confidence | mean NID |\n| --- | --- | --- | --- |")
    error = 0.0
    for low, high in zip(EDGES, EDGES[1:]):
        inside = [pair for pair in found if low <= pair[0] < high]
        if not inside:
            continue
        sure, nid = (sum(pair[part] for pair in inside) / len(inside) for part in (0, 1))
        error += abs(sure - nid) * len(inside) / len(found)
        print(f"| {low:.3f} to {min(high, 1.0):.3f} | {len(inside)} | {sure:.3f} | {nid:.3f} |")
    sure, nid = [pair[0] for pair in found], [pair[1] for pair in found]
    print(f"\n{len(found)} documents, calibration error {error:.3f}, rank correlation {correlation(ranks(sure), ranks(nid)):.2f}")


if __name__ == "__main__":
    main()
