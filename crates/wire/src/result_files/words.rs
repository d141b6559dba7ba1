//! Every word with its box (`additional_outputs: word_bbox`).

use docmill_model::document::Page;
use serde_json::{Value, json};

use crate::items::bbox;
use crate::render::{points, score};

pub(super) fn page(page: &Page) -> Value {
    let words = page.words.iter().map(|word| {
        json!({
            "text": word.text,
            "line": word.line,
            "bbox": word.bbox.map(bbox),
            "confidence": word.confidence.map(score),
        })
    });
    json!({
        "page_number": page.number,
        "page_width": points(page.width.unwrap_or_default()),
        "page_height": points(page.height.unwrap_or_default()),
        "success": true,
        "words": words.collect::<Vec<_>>(),
    })
}
