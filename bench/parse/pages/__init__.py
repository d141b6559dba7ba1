"""Typesets documents of many layouts together with the markdown a perfect parser would give for them."""
