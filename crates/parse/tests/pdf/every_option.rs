//! Every option of a parse changes something: a field without a line here does not compile, and each line shows output
//! that differs from the one without it, or names the test of the crate that follows the option.

use std::path::Path;

use docmill_model::auto_mode::{self, AutoRule, Trigger};
use docmill_model::options::{
    CropBox, FailOn, PageSelection, Sheets, Slides, SpatialText, Spreadsheet, TableSearch, TableStyle, Watermarks,
};

use super::*;

/// Names the fields of a type; one that is left out does not compile.
macro_rules! fields {
    ($name:ident: $type:ident { $($field:ident)* }) => {
        const $name: &[&str] = &[$(stringify!($field)),*];
        const _: fn($type) = |$type { $($field: _),* }| {};
    };
}

fields!(PARSE: ParseOptions {
    tier version pages images tables table_search spatial crop annotate_links line_numbers forms ocr_languages
    ignore_hidden_text ignore_diagonal_text ignore_text_in_image watermarks camera_photo extra_outputs granular_boxes spreadsheet
    html_all_visible html_remove_fixed html_remove_navigation revisions slides sheets page_failure_ratio
    base_timeout_s page_timeout_s fail_on inline_images output_pdf auto_mode disable_cache not_followed
});
fields!(TABLES: TableStyle { pipe compact merge_continued line_separator });
fields!(SEARCH: TableSearch { loose ruled_only });
fields!(SPATIAL: SpatialText { keep_very_small unroll_columns align_pages });
fields!(CROP: CropBox { top bottom left right });
fields!(FAIL_ON: FailOn { pictures ocr markdown fonts });
fields!(SPREADSHEET: Spreadsheet { guess_names });
fields!(SLIDES: Slides { hidden outside no_chart_data });
fields!(SHEETS: Sheets { hidden whole compute });

/// Options that are followed outside of the engine: the file and the test that shows it. Of the version and the two
/// timeouts only that test is there which shows them handed on.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("version", "wire/tests/options.rs", "what_the_engine_follows_is_mapped"),
    ("forms", "wire/tests/answers.rs", "forms_exist_by_options_and_come_with_their_documented_keys"),
    ("extra_outputs", "wire/tests/answers.rs", "files_of_forms_are_what_expand_answers_however_the_pages_come"),
    ("granular_boxes", "wire/tests/answers.rs", "words_and_cells_are_grounded_in_their_items"),
    ("spreadsheet.guess_names", "wire/tests/sheets.rs", "sheets_hold_the_cells_of_their_tables"),
    ("page_failure_ratio", "runner/tests/it/pages.rs", "the_callers_own_ratio_is_obeyed"),
    ("base_timeout_s", "wire/tests/options.rs", "what_the_engine_follows_is_mapped"),
    ("page_timeout_s", "wire/tests/options.rs", "what_the_engine_follows_is_mapped"),
    ("fail_on.pictures", "model/src/options.rs", "a_page_fails_its_job_only_on_what_was_named"),
    ("fail_on.ocr", "model/src/options.rs", "a_page_fails_its_job_only_on_what_was_named"),
    ("fail_on.markdown", "model/src/options.rs", "a_page_fails_its_job_only_on_what_was_named"),
    ("fail_on.fonts", "model/src/options.rs", "a_page_fails_its_job_only_on_what_was_named"),
    ("disable_cache", "server/tests/it/batches.rs", "an_unchanged_file_is_not_read_again"),
];

/// A document on which a field shows, what both readings are asked for, and what the second one is asked for on top.
struct Case {
    field: &'static str,
    name: &'static str,
    bytes: Vec<u8>,
    both: ParseOptions,
    asked: fn(&mut ParseOptions),
}

fn on(field: &'static str, bytes: Vec<u8>, asked: fn(&mut ParseOptions)) -> Case {
    Case { field, name: "a.pdf", bytes, both: ParseOptions::default(), asked }
}

