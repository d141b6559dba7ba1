//! The options of office documents and web pages: each shows a page that differs from the default's.

use std::fs;
use std::path::Path;

use docmill_model::document::{Page, PageOutcome, RevisionKind};
use docmill_model::options::{ImageCategory, ParseOptions, Sheets, Slides};
use docmill_parse::{OcrAnswer, PageImage, Services, Source, parse_all};

struct Nothing;

impl Services for Nothing {
    fn ocr(&mut self, _image: &PageImage, _languages: &[String]) -> OcrAnswer {
        OcrAnswer::Missing { message: "no OCR".into() }
    }

    fn asset(&mut self, _name: &str, _content_type: &str, _bytes: &[u8]) {}
}

fn pages(name: &str, bytes: Vec<u8>, options: &ParseOptions) -> Vec<Page> {
    let source = Source { name: name.into(), bytes: bytes.into() };
    let (_, outcomes) = parse_all(source, options, &mut Nothing).expect(name);
    let read = |outcome| match outcome {
        PageOutcome::Read(page) => *page,
        PageOutcome::Failed { error, .. } => panic!("{error}"),
    };
    outcomes.into_iter().map(read).collect()
}

fn fixture(name: &str, options: &ParseOptions) -> Vec<Page> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/files").join(name);
    pages(name, fs::read(path).expect("fixture"), options)
}

fn joined(pages: &[Page]) -> String {
    pages.iter().map(|page| page.markdown.as_str()).collect::<Vec<_>>().join("\n---\n")
}

/// What stands in the markdown (`+`) and what does not (`-`).
#[track_caller]
fn check(markdown: &str, expected: &[&str]) {
    for text in expected {
        let (sign, text) = text.split_at(1);
        assert_eq!(markdown.contains(text), sign == "+", "{sign}{text} in {markdown}");
    }
}

#[test]
fn slides() {
    let of = |slides| joined(&fixture("options.pptx", &ParseOptions { slides, ..ParseOptions::default() }));
    check(&of(Slides::default()), &["+# Harvest", "+<td>42</td>", "-Beside the slide", "-Secret", "-Not shown"]);
    check(&of(Slides { hidden: true, ..Slides::default() }), &["+# Secret", "+Not shown", "-Beside the slide"]);
    check(&of(Slides { outside: true, ..Slides::default() }), &["+Beside the slide", "-Secret"]);
    check(&of(Slides { no_chart_data: true, ..Slides::default() }), &["+# Harvest", "-<td>42</td>"]);
    let notes = fixture("options.pptx", &ParseOptions::default())[0].speaker_notes.clone();
    assert_eq!(notes.as_deref(), Some("Say it slowly."));
}

#[test]
fn sheets() {
    let of = |sheets| fixture("options.xlsx", &ParseOptions { sheets, ..ParseOptions::default() });
    let usual = of(Sheets::default());
    check(&joined(&usual), &["+# Harvest", "+<tr><th>Mill</th><th>Town</th></tr>", "-Prices"]);
    assert_eq!((usual.len(), usual[0].name.as_deref()), (1, Some("Harvest")));
    let hidden = of(Sheets { hidden: true, ..Sheets::default() });
    check(&joined(&hidden), &["+# Prices", "+Secret"]);
    assert_eq!(hidden.len(), 2);
    let whole = joined(&of(Sheets { whole: true, ..Sheets::default() }));
    assert_eq!(whole.matches("<table>").count(), 1, "{whole}");
    check(&whole, &["+<tr><td>Rye</td><td>42</td>", "+<td>Mill</td><td>Town</td>", "+<td colspan=\"2\">merged</td>"]);
}

#[test]
fn sheets_of_excel_97_and_open_document() {
    for file in ["options.xls", "options.ods", "options.fods"] {
        sheets_have_pages(file);
    }
}

fn sheets_have_pages(file: &str) {
    let of = |hidden| {
        let sheets = Sheets { hidden, ..Sheets::default() };
        let pages = fixture(file, &ParseOptions { sheets, ..ParseOptions::default() });
        let named = |page: &Page| format!("{}: {}", page.name.as_deref().unwrap_or("-"), page.words.len());
        pages.iter().map(named).collect::<Vec<_>>()
    };
    assert_eq!(of(false), ["First: 7", "Second: 5", "Fourth: 5"], "{file}");
    assert_eq!(of(true), ["First: 7", "Second: 5", "Third: 5", "Fourth: 5"], "{file}");
}

/// Merged cells keep their spans, also when every sheet is one table.
#[test]
fn merged_cells_of_open_document_sheets() {
    let cell =
        |text: &str, spans: &str| format!("<table:table-cell {spans}><text:p>{text}</text:p></table:table-cell>");
    let covered = "<table:covered-table-cell/>";
    let rows = [
        [&cell("Grain", ""), &cell("wide", "table:number-columns-spanned=\"2\""), covered],
        [&cell("tall", "table:number-rows-spanned=\"2\""), &cell("1", ""), &cell("2", "")],
        [covered, &cell("3", ""), &cell("4", "")],
    ];
    let rows: String = rows.iter().map(|row| format!("<table:table-row>{}</table:table-row>", row.concat())).collect();
    let namespaces: String = ["office", "table", "text"]
        .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .concat();
    let book = format!(
        "<?xml version=\"1.0\"?><office:document{namespaces} \
         office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet>\
         <table:table table:name=\"Harvest\">{rows}</table:table></office:spreadsheet></office:body></office:document>"
    );
    for whole in [false, true] {
        let sheets = Sheets { whole, ..Sheets::default() };
        let read = pages("book.fods", book.clone().into_bytes(), &ParseOptions { sheets, ..ParseOptions::default() });
        check(&joined(&read), &["+<th colspan=\"2\">wide</th>", "+<td rowspan=\"2\">tall</td>", "+<td>4</td>"]);
    }
}

