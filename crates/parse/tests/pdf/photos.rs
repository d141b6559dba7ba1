//! Photographs of sheets: what is drawn in a PDF, seen askew, unevenly lit and on a darker table, is read by tesseract.

use std::io::Cursor;
use std::path::Path;

use image::{GrayImage, ImageFormat, Luma};

use super::outside::Outside;
use super::*;

/// Set where every program that tests need is installed: then none may be left out.
const ALL_TOOLS: &str = "TESTS_NEED_ALL_TOOLS";

const LINES: [&str; 12] = [
    "The harbour was built in the years of plenty, when",
    "ships of every nation came for the grain of the",
    "plains and the salt of the coast, and it was never",
    "large enough for all of those that wanted to come.",
    "Merchants counted their barrels upon the northern quay",
    "while customs officers weighed copper against silver.",
    "Every winter the council repaired the broken harbour wall",
    "with granite brought from mountains beyond the river.",
    "Travellers described the lighthouse as a burning column",
    "visible across thirty leagues of quiet summer water.",
    "Nobody remembers which architect finally completed it,",
    "although several monasteries preserved their drawings.",
];

/// The corners of the sheet in the photograph, clockwise from its top left.
const CORNERS: [(f32, f32); 4] = [(760.0, 110.0), (1_820.0, 560.0), (1_370.0, 1_960.0), (110.0, 1_290.0)];
const WIDTH: u32 = 1_950;
const HEIGHT: u32 = 2_050;

fn sheet() -> Vec<u8> {
    let lines = LINES.iter().cycle().take(36).enumerate();
    let content: String = lines.map(|(row, line)| text("F", 12.0, 70.0, 720.0 - 18.0 * row as f32, line)).collect();
    pdf(&[&content])
}

/// The sheet as it is rendered for screenshots.
fn drawn(bytes: Vec<u8>) -> GrayImage {
    let options = ParseOptions { images: vec![ImageCategory::Screenshot], ..ParseOptions::default() };
    let mut recorder = Recorder::default();
    parse(bytes, &options, &mut recorder).expect("a document");
    image::load_from_memory(&recorder.assets[0].1).expect("a picture").to_luma8()
}

/// Solves eight equations: those of the projective map that leads the first corners to the second ones.
fn projection(from: [(f32, f32); 4], to: [(f32, f32); 4]) -> [f64; 8] {
    let mut rows: Vec<[f64; 9]> = Vec::new();
    for ((x, y), (u, v)) in from.into_iter().zip(to) {
        let [x, y, u, v] = [x, y, u, v].map(f64::from);
        rows.push([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u]);
        rows.push([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v]);
    }
    for at in 0..8 {
        let best = (at..8).max_by(|a, b| rows[*a][at].abs().total_cmp(&rows[*b][at].abs())).expect("a row");
        rows.swap(at, best);
        let pivot = rows[at].map(|value| value / rows[at][at]);
        rows[at] = pivot;
        for (_, row) in rows.iter_mut().enumerate().filter(|(index, _)| *index != at) {
            let factor = row[at];
            row.iter_mut().zip(pivot).for_each(|(value, own)| *value -= factor * own);
        }
    }
    std::array::from_fn(|at| rows[at][8])
}

fn projected([a, b, c, d, e, f, g, h]: [f64; 8], (x, y): (f32, f32)) -> (f32, f32) {
    let (x, y) = (f64::from(x), f64::from(y));
    let depth = g * x + h * y + 1.0;
    (((a * x + b * y + c) / depth) as f32, ((d * x + e * y + f) / depth) as f32)
}

fn corners_of(sheet: &GrayImage) -> [(f32, f32); 4] {
    let (width, height) = (sheet.width() as f32, sheet.height() as f32);
    [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
}

/// The sheet on a table, lit from the upper left: its lower right is a quarter as bright.
fn photographed(sheet: &GrayImage) -> GrayImage {
    let back = projection(CORNERS, corners_of(sheet));
    GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (u, v) = projected(back, (x as f32 + 0.5, y as f32 + 0.5));
        let (u, v) = (u - 0.5, v - 0.5);
        let inside = u >= 0.0 && v >= 0.0 && u < sheet.width() as f32 - 1.0 && v < sheet.height() as f32 - 1.0;
        let paper = |x: f32, y: f32| f32::from(sheet.get_pixel(x as u32, y as u32).0[0]);
        let bright = if inside {
            let (fx, fy) = (u.fract(), v.fract());
            let row = |y: f32| paper(u, y) * (1.0 - fx) + paper(u + 1.0, y) * fx;
            row(v) * (1.0 - fy) + row(v + 1.0) * fy
        } else {
            // Grain of wood.
            60.0 + 12.0 * ((x as f32 * 0.02).sin() + (y as f32 * 0.31 + x as f32 * 0.01).sin())
        };
        let light = 0.95 - 0.75 * (x as f32 / WIDTH as f32 + y as f32 / HEIGHT as f32) / 2.0;
        // Ink reflects some light, too.
        Luma([((0.2 * 255.0 + 0.8 * bright) * light).clamp(0.0, 255.0) as u8])
    })
}

