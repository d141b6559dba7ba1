//! Pages that are read by the structure tree of their document, and trees that are not believed.

use docmill_model::document::{BlockKind, Role};

use super::support::{PageSpec, pdf_with, text};
use super::{PROSE, pages, paragraph};

#[test]
fn a_page_is_read_by_its_tree() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tagged.pdf");
    let page = &pages(std::fs::read(path).expect("a fixture"))[0];
    insta::assert_snapshot!(page.markdown, @r#"
    # Harbour report

    The harbour was built in the years of plenty.1 It was never large enough.

    ## Berths

    Three kinds of berth are let by the year:

    1. deep berths
    2. shallow berths
       - for coasters
       - for fishing boats
    3. dry berths

    <table>
    <thead>
    <tr><th>Berth</th><th colspan="2">Let in</th></tr>
    </thead>
    <tbody>
    <tr><td></td><td>2022</td><td>2023</td></tr>
    <tr><td rowspan="2">Shallow</td><td>31</td><td></td></tr>
    <tr><td>8</td><td>9</td></tr>
    </tbody>
    </table>

    ### Fees

    Fees are paid by the quarter.

    1The salt works closed in 1911.
    "#);
    let tables: Vec<&str> = page
        .blocks
        .iter()
        .filter_map(|block| if let BlockKind::Table(table) = &block.kind { Some(table.method.as_str()) } else { None })
        .collect();
    assert_eq!(tables, ["tagged"]);
    let figures = page.blocks.iter().filter(|block| block.role == Role::Figure);
    let said: Vec<&str> = figures
        .filter_map(
            |block| if let BlockKind::Image { caption, .. } = &block.kind { Some(caption.as_str()) } else { None },
        )
        .collect();
    assert_eq!(said, ["A blue flag"]);
    assert_eq!(page.footer.as_deref(), Some("Harbour board\n1"));
}

/// Content whose pieces are marked with 0, 1, 2, ...
fn marked(pieces: &[String]) -> String {
    pieces.iter().enumerate().map(|(mark, piece)| format!("/P << /MCID {mark} >> BDC\n{piece}EMC\n")).collect()
}

/// A page of these pieces and a tree of these elements, each a name and the marks inside.
fn tagged(content: &str, elements: &[(&str, &[u32])], info: &str) -> Vec<u8> {
    let marks = |own: &[u32]| own.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let kids = elements
        .iter()
        .map(|(name, own)| format!("<< /S /{name} /Pg 5 0 R /K [{}] >>", marks(own)))
        .collect::<Vec<_>>()
        .join(" ");
    let catalog =
        format!("/MarkInfo << /Marked true {info} >> /StructTreeRoot << /RoleMap << /Top /H2 >> /K [{kids}] >>");
    pdf_with(&[PageSpec { content, extra: "/StructParents 0" }], &catalog, &[])
}

