//! What the OCR program answers, as words, lines and blocks of a page.
