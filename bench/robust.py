#!/usr/bin/env python3
"""Runs docmill over every file of a folder, odd ones above all, and says how each ended.

    bench/robust.py --docmill BINARY --files DIR [--manifest FILE] [--jobs 1] [--limit 120] [--no-ocr] [--keep DIR] [--json FILE]

Every file is read by a `docmill parse` of its own, one try each, with a time limit from outside. How it ended:

    done      there is a result; pages that failed in it are counted apart
    refused   docmill said no, with a code and a sentence
    crashed   docmill or its reader died (READER_DIED, for the document or for one of its pages)
    over      the time limit from outside, or docmill's own (READER_TIMEOUT, READER_MEMORY)

CPU seconds and the peak memory of the largest process are those of docmill with all it started, as the kernel counted
them. PDFs are also given to pdfium, in a process of its own, for the words of their text layer. A word is a run of three
or more letters or digits after NFKC, case folded; one that a line end breaks does not count. The share is that of
pdfium's words that are in docmill's text, each as often as pdfium has it, over the first 50 pages on both sides.
Files with five words or more and a share under nine tenths are listed. "markdown" is the share of its markdown.
"unspaced" is the share when white space is taken out of docmill's text: where it is high and the share is not, the
letters are there and the spaces differ.

The manifest has a line of JSON a file: file (its end is the path below DIR), expect ("encrypted", "not a document" or
"unknown"). Needs pypdfium2.
"""
import argparse
import ctypes
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGES = 50
LEAST_WORDS = 5
LEAST_SHARE = 0.9
PDFIUM_LIMIT = 60
DIED, STOPPED = ("READER_DIED",), ("READER_TIMEOUT", "READER_MEMORY")
# What the manifest expects, and the codes that answer it.
ANSWERS = {
    "encrypted": ("PDF_IS_PROTECTED",),
    "not a document": ("UNSUPPORTED_FILE_TYPE", "FILE_TYPE_MISMATCH", "FILE_DAMAGED", "EMPTY_FILE", "NO_DATA_FOUND_IN_FILE"),
}


