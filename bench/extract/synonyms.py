#!/usr/bin/env python3
"""How often each label of the lexicon wins, and how often it is right.

    synonyms.py --pred PRED.jsonl --hits HITS.jsonl [--pred ... --hits ...] [--least 3] [--all]

PRED.jsonl is what `extract_dir DOCUMENTS SCHEMA.json PRED.jsonl --labels` writes: for each value the label that it was found
by. HITS.jsonl is what hits.py says of it. A label that several concepts have counts for the first concept of its field that
has it. Prints the labels that won at least --least times and were wrong more often than right, the totals, and with --all
every label. Values found by the names that a schema has itself are counted together.
"""

import argparse
import json
import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

LEXICON = Path(__file__).resolve().parents[2] / "crates/extract/src/lexicon.txt"


def words(text):
    """The words of a label without case, accents and signs.

    >>> words("N° de Facture :")
    'n de facture'
    """
    folded = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss"))
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c))))


def lexicon(text):
    """The labels of each concept, by its name: its first label.

    >>> lexicon("id: order number | ~order\\n    | =po\\n  ! date\\n\\ntext: note")
    {'order number': ['order number', 'order', 'po'], 'note': ['note']}
    """
    concepts = {}
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("#") or ":" not in paragraph:
            continue
        labels = paragraph.split(":", 1)[1].split("\n  !")[0]
        labels = [words(label.strip(" ~=\n")) for label in labels.split("|")]
        concepts[labels[0]] = [label for label in dict.fromkeys(labels) if label]
    return concepts


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def counted(pairs, concepts):
    """{(concept, label): {document: Counter of right and wrong}}, and one Counter for labels of no concept of their field."""
    found, own = defaultdict(lambda: defaultdict(Counter)), Counter()
    for pred, hits in pairs:
        labels = {row["id"]: row.get("labels", {}) for row in rows(pred)}
        for hit in rows(hits):
            told = labels.get(hit["id"], {}).get(hit["path"])
            if not told:
                continue
            label, right = words(told["label"]), "right" if hit["right"] else "wrong"
            named = [words(name) for name in told["concepts"]]
            concept = next((name for name in named if label in concepts.get(name, ())), None)
            (found[concept, label][hit["id"]] if concept else own)[right] += 1
    return found, own


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pred", type=Path, action="append", required=True)
    parser.add_argument("--hits", type=Path, action="append", required=True)
    parser.add_argument("--least", type=int, default=2, help="documents")
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    concepts = lexicon(LEXICON.read_text(encoding="utf-8"))
    found, own = counted(zip(asked.pred, asked.hits, strict=True), concepts)
    total = sum(len(labels) for labels in concepts.values())
    sums = {key: sum(documents.values(), Counter()) for key, documents in found.items()}
    right, values = (sum(pick(count) for count in sums.values()) for pick in (lambda c: c["right"], Counter.total))
    print(f"{total} labels of {len(concepts)} concepts; {len(found)} of them won {values} values, {right} right")
    print(f"other labels (of the schema itself, or in other words): {own.total()} values, {own['right']} right")
    print("\n| concept | label | right | wrong | documents for | against |\n| --- | --- | --- | --- | --- | --- |")
    speak = lambda key: Counter(count["right"] >= count["wrong"] for count in found[key].values())
    for key in sorted(found, key=lambda key: (speak(key)[True] - speak(key)[False], key)):
        documents, count = speak(key), sums[key]
        if asked.all or documents[False] >= max(asked.least, documents[True] + 1):
            cells = [*key, count["right"], count["wrong"], documents[True], documents[False]]
            print("|", " | ".join(map(str, cells)), "|")


if __name__ == "__main__":
    main()
