//! Form fields of PDF documents: values that no appearance draws, marks of buttons, and what is known of each field.

use docmill_model::document::{FieldKind, FieldValue};

use super::*;

/// One page with this content, these widgets and more objects (from number 7 on).
fn form(content: &str, widgets: &str, form: &str, more: &[String]) -> Page {
    let extra = format!("/Annots [{widgets}]");
    let more: Vec<Vec<u8>> = more.iter().map(|object| object.clone().into_bytes()).collect();
    let bytes = support::pdf_with(&[PageSpec { content, extra: &extra }], &format!("/AcroForm << {form} >>"), &more);
    parse(bytes, &options(Tier::CostEffective), &mut Recorder::default()).expect("pages").1.remove(0)
}

fn widget(rect: [i32; 4], rest: &str) -> String {
    let rect = rect.map(|side| side.to_string()).join(" ");
    format!("<< /Type /Annot /Subtype /Widget /Rect [{rect}] {rest} >> ")
}

/// An appearance of 100 by 20 points that draws this.
fn look(content: &str) -> String {
    let length = content.len();
    format!(
        "<< /Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /F 3 0 R >> >> \
         /Length {length} >>\nstream\n{content}\nendstream"
    )
}

const NAME: [i32; 4] = [100, 696, 300, 714];

#[test]
fn values_without_an_appearance_stand_behind_their_labels() {
    let content = text("F", 10.0, 50.0, 700.0, "Name:") + &text("F", 10.0, 50.0, 660.0, "Notes:");
    let parent = |rest: &str| format!("<< /FT /Tx /V (Ada Lovelace) {rest} >>");
    let long = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen";
    for (name, rest, more, expected) in [
        ("its own", "/FT /Tx /V (Ada Lovelace)".to_owned(), vec![], "Name: Ada Lovelace"),
        ("UTF-16", "/FT /Tx /V <FEFF00C9006D0069006C0065>".to_owned(), vec![], "Name: Émile"),
        ("inherited", "/Parent 7 0 R /T (b)".to_owned(), vec![parent("/T (a)")], "Name: Ada Lovelace"),
        (
            "a loop of parents",
            "/Parent 7 0 R".to_owned(),
            vec![parent("/Parent 7 0 R /Kids [7 0 R]")],
            "Name: Ada Lovelace",
        ),
        ("a default is no value", "/FT /Tx /DV (Ada)".to_owned(), vec![], "Name:"),
        ("a password", "/FT /Tx /Ff 8192 /V (Ada)".to_owned(), vec![], "Name:"),
        ("hidden", "/FT /Tx /F 2 /V (Ada)".to_owned(), vec![], "Name:"),
        ("an option", "/FT /Ch /Ff 131072 /V (a) /Opt [[(b) (Bertha)] [(a) (Ada)]]".to_owned(), vec![], "Name: Ada"),
        (
            "a stream",
            "/FT /Tx /V 7 0 R".to_owned(),
            vec!["<< /Length 3 >>\nstream\nAda\nendstream".to_owned()],
            "Name: Ada",
        ),
        ("too long for its field", format!("/FT /Tx /V ({long})"), vec![], &format!("Name: {long}")),
        ("right to left", "/FT /Tx /V <FEFF05D005D1>".to_owned(), vec![], "Name: אב"),
        (
            "an appearance",
            "/FT /Tx /V (Ada) /AP << /N 7 0 R >>".to_owned(),
            vec![look("BT /F 10 Tf 2 5 Td (Drawn) Tj ET")],
            "Name: Drawn",
        ),
        (
            "an empty appearance",
            "/FT /Tx /V (Ada) /AP << /N 7 0 R >>".to_owned(),
            vec![look("/Tx BMC EMC")],
            "Name: Ada",
        ),
        ("no field", String::new(), vec![], "Name:"),
    ] {
        let page = form(&content, &widget(NAME, &rest), "", &more);
        assert_eq!(page.markdown, format!("{expected}\n\nNotes:"), "{name}");
        assert!(page.warnings.is_empty(), "{name}");
    }
    let outdated = [look("BT /F 10 Tf 2 5 Td (Drawn) Tj ET")];
    let rest = "/FT /Tx /V (Ada) /AP << /N 7 0 R >>";
    let page = form(&content, &widget(NAME, rest), "/NeedAppearances true", &outdated);
    assert_eq!(page.markdown, "Name: Ada\n\nNotes:");
}

