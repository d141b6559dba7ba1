//! The pages of a finished parse, in each form that `expand` asks for (contract 3.5).

use docmill_model::document::{BBox, BlockKind, LineNumber, Page, PageOutcome, Revision, Role};
use serde_json::{Value, json};

use crate::items;
use crate::render::{points, score};

/// `{"pages": [...]}` from what each form makes of a page that was read.
pub(crate) fn pages(outcomes: &[PageOutcome], read: impl Fn(&Page) -> Value) -> Value {
    let pages = outcomes.iter().map(|outcome| match outcome {
        PageOutcome::Read(page) => read(page),
        PageOutcome::Failed { number, error } => failed(*number, error),
    });
    json!({"pages": pages.collect::<Vec<_>>()})
}

pub(crate) fn failed(number: u32, error: &str) -> Value {
    json!({"page_number": number, "error": error, "success": false})
}

/// A page without its content: what `metadata` and `images` look at.
pub fn bare(mut outcome: PageOutcome) -> PageOutcome {
    if let PageOutcome::Read(page) = &mut outcome {
        page.words = Vec::new();
        page.links = Vec::new();
        page.fields = Vec::new();
        page.field_places = Vec::new();
        page.revisions = Vec::new();
        page.revision_boxes = Vec::new();
        page.text = String::new();
        page.markdown = String::new();
        page.blocks.retain(|block| block.role == Role::Watermark);
    }
    outcome
}

pub fn markdown(outcomes: &[PageOutcome]) -> Value {
    pages(outcomes, |page| {
        let mut rendered = json!({
            "page_number": page.number,
            "markdown": page.markdown,
            "header": page.header,
            "footer": page.footer,
            "success": true,
        });
        if !page.line_numbers.is_empty() {
            rendered["line_numbers"] = page.line_numbers.iter().map(line_number).collect();
        }
        rendered
    })
}

fn line_number(line: &LineNumber) -> Value {
    json!({"line_number": line.text, "start_index": line.start, "end_index": line.end})
}

/// LlamaCloud's text pages know no failure; a failed one has an empty text and says so in fields of its own.
pub fn text(outcomes: &[PageOutcome]) -> Value {
    let mut result = pages(outcomes, |page| json!({"page_number": page.number, "text": page.text}));
    for page in result["pages"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        page.entry("text").or_insert_with(|| Value::from(""));
    }
    result
}

/// Items with boxes in points. Width and height are 0 where the format has no page geometry: clients' types want
/// numbers, and the official Python client takes a page without them for a failed one.
pub fn items(outcomes: &[PageOutcome]) -> Value {
    pages(outcomes, |page| {
        let mut rendered = json!({
            "page_number": page.number,
            "page_width": points(page.width.unwrap_or_default()),
            "page_height": points(page.height.unwrap_or_default()),
            "items": items::of(page),
            "success": true,
        });
        if !page.revisions.is_empty() {
            let place = |index: usize| page.revision_boxes.get(index).copied().unwrap_or_default();
            let revisions = page.revisions.iter().enumerate();
            rendered["revisions"] = revisions.map(|(index, own)| revision(own, place(index))).collect();
        }
        rendered
    })
}

/// Formats without places have empty boxes: clients want boxes all the same.
fn revision(revision: &Revision, place: BBox) -> Value {
    let place = Value::Object(items::bbox(place));
    json!({
        "type": revision.kind.as_str(),
        "author": revision.author,
        "target": revision.target,
        "content": revision.content,
        "target_bbox": place,
        "revision_bbox": place,
    })
}

/// What is known of each page and of all together. `engine`, `warnings` and `elapsed_ms` are docmill's additions.
pub fn metadata(outcomes: &[PageOutcome]) -> Value {
    let mut result = pages(outcomes, page_metadata);
    let scores: Vec<f32> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            PageOutcome::Read(page) => page.confidence,
            PageOutcome::Failed { .. } => None,
        })
        .collect();
    result["document"] = match scores.iter().copied().reduce(f32::min) {
        Some(lowest) => json!({
            "confidence": score(scores.iter().sum::<f32>() / scores.len() as f32),
            "confidence_breakdown": {
                "min_page_score": score(lowest),
                "scored_pages": scores.len(),
                "total_pages": outcomes.len(),
            },
        }),
        None => json!({"confidence": null, "confidence_breakdown": null}),
    };
    result
}

fn page_metadata(page: &Page) -> Value {
    json!({
        "page_number": page.number,
        "confidence": page.confidence.map(score),
        "printed_page_number": page.printed_number,
        "original_orientation_angle": page.rotation,
        "cost_optimized": false,
        "triggered_auto_mode": page.triggered_auto_mode,
        "speaker_notes": page.speaker_notes,
        "slide_section_name": page.name,
        "watermark": watermark(page),
        "engine": page.engine,
        "warnings": page.warnings,
        "elapsed_ms": page.elapsed_ms,
    })
}

fn watermark(page: &Page) -> Option<String> {
    let texts: Vec<&str> = page
        .blocks
        .iter()
        .filter(|block| block.role == Role::Watermark)
        .filter_map(|block| match &block.kind {
            BlockKind::Text { value } | BlockKind::Heading { value, .. } => Some(value.as_str()),
            _ => None,
        })
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// The text of all pages, a blank line between two. Failed pages have none.
pub fn text_full(outcomes: &[PageOutcome]) -> String {
    let texts = outcomes.iter().filter_map(|outcome| match outcome {
        PageOutcome::Read(page) => Some(page.text.as_str()),
        PageOutcome::Failed { .. } => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

/// The markdown of all pages, a blank line between two. A failed page leaves a comment: a document with a hole in it
/// must not look whole.
pub fn markdown_full(outcomes: &[PageOutcome]) -> String {
    let pages = outcomes.iter().filter_map(|outcome| match outcome {
        PageOutcome::Read(page) if page.markdown.is_empty() => None,
        PageOutcome::Read(page) => Some(page.markdown.clone()),
        PageOutcome::Failed { number, error } => {
            Some(format!("<!-- page {number} could not be read: {} -->", error.replace("--", "- -")))
        }
    });
    pages.collect::<Vec<_>>().join("\n\n")
}

/// `images_content_metadata`: the pictures of the pages, those named in `wanted` or, when it is empty, all. `link`
/// gives a picture's URL and its size in bytes; a picture without one was not kept.
pub fn images(outcomes: &[PageOutcome], wanted: &[&str], link: impl Fn(&str) -> Option<(String, u64)>) -> Value {
    let pictures = outcomes.iter().flat_map(|outcome| match outcome {
        PageOutcome::Read(page) => page.images.as_slice(),
        PageOutcome::Failed { .. } => &[],
    });
    let listed = pictures.enumerate().filter(|(_, picture)| wanted.is_empty() || wanted.contains(&&*picture.name));
    let images: Vec<Value> = listed
        .map(|(index, picture)| {
            let (url, bytes) = link(&picture.name).unzip();
            json!({
                "index": index,
                "filename": picture.name,
                "category": picture.category,
                "content_type": picture.content_type,
                "presigned_url": url,
                "bbox": picture.bbox.map(whole_points),
                "size_bytes": bytes,
            })
        })
        .collect();
    json!({"total_count": images.len(), "images": images})
}

/// Boxes of pictures are whole numbers on the wire; they grow to hold the picture.
fn whole_points(bbox: BBox) -> Value {
    let (x, y) = (bbox.x.floor(), bbox.y.floor());
    let (w, h) = (bbox.right().ceil() - x, bbox.bottom().ceil() - y);
    json!({"x": x as i64, "y": y as i64, "w": w as i64, "h": h as i64})
}
