#!/usr/bin/env python3
"""Typesets PDFs of many layouts whose markdown is known by construction.

    generate.py --seed 1 --documents 100 --out DIR [--kinds paper,report] [--backends weasyprint,reportlab,typst]

Writes DIR/pdfs/STEM.pdf, DIR/truth/STEM.md and DIR/manifest.jsonl; the same seed gives the same documents.
"""
import argparse
import json
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from pathlib import Path

from pages import check, kinds, model, truth

BACKENDS = {"weasyprint": "pages.web", "reportlab": "pages.draw", "typst": "pages.typ"}
ATTEMPTS = 12


def factors(document, backend, pages):
    style = document.style
    tables = [block for block in document.blocks if isinstance(block, model.Table)]
    return dict(
        pages=pages, columns=style.columns, page=[round(style.width), round(style.height)], body=style.size, leading=style.leading,
        font=style.drawn if backend == "reportlab" else style.font, justify=style.justify, hyphenate=style.hyphenate, indent=style.indent,
        gutter=style.gutter, headings=style.heads, numbering=style.numbering, lang=style.lang, furniture=document.facts.get("furniture", ""),
        notes=len(document.notes), tagged=style.tagged and backend != "reportlab", stream=style.stream if backend == "reportlab" else None,
        tables=[dict(rules=table.look.rules, rows=len(table.rows), columns=sum(cell.cols for cell in table.rows[0]), header=table.header,
                     spans=sum(cell.cols > 1 or cell.rows > 1 for row in table.rows for cell in row), width=table.look.width,
                     pad=table.look.pad_x, caption=bool(table.caption)) for table in tables],
        blocks=dict(Counter(type(block).__name__ for block in document.blocks)))


def one(seed, number, wanted, backends):
    kind = wanted[number % len(wanted)] if wanted else kinds.order(seed, number, random)
    reasons = []
    for attempt in range(ATTEMPTS):
        rng = random.Random(f"{seed} {number} {attempt}")
        document = kinds.KINDS[kind][0](rng)
        allowed = [name for name in document.backends if name in backends] or list(document.backends)
        backend = rng.choice(allowed)
        document.finish()
        try:
            placed = import_module(BACKENDS[backend]).render(document)
        except LookupError as missing:
            reasons.append(f"{backend}: {missing}")
            continue
        if placed.pages > 3:
            reasons.append(f"{backend}: {placed.pages} pages")
            continue
        markdown = truth.markdown(document, placed)
        text, problems = check.read(placed.pdf)
        share, extra, missing = check.difference(text, markdown, document.style.lang in ("ar", "he", "zh", "ja"))
        if share > 0.03 and not (document.style.hyphenate and share < 0.15 and check.difference(text, markdown, True)[0] < 0.005):
            problems.append(f"{100 * share:.1f} % of the words differ, extra {list(extra)[:6]}, missing {list(missing)[:6]}")
        if problems:
            reasons.append(f"{backend}: {Counter(problems).most_common(3)}")
            continue
        entry = dict(stem=f"{seed}-{number:03}-{kind}", kind=kind, backend=backend, attempt=attempt, words_apart=round(share, 4),
                     factors=factors(document, backend, placed.pages))
        return entry, placed.pdf, markdown, reasons
    return dict(stem=f"{seed}-{number:03}-{kind}"), None, "", reasons


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, required=True)
    options.add_argument("--documents", type=int, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--kinds", default="")
    options.add_argument("--backends", default="weasyprint,reportlab,typst")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--verbose", action="store_true", help="say why a draft was thrown away")
    given = options.parse_args()
    for name in ("pdfs", "truth"):
        (given.out / name).mkdir(parents=True, exist_ok=True)
    wanted = [kind for kind in given.kinds.split(",") if kind]
    if set(wanted) - set(kinds.KINDS):
        sys.exit(f"error: kinds are {', '.join(kinds.KINDS)}")
    count, failed = given.documents, 0
    with ProcessPoolExecutor(given.jobs) as pool, open(given.out / "manifest.jsonl", "w", encoding="utf-8") as manifest:
        made = pool.map(one, [given.seed] * count, range(count), [wanted] * count, [given.backends.split(",")] * count)
        for entry, pdf, markdown, reasons in made:
            if given.verbose:
                for reason in reasons:
                    print(entry["stem"], reason, file=sys.stderr)
            if pdf is None:
                failed += 1
                print(f"error: {entry['stem']}: no draft passed: {reasons[-1]}", file=sys.stderr)
                continue
            (given.out / "pdfs" / f"{entry['stem']}.pdf").write_bytes(pdf)
            (given.out / "truth" / f"{entry['stem']}.md").write_text(markdown, encoding="utf-8")
            manifest.write(json.dumps(entry, ensure_ascii=False) + "\n")
    print(f"{count - failed} documents in {given.out}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
