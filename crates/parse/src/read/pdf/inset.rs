//! Pictures on pages that have text of their own: a scanned table, a letterhead. Their words are read by OCR, laid out by
//! themselves, and put where the picture stands.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use docmill_model::document::{BBox, Block, BlockKind, Page, Role, Warning};

use super::PdfReader;
use super::drawing::Drawing;
use super::picture::{self, Upright};
use super::reading::{OCR_DPI, Reading};
use crate::layout::{self, PageRecord};
use crate::read::crop;
use crate::read::ocr::{self, Part};
use crate::services::{OcrAnswer, PageImage, Services};

/// Pictures of fewer pixels an inch show no letters that can be read.
const DPI_MIN: f32 = 60.0;
/// Smaller ones are marks and logos: share of the page; sides, em.
const SHARE_MIN: f32 = 0.01;
const WIDTH_MIN: f32 = 8.0;
const HEIGHT_MIN: f32 = 1.5;
/// What is covered by more words of the page's own is the ground that they stand on.
const OWN_TEXT_MAX: f32 = 0.04;
/// A picture over this share of the page is the page, and has its headings.
const PAGE_SHARE: f32 = 0.4;
/// Pictures of one page, the largest first, and pages' pictures whose words are kept for the next pages.
const PARTS_MAX: usize = 8;
const KEPT_MAX: usize = 64;
/// So many pixels of a picture with words on paper are about as light as its commonest grey; those of photographs are not.
const GROUND_SHARE: f32 = 0.45;
const GROUND_REACH: usize = 12;

/// Pictures of the page that may have words, by what the document says of them; boxes as in the record.
pub fn candidates(drawing: &Drawing, record: &PageRecord) -> Vec<BBox> {
    let fine = drawing.pictures.iter().zip(&record.pictures).filter(|(picture, bbox)| {
        let pixels = picture.width as f32 * picture.height as f32;
        (pixels / bbox.area().max(1.0)).sqrt() * 72.0 >= DPI_MIN
    });
    fine.map(|(_, bbox)| *bbox).collect()
}

/// Those that are large enough and are not written over; pieces of one picture are one, `em` is the usual text size.
fn chosen(candidates: &[BBox], record: &PageRecord, em: f32) -> Vec<BBox> {
    let page = BBox::new(0.0, 0.0, record.width, record.height);
    let large =
        |bbox: &BBox| bbox.area() >= SHARE_MIN * page.area() && bbox.w >= WIDTH_MIN * em && bbox.h >= HEIGHT_MIN * em;
    let written = |bbox: &BBox| {
        let words = record.tokens.iter().filter_map(|token| token.bbox.intersection(*bbox));
        words.map(BBox::area).sum::<f32>() / bbox.area().max(1.0)
    };
    let mut parts = layout::pieces_joined(candidates, em);
    parts = parts.into_iter().filter_map(|bbox| bbox.intersection(page)).collect();
    parts.retain(|bbox| large(bbox) && written(bbox) <= OWN_TEXT_MAX);
    parts.sort_by(|a, b| b.area().total_cmp(&a.area()));
    parts.truncate(PARTS_MAX);
    parts.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    parts
}

/// Whether the picture has a ground that something stands on.
fn has_ground(image: &PageImage) -> bool {
    let mut counts = [0_usize; 256];
    image.grey.iter().for_each(|grey| counts[usize::from(*grey)] += 1);
    let near = |at: usize| counts[at.saturating_sub(GROUND_REACH)..(at + GROUND_REACH + 1).min(256)].iter().sum();
    let most: usize = (0..256).map(near).max().unwrap_or(0);
    most as f32 >= GROUND_SHARE * image.grey.len() as f32
}

/// What OCR said of pictures that the document shows again and again, by a hash of their pixels.
#[derive(Default)]
pub struct Known(HashMap<u64, OcrAnswer>);

/// OCR that is asked once for each picture.
struct Once<'a> {
    known: &'a mut Known,
    services: &'a mut dyn Services,
}

impl Services for Once<'_> {
    fn ocr(&mut self, image: &PageImage, languages: &[String]) -> OcrAnswer {
        let mut hasher = DefaultHasher::new();
        (image.width, image.dpi, &image.grey).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(answer) = self.known.0.get(&key) {
            return answer.clone();
        }
        let answer = self.services.ocr(image, languages);
        if self.known.0.len() < KEPT_MAX && matches!(answer, OcrAnswer::Read(_)) {
            self.known.0.insert(key, answer.clone());
        }
        answer
    }

    fn asset(&mut self, name: &str, content_type: &str, bytes: &[u8]) {
        self.services.asset(name, content_type, bytes);
    }
}