def children():
    """Processes whose parent is this one; those that lost theirs come to it too."""
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def contain(limit, command):
    """Runs a command, kills what is left of it after the limit, and prints how it ended and what it used."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: nothing started below gets away uncounted
    began, over = time.monotonic(), False
    stderr = tempfile.TemporaryFile()
    run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True)
    try:
        run.wait(limit)
    except subprocess.TimeoutExpired:
        over = True
        run.kill()
        run.wait()
    while left := children():
        for pid in left:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    stderr.seek(0)
    print(json.dumps({
        "over": over, "exit": run.returncode, "seconds": round(time.monotonic() - began, 2),
        "cpu": round(used.ru_utime + used.ru_stime, 2), "mib": round(used.ru_maxrss / 1024),
        "stderr": stderr.read().decode(errors="replace")[-2000:],
    }))


def words_of_layer(file):
    """Prints the words that pdfium finds, with their numbers."""
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    count = Counter()
    for number in range(min(len(document), PAGES)):
        try:
            text = document[number].get_textpage().get_text_range()
        except pypdfium2.PdfiumError:
            continue
        count += words(re.sub(r"\w+(?:[\ufffe\x02]\s*|[-\u00ad\u2010]\r?\n\s*)\w+", " ", text))
    print(json.dumps(count))


def clean(text):
    return unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()


def words(text):
    return Counter(re.findall(r"[^\W_]{3,}", clean(text)))


def own(*arguments, limit):
    """What this file prints when it is called anew; none when it dies or takes too long."""
    command = [sys.executable, __file__, *map(str, arguments)]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None, f"over {limit} s"
    if ended.returncode:
        return None, (ended.stderr.strip().splitlines() or [f"exit {ended.returncode}"])[-1]
    return json.loads(ended.stdout), None


def examine(docmill, file, out, given):
    """One file: how docmill ended with it, what it used and, for a PDF, what of its words it found."""
    is_pdf = file.suffix.lower() == ".pdf"
    command = [docmill, "parse", file, "--workers", 1, "--format", "md,text,json", "-o", out]
    command += ["--pages", f"1-{PAGES}"] if is_pdf else []
    record, error = own("--contain", given.limit, *command, limit=given.limit + 60)
    if record is None:
        raise RuntimeError(f"{file}: {error}")
    manifest = out / "manifest.jsonl"
    lines = manifest.read_text().splitlines() if manifest.exists() else []
    line = json.loads(lines[-1]) if lines else {}
    record |= {key: line.get(key) for key in ("status", "code", "message", "warnings", "pages")}
    record["page_errors"] = page_errors(out / f"{file.name}.json")
    record["end"], record["why"] = verdict(record)
    if is_pdf:
        compare(record, file, *(output(out / f"{file.name}.{ending}") for ending in ("txt", "md")))
    return record


def output(file):
    """Text without what stands in the place of pages that failed."""
    return re.sub("<!-- page .*? could not be read: .*? -->", "", file.read_text()) if file.exists() else ""


def page_errors(file):
    pages = json.loads(file.read_text())["metadata"]["pages"] if file.exists() else []
    return [page["error"] for page in pages if "error" in page]


def verdict(record):
    """How the file ended, and the signal, code or sentence that says so."""
    code = record["code"]
    codes = [code, *(error.split(":")[0] for error in record["page_errors"])]
    told = f"{code}: {record['message']}" if code else "; ".join(record["page_errors"][:1])
    panic = re.search(r"panicked at ([^\\]+)\\n([^\\]+)", record["stderr"])
    if record["over"]:
        return "over", "the time limit"
    if record["exit"] < 0:
        return "crashed", signal.Signals(-record["exit"]).name
    if any(code in DIED for code in codes):
        return "crashed", told + (f" ({panic.group(1)} {panic.group(2)})" if panic else "")
    if any(code in STOPPED for code in codes):
        return "over", told
    if code:
        return "refused", told
    if record["status"] != "COMPLETED":
        return "crashed", f"exit {record['exit']} without a result: {record['stderr'].strip()[-200:]}"
    return "done", ""


def compare(record, file, text, markdown):
    counted, record["pdfium_error"] = own("--words", file, limit=PDFIUM_LIMIT)
    there, ours = Counter(counted), words(text)
    record["words"] = total = there.total()
    if not total:
        return
    unspaced = "".join(clean(text).split())
    found = sum(min(number, ours[word] or unspaced.count(word)) for word, number in there.items())
    record["share"] = round((there & ours).total() / total, 4)
    record["markdown"] = round((there & words(markdown)).total() / total, 4)
    record["unspaced"] = round(found / total, 4)
    record["missing"] = dict((there - ours).most_common(30))
    record["extra"] = dict((ours - there).most_common(30))


def reasons(record):
    """Why words may be missing, as docmill tells it."""
    told = [record["why"]] if record["why"] else []
    told += [f"{number} page{'s' * (number > 1)}: {error}" for error, number in Counter(record["page_errors"]).most_common(3)]
    return "; ".join(dict.fromkeys([*told, *(record["warnings"] or [])])) or "nothing said"


def summary(records, expected):
    ends = Counter(record["end"] for record in records.values())
    yield f"{len(records)} files: " + ", ".join(f"{ends[end]} {end}" for end in ("done", "refused", "crashed", "over"))
    yield "\n| end | code | files |\n| --- | --- | --- |"
    for (end, code), number in sorted(Counter((r["end"], r["code"] or "") for r in records.values()).items(), key=lambda item: (item[0][0], -item[1])):
        yield f"| {end} | {code} | {number} |"
    failed = [record for record in records.values() if record["page_errors"] and record["end"] == "done"]
    yield f"\ndone, but with pages that failed: {len(failed)}"
    for end in ("crashed", "over"):
        if ends[end]:
            yield f"\n{end}:"
            yield from (f"  {name}: {record['why']}" for name, record in records.items() if record["end"] == end)
    wrong = [
        f"  {name}: expected {expected[name]}, but {record['end']} {record['why']}"
        for name, record in records.items()
        if expected.get(name) in ANSWERS and record["code"] not in ANSWERS[expected[name]]
    ]
    if expected:
        known = sum(expected.get(name) in ANSWERS for name in records)
        yield "\n".join([f"\nnot as expected: {len(wrong)} of {known}", *wrong])
    for title, key, unit in (("most CPU", "cpu", "s"), ("most memory", "mib", "MiB")):
        yield f"\n{title}:"
        for name, record in sorted(records.items(), key=lambda item: -item[1][key])[:5]:
            yield f"  {record[key]} {unit}  {name}  {record['end']} {record['why'][:100]}".rstrip()


def shortfalls(records):
    pdfs = {name: record for name, record in records.items() if record.get("words", 0) >= LEAST_WORDS}
    under = sorted((record["share"], name) for name, record in pdfs.items() if record["share"] < LEAST_SHARE)
    unopened = sum(bool(record.get("pdfium_error")) for record in records.values())
    mean = sum(record["share"] for record in pdfs.values()) / max(len(pdfs), 1)
    yield f"\nPDFs with {LEAST_WORDS} words or more: {len(pdfs)} (pdfium failed on {unopened}), mean share {mean:.4f}, under {LEAST_SHARE}: {len(under)}"
    yield "\n| share | markdown | unspaced | words | file | docmill says |\n| --- | --- | --- | --- | --- | --- |"
    for share, name in under:
        record = records[name]
        yield f"| {share:.2f} | {record['markdown']:.2f} | {record['unspaced']:.2f} | {record['words']} | {name} | {reasons(record)} |"


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--docmill", type=Path, required=True)
    options.add_argument("--files", type=Path, required=True)
    options.add_argument("--manifest", type=Path)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--limit", type=float, default=120, help="seconds for one file")
    options.add_argument("--no-ocr", action="store_true", help="text layers alone")
    options.add_argument("--keep", type=Path, help="new folder for the outputs of docmill")
    options.add_argument("--json", type=Path, help="file for the whole record")
    given = options.parse_args()
    if given.keep and given.keep.exists():
        options.error(f"{given.keep} is there already, and docmill would not read again what is in it")
    os.environ |= {"DOCMILL_RUN__STRIKES_MAX": "1", "DOCMILL_LOG__LEVEL": "warn"}
    if given.no_ocr:
        os.environ["DOCMILL_OCR__TESSERACT"] = "/nonexistent"
    manifest = given.manifest and given.manifest.resolve()
    files = sorted(path for path in given.files.rglob("*") if path.is_file() and path.resolve() != manifest)
    names = [path.relative_to(given.files).as_posix() for path in files]
    lines = [json.loads(line) for line in given.manifest.read_text().splitlines()] if given.manifest else []
    # Paths of the manifest may begin above or below the folder.
    expected = {name: line["expect"] for line in lines for name in names if f"/{name}".endswith(f"/{line['file']}") or f"/{line['file']}".endswith(f"/{name}")}
    with tempfile.TemporaryDirectory() as temporary, ThreadPoolExecutor(given.jobs) as pool:
        keep = given.keep or Path(temporary)
        ended = pool.map(lambda file, name: examine(given.docmill.resolve(), file, (keep / name).resolve(), given), files, names)
        records = dict(zip(names, ended))
    if given.json:
        given.json.write_text(json.dumps(records, indent=1, ensure_ascii=False))
    print("\n".join([*summary(records, expected), *shortfalls(records)]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--contain"]:
        contain(float(sys.argv[2]), sys.argv[3:])
    elif sys.argv[1:2] == ["--words"]:
        words_of_layer(sys.argv[2])
    else:
        main()
