//! What the OCR program answers, as words, lines and blocks of a page.

use std::collections::BTreeMap;

use docmill_model::document::{BBox, Page, Warning};
use docmill_model::options::ParseOptions;

use super::crop;
use super::scan::{self, Leader, Scan, orientation};
use crate::layout::{self, DocumentStats, PageRecord, Rule, Token};
use crate::services::{OcrAnswer, OcrText, OcrWord, PageImage, Services};

/// Words whose baselines are this close to each other, in their size, stand in one row.
const ROW: f32 = 0.35;
/// OCR is sure of a word from here on; of an upright page it is of most, and of one that is not of few.
const SURE: f32 = 0.7;
const SURE_SHARE: f32 = 0.5;
const SURE_LETTERS: f32 = 20.0;
/// Turned, a page has to make this much more sense.
const CLEARER: f32 = 1.5;
/// A picture inside a page has so many letters that OCR is sure of, and words that it is less sure of are left out.
const PART_LETTERS: f32 = 6.0;
const PART_SURE: f32 = 0.3;
/// Words a line of running text, in the mean of a block.
const PROSE_WORDS: f32 = 3.0;

/// Reads a picture of a page by OCR and fills the page's blocks, words, text, engine and confidence from it.
///
/// The page's size is that of the picture at its `dpi`. When there is no OCR or it fails, the page stays empty and
/// carries the warning `OCR_MISSING` or `OCR_FAILED`. Markdown is left to `finish_page`.
pub fn read(page: &mut Page, picture: &PageImage, options: &ParseOptions, services: &mut dyn Services) {
    read_scan(page, picture, Scan::of(picture), options, services);
}

/// The same of a picture that was made ready before.
pub fn read_scan(
    page: &mut Page,
    picture: &PageImage,
    scan: Scan,
    options: &ParseOptions,
    services: &mut dyn Services,
) {
    let scale = points_a_pixel(picture);
    page.width = Some(picture.width as f32 * scale);
    page.height = Some(picture.height as f32 * scale);
    match services.ocr(&scan.picture, &options.ocr_languages) {
        OcrAnswer::Read(text) => {
            let (scan, text, quarter) = upright(picture, scan, text, options, services);
            if quarter % 2 == 1 {
                (page.width, page.height) = (page.height, page.width);
            }
            page.rotation = (page.rotation + 90 * quarter) % 360;
            fill(page, &text, &scan, options);
        }
        OcrAnswer::Missing { message } => page.warnings.push(Warning::new(Warning::OCR_MISSING, message)),
        OcrAnswer::Failed { message } => page.warnings.push(Warning::new(Warning::OCR_FAILED, message)),
    }
}

/// The page as it is read best: where OCR makes little sense of it, it may lie on its side or upside down. Answers the
/// quarters by which it was turned clockwise, too.
fn upright(
    picture: &PageImage,
    scan: Scan,
    text: OcrText,
    options: &ParseOptions,
    services: &mut dyn Services,
) -> (Scan, OcrText, u16) {
    let mut best = (scan, text, 0);
    if makes_sense(&best.1) || !best.0.has_text() {
        return best;
    }
    let quarters: &[u16] = if orientation::is_sideways(picture) { &[1, 3] } else { &[2] };
    for quarter in quarters {
        let turned = Scan::of(&orientation::turned(picture, *quarter));
        if let OcrAnswer::Read(text) = services.ocr(&turned.picture, &options.ocr_languages)
            && sense(&text) > CLEARER * sense(&best.1)
        {
            best = (turned, text, *quarter);
            if makes_sense(&best.1) {
                break;
            }
        }
    }
    best
}

/// Whether OCR is sure of most of what it read, and read more than scraps.
fn makes_sense(text: &OcrText) -> bool {
    let letters = |word: &OcrWord| word.text.chars().filter(|c| c.is_alphanumeric()).count() as f32;
    let all: f32 = text.words.iter().map(letters).sum();
    sense(text) >= SURE_SHARE * all && all >= SURE_LETTERS
}