#[test]
fn lines_of_a_value_are_lines() {
    let rest = "/FT /Tx /Ff 4096 /DA (/Helv 9 Tf 0 g) /V (First line\\rSecond line)";
    let page = form(&text("F", 10.0, 50.0, 700.0, "Notes"), &widget([100, 600, 300, 660], rest), "", &[]);
    assert!(page.text.contains("First line\n") && page.text.contains("Second line"), "{}", page.text);
    let several = "/FT /Ch /Ff 2097152 /V [(Ada) (Emil)]";
    let chosen = form("", &widget([100, 600, 300, 660], several), "", &[]);
    assert_eq!(chosen.text.split_whitespace().collect::<Vec<_>>(), ["Ada", "Emil"]);
    assert_eq!(chosen.fields[0].value, FieldValue::Chosen(vec!["Ada".into(), "Emil".into()]));
    let bbox = page.words[1].bbox.expect("a box");
    assert!((bbox.x - 102.0).abs() < 0.1 && (140.0..150.0).contains(&bbox.y) && bbox.h == 9.0, "{bbox:?}");
}

#[test]
fn a_turned_field_is_read_with_its_turned_page() {
    let content = "BT /F 10 Tf 0 1 -1 0 300 100 Tm (Turned label:) Tj ET\n";
    let page = form(content, &widget([290, 180, 304, 320], "/FT /Tx /V (value) /MK << /R 90 >>"), "", &[]);
    assert_eq!(page.markdown, "Turned label: value");
}

#[test]
fn buttons_have_marks_before_their_texts() {
    let content = text("F", 10.0, 66.0, 700.0, "Married") + &text("F", 10.0, 166.0, 700.0, "Single");
    let states = "/AP << /N << /Yes 7 0 R /Off 8 0 R >> >>";
    let sign = [look("BT /F 10 Tf 2 5 Td (4) Tj ET"), look("")];
    let word = [look("BT /F 10 Tf 2 5 Td (Yes) Tj ET"), look("")];
    for (name, first, second, more, expected) in [
        (
            "on and off",
            format!("/FT /Btn /AS /Yes {states}"),
            format!("/FT /Btn /AS /Off {states}"),
            &sign[..],
            "☒ Married ☐ Single",
        ),
        ("no appearance", "/FT /Btn /V /Yes".to_owned(), "/FT /Btn /V /Off".to_owned(), &[], "☒ Married ☐ Single"),
        (
            "no state",
            format!("/FT /Btn /V /Yes {states}"),
            format!("/FT /Btn {states}"),
            &sign[..],
            "☒ Married ☐ Single",
        ),
        (
            "words",
            format!("/FT /Btn /AS /Yes {states}"),
            format!("/FT /Btn /AS /Off {states}"),
            &word[..],
            "Yes Married ☐ Single",
        ),
        ("push buttons", "/FT /Btn /Ff 65536".to_owned(), "/FT /Btn /Ff 65536".to_owned(), &[], "Married Single"),
    ] {
        let widgets = widget([50, 698, 60, 708], &first) + &widget([150, 698, 160, 708], &second);
        let page = form(&content, &widgets, "", more);
        assert_eq!(page.markdown.replace("\n\n", " "), expected, "{name}");
    }
}

