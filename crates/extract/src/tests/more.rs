//! Parties, forms, rows without a header, what a schema hints, and explanations.

use docmill_model::document::{FieldKind, FieldValue, FormField};

use super::*;
use crate::explain;

#[test]
fn parties_are_told_apart() {
    let lines = [
        "Mill & Co GmbH",
        "Uferweg 40",
        "63571 Gelnhausen",
        "Tel. +49 6051 916 44 10",
        "",
        "Bill to:",
        "Mr Colin Langley",
        "4557 De Silva St",
        "Fremont CA 94538",
        "United States",
    ];
    let party = json!({ "type": "object", "properties": {
        "name": text(), "address": { "type": "object", "properties": {
            "street": text(), "zip": text(), "city": text(), "state": text(), "countryCode": text() } } } });
    let read = read(&[page(&lines)], json!({ "seller": party, "buyer": party }));
    assert_eq!(
        read.data,
        json!({
            "seller": { "name": "Mill & Co GmbH", "address": { "street": "Uferweg 40", "zip": "63571",
                "city": "Gelnhausen", "state": null, "countryCode": null } },
            "buyer": { "name": "Colin Langley", "address": { "street": "4557 De Silva St", "zip": "94538",
                "city": "Fremont", "state": "CA", "countryCode": "US" } }
        })
    );
}

#[test]
fn a_period_has_two_dates() {
    let dates = json!({ "period_start": { "type": "string", "format": "date" }, "period_end": { "type": "string", "format": "date" } });
    for (line, start, end) in [
        ("Statement period: 01.03.2024 - 31.03.2024", "2024-03-01", "2024-03-31"),
        ("Période : du 1er au 31 Juillet 2015", "2015-07-01", "2015-07-31"),
        ("Billing period: July 1 - July 31, 2014", "2014-07-01", "2014-07-31"),
        ("Zeitraum: 01.05. - 31.05.2024", "2024-05-01", "2024-05-31"),
    ] {
        let read = read(&[page(&[line])], dates.clone());
        assert_eq!(read.data, json!({ "period_start": start, "period_end": end }), "{line}");
    }
}

#[test]
fn fields_of_a_form_are_read_by_name_and_label() {
    let field = |name: &str, label: Option<&str>, kind, value| FormField {
        name: name.into(),
        label: label.map(str::to_owned),
        kind,
        value,
        boxes: vec![BBox::new(10.0, 20.0, 30.0, 8.0)],
    };
    let mut form = page(&["A form"]);
    form.fields = vec![
        field("topmost.first_name", None, FieldKind::Text, FieldValue::Text("Ann".into())),
        field("f2", Some("Date of birth"), FieldKind::Text, FieldValue::Text("5/6/1980".into())),
        field("f3", Some("Married"), FieldKind::Checkbox, FieldValue::Checked(true)),
        field("f4", Some("Country"), FieldKind::SingleSelect, FieldValue::Chosen(vec!["Spain".into()])),
        field("f5", Some("Phone"), FieldKind::Text, FieldValue::Empty),
    ];
    let read = read(
        &[form],
        json!({ "firstName": text(), "birthDate": text(), "married": { "type": ["boolean", "null"] }, "country": text(), "phone": text() }),
    );
    assert_eq!(
        read.data,
        json!({ "firstName": "Ann", "birthDate": "1980-06-05", "married": true, "country": "Spain", "phone": null })
    );
    assert!(read.fields.iter().all(|field| field.citations[0].boxes.len() == 1), "each cites the box of its field");
}