/// Letters of words that OCR is sure of and that lie: tesseract reads lines that run down the page, too. Single letters are
/// not counted: strokes that lie on their side are read as such.
fn sense(text: &OcrText) -> f32 {
    let sure = text.words.iter().filter(|word| word.confidence >= SURE && word.bbox.w >= word.bbox.h);
    sure.map(|word| word.text.chars().filter(|c| c.is_alphanumeric()).count()).filter(|count| *count > 1).sum::<usize>()
        as f32
}

fn points_a_pixel(picture: &PageImage) -> f32 {
    72.0 / picture.dpi.max(1) as f32
}

fn fill(page: &mut Page, text: &OcrText, scan: &Scan, options: &ParseOptions) {
    let scale = points_a_pixel(&scan.picture);
    let mut record = record(text, scan);
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
    warn_of_languages(page, text);
    layout::each_box(page, |bbox| *bbox = scan.straightened.bbox_back(*bbox, scale));
}

/// What is read of a picture that is a part of a page, in points from the corner of the picture until it is shifted.
pub struct Part {
    /// Its blocks and words.
    pub page: Page,
    /// Its words once more, as if they had been drawn.
    pub tokens: Vec<Token>,
}

impl Part {
    /// Moves everything.
    pub fn shift(&mut self, x: f32, y: f32) {
        layout::each_box(&mut self.page, |bbox| (bbox.x, bbox.y) = (bbox.x + x, bbox.y + y));
        for token in &mut self.tokens {
            token.bbox = BBox::new(token.bbox.x + x, token.bbox.y + y, token.bbox.w, token.bbox.h);
            token.baseline += y;
        }
    }
}

/// Reads a picture that is a part of a page, as far as its words are `wanted` by their boxes. `None` when it has no text
/// that makes sense: photographs are full of strokes.
///
/// # Errors
/// The warning that there is no OCR, or that it failed.
pub fn read_part(
    picture: &PageImage,
    options: &ParseOptions,
    wanted: &dyn Fn(BBox) -> bool,
    services: &mut dyn Services,
) -> Result<Option<(Part, OcrText)>, Warning> {
    let scan = Scan::of(picture);
    if !scan.has_text() {
        return Ok(None);
    }
    let mut text = match services.ocr(&scan.picture, &options.ocr_languages) {
        OcrAnswer::Read(text) => text,
        OcrAnswer::Missing { message } => return Err(Warning::new(Warning::OCR_MISSING, message)),
        OcrAnswer::Failed { message } => return Err(Warning::new(Warning::OCR_FAILED, message)),
    };
    let letters: usize = text.words.iter().map(|word| word.text.chars().filter(|c| c.is_alphanumeric()).count()).sum();
    if sense(&text) < (SURE_SHARE * letters as f32).max(PART_LETTERS) {
        return Ok(None);
    }
    let scale = points_a_pixel(&scan.picture);
    let back = |own: BBox| {
        let points = BBox::new(own.x * scale, own.y * scale, own.w * scale, own.h * scale);
        scan.straightened.bbox_back(points, scale)
    };
    text.words.retain(|word| word.confidence >= PART_SURE && wanted(back(word.bbox)));
    let record = record(&text, &scan);
    if record.tokens.is_empty() {
        return Ok(None);
    }
    let mut stats = DocumentStats::default();
    stats.absorb(&record);
    let mut page = layout::assemble(&record, &stats, options.into());
    layout::each_box(&mut page, |bbox| *bbox = scan.straightened.bbox_back(*bbox, scale));
    Ok(Some((Part { page, tokens: record.tokens }, text)))
}

/// Says each language once that OCR had no data for.
pub fn warn_of_languages(page: &mut Page, text: &OcrText) {
    for sentence in &text.missing_languages {
        let warning = Warning::new(Warning::OCR_LANGUAGE_MISSING, sentence.as_str());
        if !page.warnings.contains(&warning) {
            page.warnings.push(warning);
        }
    }
}

