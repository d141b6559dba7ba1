//! Footnotes of pages without a structure tree.

use docmill_model::document::{Page, Role};

use crate::support::pdf;
use crate::{PROSE, pages, paragraph, text};

/// Lines in small type, 9 points apart.
fn notes(x: f32, y: f32, lines: &[&str]) -> String {
    lines.iter().enumerate().map(|(row, line)| text("F", 8.0, x, y - 9.0 * row as f32, line)).collect()
}

fn footnotes(page: &Page) -> Vec<&str> {
    page.blocks.iter().filter(|block| block.role == Role::Footnote).map(|block| block.md.as_str()).collect()
}

#[test]
fn notes_at_the_foot_are_paragraphs_of_their_own() {
    for (what, own, expected) in [
        ("numbers", &["1 The harbour office keeps a list", "of them all.", "2 See the report of the year."][..], 2),
        ("numbers right before the text", &["1The harbour office keeps a list.", "2See the report of the year."], 2),
        ("a sign", &["* The harbour office keeps a list."], 1),
        ("a list", &["* The harbour office keeps a list.", "* The harbour office keeps boats."], 0),
        ("a printed page number", &["90 | The harbour office keeps"], 0),
        ("no mark", &["The harbour office keeps a list."], 0),
        ("steps", &["1. Open the valve of the tank.", "2. Close the valve of the tank."], 0),
        ("a number at a line's start", &["1 The harbour office has a list of", "40 boats and of their owners."], 1),
    ] {
        let page = &pages(pdf(&[&(paragraph(50.0, 740.0, &PROSE) + &notes(50.0, 80.0, own))]))[0];
        assert_eq!(footnotes(page).len(), expected, "{what}: {}", page.markdown);
    }
    // The same at the top of a page, and in the text's size, is text.
    for content in [
        notes(50.0, 780.0, &["1 Institute of the sea, Kirkwall"]) + &paragraph(50.0, 740.0, &PROSE),
        paragraph(50.0, 740.0, &PROSE) + &paragraph(50.0, 80.0, &["1 The harbour office keeps a list."]),
    ] {
        let page = &pages(pdf(&[&content]))[0];
        assert_eq!(footnotes(page), Vec::<&str>::new(), "{}", page.markdown);
    }
}
