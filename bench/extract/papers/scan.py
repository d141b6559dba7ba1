"""A PDF as a scanner or copier would give it back: grey or coloured pixels, a little skewed, with noise, and no text."""

import io
import random

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter


def page_image(page, rng, pixels, dpi, skew, dirt, grey):
    image = page.render(scale=dpi / 72).to_pil().convert("L" if grey else "RGB")
    image = image.rotate(skew, resample=Image.BICUBIC, expand=False, fillcolor=255 if grey else (255, 255, 255))
    if rng.random() < 0.6:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.7)))
    values = np.asarray(image).astype(np.float32)
    paper, ink = rng.uniform(236, 255), rng.uniform(0, 45)
    values = ink + values * (paper - ink) / 255 + pixels.normal(0, dirt, values.shape)
    height, width = values.shape[:2]
    for _ in range(rng.randint(0, 60)):  # specks of dust
        x, y, r = rng.randrange(width - 3), rng.randrange(height - 3), rng.randint(1, 2)
        values[y : y + r, x : x + r] = rng.uniform(60, 190)
    if rng.random() < 0.25:  # the shadow of the lid along one edge
        edge = int(width * rng.uniform(0.01, 0.03))
        values[:, :edge] -= rng.uniform(40, 110)
    return Image.fromarray(values.clip(0, 255).astype(np.uint8))


def scan(pdf, seed):
    rng, pixels = random.Random(f"scan {seed}"), np.random.default_rng(random.Random(seed).getrandbits(32))
    dpi, grey = rng.choice([150, 150, 200, 200, 200]), rng.random() < 0.8
    dirt, quality = rng.uniform(0, 9), rng.randint(55, 90)
    document = pypdfium2.PdfDocument(pdf)
    skew = rng.uniform(-1.2, 1.2)
    images = [page_image(page, rng, pixels, dpi, skew + rng.uniform(-0.2, 0.2), dirt, grey) for page in document]
    out = io.BytesIO()
    images[0].save(
        out, "PDF", save_all=True, append_images=images[1:], resolution=dpi, quality=quality, creationDate=None, modDate=None, producer="scan"
    )
    document.close()
    return out.getvalue()
