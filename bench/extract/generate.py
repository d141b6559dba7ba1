#!/usr/bin/env python3
"""Typesets documents of daily business whose values are known by construction, with a JSON Schema for each.

    generate.py --seed 1 --documents 100 --out DIR [--scanned-share 0.15] [--kinds invoice,receipt] [--languages en,de] [--check]

Writes DIR/pdfs/ID.pdf, DIR/schema.json, DIR/truth.jsonl, DIR/manifest.jsonl and DIR/forms.jsonl (how the page writes every
value of the truth). The page of a scanned document before it was scanned is in DIR/digital. The same seed gives the same
documents. --check reads DIR back and fails when a value of the truth is not in the text of its document; with
--documents 0 it only does this.
"""

import argparse
import json
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from papers import check, scan, schema, web
from papers.draft import Draft
from papers.kinds import KINDS, PAGES

ATTEMPTS = 6
HELD_OUT = 0.15


def draw(seed, kind, language, odd):
    """(pdf, schema, truth, forms, layout) of one document."""
    rng = random.Random(seed)
    page, size = PAGES.get(kind, (None, None))
    draft = Draft(rng, language, page, size)
    made = KINDS[kind](draft)
    built, truth, builder, hand = schema.build(rng, draft.sheet, language, odd)
    pdf = made.pdf or web.render(made, draft.look, language, kind)
    layout = dict(
        page=made.layout or draft.look.name,
        locale=draft.world.locale,
        font=draft.look.font,
        size=draft.look.size,
        schema=f"{hand.kind}/{hand.case}{'/native' if hand.native else ''}",
        dates=hand.dates,
        rules=made.rules or draft.look.rules,
        explained="oblique" if hand.oblique else "plain",
    )
    return pdf, built, truth, {"forms": builder.forms, "concepts": builder.concepts}, layout


def make(job):
    """One document; drawn again from the next sub-seed when a value did not come out on its page."""
    seed, index, kind, language, odd, scanned = job
    entry = {"id": f"{seed}-{index:04}-{kind}-{language}", "kind": kind, "language": language, "scanned": scanned}
    reasons = []
    for attempt in range(ATTEMPTS):
        sub = f"{seed}/{index}/{attempt}"
        pdf, built, truth, forms, layout = draw(sub, kind, language, odd)
        lost = check.missing(pdf, forms["forms"])
        faults = check.crowded(pdf)
        if not lost and not faults:
            entry.update(layout=layout, held_out=odd)
            return entry, pdf, scan.scan(pdf, sub) if scanned else None, built, truth, forms, reasons
        reasons.append(f"{sub} {kind}: {[(entry['path'], entry['written']) for entry in lost[:3]]} {faults}")
    return entry, None, None, None, None, None, reasons


def jobs(given):
    rng = random.Random(f"jobs {given.seed}")
    pairs = [(kind, language) for kind in given.kinds for language in given.languages]
    order = []
    while len(order) < given.documents:
        rng.shuffle(pairs)
        order += pairs
    return [
        (given.seed, index, kind, language, rng.random() < HELD_OUT, rng.random() < given.scanned_share)
        for index, (kind, language) in enumerate(order[: given.documents])
    ]


def write(given):
    for folder in ("pdfs", "digital"):
        (given.out / folder).mkdir(parents=True, exist_ok=True)
    schemas, failed, count = {}, 0, 0
    dumps = lambda value: json.dumps(value, ensure_ascii=False) + "\n"
    files = {name: open(given.out / f"{name}.jsonl", "w", encoding="utf-8") for name in ("truth", "manifest", "forms")}
    with ProcessPoolExecutor(given.workers) as pool:
        for entry, pdf, scanned, built, truth, forms, reasons in pool.map(make, jobs(given)):
            if given.verbose:
                print(*reasons, sep="\n", end="\n" if reasons else "", file=sys.stderr)
            if pdf is None:
                failed += 1
                print(f"error: {entry['id']}: no draft passed: {reasons[-1]}", file=sys.stderr)
                continue
            count += 1
            if scanned:
                (given.out / "digital" / f"{entry['id']}.pdf").write_bytes(pdf)
            (given.out / "pdfs" / f"{entry['id']}.pdf").write_bytes(scanned or pdf)
            schemas[entry["id"]] = built
            files["truth"].write(dumps({"id": entry["id"], "doc": f"pdfs/{entry['id']}.pdf", "fields": truth}))
            files["manifest"].write(dumps(entry))
            files["forms"].write(dumps({"id": entry["id"], **forms}))
    for file in files.values():
        file.close()
    (given.out / "schema.json").write_text(json.dumps(schemas, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{count} documents in {given.out}")
    return failed


def verify(out):
    """Reads the folder back: every value of the truth has a form, and that form is on the page."""
    read = lambda name: [json.loads(line) for line in (out / name).read_text(encoding="utf-8").splitlines()]
    truths = {row["id"]: row["fields"] for row in read("truth.jsonl")}
    values, bad, kinds = 0, 0, Counter()
    for row in read("forms.jsonl"):
        stem = row["id"]
        source = out / "digital" / f"{stem}.pdf"
        pdf = (source if source.exists() else out / "pdfs" / f"{stem}.pdf").read_bytes()
        values_of = dict(leaves(truths[stem]))
        paths = set(values_of)
        for entry in row["forms"]:
            if entry["path"] in paths and not check.agrees(entry["kind"], values_of[entry["path"]], entry["written"]):
                bad += 1
                print(f"{stem}: {entry['path']}: {values_of[entry['path']]!r} is not what {entry['written']} says")
        for path in sorted(paths ^ {entry["path"] for entry in row["forms"]}):
            bad += 1
            print(f"{stem}: {path}: only in the {'truth' if path in paths else 'forms'}")
        for entry in check.missing(pdf, row["forms"]):
            bad += 1
            print(f"{stem}: {entry['path']}: none of {entry['written']} is in the text")
        values += len(paths)
        kinds.update(entry["kind"] for entry in row["forms"])
    print(f"checked {values} values of {len(truths)} documents, {bad} wrong; {dict(kinds.most_common())}")
    return bad


def leaves(value, path=""):
    """(path, scalar or list of strings) that is not null."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for at, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{at}]")
    elif value is not None and value != []:
        yield path, value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scanned-share", type=float, default=0.15)
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS), help=", ".join(KINDS))
    parser.add_argument("--languages", type=lambda text: text.split(","), default=["en", "de", "fr", "es"])
    parser.add_argument("--workers", type=int, default=None)
    parser.add_argument("--check", action="store_true", help="read DIR back and verify it")
    parser.add_argument("--verbose", action="store_true", help="say why a draft was thrown away")
    given = parser.parse_args()
    failed = write(given) if given.documents else 0
    bad = verify(given.out) if given.check else 0
    return 1 if failed or bad else 0


if __name__ == "__main__":
    sys.exit(main())