/// What is on the straight page, in points.
fn record(text: &OcrText, scan: &Scan) -> PageRecord {
    let scale = points_a_pixel(&scan.picture);
    let rule = |line: &scan::Line| Rule {
        horizontal: line.horizontal,
        at: line.at as f32 * scale,
        from: line.from as f32 * scale,
        to: line.to as f32 * scale,
    };
    let mut record = PageRecord {
        width: scan.picture.width as f32 * scale,
        height: scan.picture.height as f32 * scale,
        tokens: tokens(text, scan),
        rules: scan.lines.iter().map(rule).collect(),
        ..PageRecord::default()
    };
    layout::underline(&mut record);
    record
}

/// The words in points, with the rows of dots where they were, as if they had been drawn.
fn tokens(text: &OcrText, scan: &Scan) -> Vec<Token> {
    let scale = points_a_pixel(&scan.picture);
    let mut read: Vec<Read> = Vec::with_capacity(text.words.len() + scan.leaders.len());
    for measured in scan::measure(scan, text) {
        let word = &text.words[measured.index];
        let (size, baseline) = (measured.size * scale, measured.baseline * scale);
        let token = Token {
            text: word.text.trim().to_owned(),
            bbox: on_line(word.bbox.x * scale, word.bbox.right() * scale, baseline, size),
            baseline,
            size: size.clamp(2.0, 200.0),
            bold: measured.bold,
            confidence: Some(word.confidence.clamp(0.0, 1.0)),
            ..Token::default()
        };
        read.push(Read { token, line: (word.block, word.paragraph, word.line) });
    }
    for leader in &scan.leaders {
        insert(&mut read, leader, scale);
    }
    drawn(read)
}

/// A word and the line that OCR found it in: its block, paragraph and line.
struct Read {
    token: Token,
    line: (u32, u32, u32),
}

/// Numbers the words. OCR's order stands where it found running text; columns of short cells, which it likes to read one
/// after the other, are numbered row by row.
fn drawn(read: Vec<Read>) -> Vec<Token> {
    let mut blocks: BTreeMap<u32, Vec<Read>> = BTreeMap::new();
    for word in read {
        blocks.entry(word.line.0).or_default().push(word);
    }
    let (mut ordered, mut cells): (Vec<Read>, Vec<Read>) = (Vec::new(), Vec::new());
    for mut block in blocks.into_values() {
        if is_prose(&block) {
            ordered.extend(in_rows(std::mem::take(&mut cells)));
            block.sort_by(|a, b| a.line.cmp(&b.line).then(a.token.bbox.x.total_cmp(&b.token.bbox.x)));
            ordered.extend(block);
        } else {
            cells.extend(block);
        }
    }
    ordered.extend(in_rows(cells));
    let (mut seq, mut before) = (0, None);
    let number = |Read { mut token, line }: Read| {
        // Words of different lines are not drawn one right after the other.
        seq += if before.replace(line) == Some(line) { 1 } else { 2 };
        token.seq = seq;
        token
    };
    ordered.into_iter().map(number).collect()
}

/// Whether the words of a block stand in lines of several.
fn is_prose(block: &[Read]) -> bool {
    let mut lines: Vec<(u32, u32, u32)> = block.iter().map(|word| word.line).collect();
    lines.sort_unstable();
    lines.dedup();
    lines.len() >= 2 && block.len() as f32 >= PROSE_WORDS * lines.len() as f32
}

fn in_rows(mut read: Vec<Read>) -> Vec<Read> {
    read.sort_by(|a, b| a.token.baseline.total_cmp(&b.token.baseline));
    let mut start = 0;
    while start < read.len() {
        let first = &read[start].token;
        let (top, reach) = (first.baseline, ROW * first.size);
        let end = (start..read.len()).find(|index| read[*index].token.baseline - top > reach).unwrap_or(read.len());
        read[start..end].sort_by(|a, b| a.token.bbox.x.total_cmp(&b.token.bbox.x));
        start = end.max(start + 1);
    }
    read
}

