//! What the interpreter reads of content streams: layers, marks, states, forms, and its limits.

use super::*;

/// Font, size and place, then these operators, as the words of the page's text.
fn words(operators: &str) -> String {
    let content = format!("BT /F 10 Tf 50 700 Td {operators} ET");
    squeezed(&pages(pdf(&[&content]))[0])
}

fn squeezed(page: &Page) -> String {
    page.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn with_objects(content: &str, extra: &str, further: &[Vec<u8>]) -> Page {
    pages(support::pdf_with(&[PageSpec { content, extra }], "", further)).remove(0)
}

#[test]
fn words_end_where_white_is() {
    for (name, operators, expected) in [
        ("a space", "(one two) Tj", "one two"),
        ("a gap", "[(one) -400 (two)] TJ", "one two"),
        ("kerning", "[(ki) 40 (n) -30 (g)] TJ", "king"),
        ("tracking", "3 Tc (title page) Tj", "title page"),
        ("a space that is written over", "(car) Tj ( ) Tj 1 0 0 1 64 700 Tm (pet) Tj", "carpet"),
        ("printed twice with a shift", "(bold) Tj 1 0 0 1 50.4 700 Tm (bold) Tj", "bold"),
        ("letters twice are no doubles", "(all hill) Tj", "all hill"),
        ("word spacing", "20 Tw (a b) Tj", "a b"),
        ("stretched", "200 Tz (wide) Tj", "wide"),
        ("raised", "(x) Tj 3 Ts (2) Tj", "x2"),
    ] {
        assert_eq!(words(operators), expected, "{name}");
    }
}

#[test]
fn marks_say_what_glyphs_stand_for() {
    for (name, operators, expected) in [
        ("other text", "/Span << /ActualText (ffi) >> BDC (x) Tj EMC", "ffi"),
        ("as many characters", "/Span << /ActualText (abc) >> BDC (xyz) Tj EMC", "abc"),
        ("in UTF-16", "/Span << /ActualText <FEFF00E9> >> BDC (x) Tj EMC", "é"),
        ("nothing", "/Span << /ActualText () >> BDC (x) Tj EMC (y) Tj", "y"),
        ("a hyphen that divides", "/Span << /ActualText <FEFF00AD> >> BDC (-) Tj EMC", "-"),
        ("left open", "/Span << /ActualText (ab) >> BDC (x) Tj", "ab"),
        ("closed too often", "EMC EMC (x) Tj", "x"),
    ] {
        assert_eq!(words(operators), expected, "{name}");
    }
}

#[test]
fn layers_that_are_off_are_not_read() {
    let groups = "/OCProperties << /OCGs [7 0 R 8 0 R] /D << /OFF [8 0 R] >> >>";
    let content = "BT /F 10 Tf 50 700 Td /OC /On BDC (shown) Tj EMC /OC /Off BDC (hidden) Tj EMC \
                   /OC /Off BDC /Span BMC (nested) Tj EMC EMC (after) Tj ET";
    let extra = "/Resources << /Font << /F 3 0 R >> /Properties << /On 7 0 R /Off 8 0 R >> >>";
    let group = b"<< /Type /OCG /Name (layer) >>".to_vec();
    // The later entry of a dictionary wins over the writer's own resources.
    let spec = PageSpec { content, extra };
    let bytes = support::pdf_with(&[spec], groups, &[group.clone(), group]);
    assert_eq!(squeezed(&pages(bytes)[0]), "shown after");
}

#[test]
fn forms_are_read_where_they_are_drawn() {
    let form = support::stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Matrix [1 0 0 1 0 5] /Resources << /Font << /F 3 0 R >> >>",
        b"BT /F 10 Tf 2 3 Td (inside) Tj ET BT /F 10 Tf 300 3 Td (clipped) Tj ET",
    );
    let content = text("F", 10.0, 50.0, 720.0, "before")
        + "q 1 0 0 1 50 680 cm /X0 Do Q\n"
        + &text("F", 10.0, 50.0, 640.0, "behind");
    let page = with_objects(&content, "", &[form]);
    assert_eq!(squeezed(&page), "before inside behind");
    let inside = page.words.iter().find(|word| word.text == "inside").and_then(|word| word.bbox).expect("a box");
    assert_eq!((inside.x.round(), inside.y.round()), (52.0, 104.0));
}