fn png(picture: &GrayImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("encode");
    bytes.into_inner()
}

/// A photograph of a blank sheet.
pub fn sheet_on_a_table() -> Vec<u8> {
    png(&photographed(&GrayImage::from_pixel(600, 800, Luma([250]))))
}

fn read(name: &str, picture: Vec<u8>, camera_photo: bool) -> Page {
    let options = ParseOptions { camera_photo, ..ParseOptions::default() };
    let source = Source { name: name.into(), bytes: Arc::new(picture) };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
    let (_, mut pages) = parse_all(source, &options, &mut Outside(Some(folder))).expect("a document");
    let PageOutcome::Read(page) = pages.remove(0) else { panic!("a page") };
    *page
}

fn codes(page: &Page) -> Vec<&str> {
    page.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

/// How many of the words that were drawn are read, in their order as far as each is unique in its line.
fn right(page: &Page) -> usize {
    let mut read: Vec<&str> = page.words.iter().map(|word| word.text.as_str()).collect();
    let drawn = LINES.iter().cycle().take(36).flat_map(|line| line.split(' '));
    let is_read = |word: &&str| {
        let found = read.iter().position(|own| own == word);
        found.map(|at| read.swap_remove(at)).is_some()
    };
    drawn.filter(is_read).count()
}

#[test]
fn a_photograph_of_a_sheet_is_read_when_it_is_said_to_be_one() {
    let upright = drawn(sheet());
    let photo = png(&photographed(&upright));
    let usual = read("photo.png", photo.clone(), false);
    if codes(&usual).contains(&"OCR_FAILED") {
        assert!(std::env::var_os(ALL_TOOLS).is_none(), "tesseract is not installed: apt-get install tesseract-ocr");
        eprintln!("SKIPPED: tesseract is not installed (Debian: tesseract-ocr)");
        return;
    }
    let asked = read("photo.png", photo.clone(), true);
    let all: usize = LINES.iter().cycle().take(36).map(|line| line.split(' ').count()).sum();
    let (before, after) = (right(&usual), right(&asked));
    assert!(before * 2 < all && after * 100 >= 97 * all, "{before} and {after} of {all}");
    assert_eq!(codes(&asked), ["OCR_USED"]);
    assert!(asked.markdown.contains("while customs officers weighed copper against silver."), "{}", asked.markdown);
    // The page is the photograph, and each box lies where its word was drawn.
    assert_eq!((asked.width, asked.height), (Some(WIDTH as f32 * 0.75), Some(HEIGHT as f32 * 0.75)));
    let forth = projection(corners_of(&upright), CORNERS);
    let pixels = upright.width() as f32 / 600.0;
    let drawn = parse(sheet(), &ParseOptions::default(), &mut Recorder::default()).expect("a document").1.remove(0);
    let mut placed = 0;
    for (own, word) in drawn.words.iter().zip(&asked.words).filter(|(own, word)| own.text == word.text) {
        let (x, y) = own.bbox.expect("a box").center();
        let (x, y) = projected(forth, (x * pixels, y * pixels));
        let found = word.bbox.expect("a box");
        assert!(found.contains_point(x * 0.75, y * 0.75), "{}: {x} {y} in {found:?}", word.text);
        placed += 1;
    }
    assert!(placed * 100 >= 95 * all, "{placed} of {all}");
    // Formats of scanners are none of cameras.
    let mut tiff = Cursor::new(Vec::new());
    photographed(&upright).write_to(&mut tiff, ImageFormat::Tiff).expect("encode");
    assert_eq!(right(&read("photo.tiff", tiff.into_inner(), true)), before);
}

#[test]
fn a_picture_that_shows_no_sheet_says_so() {
    let upright = drawn(sheet());
    let page = read("scan.png", png(&upright), true);
    assert_eq!(codes(&page)[0], "SHEET_NOT_FOUND");
    let size = (Some(upright.width() as f32 * 0.75), Some(upright.height() as f32 * 0.75));
    assert_eq!((page.width, page.height), size);
}
