"""Makes scans of documents: `scans.py --pdfs DIR --out DIR --seed N`. Each page becomes one grey picture, askew, blurred and
with the noise of paper, as office scanners make them; the text layer is gone. The same seed makes the same scans."""

import argparse
import random
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

RESOLUTIONS = [150, 200, 200, 300]
ASKEW_DEGREES = 1.5


def scanned(page: Image.Image, rng: random.Random) -> Image.Image:
    """One page as a scanner of middling quality sees it."""
    paper = rng.randint(228, 252)
    page = page.rotate(rng.uniform(-ASKEW_DEGREES, ASKEW_DEGREES), resample=Image.BICUBIC, fillcolor=255)
    page = page.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 0.8)))
    page = page.point(lambda grey: int(20 + grey * (paper - 20) / 255))
    # The noise of Pillow has no seed; this one is drawn small and stretched, so that it is quick.
    side = 256
    noise = Image.frombytes("L", (side, side), bytes(rng.randint(118, 138) for _ in range(side * side)))
    tiled = Image.new("L", page.size)
    for x in range(0, page.width, side):
        for y in range(0, page.height, side):
            tiled.paste(noise, (x, y))
    return ImageChops.add(page, tiled, scale=1, offset=-128)


def scan(pdf: Path, out: Path, rng: random.Random) -> None:
    dpi = rng.choice(RESOLUTIONS)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", str(pdf), f"{folder}/page"], check=True)
        pages = [scanned(Image.open(path), rng) for path in sorted(Path(folder).glob("*.pgm"))]
    quality = rng.randint(60, 85)
    pages[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=pages[1:], quality=quality)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdfs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for pdf in sorted(arguments.pdfs.glob("*.pdf")):
        scan(pdf, arguments.out / pdf.name, random.Random(f"{arguments.seed} {pdf.stem}"))


if __name__ == "__main__":
    main()