#[test]
fn forms_without_end_end() {
    let draws = |names: &str| support::stream("/Type /XObject /Subtype /Form /BBox [0 0 600 800]", names.as_bytes());
    let content = text("F", 10.0, 50.0, 720.0, "before") + "/X0 Do\n" + &text("F", 10.0, 50.0, 700.0, "after");
    let inherits = |names: &[String]| -> Vec<Vec<u8>> { names.iter().map(|names| draws(names)).collect() };
    // Each form draws the next one twice: two to the power of 40 without a limit.
    let doubling: Vec<String> = (1..40).map(|next| format!("/X{next} Do /X{next} Do")).collect();
    for (name, forms) in [("a loop", vec!["/X1 Do".to_owned(), "/X0 Do".to_owned()]), ("doubling", doubling)] {
        let page = with_objects(&content, "", &inherits(&forms));
        assert!(squeezed(&page).contains("before"), "{name}");
        assert!(page.warnings.iter().any(|warning| warning.code == "PAGE_TOO_COMPLEX"), "{name}: {:?}", page.warnings);
    }
}

#[test]
fn states_without_end_end() {
    let content = "q ".repeat(200_000) + &text("F", 10.0, 50.0, 700.0, "deep") + &"Q ".repeat(200_000);
    assert_eq!(squeezed(&pages(pdf(&[&content]))[0]), "deep");
}

#[test]
fn pages_of_any_size_are_read() {
    let content = text("F", 10.0, 50.0, 700.0, "readable");
    for extra in ["/CropBox [0 0 0 0]", "/CropBox [700 900 800 950]", "/UserUnit 2"] {
        let bytes = support::pdf_of(&[PageSpec { content: &content, extra }]);
        assert_eq!(squeezed(&pages(bytes)[0]), "readable", "{extra}");
    }
}

#[test]
fn right_to_left_text_is_read_as_it_is_meant() {
    // Hebrew letters by ActualText, drawn from the left: the last letter first.
    let letter = |code: &str| format!("/Span << /ActualText <FEFF{code}> >> BDC (x) Tj EMC ");
    let drawn: String = ["05DD", "05D5", "05DC", "05E9"].iter().map(|code| letter(code)).collect();
    assert_eq!(words(&drawn), "שלום");
}

#[test]
fn a_long_document_is_surveyed_in_part_and_its_headers_are_known_everywhere() {
    let body = |number: u32| text("F", 10.0, 50.0, 500.0, &format!("Words of page {number} and nothing else."));
    let contents: Vec<String> =
        (1..=450).map(|number| text("F", 8.0, 50.0, 780.0, "Yearbook of the archive") + &body(number)).collect();
    let pages = pages(pdf(&contents.iter().map(String::as_str).collect::<Vec<_>>()));
    // Neither among the first ones nor on a step of the sample.
    let page = &pages[400];
    assert_eq!((page.number, page.header.as_deref()), (401, Some("Yearbook of the archive")));
    assert_eq!(page.markdown, "Words of page 401 and nothing else.");
}

#[test]
fn listings_are_code_with_their_indents() {
    let extra = "/Resources << /Font << /F 3 0 R /M << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>";
    let prose =
        "The archive keeps a small program that counts the boxes on each shelf, and it is printed here in full.";
    let content = text("F", 10.0, 50.0, 700.0, prose)
        + &text("M", 9.0, 50.0, 680.0, "for shelf in shelves:")
        + &text("M", 9.0, 71.6, 669.0, "print\\(shelf\\)")
        + &text("F", 10.0, 50.0, 640.0, prose);
    let page = pages(support::pdf_of(&[PageSpec { content: &content, extra }])).remove(0);
    assert_eq!(page.markdown, format!("{prose}\n\n```\nfor shelf in shelves:\n    print(shelf)\n```\n\n{prose}"));
}