fn file(field: &'static str, name: &'static str, asked: fn(&mut ParseOptions)) -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/files").join(name);
    Case { name, ..on(field, std::fs::read(path).expect("a fixture"), asked) }
}

fn web(field: &'static str, asked: fn(&mut ParseOptions)) -> Case {
    let table = "<table><tr><td>upper<br>lower</td><td>right</td></tr></table>";
    let page = format!("<p>shown</p><p hidden>hidden</p><nav>menu</nav><p style='position:fixed'>cookies</p>{table}");
    Case { name: "a.html", ..on(field, page.into_bytes(), asked) }
}

/// Pages on which most of the options show.
fn rich() -> Vec<u8> {
    let watermark =
        "BT /F 60 Tf 0.7 0.7 -0.7 0.7 200 300 Tm (DRAFT) Tj ET BT 3 Tr /F 10 Tf 50 60 Td (invisible) Tj ET\n";
    let small = text("F", 2.0, 300.0, 60.0, "very small print");
    let first = paragraph(50.0, 780.0, &PROSE) + &ruled() + watermark + &small;
    let second = two_columns(true);
    let third = text("F", 10.0, 200.0, 700.0, "indented");
    pdf(&[&first, &second, &third])
}

fn linked() -> Vec<u8> {
    let content = text("F", 10.0, 50.0, 700.0, "See the annual report, please.");
    let action = "/A << /S /URI /URI (https://a.example/report) >>";
    let extra = format!("/Annots [<< /Type /Annot /Subtype /Link /Rect [87 697 143 709] {action} >>]");
    pdf_of(&[PageSpec { content: &content, extra: &extra }])
}

fn numbered() -> Vec<u8> {
    let lines: Vec<&str> = PROSE.iter().copied().cycle().take(20).collect();
    let content: String = (0..lines.len())
        .map(|index| {
            let (y, x) = (700.0 - 12.0 * index as f32, if index < 9 { 35.6 } else { 30.0 });
            text("F", 10.0, x, y, &(index + 1).to_string()) + &text("F", 10.0, 70.0, y, lines[index])
        })
        .collect();
    pdf(&[&content])
}

fn open_table(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |row: usize, column: usize, own: &str| {
        text("F", 10.0, 50.0 + 120.0 * column as f32, 700.0 - 14.0 * row as f32, own)
    };
    let cells = rows.iter().enumerate().flat_map(|(row, own)| own.iter().enumerate().map(move |at| (row, at)));
    pdf(&[&cells.map(|(row, (column, own))| cell(row, column, own)).collect::<String>()])
}

/// A table that goes on over the end of a page.
fn continued() -> Vec<u8> {
    let rows = |top: f32, texts: &[[&str; 2]]| -> String {
        let bottom = top - 20.0 * texts.len() as f32;
        let across = (0..=texts.len()).map(|row| top - 20.0 * row as f32).map(|y| line(50.0, y, 350.0, y));
        let down = [50.0, 200.0, 350.0].map(|x| line(x, top, x, bottom)).concat();
        let cells = texts.iter().enumerate().map(|(row, [left, right])| {
            let y = top - 20.0 * row as f32 - 14.0;
            text("F", 10.0, 60.0, y, left) + &text("F", 10.0, 210.0, y, right)
        });
        across.collect::<String>() + &down + &cells.collect::<String>()
    };
    let first = paragraph(50.0, 760.0, &PROSE) + &rows(160.0, &[["Law", "Clauses"], ["Health", "17"], ["Trade", "18"]]);
    let second = rows(770.0, &[["General", "some"], ["Finance", "few"]]) + &paragraph(50.0, 600.0, &PROSE);
    pdf(&[&first, &second])
}

/// A page with a picture that is a figure.
fn pictured() -> Vec<u8> {
    let picture = "q 200 0 0 200 50 300 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 80FF8040> EI Q\n";
    pdf(&[&(paragraph(50.0, 780.0, &PROSE) + picture)])
}

fn pipes(options: &mut ParseOptions) {
    options.tables.pipe = true;
}

