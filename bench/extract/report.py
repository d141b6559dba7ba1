#!/usr/bin/env python3
"""How well values were extracted from the documents that generate.py made.

    report.py --truth DIR --pred PRED.jsonl [--json] [--worst 15]

A line of PRED.jsonl is {"id", "fields", "confidence"}; confidence is flat, from a path ("line_items[0].amount") to a number
from 0 to 1. It prints exact precision, recall and F1 of scalars, of the labelled ones (a label stands beside the value, or
the document has no such value), and of the fields of rows; by kind and language; scanned documents apart; what a confidence
of 0.9 and more is worth; and which fields are missed or wrong most often.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from compare import same
from pairing import matched

SURE = 0.9


@dataclass
class Outcome:
    """One value: of the truth, given, or both."""

    document: str
    field: str  # path with [] for rows
    part: str  # scalar or rows
    labelled: bool
    truth: object
    given: object
    right: bool
    confidence: float | None
    here: str | None  # path in the answer, where a value was given


def empty(value):
    return value is None or value == [] or value == {} or isinstance(value, str) and not value.strip()


def listed(value):
    return [inner for inner in value if not empty(inner)] if isinstance(value, list) else [] if empty(value) else [value]


def flat(confidence):
    """Paths as this report writes them; "rows.0.amount" is "rows[0].amount"."""
    return {re.sub(r"\.(\d+)", r"[\1]", path): value for path, value in confidence.items()}


class Comparison:
    """Walks truth and answer of one document and collects outcomes."""

    def __init__(self, document, labelled, confidence):
        self.document, self.labelled, self.confidence, self.out = document, labelled, confidence, []

    def add(self, field, place, here, part, truth, given):
        labelled = part == "rows" or empty(truth) or place in self.labelled
        self.out.append(
            Outcome(
                self.document, field, part, labelled, truth, given, same(truth, given),
                None if given is None else self.confidence.get(here), None if given is None else here,
            )
        )

    def values(self, field, place, here, part, truth, given):
        """`place` is the path in the truth, `here` the path in the answer; they differ in the numbers of rows."""
        both = listed(truth) + listed(given)
        if any(isinstance(value, dict) for value in both):
            if isinstance(truth, list) or isinstance(given, list):
                self.records(field, place, here, listed(truth), listed(given))
            else:
                self.objects(field, place, here, part, truth if isinstance(truth, dict) else {}, given if isinstance(given, dict) else {})
            return
        one, two = listed(truth), listed(given)
        paths = [f"{here}[{at}]" if isinstance(given, list) and f"{here}[{at}]" in self.confidence else here for at in range(len(two))]
        pairs = matched([[same(a, b) for b in two] for a in one])
        for a, b in pairs:
            self.add(field, place, paths[b], part, one[a], two[b])
        for a in set(range(len(one))) - {a for a, _ in pairs}:
            self.add(field, place, here, part, one[a], None)
        for b in set(range(len(two))) - {b for _, b in pairs}:
            self.add(field, place, paths[b], part, None, two[b])

    def objects(self, field, place, here, part, truth, given):
        join = lambda path, key: f"{path}.{key}" if path else key
        for key in sorted(truth.keys() | given.keys()):
            self.values(join(field, key), join(place, key), join(here, key), part, truth.get(key), given.get(key))

    def records(self, field, place, here, truth, given):
        pairs = matched([[likeness(a, b) for b in given] for a in truth])
        left = [(a, None) for a in range(len(truth)) if a not in {a for a, _ in pairs}] + [
            (None, b) for b in range(len(given)) if b not in {b for _, b in pairs}
        ]
        for a, b in pairs + left:
            one = truth[a] if a is not None and isinstance(truth[a], dict) else {}
            two = given[b] if b is not None and isinstance(given[b], dict) else {}
            self.objects(f"{field}[]", f"{place}[{a}]", f"{here}[{b}]", "rows", one, two)


def likeness(one, two):
    """Equal fields less differing ones."""
    if not isinstance(one, dict) or not isinstance(two, dict):
        return -1
    total = 0
    for key in one.keys() | two.keys():
        a, b = one.get(key), two.get(key)
        alike = empty(a) and empty(b) or (a == b if isinstance(a, (list, dict)) else not empty(b) and not isinstance(b, (list, dict)) and same(a, b))
        total += 1 if alike else -1
    return total


def measures(outcomes):
    truth = sum(not empty(one.truth) for one in outcomes)
    given = sum(not empty(one.given) for one in outcomes)
    right = sum(one.right for one in outcomes)
    sure = [one for one in outcomes if not empty(one.given) and (one.confidence or 0) >= SURE]
    sure_right = sum(one.right for one in sure)
    share = lambda a, b: a / b if b else None
    precision, recall = share(right, given), share(right, truth)
    return dict(
        values=truth,
        given=given,
        right=right,
        precision=precision,
        recall=recall,
        f1=share(2 * right, given + truth),
        sure=len(sure),
        sure_precision=share(sure_right, len(sure)),
        sure_share=share(sure_right, right),
    )


def reliability(outcomes):
    """Ten bins of confidence, and the mean gap between confidence and share of right values."""
    bins, scored = [], [one for one in outcomes if not empty(one.given) and one.confidence is not None]
    for low in range(10):
        inside = [one for one in scored if min(9, int(one.confidence * 10)) == low]
        if inside:
            bins.append(
                {
                    "from": low / 10,
                    "to": (low + 1) / 10,
                    "values": len(inside),
                    "confidence": sum(one.confidence for one in inside) / len(inside),
                    "right": sum(one.right for one in inside) / len(inside),
                }
            )
    error = sum(abs(one["confidence"] - one["right"]) * one["values"] for one in bins) / len(scored) if scored else None
    return {"bins": bins, "calibration_error": error, "without_confidence": sum(not empty(one.given) and one.confidence is None for one in outcomes)}


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def compare_all(folder, predictions):
    """(outcomes, manifest by id, concept by (id, field))."""
    truths = {row["id"]: row["fields"] for row in rows_of(folder / "truth.jsonl")}
    manifest = {row["id"]: row for row in rows_of(folder / "manifest.jsonl")}
    forms = {row["id"]: row for row in rows_of(folder / "forms.jsonl")}
    given = {str(row["id"]): row for row in rows_of(predictions)}
    outcomes, concepts = [], {}
    for name, fields in truths.items():
        answer = given.get(name, {})
        labelled = {entry["path"] for entry in forms[name]["forms"] if entry["labelled"]}
        walk = Comparison(name, labelled, flat(answer.get("confidence") or {}))
        found = answer.get("fields")
        walk.objects("", "", "", "scalar", fields, found if isinstance(found, dict) else {})
        outcomes += walk.out
        concepts.update({(name, field): key for field, key in forms[name]["concepts"].items()})
    missing = [name for name in truths if name not in given]
    unknown = sorted(set(given) - set(truths))
    return outcomes, manifest, concepts, missing, unknown


def by_rules(outcomes, manifest):
    """Fields of rows by the rules of the table they stand in."""
    rules = sorted({row["layout"]["rules"] for row in manifest.values()})
    return {rule: {"rows": measures([one for one in outcomes if manifest[one.document]["layout"]["rules"] == rule])} for rule in rules}


def build(folder, predictions, worst):
    outcomes, manifest, concepts, missing, unknown = compare_all(folder, predictions)
    parts = {
        "all": outcomes,
        "scalars": [one for one in outcomes if one.part == "scalar"],
        "labelled": [one for one in outcomes if one.part == "scalar" and one.labelled],
        "rows": [one for one in outcomes if one.part == "rows"],
    }
    by = lambda name, chosen: {
        value: {part: measures([one for one in parts[part] if manifest[one.document][name] == value]) for part in chosen}
        for value in sorted({row[name] for row in manifest.values()})
    }
    fields = {"missed": Counter(), "wrong": Counter(), "invented": Counter()}
    examples = defaultdict(list)
    for one in outcomes:
        if one.right:
            continue
        sort = "missed" if empty(one.given) else "invented" if empty(one.truth) else "wrong"
        key = f"{manifest[one.document]['kind']}: {concepts.get((one.document, one.field), one.field)}"
        fields[sort][key] += 1
        examples[f"{sort} {key}"].append([one.document, one.field, one.truth, one.given])
    most = {
        sort: [{"field": key, "count": count, "example": examples[f"{sort} {key}"][0]} for key, count in counted.most_common(worst)]
        for sort, counted in fields.items()
    }
    return {
        "documents": len(manifest),
        "without_answer": len(missing),
        "unknown_ids": unknown,
        "parts": {name: measures(chosen) for name, chosen in parts.items()},
        "scanned": by("scanned", parts),
        "held_out": by("held_out", parts),
        "language": by("language", ("labelled", "rows")),
        "kind": by("kind", ("labelled", "rows")),
        "rules": by_rules(parts["rows"], manifest),
        "reliability": reliability(outcomes),
        "worst": most,
    }


def line(name, found):
    share = lambda value: "    -" if value is None else f"{value:5.3f}"
    return (
        f"{name:34}{found['values']:7}{found['given']:7}  {share(found['precision'])}  {share(found['recall'])}  {share(found['f1'])}"
        f"  {share(found['sure_precision'])}  {share(found['sure_share'])}"
    )


def show(report):
    print(f"{report['documents']} documents, {report['without_answer']} without an answer, {len(report['unknown_ids'])} unknown ids")
    print(f"{'':34}{'values':>7}{'given':>7}  preci  recal  F1     p@{SURE}  share@{SURE}")
    for name, found in report["parts"].items():
        print(line(name, found))
    for group in ("scanned", "held_out", "language", "kind", "rules"):
        print(f"\nby {group}")
        for value, parts in report[group].items():
            for part, found in parts.items():
                print(line(f"{str(value).lower():22}{part}", found))
    print("\nconfidence   values  mean   right")
    for one in report["reliability"]["bins"]:
        print(f"{one['from']:.1f} - {one['to']:.1f}  {one['values']:7}  {one['confidence']:.3f}  {one['right']:.3f}")
    error = report["reliability"]["calibration_error"]
    print(f"calibration error {'-' if error is None else f'{error:.3f}'}, {report['reliability']['without_confidence']} values without confidence")
    for sort, entries in report["worst"].items():
        print(f"\nmost often {sort}")
        for entry in entries:
            document, field, truth, given = entry["example"]
            print(f"{entry['count']:5} {entry['field']:40} {document} {field}: {truth!r} / {given!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True, help="folder that generate.py wrote")
    parser.add_argument("--pred", type=Path, required=True)
    parser.add_argument("--worst", type=int, default=15, help="how many fields to list")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    report = build(given.truth, given.pred, given.worst)
    print(json.dumps(report, ensure_ascii=False, indent=1, default=str)) if given.json else show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