/// The title stands in the window's frame: it is a heading only of a page that has none.
#[test]
fn titles_of_web_pages() {
    let of = |body: &str| {
        let page = format!("<html><head><title>Window</title></head><body>{body}</body></html>");
        joined(&pages("page.html", page.into_bytes(), &ParseOptions::default()))
    };
    check(&of("<h1>Page</h1><p>Text</p>"), &["-Window", "+# Page"]);
    check(&of("<p>Text</p>"), &["+# Window", "+Text"]);
}

const PAGE: &str = "<!DOCTYPE html><html><head><meta charset=\"iso-8859-1\"><style>.gone { display: none }</style></head><body>
    <nav><a href=\"/\">Home</a> Menu</nav><div style=\"position: fixed\">Take our cookies</div>
    <h1>Größe</h1><p class=gone>by rule</p><p hidden>by attribute</p><p style=\"display:none\">by style</p><p>shown</p></body></html>";

#[test]
fn web_pages() {
    let latin: Vec<u8> = PAGE.chars().map(|char| char as u8).collect();
    let of = |options| joined(&pages("page.html", latin.clone(), &options));
    let usual = of(ParseOptions::default());
    check(&usual, &["+# Größe", "+shown", "+Menu", "+cookies", "-by rule", "-by attribute", "-by style"]);
    let visible = of(ParseOptions { html_all_visible: true, ..ParseOptions::default() });
    check(&visible, &["+# Größe", "+by rule", "+by attribute", "+by style"]);
    check(&of(ParseOptions { html_remove_fixed: true, ..ParseOptions::default() }), &["+Menu", "-cookies"]);
    check(
        &of(ParseOptions { html_remove_navigation: true, ..ParseOptions::default() }),
        &["-Menu", "+cookies", "+shown"],
    );
}

#[test]
fn revisions() {
    let usual = fixture("options.docx", &ParseOptions::default());
    assert!(usual[0].revisions.is_empty());
    let page = &fixture("options.docx", &ParseOptions { revisions: true, ..ParseOptions::default() })[0];
    assert_eq!(page.markdown, usual[0].markdown, "the text stays that of all changes accepted");
    let told: Vec<_> = page
        .revisions
        .iter()
        .map(|revision| {
            (revision.kind, revision.author.as_deref(), revision.content.as_str(), revision.target.as_str())
        })
        .collect();
    let target = "Rye rose in May.";
    let expected = [
        (RevisionKind::Deleted, Some("Ann"), "fell", target),
        (RevisionKind::Inserted, Some("Bob"), "rose", target),
        (RevisionKind::Comment, Some("Carl"), "Which year?", target),
    ];
    assert_eq!(told, expected);
}

/// What Word documents hold beside paragraphs.
#[test]
fn word_documents() {
    let markdown = joined(&fixture("options.docx", &ParseOptions::default()));
    check(
        &markdown,
        &[
            "+# Mill report\n",
            "+Rye rose in May.",
            "-fell",
            "+$\\frac{a}{b}$",
            "+<th colspan=\"2\">wide</th>",
            "+<td rowspan=\"2\">tall</td>",
            "+1. one\n   1. deeper\n2. two",
        ],
    );
}

/// Texts are kept in the order in which they are read, whatever their direction; words of both directions mix.
#[test]
fn right_to_left_web_pages() {
    let page = "<html dir=\"rtl\"><body><h1>דוח הטחנה</h1><p>שלום <b>עולם</b> 2024 abc סוף</p>\
        <table><tr><th>א</th><th>ב</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>";
    let markdown = joined(&pages("page.html", page.as_bytes().to_vec(), &ParseOptions::default()));
    check(
        &markdown,
        &[
            "+# דוח הטחנה",
            "+שלום **עולם** 2024 abc סוף",
            "+<tr><th>א</th><th>ב</th></tr>\n</thead>\n<tbody>\n<tr><td>1</td><td>2</td></tr>",
        ],
    );
}

/// Pictures that stand in a page itself are kept, under names that the page says; those that it only names are not.
#[test]
fn pictures_of_web_pages() {
    const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
    let page = format!(
        "<html><body><h1>Mill</h1><img alt=\"red\" src=\"data:image/png;base64,{PNG}\"><img alt=\"far\" src=\"far.png\">\
         </body></html>"
    );
    let options = ParseOptions { images: vec![ImageCategory::Embedded], ..ParseOptions::default() };
    let read = &pages("page.html", page.into_bytes(), &options)[0];
    let names: Vec<&str> = read.images.iter().map(|picture| picture.name.as_str()).collect();
    assert_eq!(names, ["image_1.png"]);
    check(&read.markdown, &["+![red](image_1.png)", "-(far.png)"]);
}
