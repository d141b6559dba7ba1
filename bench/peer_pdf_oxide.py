"""Body of the peer's run: every PDF of a folder to markdown with pdf_oxide; prints pages and CPU seconds."""
import sys
import time
from pathlib import Path

from pdf_oxide import PdfDocument

source, target = Path(sys.argv[1]), Path(sys.argv[2])
target.mkdir(parents=True, exist_ok=True)
pages = failed = 0
begin = time.process_time()
for path in sorted(source.rglob("*.pdf")):
    try:
        document = PdfDocument(str(path))
        text = document.to_markdown_all()
        pages += document.page_count()
        (target / f"{path.stem}.md").write_text(text, encoding="utf-8")
    except Exception as error:
        failed += 1
        print(f"{path.name}: {error}", file=sys.stderr)
print(f"pages {pages} failed {failed} cpu_s {time.process_time() - begin:.3f}")