#[test]
fn fields_have_labels_kinds_and_values() {
    let content = text("F", 10.0, 50.0, 700.0, "Full name ....:")
        + &text("F", 10.0, 50.0, 660.0, "Married")
        + &text("F", 10.0, 50.0, 620.0, "Yes")
        + &text("F", 10.0, 120.0, 620.0, "No")
        + &text("F", 10.0, 100.0, 570.0, "Place and date");
    let radio = "<< /FT /Btn /Ff 32768 /T (married) /V /b >>".to_owned();
    let states = |on: &str| format!("/Parent 7 0 R /AP << /N << /{on} 8 0 R /Off 8 0 R >> >>");
    let widgets = [
        widget([130, 696, 300, 714], "/FT /Tx /T (name) /V (Ada)"),
        widget([35, 618, 45, 628], &(states("a") + "/AS /Off")),
        widget([105, 618, 115, 628], &(states("b") + "/AS /b")),
        widget([100, 545, 300, 565], "/FT /Sig /T (sign) /TU (Signature)"),
        widget([400, 100, 500, 120], "/FT /Tx /T (lone) /TU (For office use)"),
        widget([400, 50, 410, 60], "/FT /Btn /T (box)"),
    ];
    let page = form(&content, &widgets.concat(), "", &[radio, look("")]);
    let found: Vec<_> = page
        .fields
        .iter()
        .map(|field| (field.name.as_str(), field.label.as_deref(), field.kind, field.value.clone(), field.boxes.len()))
        .collect();
    let text = |text: &str| FieldValue::Text(text.into());
    assert_eq!(
        found,
        [
            ("name", Some("Full name"), FieldKind::Text, text("Ada"), 1),
            ("married", None, FieldKind::SingleSelect, FieldValue::Chosen(vec!["No".into()]), 2),
            ("sign", Some("Place and date"), FieldKind::Signature, FieldValue::Empty, 1),
            ("lone", Some("For office use"), FieldKind::Text, FieldValue::Empty, 1),
            ("box", None, FieldKind::Checkbox, FieldValue::Checked(false), 1),
        ]
    );
    let bbox = page.fields[0].boxes[0];
    assert_eq!((bbox.x, bbox.y, bbox.w, bbox.h), (130.0, 86.0, 170.0, 18.0));
}

#[test]
fn fields_stand_below_headings_and_in_cells_of_tables() {
    let heading = |y: f32, own: &str| text("B", 14.0, 50.0, y, own);
    let labelled = |y: f32, own: &str| text("F", 10.0, 50.0, y, own);
    let ruled: String = [500.0, 520.0, 540.0, 560.0].map(|y| line(50.0, y, 350.0, y)).concat()
        + &[50.0, 200.0, 350.0].map(|x| line(x, 500.0, x, 560.0)).concat();
    let content = heading(740.0, "Buyer")
        + &labelled(710.0, "Full name:")
        + &labelled(680.0, "Town:")
        + &heading(600.0, "Goods")
        + &text("F", 10.0, 60.0, 546.0, "Item")
        + &text("F", 10.0, 210.0, 546.0, "Count")
        + &text("F", 10.0, 60.0, 526.0, "Flour")
        + &text("F", 10.0, 60.0, 506.0, "Sugar")
        + &ruled
        + &heading(450.0, "Signature")
        + &labelled(420.0, "Place:");
    let field = |name: &str, rect: [i32; 4]| widget(rect, &format!("/FT /Tx /T ({name})"));
    let widgets = [
        field("name", [110, 706, 300, 722]),
        field("town", [110, 676, 300, 692]),
        field("count1", [202, 522, 348, 538]),
        field("count2", [202, 502, 348, 518]),
        field("place", [110, 416, 300, 432]),
    ];
    let page = form(&content, &widgets.concat(), "", &[]);
    let found: Vec<_> = page
        .fields
        .iter()
        .zip(&page.field_places)
        .map(|(field, place)| {
            (field.name.as_str(), place.heading.as_deref(), place.cell.map(|cell| (cell.row, cell.column)))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("name", Some("Buyer"), None),
            ("town", Some("Buyer"), None),
            ("count1", Some("Goods"), Some((1, 1))),
            ("count2", Some("Goods"), Some((2, 1))),
            ("place", Some("Signature"), None),
        ],
        "{}",
        page.markdown
    );
    let block = page.field_places[2].cell.expect("a cell").block as usize;
    assert!(matches!(page.blocks[block].kind, BlockKind::Table(_)));
}

#[test]
fn forms_without_end_are_cut_with_a_warning() {
    let many = widget(NAME, "/Parent 7 0 R").repeat(100_000);
    let kids = "7 0 R ".repeat(100_000);
    let shared = format!("<< /FT /Tx /T (a) /Kids [{kids}] /V ({}) >>", "word ".repeat(1_000));
    for (name, more) in [("many", "<< /FT /Tx /V (x) >>".to_owned()), ("with a large value", shared)] {
        let page = form("", &many, "/Fields [7 0 R]", &[more]);
        let codes: Vec<&str> = page.warnings.iter().map(|warning| warning.code.as_str()).collect();
        assert_eq!(codes, ["PAGE_TOO_COMPLEX"], "{name}");
        assert!(page.fields.len() <= 10_000, "{name}");
    }
}