/// A box as words of a text layer have it: from .2 em below the baseline to .8 em above it.
fn on_line(left: f32, right: f32, baseline: f32, size: f32) -> BBox {
    BBox::new(left, baseline - 0.8 * size, right - left, size)
}

/// Puts the dots behind the word that stands before them.
fn insert(read: &mut Vec<Read>, leader: &Leader, scale: f32) {
    let (from, to, baseline) = (leader.from * scale, leader.to * scale, leader.baseline * scale);
    let before = |read: &&Read| {
        let token = &read.token;
        let same_line = (token.baseline - baseline).abs() <= ROW * token.size;
        same_line && token.bbox.right() <= from + 0.5 * token.size
    };
    let nearest = |a: &&Read, b: &&Read| a.token.bbox.right().total_cmp(&b.token.bbox.right());
    let Some(Read { token: word, line }) = read.iter().filter(before).max_by(nearest) else { return };
    let bbox = on_line(from, to, word.baseline, word.size);
    let dots = Token { text: ".".repeat(leader.dots), bbox, bold: false, ..word.clone() };
    let line = *line;
    read.push(Read { token: dots, line });
}

#[cfg(test)]
mod tests {
    use docmill_model::document::BlockKind;

    use super::*;
    use crate::render::finish_page;

    /// What is drawn and what OCR says of it.
    #[derive(Default)]
    struct Paper {
        words: Vec<OcrWord>,
        strokes: Vec<u32>,
        /// Left, top, width, height of drawn lines.
        bars: Vec<(u32, u32, u32, u32)>,
    }

    const WIDTH: u32 = 1_000;
    const HEIGHT: u32 = 800;

    impl Paper {
        /// A word whose letters are stripes `stroke` pixels wide; its line, paragraph and block are one.
        fn word(&mut self, text: &str, x: f32, y: f32, height: f32, stroke: u32, block: u32) {
            let bbox = BBox::new(x, y, 12.0 * text.len() as f32, height);
            let line = y as u32;
            self.words.push(OcrWord { text: text.into(), bbox, block, paragraph: 1, line, confidence: 0.9 });
            self.strokes.push(stroke);
        }

        fn line(&mut self, text: &str, y: f32, block: u32) {
            let mut x = 60.0;
            for word in text.split(' ') {
                self.word(word, x, y, 21.0, 3, block);
                x += 12.0 * word.len() as f32 + 10.0;
            }
        }

        /// The picture, turned clockwise by some degrees.
        fn picture(&self, degrees: f32) -> PageImage {
            let mut upright = vec![245; (WIDTH * HEIGHT) as usize];
            for (word, stroke) in self.words.iter().zip(&self.strokes) {
                for y in word.bbox.y as u32..word.bbox.bottom() as u32 {
                    let inked = |x: &u32| x % 12 < *stroke;
                    (word.bbox.x as u32..word.bbox.right() as u32)
                        .filter(inked)
                        .for_each(|x| upright[(y * WIDTH + x) as usize] = 15);
                }
            }
            for (left, top, width, height) in &self.bars {
                for y in *top..top + height {
                    (*left..left + width).for_each(|x| upright[(y * WIDTH + x) as usize] = 15);
                }
            }
            let (sin, cos) = degrees.to_radians().sin_cos();
            let pixel = |at: u32| {
                let (dx, dy) = ((at % WIDTH) as f32 - 500.0, (at / WIDTH) as f32 - 400.0);
                let (x, y) = ((dx * cos + dy * sin + 500.0).round(), (dy * cos - dx * sin + 400.0).round());
                let inside = x >= 0.0 && y >= 0.0 && x < WIDTH as f32 && y < HEIGHT as f32;
                if inside { upright[y as usize * WIDTH as usize + x as usize] } else { 245 }
            };
            PageImage { width: WIDTH, height: HEIGHT, dpi: 144, grey: (0..WIDTH * HEIGHT).map(pixel).collect() }
        }

