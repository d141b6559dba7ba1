"""A document that takes long to read, for what must still be running when it is cancelled: a running job hears of it
within a second, and one page of a scan may be done by then."""
import re

PAGES = 40


def long_scan(documents):
    """scan.pdf with its page many times: an update at the end of the PDF, whose tree of pages is its object 7 and whose
    page is its object 4."""
    scan = (documents / "scan.pdf").read_bytes()
    page = re.search(rb"\n4 0 obj(.+?)endobj", scan, re.DOTALL).group(1)
    before = re.search(rb"startxref\s+(\d+)", scan).group(1)
    numbers = range(9, 9 + PAGES)
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [(7, b"\n<< /Type /Pages /Count %d /Kids [ %s ] >>\n" % (PAGES, kids)), *((number, page) for number in numbers)]
    written, places = scan, b""
    for number, content in objects:
        places += b"%d 1\n%010d 00000 n \n" % (number, len(written))
        written += b"%d 0 obj%sendobj\n" % (number, content)
    trailer = b"trailer\n<< /Root 5 0 R /Size %d /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (9 + PAGES, before, len(written))
    return written + b"xref\n" + places + trailer
