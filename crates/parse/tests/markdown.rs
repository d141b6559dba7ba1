//! Markdown is read by its own rules and written in our own hand: what goes in, and what comes out.

use docmill_model::document::{BlockKind, DocumentInfo, Page, PageOutcome, Role};
use docmill_model::options::{ImageCategory, ParseOptions, TableStyle};
use docmill_parse::{OcrAnswer, PageImage, Services, Source, parse_all};

#[derive(Default)]
struct Kept(Vec<(String, Vec<u8>)>);

impl Services for Kept {
    fn ocr(&mut self, _image: &PageImage, _languages: &[String]) -> OcrAnswer {
        OcrAnswer::Missing { message: "no OCR".into() }
    }

    fn asset(&mut self, name: &str, _content_type: &str, bytes: &[u8]) {
        self.0.push((name.to_owned(), bytes.to_vec()));
    }
}

fn read(text: &str, options: &ParseOptions) -> (DocumentInfo, Vec<Page>, Kept) {
    let source = Source { name: "notes.md".into(), bytes: text.as_bytes().to_vec().into() };
    let mut kept = Kept::default();
    let (info, outcomes) = parse_all(source, options, &mut kept).expect("a document");
    let page = |outcome| match outcome {
        PageOutcome::Read(page) => *page,
        PageOutcome::Failed { error, .. } => panic!("{error}"),
    };
    (info, outcomes.into_iter().map(page).collect(), kept)
}

/// Markdown of one page, and its words.
#[track_caller]
fn check(text: &str, markdown: &str, words: &str) {
    let tables = TableStyle { pipe: true, compact: true, ..TableStyle::default() };
    let (_, pages, _) = read(text, &ParseOptions { annotate_links: true, tables, ..ParseOptions::default() });
    let said: Vec<&str> = pages[0].words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!((pages[0].markdown.as_str(), said.join(" ").as_str()), (markdown, words), "{text}");
}

#[test]
fn paragraphs_and_what_is_in_them() {
    check("a *b* __c__ ~~d~~ `e` ***f***", "a *b* **c** ~~d~~ `e` ***f***", "a b c d e f");
    check("one\ntwo  \nthree\\\nfour<br>five", "one two\nthree\nfour\nfive", "one two three four five");
    check(
        "[a *b*](https://x/) <https://y/> [c][d]\n\n[d]: /e",
        "[a *b*](https://x/) [https://y/](https://y/) [c](/e)",
        "a b https://y/ c",
    );
    check(
        "2 * 3 \\* 4 &amp; &lt;b> snake_case a \\<b>",
        "2 * 3 * 4 & \\<b> snake_case a \\<b>",
        "2 * 3 * 4 & <b> snake_case a <b>",
    );
    check("`` a`b `` and <kbd>Ctrl</kbd>", "``a`b`` and Ctrl", "a`b and Ctrl");
    check("`lone code `", "`lone code `", "lone code");
    check("See ![a map](m.png) here", "See ![a map](m.png) here", "See a map here");
    check("![a map](m.png)", "a map", "a map");
    check("<!-- note -->\n\ntext", "text", "text");
}

#[test]
fn blocks() {
    check("# A `b`\n\nSetext\n---\n\n####### no", "# A `b`\n\n## Setext\n\n####### no", "A b Setext ####### no");
    check("```rust,ignore\nfn a() {}\n```", "```rust\nfn a() {}\n```", "fn a() {}");
    check("    indented\n    code", "```\nindented\ncode\n```", "indented code");
    check("> a *b*\n>\n> c\n\nd", "> a *b*\n\n> c\n\nd", "a b c d");
    check("> - a\n> - b\n\nc", "> - a\n> - b\n\nc", "a b c");
    check(
        "$$\nx_1\n$$\n\nand $y_2$, US$5 and $6",
        "$$\nx_1\n$$\n\nand $y_2$, US$5 and $6",
        "x_1 and $y_2$, US$5 and $6",
    );
    check("a[^1] b\n\n[^1]: The *note*.\n\nc", "a[^1] b\n\nc\n\n[^1]: The *note*.", "a[^1] b [^1]: The note. c");
    check("a\n\n---\n\nb", "a\n\nb", "a b");
    check("#\n\n-\n\n```\n```\n\n1.\n2. a\n\n[$$x$$](/u)", "2. a\n\n[$$x$$](/u)", "a $$x$$");
    check("<table><tr><th>A</th></tr><tr><td>b</td></tr></table>\n\nc", "| A |\n| --- |\n| b |\n\nc", "A b c");
    check("<div align=\"center\">\n\n# T\n\n</div>", "# T", "T");
}

