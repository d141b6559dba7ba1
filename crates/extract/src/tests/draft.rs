//! Schemas that are made from documents.

use docmill_model::document::{FieldKind, FieldValue, FormField};
use docmill_model::schema::check;

use super::*;
use crate::draft;

/// The draft as `name: type`, rows with their columns.
fn drafted(pages: &[Page], wanted: Option<Value>) -> String {
    fn shown(schema: &Value) -> String {
        let own = |schema: &Value| match schema["properties"].as_object() {
            Some(properties) => {
                let inner: Vec<String> =
                    properties.iter().map(|(name, own)| format!("{name}:{}", shown(own))).collect();
                format!("{{{}}}", inner.join(" "))
            }
            None => schema["type"].as_str().unwrap_or_default().to_owned(),
        };
        if schema["type"] == "array" { format!("{}[]", own(&schema["items"])) } else { own(schema) }
    }
    let schema = draft(pages, wanted.as_ref()).expect("a schema");
    check(&schema).expect("it keeps the law");
    shown(&schema).trim_matches(['{', '}']).to_owned()
}

#[test]
fn labels_get_names_and_types_of_their_values() {
    for (lines, expected) in [
        (vec!["Invoice No: 0017", "Total: $ 12.50"], "invoice_number:string total:number"),
        (vec!["Rechnungsnr. 2024-17", "Rechnungsdatum: 05.03.2024"], "invoice_number:string invoice_date:string"),
        (vec!["Wing span: 12.5 m", "Rank: Captain"], "wing_span:number rank:string"),
        (vec!["This is a sentence of words that is no label.", "And: so on"], ""),
        (vec![], ""),
    ] {
        assert_eq!(drafted(&[page(&lines)], None), expected, "{lines:?}");
    }
}

#[test]
fn a_description_says_how_the_document_prints_it() {
    let schema = draft(&[page(&["Rechnungsdatum: 05.03.2024"])], None).expect("a schema");
    let about = &schema["properties"]["invoice_date"]["description"];
    assert_eq!(about, "Called \"Rechnungsdatum\" in the document, as YYYY-MM-DD");
}

#[test]
fn tables_become_arrays_with_a_property_a_column() {
    let goods: &[&[&str]] = &[
        &["Description", "Qty", "Unit price", "Amount"],
        &["Bolt", "2", "1.50", "3.00"],
        &["Nut", "1", "2.25", "2.25"],
    ];
    let odd: &[&[&str]] =
        &[&["Seat", "Rank", "Since"], &["1A", "Captain", "2019-05-06"], &["1B", "Mate", "2020-01-02"]];
    let pairs: &[&[&str]] = &[&["Colour", "red"], &["Weight", "12"]];
    let sheet = [goods, odd, pairs].into_iter().fold(plain(&[]), with_table);
    assert_eq!(
        drafted(&[sheet], None),
        "colour:string weight:integer \
         line_items:{description:string quantity:integer unit_price:number line_total:number}[] \
         rows:{seat:string rank:string start_date:string}[]"
    );
}

#[test]
fn forms_give_their_fields_filled_in_or_not() {
    let field = |name: &str, label: Option<&str>, kind| FormField {
        name: name.into(),
        label: label.map(str::to_owned),
        kind,
        value: FieldValue::Empty,
        boxes: vec![],
    };
    let mut form = page(&["A form"]);
    form.fields = vec![
        field("top.f1", Some("First name"), FieldKind::Text),
        field("married", None, FieldKind::Checkbox),
        field("langs", Some("Languages"), FieldKind::MultiSelect),
        field("sign", Some("Signature"), FieldKind::Signature),
    ];
    assert_eq!(drafted(&[form], None), "first_name:string married:boolean spoken_languages:string[]");
}

#[test]
fn names_that_somebody_wrote_down_choose_among_what_the_document_shows() {
    let goods: &[&[&str]] = &[&["Description", "Qty", "Amount"], &["Bolt", "2", "3.00"], &["Nut", "1", "2.25"]];
    let sheet = with_table(page(&["Invoice date: 2024-05-06", "Betrag gesamt: 5.25", "Total: 5.25"]), goods);
    let named = |properties: Value| Some(json!({ "type": "object", "properties": properties }));
    let wanted = named(json!({ "bill_date": { "type": "string" }, "total": { "type": "string" }, "line_items": {
        "type": "array", "items": { "type": "string" } }, "mood": { "type": "string" } }));
    assert_eq!(
        drafted(std::slice::from_ref(&sheet), wanted),
        "bill_date:string total:number line_items:{description:string quantity:integer line_total:number}[] mood:string"
    );
    let inner = named(json!({ "items": { "type": "array", "items": { "type": "object",
        "properties": { "quantity": { "type": "string" } } } } }));
    assert_eq!(drafted(&[sheet], inner), "items:{quantity:integer}[]");
}
