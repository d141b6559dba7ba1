//! Links of PDF documents in markdown and in `Page::links`.

use docmill_model::options::TableStyle;

use super::*;

/// A link annotation over these areas (left, bottom, right, top).
fn link(action: &str, areas: &[[f32; 4]]) -> String {
    let sides = |side: usize, most: fn(f32, f32) -> f32| areas.iter().map(|area| area[side]).reduce(most).expect("one");
    let quads: String =
        areas.iter().map(|[x0, y0, x1, y1]| format!("{x0} {y1} {x1} {y1} {x0} {y0} {x1} {y0} ")).collect();
    let rect = [sides(0, f32::min), sides(1, f32::min), sides(2, f32::max), sides(3, f32::max)];
    let rect = rect.map(|side| side.to_string()).join(" ");
    let quads = if areas.len() > 1 { format!("/QuadPoints [{quads}]") } else { String::new() };
    format!("<< /Type /Annot /Subtype /Link /Rect [{rect}] {quads} /A << {action} >> >> ")
}

fn uri(url: &str, areas: &[[f32; 4]]) -> String {
    link(&format!("/S /URI /URI ({url})"), areas)
}

fn read(content: &str, annotations: &str, options: &ParseOptions) -> Page {
    let extra = format!("/Annots [{annotations}]");
    let bytes = pdf_of(&[PageSpec { content, extra: &extra }]);
    let (info, mut pages) = parse(bytes, options, &mut Recorder::default()).expect("pages");
    assert!(info.warnings.is_empty(), "{:?}", info.warnings);
    pages.remove(0)
}

fn annotated() -> ParseOptions {
    ParseOptions { annotate_links: true, ..options(Tier::CostEffective) }
}

/// `See the annual report, please.` with `the` from 70 to 84, `annual` to 116, `report` to 146.
fn sentence() -> String {
    text("F", 10.0, 50.0, 700.0, "See the annual report, please.")
}

const REPORT: [f32; 4] = [87.0, 697.0, 143.5, 709.0];

#[test]
fn links_of_all_kinds_and_places() {
    let two_lines = paragraph(50.0, 700.0, &PROSE[1..]);
    let both = [[250.0, 697.0, 300.0, 709.0], [50.0, 685.0, 100.0, 697.0]];
    let turned = "BT /F 10 Tf 0 1 -1 0 300 100 Tm (Turned text on a page) Tj ET\n";
    for (name, content, annotations, expected) in [
        ("two words", sentence(), uri("https://a.b/c", &[REPORT]), "See the [annual report](https://a.b/c), please."),
        (
            "two lines",
            two_lines,
            uri("https://a.b/", &both),
            "mission reviews the applications of nearly all [of them before](https://a.b/) the end of the month.",
        ),
        (
            "one annotation a line",
            paragraph(50.0, 700.0, &["Look into the", "report."]),
            uri("https://a.b/", &[[92.0, 697.0, 120.0, 709.0]]) + &uri("https://a.b/", &[[50.0, 685.0, 76.5, 697.0]]),
            "Look into [the report](https://a.b/).",
        ),
        (
            "a page that is turned",
            turned.to_owned(),
            uri("mailto:a@b.c", &[[290.0, 100.0, 305.0, 130.0]]),
            "[Turned](mailto:a@b.c) text on a page",
        ),
        (
            "signs",
            text("F", 10.0, 50.0, 700.0, "a *b* [c"),
            uri("https://a.b/\\(c\\) d", &[[48.0, 690.0, 90.0, 710.0]]),
            "[a \\*b\\* \\[c](https://a.b/(c)%20d)",
        ),
        ("a script", sentence(), uri("javascript:alert\\(1\\)", &[REPORT]), "See the annual report, please."),
        ("a file", sentence(), uri("file:///etc/passwd", &[REPORT]), "See the annual report, please."),
        (
            "out of the markdown",
            sentence(),
            uri("https://a\\)[x]\\(javascript:b", &[REPORT]),
            "See the [annual report](<https://a)[x](javascript:b>), please.",
        ),
        ("inside", sentence(), link("/S /GoTo /D [0 /Fit]", &[REPORT]), "See the annual report, please."),
        ("without a base", sentence(), uri("a/b.html", &[REPORT]), "See the annual report, please."),
        ("as it is spoken", sentence(), uri("www.a.b", &[REPORT]), "See the [annual report](http://www.a.b), please."),
        (
            "a part of a word",
            text("F", 10.0, 50.0, 700.0, "Known[12] since"),
            uri("https://a.b", &[[81.0, 697.0, 90.0, 709.0]]),
            "[Known[12]](https://a.b) since",
        ),
        (
            "an item",
            text("F", 10.0, 50.0, 700.0, "1. First") + &text("F", 10.0, 50.0, 686.0, "2. Second"),
            uri("https://a.b", &[[60.0, 683.0, 110.0, 695.0]]),
            "1. First\n2. [Second](https://a.b)",
        ),
    ] {
        assert_eq!(read(&content, &annotations, &annotated()).markdown, expected, "{name}");
        let plain = read(&content, &annotations, &options(Tier::CostEffective));
        assert!(plain.links.is_empty() && !plain.markdown.contains("]("), "{name}: {}", plain.markdown);
    }
}

