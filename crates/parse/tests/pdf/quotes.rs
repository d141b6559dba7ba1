//! Block quotes: what is set apart by white on both sides or by a bar, and what only looks like it.

use crate::{PROSE, line, markdown, paragraph, text};

/// Lines of a quotation at this place, 12 points apart.
fn lines(x: f32, y: f32, lines: &[&str]) -> String {
    lines.iter().enumerate().map(|(row, line)| text("F", 10.0, x, y - 12.0 * row as f32, line)).collect()
}

/// Broken to a measure narrower than that of `PROSE`.
const QUOTED: [&str; 3] =
    ["Nobody had asked the wardens of the", "quay how many boats there were in a", "year of storms, or who had paid."];

/// Between two paragraphs of the text.
fn between(inside: &str) -> String {
    paragraph(50.0, 740.0, &PROSE) + inside + &paragraph(50.0, 620.0, &PROSE)
}

/// The page's lines of quotations, without their signs.
fn quoted(content: &str) -> Vec<String> {
    let markdown = markdown(content);
    markdown.lines().filter_map(|line| line.strip_prefix("> ")).map(str::to_owned).collect()
}

#[test]
fn a_paragraph_indented_on_both_sides_or_beside_a_bar_is_a_quotation() {
    let whole = QUOTED.join(" ");
    let wide = lines(64.0, 686.0, &PROSE);
    for (what, content, expected) in [
        ("white on both sides", between(&lines(74.0, 686.0, &QUOTED)), whole.as_str()),
        ("a bar", between(&(lines(64.0, 686.0, &PROSE) + &line(53.0, 696.0, 53.0, 658.0))), "The registration"),
        ("indented at the left alone", between(&wide), ""),
        ("a wide bar", between(&(wide.clone() + "50 658 4 38 re f\n")), "The registration"),
        ("a bar over the text above too", between(&(wide.clone() + &line(53.0, 750.0, 53.0, 658.0))), ""),
        ("a box", between(&(wide.clone() + &line(53.0, 696.0, 53.0, 658.0) + &line(330.0, 696.0, 330.0, 658.0))), ""),
        ("nothing before it", lines(74.0, 686.0, &QUOTED) + &paragraph(50.0, 620.0, &PROSE), ""),
        ("nothing after it", paragraph(50.0, 740.0, &PROSE) + &lines(74.0, 686.0, &QUOTED), ""),
        ("one line", between(&lines(74.0, 686.0, &QUOTED[..1])), ""),
    ] {
        let found = quoted(&content).join("\n");
        let right = if expected.is_empty() { found.is_empty() } else { found.starts_with(expected) };
        assert!(right, "{what}: {found}\n{}", markdown(&content));
    }
}

/// Two lines that are broken before a long word say nothing by themselves; where all text ends at one edge, their
/// own edges do.
#[test]
fn a_quotation_of_two_lines_is_as_far_from_both_edges_of_justified_text() {
    let full = "The registration of observers runs until May and next";
    let column = |y: f32| lines(50.0, y, &[full, full, full, "month."]);
    // ` and next` is 41.14 points wide.
    for (indent, expected) in [(20.57, 1), (12.0, 0)] {
        let own = lines(50.0 + indent, 680.0, &["The registration of observers runs until May", "notwithstanding."]);
        let found = quoted(&(column(740.0) + &own + &column(640.0)));
        assert_eq!(found.len(), expected, "{indent}: {found:?}");
    }
}

#[test]
fn what_else_is_indented_is_no_quotation() {
    let in_lines = |x: f32, own: &[&str]| between(&lines(x, 686.0, own));
    for (what, content) in [
        (
            "an address",
            in_lines(74.0, &["Harbour Office of the Northern Isles,", "12 Quay Street,", "Kirkwall, the Orkney Isles"]),
        ),
        (
            "a list",
            in_lines(
                74.0,
                &[
                    "1. Nobody had asked the wardens of the",
                    "2. How many boats there were in a",
                    "3. Or who had paid for all of them.",
                ],
            ),
        ),
        (
            "centred text",
            between(
                &(text("F", 10.0, 80.0, 686.0, "Nobody had asked the wardens of the quay")
                    + &text("F", 10.0, 92.0, 674.0, "how many boats there were in a year")
                    + &text("F", 10.0, 104.0, 662.0, "of storms, or who had paid.")),
            ),
        ),
        (
            "an abstract under its heading",
            text("B", 12.0, 150.0, 760.0, "Abstract")
                + &lines(74.0, 740.0, &QUOTED)
                + &text("B", 12.0, 50.0, 680.0, "1 Introduction")
                + &paragraph(50.0, 660.0, &PROSE),
        ),
        ("bold text", between(&lines(74.0, 686.0, &QUOTED).replace("/F ", "/B "))),
        (
            "a term's definition",
            text("B", 10.0, 50.0, 740.0, "Warden")
                + &lines(74.0, 728.0, &QUOTED)
                + &text("B", 10.0, 50.0, 680.0, "Quay")
                + &lines(74.0, 668.0, &QUOTED)
                + &paragraph(50.0, 620.0, &PROSE),
        ),
    ] {
        assert_eq!(quoted(&content), Vec::<String>::new(), "{what}\n{}", markdown(&content));
    }
}