#[test]
fn a_form_says_plainly_who_fills_it_in_and_names_the_firm_that_it_is_from() {
    let text_field = |name: &str, label: &str, value: &str| FormField {
        name: name.into(),
        label: Some(label.into()),
        kind: FieldKind::Text,
        value: FieldValue::Text(value.into()),
        boxes: vec![BBox::new(10.0, 20.0, 30.0, 8.0)],
    };
    let party = || json!({ "type": "object", "properties": { "name": text(), "phone": text() } });
    let schema = json!({ "seller": party(), "customer": party() });
    for (name, label, seller) in [
        ("name", "Name", Value::Null),
        ("f1", "Seller name", json!("Ann Lee")),
        ("seller.name", "Name", json!("Ann Lee")),
    ] {
        let mut form = page(&["A form"]);
        form.fields = vec![text_field(name, label, "Ann Lee")];
        let read = read(&[form], schema.clone());
        assert_eq!(read.data["seller"]["name"], seller, "{name} {label}");
        if seller.is_null() {
            assert_eq!(read.data["customer"]["name"], "Ann Lee");
        }
    }
}

#[test]
fn rows_need_no_header_when_their_sum_is_printed() {
    let item = json!({ "type": "array", "items": { "type": "object", "properties": {
        "description": text(), "quantity": number(), "unit_price": number(), "amount": number() } } });
    let lines = [
        "Corner shop",
        "Yogurt natural          2.50",
        "2 x Bread dark          7.00",
        "Olive oils           9.40",
        "Total                      18.90",
        "Card payment               18.90",
    ];
    let read = read(&[page(&lines)], json!({ "items": item }));
    assert_eq!(
        read.data["items"],
        json!([
            { "description": "Yogurt natural", "quantity": null, "unit_price": null, "amount": 2.5 },
            { "description": "Bread dark", "quantity": 2, "unit_price": null, "amount": 7.0 },
            { "description": "Olive oils", "quantity": null, "unit_price": null, "amount": 9.4 }
        ])
    );
}

#[test]
fn the_schemas_own_hints_are_followed() {
    for (lines, leaf, expected) in [
        (
            vec!["Zeichen des Amtes: 17/B"],
            json!({ "type": ["string", "null"], "x-synonyms": ["Zeichen des Amtes"] }),
            json!("17/B"),
        ),
        (
            vec!["see file AZ-77 and AZ-78"],
            json!({ "type": ["string", "null"], "x-regex": "file (AZ-\\d+)" }),
            json!("AZ-77"),
        ),
        (vec!["Grue: 12"], json!({ "type": ["string", "null"], "x-synonyms": "Grue", "x-page": 2 }), json!(null)),
        (vec!["Grue: 12"], json!({ "type": ["string", "null"], "x-synonyms": "Grue", "x-page": -1 }), json!("12")),
    ] {
        let read = read(&[page(&lines)], json!({ "zz": leaf }));
        assert_eq!(read.data["zz"], expected, "{lines:?} {leaf}");
    }
}

#[test]
fn an_explanation_names_the_label_that_won_and_why_others_lost() {
    let asked = options(json!({ "due_date": text(), "invoice_date": text() }));
    let pages = [page(&["Invoice date: 2024-05-06", "Due date: 2024-06-05"])];
    let told = explain(&pages, &asked, "due_date").expect("the schema is valid").expect("the field is there");
    let best = &told.candidates[0];
    assert_eq!((best.value.clone(), best.chosen, best.label.as_deref()), (json!("2024-06-05"), true, Some("Due date")));
    assert!(best.why.contains("colon of `Due date`"), "{}", best.why);
    assert!(told.concepts.contains(&"due date".to_owned()) && !best.citations.is_empty());
    assert_eq!(explain(&pages, &asked, "nothing"), Ok(None));
    // Labels are told as documents print them, not by the stems that are compared.
    let city = explain(&pages, &options(json!({ "city": text() })), "city").expect("valid").expect("there");
    assert!(city.labels.contains(&"población".to_owned()), "{:?}", city.labels);
    let both = options(json!({ "total": number(), "grand_total": number() }));
    let told = explain(&[page(&["Total: 12.50"])], &both, "grand_total").expect("valid").expect("there");
    let lost = &told.candidates[0];
    assert!(!lost.chosen && lost.why.contains("its text serves `total`"), "{}", lost.why);
}