#[test]
fn lists_keep_what_belongs_to_an_item() {
    check("- a\n  - b\n    - c\n- d", "- a\n  - b\n    - c\n- d", "a b c d");
    check(
        "3. a\n\n   more\n4. b\n   ```py\n   x\n   ```",
        "3. a\n\n   more\n4. b\n\n   ```py\n   x\n   ```",
        "a more b x",
    );
    check("- a\n  - b\n\n  later\n- c", "- a\n\n  later\n  - b\n- c", "a b later c");
    check("- [x] done\n- [ ] open", "- [x] done\n- [ ] open", "[x] done [ ] open");
    check("- > said\n- b", "- > said\n- b", "said b");
    check(
        "- a\n\n  | x | y |\n  |---|---|\n  | 1 | 2 |\n\n  after\n- b",
        "- a\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\nafter\n\n- b",
        "a x y 1 2 after b",
    );
    check("- a\n\n\n1. b", "- a\n\n1. b", "a b");
}

#[test]
fn tables() {
    check(
        "| a | **b** |\n|---|:-:|\n| x \\| y | `z` [l](http://u) |\n| _i_ &lt;p> 2*3 |",
        "| a | b |\n| --- | --- |\n| x \\| y | `z` [l](http://u) |\n| *i* \\<p> 2*3 |  |",
        "a b x | y z l i <p> 2*3",
    );
    check("a | b\n--|--\n1 | 2", "| a | b |\n| --- | --- |\n| 1 | 2 |", "a b 1 2");
}

#[test]
fn front_matter_is_a_block_of_its_own() {
    let (info, pages, _) = read("---\ntitle: \"Mill\"\nyear: 2024\n---\n# A\n", &ParseOptions::default());
    assert_eq!(info.title.as_deref(), Some("Mill"));
    assert_eq!(pages[0].markdown, "```yaml\ntitle: \"Mill\"\nyear: 2024\n```\n\n# A");
}

#[test]
fn roles_and_pictures() {
    let text = "> q\n\na[^n]\n\n[^n]: note\n\n![alt](data:image/png;base64,iVBORw0KGgo=)";
    let options = ParseOptions { images: vec![ImageCategory::Embedded], ..ParseOptions::default() };
    let (_, pages, kept) = read(text, &options);
    let roles: Vec<Role> = pages[0].blocks.iter().map(|block| block.role).collect();
    assert_eq!(roles, [Role::Quote, Role::Body, Role::Footnote, Role::Body]);
    let BlockKind::Image { caption, name } = &pages[0].blocks[3].kind else { panic!("a picture") };
    assert_eq!((caption.as_str(), name.as_deref()), ("alt", Some("image_1.png")));
    assert_eq!(kept.0, [("image_1.png".to_owned(), b"\x89PNG\r\n\x1a\n".to_vec())]);
}

#[test]
fn long_documents_are_parted_and_deep_ones_are_read() {
    let (_, pages, _) = read(&"A paragraph of words.\n\n".repeat(30_000), &ParseOptions::default());
    assert_eq!((pages.len(), pages.iter().map(|page| page.words.len()).sum::<usize>()), (2, 120_000));
    let nested: String = (0..500).map(|level| format!("{}- x\n", "  ".repeat(level))).collect();
    for text in [">".repeat(50_000) + " deep", nested, "*a **b ".repeat(5_000), "[".repeat(50_000) + "x"] {
        assert!(read(&text, &ParseOptions::default()).1[0].words.iter().any(|word| !word.text.is_empty()));
    }
}
