"""Compares the words a PDF holds with the words of its truth, and finds text that overlaps or leaves the page."""
import re
import unicodedata
from collections import Counter

import pypdfium2

TAGS = re.compile(r"</?(?:table|tr|td)[^>]*>")
ALPHABETIC = re.compile(r"[^\W_]+")


def bag(text, letters):
    text = unicodedata.normalize("NFKC", text)
    if letters:
        return Counter(c for c in text if c.isalnum())
    return Counter(ALPHABETIC.findall(text))


def mended(text):
    return re.sub(r"(?:\ufffe|\u0002|\xad|-|‐)[\r\n]+(?=\w)", "", text)


def difference(pdf_text, truth, letters=False):
    """Share of words that only one side has."""
    truth = TAGS.sub(" ", truth).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    one, two = bag(mended(pdf_text), letters), bag(mended(truth), letters)
    apart = sum(((one - two) + (two - one)).values())
    return apart / max(1, sum(one.values()) + sum(two.values())), one - two, two - one


def read(path_or_bytes):
    """(text, problems) of a PDF: text outside of the page, and lines of text that lie over others."""
    document = pypdfium2.PdfDocument(path_or_bytes)
    texts, problems = [], []
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        texts.append(text.get_text_bounded())
        boxes = [text.get_rect(at) for at in range(text.count_rects())]
        for left, bottom, right, top in boxes:
            if left < 2 or bottom < 2 or right > width - 2 or top > height - 2:
                problems.append("text leaves the page")
        boxes = sorted(box for box in boxes if box[2] > box[0] and box[3] > box[1])
        for at, one in enumerate(boxes):
            for two in boxes[at + 1:]:
                if two[0] >= one[2] - 1:
                    break
                across = min(one[2], two[2]) - two[0]
                down = min(one[3], two[3]) - max(one[1], two[1])
                if across > 3 and down > 0.45 * min(one[3] - one[1], two[3] - two[1]) and down > 2.5:
                    problems.append("text lies over text")
    document.close()
    return "\n".join(texts), problems