#[test]
fn links_are_listed_with_their_words_and_boxes() {
    let page = read(&sentence(), &uri("https://a.b/c", &[REPORT]), &annotated());
    let [link] = page.links.as_slice() else { panic!("{:?}", page.links) };
    assert_eq!((link.text.as_str(), link.url.as_str()), ("annual report", "https://a.b/c"));
    assert_eq!(link.md, "[annual report](https://a.b/c)");
    let words: Vec<&str> = link.words.of(&page.words).iter().map(|word| word.text.as_str()).collect();
    assert_eq!((words, link.boxes.len()), (vec!["annual", "report,"], 1));
}

#[test]
fn links_in_tables_and_headings() {
    let cells = [uri("https://a.b?x=1&y=2", &[[60.0, 643.0, 90.0, 655.0]])].concat();
    let expected = "<a href=\"https://a.b?x=1&amp;y=2\">North</a>";
    assert!(read(&ruled(), &cells, &annotated()).markdown.contains(expected));
    let tables = TableStyle { pipe: true, compact: true, line_separator: None, ..TableStyle::default() };
    let page = read(&ruled(), &cells, &ParseOptions { tables, ..annotated() });
    assert!(page.markdown.contains("| [North](https://a.b?x=1&y=2) | 12 |"), "{}", page.markdown);

    let content = text("B", 18.0, 50.0, 750.0, "Annual report") + &paragraph(50.0, 720.0, &PROSE);
    let page = read(&content, &uri("https://a.b", &[[50.0, 745.0, 180.0, 768.0]]), &annotated());
    assert!(page.markdown.starts_with("# [Annual report](https://a.b)\n"), "{}", page.markdown);
}

#[test]
fn relative_links_stand_on_the_base() {
    for (relative, expected) in [
        ("b.html", "https://a.b/c/b.html"),
        ("/b.html", "https://a.b/b.html"),
        ("//x.y/z", "https://x.y/z"),
        ("?q=1", "https://a.b/c/d.html?q=1"),
    ] {
        let extra = format!("/Annots [{}]", uri(relative, &[REPORT]));
        let content = sentence();
        let pages = [PageSpec { content: &content, extra: &extra }];
        let bytes = support::pdf_with(&pages, "/URI << /Base (https://a.b/c/d.html) >>", &[]);
        let (_, pages) = parse(bytes, &annotated(), &mut Recorder::default()).expect("pages");
        assert_eq!(pages[0].links[0].url, expected, "{relative}");
    }
}

/// Links without end over the whole page cost a bounded time.
#[test]
fn many_links_over_many_words() {
    let content: String =
        (0..60).map(|line| text("F", 5.0, 20.0, 20.0 + 12.0 * line as f32, &"word ".repeat(40))).collect();
    let links = uri("https://a.b", &[[0.0, 0.0, 600.0, 800.0]]).repeat(30_000);
    let page = read(&content, &links, &annotated());
    assert!(page.links.len() <= page.blocks.len() && !page.links.is_empty(), "{}", page.links.len());
}
