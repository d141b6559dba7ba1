"""Body of the peer's run: every PDF of a folder to markdown (or `text`) with liteparse, no OCR; prints pages and CPU seconds."""
import sys
import time
from pathlib import Path

from liteparse import LiteParse

source, target = Path(sys.argv[1]), Path(sys.argv[2])
form = sys.argv[3] if len(sys.argv) > 3 else "markdown"
target.mkdir(parents=True, exist_ok=True)
parser = LiteParse(output_format=form, ocr_enabled=False, quiet=True)
pages = failed = 0
begin = time.process_time()
for path in sorted(source.rglob("*.pdf")):
    try:
        result = parser.parse(path)
        pages += len(result.pages)
        (target / f"{path.stem}.md").write_text(result.text, encoding="utf-8")
    except Exception as error:
        failed += 1
        print(f"{path.name}: {error}", file=sys.stderr)
print(f"pages {pages} failed {failed} cpu_s {time.process_time() - begin:.3f}")