fn cases() -> Vec<Case> {
    let pairs: &[&[&str]] = &[&["Invoice number:", "INV-7"], &["Invoice date:", "17 January 2024"]];
    let laws: &[&[&str]] =
        &[&["Law", "Clauses"], &["Labour", "534"], &["General", "75"], &["Finance", "41"], &["Health", "12"]];
    let piped = |case: Case| Case { both: with(ParseOptions::default(), pipes), ..case };
    vec![
        on("tier", rich(), |options| options.tier = Tier::Fast),
        on("pages", rich(), |options| options.pages = PageSelection { first: Some(1), ranges: None }),
        on("images", rich(), |options| options.images = vec![ImageCategory::Screenshot]),
        on("tables.pipe", rich(), pipes),
        piped(on("tables.compact", rich(), |options| options.tables.compact = true)),
        on("tables.merge_continued", continued(), |options| options.tables.merge_continued = true),
        web("tables.line_separator", |options| options.tables.line_separator = Some(" / ".into())),
        on("table_search.loose", open_table(pairs), |options| options.table_search.loose = true),
        on("table_search.ruled_only", open_table(laws), |options| options.table_search.ruled_only = true),
        on("spatial.keep_very_small", rich(), |options| options.spatial.keep_very_small = true),
        on("spatial.unroll_columns", rich(), |options| options.spatial.unroll_columns = true),
        on("spatial.align_pages", rich(), |options| options.spatial.align_pages = true),
        on("crop.top", rich(), |options| options.crop = Some(CropBox { top: Some(0.5), ..CropBox::default() })),
        on("crop.bottom", rich(), |options| options.crop = Some(CropBox { bottom: Some(0.5), ..CropBox::default() })),
        on("crop.left", rich(), |options| options.crop = Some(CropBox { left: Some(0.5), ..CropBox::default() })),
        on("crop.right", rich(), |options| options.crop = Some(CropBox { right: Some(0.5), ..CropBox::default() })),
        on("annotate_links", linked(), |options| options.annotate_links = true),
        on("line_numbers", numbered(), |options| options.line_numbers = true),
        on("ocr_languages", pdf(&[SCAN]), |options| options.ocr_languages = vec!["de".into()]),
        on("ignore_hidden_text", rich(), |options| options.ignore_hidden_text = true),
        on("ignore_diagonal_text", rich(), |options| options.ignore_diagonal_text = true),
        on("ignore_text_in_image", pdf(&[SCAN]), |options| options.ignore_text_in_image = true),
        on("watermarks", rich(), |options| options.watermarks = Watermarks::Remove),
        Case { name: "a.png", ..on("camera_photo", photos::sheet_on_a_table(), |options| options.camera_photo = true) },
        web("html_all_visible", |options| options.html_all_visible = true),
        web("html_remove_fixed", |options| options.html_remove_fixed = true),
        web("html_remove_navigation", |options| options.html_remove_navigation = true),
        file("revisions", "options.docx", |options| options.revisions = true),
        file("slides.hidden", "options.pptx", |options| options.slides.hidden = true),
        file("slides.outside", "options.pptx", |options| options.slides.outside = true),
        file("slides.no_chart_data", "options.pptx", |options| options.slides.no_chart_data = true),
        file("sheets.hidden", "options.xlsx", |options| options.sheets.hidden = true),
        file("sheets.whole", "options.xlsx", |options| options.sheets.whole = true),
        on("auto_mode", rich(), |options| {
            let reading = auto_mode::Reading { ignore_diagonal_text: Some(true), ..Default::default() };
            let triggers = vec![Trigger::Table(true)];
            options.auto_mode = vec![AutoRule { triggers, reading, ..AutoRule::default() }];
        }),
        on("inline_images", pictured(), |options| options.inline_images = true),
        on("output_pdf", rich(), |options| options.output_pdf = true),
        file("sheets.compute", "options.xlsx", |options| options.sheets.compute = true),
        on("not_followed", rich(), |options| options.not_followed = vec!["an.option".into()]),
    ]
}