#[test]
fn sound_trees_are_believed_and_others_are_not() {
    // By its looks the last piece is text like any other.
    let pieces =
        [paragraph(50.0, 700.0, &PROSE), text("F", 10.0, 50.0, 650.0, "Of the fees"), paragraph(50.0, 630.0, &PROSE)];
    let content = marked(&pieces);
    let whole: &[(&str, &[u32])] = &[("P", &[0]), ("H3", &[1]), ("P", &[2])];
    let loose = content.clone() + &paragraph(50.0, 500.0, &PROSE);
    let astray = content.clone() + "/Artifact BMC\n" + &text("F", 10.0, 50.0, 400.0, "Not for sale") + "EMC\n";
    let edge = content.clone() + "/Artifact BMC\n" + &text("F", 10.0, 50.0, 20.0, "Not for sale") + "EMC\n";
    let lines: Vec<String> =
        PROSE.iter().enumerate().map(|(row, own)| text("F", 10.0, 50.0, 600.0 - 12.0 * row as f32, own)).collect();
    let split = marked(&[pieces.to_vec(), lines].concat());
    for (name, content, elements, info, heading) in [
        ("as it is", &content, whole, "", Some("### Of the fees")),
        ("a name of its own", &content, &[("P", &[0][..]), ("Top", &[1]), ("P", &[2])], "", Some("## Of the fees")),
        (
            "a piece named twice",
            &content,
            &[("P", &[0][..]), ("H3", &[1]), ("P", &[2, 0])],
            "",
            Some("### Of the fees"),
        ),
        ("running feet aside", &edge, whole, "", Some("### Of the fees")),
        ("it says that it may be wrong", &content, whole, "/Suspects true", None),
        ("no heading", &content, &[("P", &[0][..]), ("P", &[1]), ("P", &[2])], "", None),
        ("half of the text", &loose, whole, "", None),
        ("text that is no text", &astray, whole, "", None),
        ("all in one paragraph", &content, &[("H3", &[1][..]), ("P", &[0, 2])], "", None),
        ("all of it headings", &content, &[("H1", &[0][..]), ("H3", &[1]), ("H1", &[2])], "", None),
        ("words beside the items of a list", &content, &[("L", &[0][..]), ("H3", &[1]), ("P", &[2])], "", None),
        ("words beside the cells of a table", &content, &[("Table", &[0][..]), ("H3", &[1]), ("P", &[2])], "", None),
        ("all in a figure", &content, &[("Figure", &[0][..]), ("H3", &[1]), ("P", &[2])], "", None),
        (
            "a paragraph a line",
            &split,
            &[("P", &[0][..]), ("H3", &[1]), ("P", &[2]), ("P", &[3]), ("P", &[4]), ("P", &[5])],
            "",
            None,
        ),
    ] {
        let page = &pages(tagged(content, elements, info))[0];
        let found = page.markdown.lines().find(|line| line.starts_with('#'));
        assert_eq!(found, heading, "{name}: {}", page.markdown);
        let kept = page.markdown.matches("registration of observers").count();
        assert_eq!(kept, content.matches("registration of observers").count(), "{name}: every word once");
    }
}

#[test]
fn a_paragraph_inside_a_heading_is_the_heading() {
    let pieces =
        [paragraph(50.0, 700.0, &PROSE), text("F", 10.0, 50.0, 650.0, "Of the fees"), paragraph(50.0, 630.0, &PROSE)];
    let kids = "<< /S /P /Pg 5 0 R /K 0 >> << /S /H3 /K << /S /P /Pg 5 0 R /K 1 >> >> << /S /P /Pg 5 0 R /K 2 >>";
    let content = marked(&pieces);
    let page = PageSpec { content: &content, extra: "/StructParents 0" };
    let page = &pages(pdf_with(&[page], &format!("/StructTreeRoot << /K [{kids}] >>"), &[]))[0];
    assert!(page.markdown.contains("\n\n### Of the fees\n\n"), "{}", page.markdown);
}

/// By their looks two of the paragraphs are headings, and the tree has one.
#[test]
fn a_tree_that_misses_headings_is_not_believed() {
    let pieces = [
        text("B", 18.0, 50.0, 750.0, "What the harbour books"),
        paragraph(50.0, 720.0, &PROSE),
        text("B", 14.0, 50.0, 650.0, "Of the berths"),
        paragraph(50.0, 630.0, &PROSE),
        text("B", 14.0, 50.0, 560.0, "Of the fees"),
        paragraph(50.0, 540.0, &PROSE),
    ];
    let read = |names: [&str; 6]| {
        let marks: Vec<[u32; 1]> = (0..6).map(|mark| [mark]).collect();
        let elements: Vec<(&str, &[u32])> = names.into_iter().zip(marks.iter().map(|mark| &mark[..])).collect();
        let page = pages(tagged(&marked(&pieces), &elements, "")).remove(0);
        page.markdown.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(read(["H4", "P", "H5", "P", "H5", "P"])[0], "#### What the harbour books");
    assert_eq!(read(["H4", "P", "P", "P", "P", "P"])[0], "# What the harbour books");
}

#[test]
fn a_tree_that_bites_its_tail_ends() {
    let content = marked(&[paragraph(50.0, 700.0, &PROSE)]);
    let element = b"<< /S /Sect /K [7 0 R 7 0 R << /S /H1 /Pg 5 0 R /K 0 >>] >>".to_vec();
    let page = PageSpec { content: &content, extra: "/StructParents 0" };
    let bytes = pdf_with(&[page], "/StructTreeRoot << /K 7 0 R >>", &[element]);
    assert!(pages(bytes)[0].markdown.contains("registration of observers"));
}