        fn read(self) -> Page {
            let picture = self.picture(0.0);
            let mut page = Page::default();
            let mut services = Says(OcrText { engine: "tesseract 5".into(), words: self.words, ..OcrText::default() });
            read(&mut page, &picture, &ParseOptions::default(), &mut services);
            finish_page(&mut page, &ParseOptions::default());
            page
        }
    }

    struct Says(OcrText);

    impl Services for Says {
        fn ocr(&mut self, _: &PageImage, _: &[String]) -> OcrAnswer {
            OcrAnswer::Read(self.0.clone())
        }

        fn asset(&mut self, _: &str, _: &str, _: &[u8]) {}
    }

    const PROSE: [&str; 4] = [
        "The harbour was built in the years of plenty, when",
        "ships of every nation came for the grain of the",
        "plains and the salt of the coast, and it was never",
        "large enough for all of those that wanted to come.",
    ];

    fn prose(paper: &mut Paper, from: f32, block: u32) {
        PROSE.iter().zip(0..).for_each(|(line, row)| paper.line(line, from + 32.0 * row as f32, block));
    }

    #[test]
    fn large_and_heavy_lines_are_headings_and_unsure_ones_are_not() {
        for (height, stroke, confidence, heading) in
            [(21.0, 3, 0.9, false), (35.0, 5, 0.9, true), (21.0, 6, 0.9, true), (35.0, 5, 0.3, false)]
        {
            let mut paper = Paper::default();
            paper.word("Harbours", 60.0, 60.0, height, stroke, 1);
            paper.words[0].confidence = confidence;
            prose(&mut paper, 140.0, 2);
            let page = paper.read();
            assert_eq!(page.markdown.starts_with('#'), heading, "{height} {stroke} {confidence}: {}", page.markdown);
            assert!(page.markdown.contains("for the grain of the plains"), "{}", page.markdown);
        }
    }

    #[test]
    fn drawn_lines_are_the_grid_of_a_table() {
        let mut paper = Paper::default();
        for (row, y) in [200, 260, 320].into_iter().enumerate() {
            for (column, x) in [70.0, 370.0].into_iter().enumerate() {
                let text = format!("cell{row}{column}");
                // OCR reads one column after the other.
                paper.word(&text, x, y as f32 + 20.0, 21.0, 3, column as u32 + 1);
            }
        }
        paper.bars.extend([200, 260, 320, 380].map(|y| (50, y, 602, 2)));
        paper.bars.extend([50, 350, 650].map(|x| (x, 200, 2, 182)));
        let page = paper.read();
        let table = page.blocks.iter().find_map(|block| match &block.kind {
            BlockKind::Table(table) => Some(table),
            _ => None,
        });
        let cells: Vec<&str> = table.expect("a table").cells.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(cells, ["cell00", "cell01", "cell10", "cell11", "cell20", "cell21"]);
    }