fn with(mut options: ParseOptions, asked: fn(&mut ParseOptions)) -> ParseOptions {
    asked(&mut options);
    options
}

/// Everything that comes out of a document, and what was asked of OCR.
#[derive(Default)]
struct Seen {
    languages: Vec<String>,
    pictures: Vec<(u32, u32)>,
    assets: Vec<String>,
}

impl Services for Seen {
    fn ocr(&mut self, image: &PageImage, languages: &[String]) -> OcrAnswer {
        self.pictures.push((image.width, image.height));
        self.languages.push(languages.join("+"));
        OcrAnswer::Missing { message: "There is none.".into() }
    }

    fn asset(&mut self, name: &str, _: &str, _: &[u8]) {
        self.assets.push(name.into());
    }
}

fn everything(case: &Case, options: &ParseOptions) -> String {
    let source = Source { name: case.name.into(), bytes: Arc::new(case.bytes.clone()) };
    let mut seen = Seen::default();
    let (info, pages) = parse_all(source, options, &mut seen).expect(case.field);
    let json = serde_json::to_string(&(info, pages)).expect("json");
    format!("{json} {:?} {:?} {:?}", seen.languages, seen.pictures, seen.assets)
}

#[test]
fn every_option_shows() {
    for case in cases() {
        let asked = with(case.both.clone(), case.asked);
        // That a rule fired is no difference by itself.
        let seen = |options: &ParseOptions| everything(&case, options).replace(",\"triggered_auto_mode\":true", "");
        assert_ne!(seen(&case.both), seen(&asked), "{} changes nothing", case.field);
    }
}

/// Values of an enumeration are all different from each other; one that is left out does not compile.
#[test]
fn every_value_shows() {
    let watermarks = [Watermarks::MoveToEnd, Watermarks::MoveToStart, Watermarks::Remove];
    let _ = |value: Watermarks| match value {
        Watermarks::MoveToEnd | Watermarks::MoveToStart | Watermarks::Remove => {}
    };
    let images = [ImageCategory::Screenshot, ImageCategory::Embedded, ImageCategory::Layout];
    let _ = |value: ImageCategory| match value {
        ImageCategory::Screenshot | ImageCategory::Embedded | ImageCategory::Layout => {}
    };
    let default = ParseOptions::default;
    let marked = watermarks.map(|watermarks| (rich(), ParseOptions { watermarks, ..default() }));
    let shown = images.map(|image| (pictured(), ParseOptions { images: vec![image], ..default() }));
    for values in [marked, shown] {
        let seen = values.map(|(bytes, options)| everything(&on("", bytes, |_| {}), &options));
        assert!(seen[0] != seen[1] && seen[1] != seen[2] && seen[0] != seen[2]);
    }
}

#[test]
fn every_field_has_a_case() {
    let inner: [(&str, &[&str]); 8] = [
        ("tables", TABLES),
        ("table_search", SEARCH),
        ("spatial", SPATIAL),
        ("crop", CROP),
        ("fail_on", FAIL_ON),
        ("spreadsheet", SPREADSHEET),
        ("slides", SLIDES),
        ("sheets", SHEETS),
    ];
    let mut wanted: Vec<String> = PARSE
        .iter()
        .flat_map(|field| match inner.iter().find(|(name, _)| name == field) {
            Some((name, own)) => own.iter().map(|own| format!("{name}.{own}")).collect(),
            None => vec![(*field).to_owned()],
        })
        .collect();
    let shown = cases().into_iter().map(|case| case.field).chain(ELSEWHERE.iter().map(|(field, ..)| *field));
    let mut shown: Vec<String> = shown.map(str::to_owned).collect();
    wanted.sort();
    shown.sort();
    assert_eq!(shown, wanted);
    for (field, file, test) in ELSEWHERE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let named = |code: String| code.contains(&format!("fn {test}("));
        assert!(std::fs::read_to_string(&path).is_ok_and(named), "{field}: no test {test} in {file}");
    }
}