impl PdfReader {
    /// Reads the pictures of a page that was laid out, and puts their words where they stand.
    pub(super) fn read_insets(
        &mut self,
        number: u32,
        reading: &mut Reading,
        page: &mut Page,
        services: &mut dyn Services,
    ) {
        let record = &reading.record;
        let parts = chosen(&reading.insets, record, self.stats.body_size());
        if parts.is_empty() {
            return;
        }
        let scale = picture::scale(record, OCR_DPI);
        let raster = self.interpreter.render(number as usize - 1, scale);
        let Ok(upright) = Upright::of(raster, record.rotation) else { return };
        let mut once = Once { known: &mut self.known, services };
        let (mut found, mut engine) = (Vec::new(), String::new());
        for bbox in parts {
            let Some((image, left, top)) = upright.only(&[bbox]).filter(|(image, ..)| has_ground(image)) else {
                continue;
            };
            let wanted = |own: BBox| {
                let place = BBox::new(own.x + left, own.y + top, own.w, own.h);
                let (x, y) = place.center();
                let drawn = record.tokens.iter().any(|token| token.bbox.contains_point(x, y));
                let kept = self.options.crop.is_none_or(|crop| crop::keeps(crop, place, record.width, record.height));
                kept && !drawn
            };
            match ocr::read_part(&image, &self.options, &wanted, &mut once) {
                Ok(Some((mut part, text))) => {
                    part.shift(left, top);
                    ocr::warn_of_languages(page, &text);
                    engine = text.engine;
                    found.push((bbox, part));
                }
                Ok(None) => {}
                Err(warning) => {
                    if !page.warnings.contains(&warning) {
                        page.warnings.push(warning);
                    }
                }
            }
        }
        if found.is_empty() {
            return;
        }
        let message = format!("The words of {} picture(s) of the page were read by OCR ({engine}).", found.len());
        page.warnings.push(Warning::new(Warning::OCR_USED, message));
        page.confidence = together(page, page.confidence, &found);
        for (bbox, part) in found {
            let record = &mut reading.record;
            let next = record.tokens.iter().map(|token| token.seq + 2).max().unwrap_or(0);
            record.tokens.extend(part.tokens.into_iter().map(|token| layout::Token { seq: token.seq + next, ..token }));
            put(page, part.page, bbox, bbox.area() > PAGE_SHARE * record.width * record.height);
        }
        page.text = layout::spatial_text(&reading.record, &self.stats, self.options.spatial);
    }
}

/// How sure the page is with the words of its pictures, each word of the page's own as sure as all of them.
fn together(page: &Page, own: Option<f32>, found: &[(BBox, Part)]) -> Option<f32> {
    let words = found.iter().flat_map(|(_, part)| &part.page.words);
    let (sum, count) =
        words.filter_map(|word| word.confidence).fold((0.0, 0.0), |(sum, n), sure| (sum + sure, n + 1.0));
    let own_count = page.words.len() as f32;
    own.map(|own| (own * own_count + sum) / (own_count + count).max(1.0))
}

/// Puts the blocks of a picture where it stands. Headings of a picture that is no page are no headings of the page.
fn put(page: &mut Page, mut part: Page, bbox: BBox, is_page: bool) {
    for block in &mut part.blocks {
        if matches!(block.role, Role::PageHeader | Role::PageFooter) {
            block.role = Role::Body;
        }
        if let BlockKind::Heading { value, .. } = &mut block.kind
            && !is_page
        {
            block.kind = BlockKind::Text { value: std::mem::take(value) };
        }
    }
    let is_own = |block: &Block| {
        let shared = |own: &BBox| own.intersection(bbox).map_or(0.0, BBox::area);
        block.role == Role::Figure && block.boxes.iter().any(|own| shared(own) > 0.5 * bbox.area())
    };
    let figure = page.blocks.iter().position(is_own).map(|index| index + 1);
    let index = figure.unwrap_or_else(|| layout::figure_position(&page.blocks, bbox));
    let after = page.blocks[index..].iter().find_map(|block| block.words.first());
    let start = after.map_or(page.words.len() as u32, |range| range.start);
    let line = page.words.get(start as usize).or(page.words.last()).map_or(0, |word| word.line);
    let line = line + u32::from(start as usize == page.words.len() && start > 0);
    let (count, lines) = (part.words.len() as u32, part.words.iter().map(|word| word.line + 1).max().unwrap_or(0));
    page.words[start as usize..].iter_mut().for_each(|word| word.line += lines);
    part.words.iter_mut().for_each(|word| word.line += line);
    layout::move_words(page, |at| if at >= start { at + count } else { at });
    layout::move_words(&mut part, |at| at + start);
    page.words.splice(start as usize..start as usize, part.words);
    page.blocks.splice(index..index, part.blocks);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Token;

    #[test]
    fn large_pictures_that_are_not_written_over_are_read() {
        let token = |x: f32, y: f32| Token { bbox: BBox::new(x, y, 100.0, 10.0), size: 10.0, ..Token::default() };
        for (name, pictures, tokens, expected) in [
            ("a table", vec![(50.0, 100.0, 300.0, 100.0)], vec![], 1),
            ("a logo", vec![(50.0, 100.0, 60.0, 60.0)], vec![], 0),
            ("a letterhead", vec![(50.0, 100.0, 400.0, 20.0)], vec![], 1),
            ("a line", vec![(50.0, 100.0, 500.0, 10.0)], vec![], 0),
            ("two pieces of one", vec![(50.0, 100.0, 300.0, 50.0), (50.0, 150.0, 300.0, 50.0)], vec![], 1),
            ("a ground", vec![(50.0, 100.0, 300.0, 100.0)], vec![token(60.0, 110.0), token(60.0, 130.0)], 0),
            ("text beside it", vec![(50.0, 100.0, 300.0, 100.0)], vec![token(400.0, 110.0), token(60.0, 230.0)], 1),
        ] {
            let record = PageRecord { width: 600.0, height: 800.0, tokens, ..PageRecord::default() };
            let boxes: Vec<BBox> = pictures.into_iter().map(BBox::from).collect();
            assert_eq!(chosen(&boxes, &record, 10.0).len(), expected, "{name}");
        }
    }

    #[test]
    fn photographs_have_no_ground() {
        let image = |grey: Vec<u8>| PageImage { width: 100, height: 100, dpi: 200, grey };
        assert!(has_ground(&image((0..10_000).map(|at| if at % 5 == 0 { 20 } else { 240 }).collect())));
        assert!(!has_ground(&image((0..10_000).map(|at| (at * 7 / 10 % 256) as u8).collect())));
    }
}
