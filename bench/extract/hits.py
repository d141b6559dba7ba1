#!/usr/bin/env python3
"""Which of the values that were given are right: what `cargo xtask extract-fit` fits the confidence on.

    hits.py --truth TRUTH.jsonl --pred PRED.jsonl > HITS.jsonl

A line of the truth is {"id", "fields"}, one of PRED.jsonl {"id", "fields", "confidence"}, one of the output
{"id", "path", "right"} with the path as the confidence names it: "rows.0.amount". The rules are those of compare.py and
report.py, so any folder of documents with truth will do.
"""

import argparse
import json
import re
from pathlib import Path

from report import Comparison, empty, flat, rows_of


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--pred", type=Path, required=True)
    asked = parser.parse_args()
    truths = {row["id"]: row["fields"] for row in rows_of(asked.truth)}
    for row in rows_of(asked.pred):
        found = row["fields"]
        walk = Comparison(row["id"], set(), flat(row.get("confidence") or {}))
        walk.objects("", "", "", "scalar", truths[row["id"]], found if isinstance(found, dict) else {})
        for one in walk.out:
            if not empty(one.given):
                path = re.sub(r"\[(\d+)\]", r".\1", one.here)
                print(json.dumps({"id": row["id"], "path": path, "right": one.right}))


if __name__ == "__main__":
    main()
