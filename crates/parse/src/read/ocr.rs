//! What the OCR program answers, as words, lines and blocks of a page.

use std::collections::BTreeMap;

use docmill_model::document::{BBox, Page, Warning};
use docmill_model::options::ParseOptions;

use super::crop;
use crate::layout::{self, DocumentStats, PageRecord, Token};
use crate::services::{OcrAnswer, OcrText, PageImage, Services};

/// Reads a picture of a page by OCR and fills the page's blocks, words, text, engine and confidence from it.
///
/// The page's size is that of the picture at its `dpi`. When there is no OCR or it fails, the page stays empty and
/// carries the warning `OCR_MISSING` or `OCR_FAILED`. Markdown is left to `finish_page`.
pub fn read(page: &mut Page, picture: &PageImage, options: &ParseOptions, services: &mut dyn Services) {
    let scale = points_a_pixel(picture);
    page.width = Some(picture.width as f32 * scale);
    page.height = Some(picture.height as f32 * scale);
    match services.ocr(picture, &options.ocr_languages) {
        OcrAnswer::Read(text) => fill(page, &text, picture, options),
        OcrAnswer::Missing { message } => page.warnings.push(Warning::new(Warning::OCR_MISSING, message)),
        OcrAnswer::Failed { message } => page.warnings.push(Warning::new(Warning::OCR_FAILED, message)),
    }
}

fn points_a_pixel(picture: &PageImage) -> f32 {
    72.0 / picture.dpi.max(1) as f32
}

fn fill(page: &mut Page, text: &OcrText, picture: &PageImage, options: &ParseOptions) {
    let scale = points_a_pixel(picture);
    let mut record = PageRecord {
        width: picture.width as f32 * scale,
        height: picture.height as f32 * scale,
        tokens: tokens(text, scale),
        ..PageRecord::default()
    };
    if let Some(wanted) = options.crop {
        crop::record(&mut record, wanted);
    }
    let mut stats = DocumentStats::default();
    stats.absorb(&record);
    let read = layout::assemble(&record, &stats, options.into());
    page.blocks = read.blocks;
    page.words = read.words;
    page.text = read.text;
    page.confidence = read.confidence;
    page.printed_number = read.printed_number;
    page.engine.clone_from(&text.engine);
    page.warnings.push(Warning::new(Warning::OCR_USED, format!("The page was read by OCR ({}).", text.engine)));
}

/// The words in points. A line's height is that of all its words, and a paragraph's lines have one size: single words
/// are as high as their letters happen to be.
fn tokens(text: &OcrText, scale: f32) -> Vec<Token> {
    let mut lines: BTreeMap<(u32, u32, u32), BBox> = BTreeMap::new();
    for word in &text.words {
        let key = (word.block, word.paragraph, word.line);
        lines.entry(key).and_modify(|bbox| *bbox = bbox.union(word.bbox)).or_insert(word.bbox);
    }
    let mut heights: BTreeMap<(u32, u32), Vec<f32>> = BTreeMap::new();
    for ((block, paragraph, _), bbox) in &lines {
        heights.entry((*block, *paragraph)).or_default().push(bbox.h);
    }
    heights.values_mut().for_each(|heights| heights.sort_by(f32::total_cmp));
    let mut tokens = Vec::with_capacity(text.words.len());
    for word in &text.words {
        let Some(line) = lines.get(&(word.block, word.paragraph, word.line)) else { continue };
        let usual = heights.get(&(word.block, word.paragraph)).map_or(line.h, |heights| heights[heights.len() / 2]);
        let content = word.text.trim();
        if content.is_empty() || !word.bbox.w.is_finite() || !word.bbox.h.is_finite() {
            continue;
        }
        let bbox = BBox::new(word.bbox.x * scale, word.bbox.y * scale, word.bbox.w * scale, word.bbox.h * scale);
        tokens.push(Token {
            text: content.to_owned(),
            bbox,
            baseline: (line.y + 0.8 * line.h) * scale,
            size: (usual * scale).clamp(2.0, 200.0),
            bold: false,
            mono: false,
            seq: tokens.len() as u32 + 1,
            confidence: Some(word.confidence.clamp(0.0, 1.0)),
        });
    }
    tokens
}