#[test]
fn a_header_that_is_repeated_and_sums_that_are_carried_are_no_rows() {
    for (header, carried, brought) in [
        (["Description", "Qty", "Unit price", "Amount"], "Carried forward", "Brought forward"),
        (["Bezeichnung", "Menge", "Einzelpreis", "Betrag"], "Übertrag", "Übertrag"),
    ] {
        let header = format!("{}  {}  {}  {}", header[0], header[1], header[2], header[3]);
        let line = |text: &str, rest: &str| format!("{text:<20}  {rest}");
        let lines = |rows: &[String]| [std::slice::from_ref(&header), rows].concat();
        let first =
            lines(&[line("Chair", "2  70.00  140.00"), line("Desk", "1  99.50  99.50"), line(carried, "239.50")]);
        let second =
            lines(&[line(brought, "239.50"), line("Lamp", "3  5.00  15.00"), line("Shelf", "1  30.00  30.00")]);
        let of = |rows: &[String]| -> Vec<Vec<String>> {
            rows.iter()
                .map(|row| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect())
                .collect()
        };
        let pages = [first, second].map(|rows| {
            let mut cells = of(&rows);
            cells
                .iter_mut()
                .filter(|row| row.len() == 2)
                .for_each(|row| row.splice(1..1, [String::new(), String::new()]).for_each(drop));
            let rows: Vec<Vec<&str>> = cells.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
            with_table(page(&[]), &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
        });
        let [first, second] = pages;
        let read = read(&[first, Page { number: 2, ..second }], json!({ "items": line_items() }));
        let rows = read.data["items"].as_array().expect("rows");
        let names: Vec<&Value> = rows.iter().map(|row| &row["description"]).collect();
        assert_eq!(names, ["Chair", "Desk", "Lamp", "Shelf"], "{}", read.data);
    }
}

#[test]
fn an_explanation_of_a_row_names_the_column_and_its_rivals() {
    let table: &[&[&str]] = &[
        &["Description", "Qty", "Unit price", "Amount", "Total"],
        &["Office chair", "2", "70.00", "140.00", "166.60"],
        &["Desk", "1", "99.50", "99.50", "118.41"],
    ];
    let pages = [with_table(page(&["Invoice"]), table)];
    let per_doc = options(json!({ "items": line_items() }));
    let per_row =
        ExtractOptions { target: ExtractTarget::PerTableRow, ..options(line_items()["items"]["properties"].clone()) };
    for (asked, path) in [(&per_doc, "items.0.amount"), (&per_row, "0.amount")] {
        let told = explain(&pages, asked, path).expect("valid").expect("the row is there");
        let [cell] = &told.candidates[..] else { panic!("one cell: {told:?}") };
        assert_eq!((&cell.value, cell.label.as_deref(), cell.chosen), (&json!(140.0), Some("Amount"), true), "{path}");
        assert!(told.path == path && cell.score > 0.8 && !cell.citations.is_empty(), "{told:?}");
        assert!(cell.why.contains("header `Amount`, adds up"), "{}", cell.why);
        assert!(cell.why.contains("; the column `Total` fits with 0."), "{}", cell.why);
    }
    let nothing = explain(&pages, &per_doc, "items.0.ean").expect("valid").expect("the row is there");
    assert!(nothing.candidates.is_empty() && nothing.labels.contains(&"ean".to_owned()), "{nothing:?}");
    for path in ["items.2.amount", "items.x.amount", "items.0.mood", "items.amount", "items"] {
        assert_eq!(explain(&pages, &per_doc, path), Ok(None), "{path}");
    }
}

#[test]
fn an_explanation_of_a_result_per_page_begins_with_the_page() {
    let asked = ExtractOptions { target: ExtractTarget::PerPage, ..options(json!({ "total": number() })) };
    let pages = [page(&["Total: 12.50"]), page(&["Total: 7.25"])];
    let best = |path: &str| {
        let told = explain(&pages, &asked, path).expect("the schema is valid");
        told.map(|told| (told.path, told.candidates[0].value.clone()))
    };
    assert_eq!(best("1.total"), Some(("1.total".to_owned(), json!(7.25))));
    for path in ["total", "2.total", "x.total", ""] {
        assert_eq!(best(path), None, "{path}");
    }
}