    #[test]
    fn columns_of_cells_are_read_row_by_row_and_columns_of_text_one_by_one() {
        let mut paper = Paper::default();
        for row in 0..4 {
            for column in 0..3 {
                let (x, y) = (70.0 + 200.0 * column as f32, 100.0 + 40.0 * row as f32);
                paper.word(&format!("cell{row}{column}"), x, y, 21.0, 3, column + 1);
            }
        }
        let page = paper.read();
        let words: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words[..4], ["cell00", "cell01", "cell02", "cell10"]);
    }

    /// Makes sense of what stands upright (the picture has its black corner at the top left), and reads lines that run down
    /// the page as tesseract does: well, in boxes that stand on end.
    struct Upright;

    impl Services for Upright {
        fn ocr(&mut self, image: &PageImage, _: &[String]) -> OcrAnswer {
            let dark = |x: u32, y: u32| image.grey[(y * image.width + x) as usize] < 100;
            let upright = dark(30, 30) && image.width > image.height;
            let sideways = image.width < image.height;
            let word = |index: u32| OcrWord {
                text: if upright || sideways { "harbour".into() } else { "iil".into() },
                bbox: if sideways {
                    BBox::new(100.0, 100.0 + 120.0 * index as f32, 21.0, 100.0)
                } else {
                    BBox::new(100.0 + 120.0 * index as f32, 100.0, 100.0, 21.0)
                },
                block: 1,
                paragraph: 1,
                line: 1,
                confidence: if upright || sideways { 0.95 } else { 0.3 },
            };
            OcrAnswer::Read(OcrText {
                engine: "tesseract 5".into(),
                words: (0..5).map(word).collect(),
                ..OcrText::default()
            })
        }

        fn asset(&mut self, _: &str, _: &str, _: &[u8]) {}
    }

    #[test]
    fn pages_on_their_side_and_upside_down_are_turned() {
        // Letters that do not stand below each other, as those of text do not.
        let letter = |x: u32, y: u32| {
            y % 24 < 11
                && (x * 7 + y / 24 * 5) % 13 < 8
                && (60..WIDTH - 60).contains(&x)
                && (60..HEIGHT - 60).contains(&y)
        };
        let dark = |x: u32, y: u32| letter(x, y) || ((20..44).contains(&x) && (20..44).contains(&y));
        let grey = (0..WIDTH * HEIGHT).map(|at| if dark(at % WIDTH, at / WIDTH) { 15 } else { 245 }).collect();
        let picture = PageImage { width: WIDTH, height: HEIGHT, dpi: 144, grey };
        for quarters in 0..4 {
            let mut page = Page::default();
            read(&mut page, &orientation::turned(&picture, quarters), &ParseOptions::default(), &mut Upright);
            let back = (360 - 90 * quarters) % 360;
            assert_eq!((page.rotation, page.width, page.height), (back, Some(500.0), Some(400.0)), "{quarters}");
            assert_eq!(page.words[0].text, "harbour", "{quarters}");
        }
    }

    #[test]
    fn boxes_of_a_page_that_lies_askew_are_where_its_words_are() {
        let mut paper = Paper::default();
        (0..4).for_each(|block| prose(&mut paper, 100.0 + 150.0 * block as f32, block + 1));
        let scan = Scan::of(&paper.picture(3.0));
        assert!((scan.straightened.degrees - 3.0).abs() < 0.1, "{}", scan.straightened.degrees);
        // What OCR finds in the middle of the straight picture, and right of it.
        let (x, y) = (scan.picture.width as f32 / 2.0, scan.picture.height as f32 / 2.0);
        let word = |text: &str, x: f32| OcrWord {
            text: text.into(),
            bbox: BBox::new(x - 20.0, y - 7.0, 40.0, 14.0),
            block: 1,
            paragraph: 1,
            line: 1,
            confidence: 0.9,
        };
        let text = OcrText {
            engine: String::new(),
            words: vec![word("none", x), word("sons", x + 300.0)],
            ..OcrText::default()
        };
        let mut page = Page::default();
        fill(&mut page, &text, &scan, &ParseOptions::default());
        let [middle, right] = [0, 1].map(|index| page.words[index].bbox.expect("a box").center());
        assert!((middle.0 - 250.0).abs() < 0.5, "{middle:?}");
        // Half a point a pixel.
        assert!((right.0 - middle.0 - 150.0 * 3.0_f32.to_radians().cos()).abs() < 0.5, "{right:?}");
        assert!((right.1 - middle.1 - 150.0 * 3.0_f32.to_radians().sin()).abs() < 0.5, "{right:?}");
    }
}
