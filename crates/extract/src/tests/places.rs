//! Where values stand: tables of years, tables side by side, columns without a name, boxes, ranges, lists.

use super::*;

fn flag() -> Value {
    json!({ "type": ["boolean", "null"] })
}

fn rows_of(properties: Value) -> Value {
    json!({ "type": "array", "items": { "type": "object", "properties": properties } })
}

/// What the lines give for one property.
fn check(lines: &[&str], name: &str, leaf: Value, expected: Value) {
    let read = read(&[page(lines)], json!({ name: leaf }));
    assert_eq!(read.data[name], expected, "{name}: {lines:?}");
}

#[test]
fn a_table_of_years_has_its_years_as_columns() {
    let figures = rows_of(json!({ "metric": text(), "current_year": number(), "prior_year": number() }));
    let row = |metric: &str, current: i64, prior: i64| json!({ "metric": metric, "current_year": current, "prior_year": prior });
    let table: &[&[&str]] = &[
        &["in thousands of EUR", "2022", "2023"],
        &["Revenue", "677,865", "551,897"],
        &["Cost of sales", "(56,582)", "(69,168)"],
        &["Net income", "10,802", "8,902"],
    ];
    let read = read(
        &[with_table(page(&["Key figures"]), table)],
        json!({ "figures": figures, "revenue": number(), "net_income": number() }),
    );
    let expected = [("Revenue", 551_897, 677_865), ("Cost of sales", -69_168, -56_582), ("Net income", 8_902, 10_802)];
    assert_eq!(read.data["figures"], json!(expected.map(|(metric, current, prior)| row(metric, current, prior))));
    assert_eq!((&read.data["revenue"], &read.data["net_income"]), (&json!(551_897), &json!(8_902)));
}

#[test]
fn what_follows_a_table_after_a_gap_is_no_row() {
    let items =
        rows_of(json!({ "description": text(), "quantity": number(), "unit_price": number(), "amount": number() }));
    let lines = [
        "Description          Quantity          Unit price          Amount",
        "Boxes                    120               4.50              540.00",
        "Paper                     35              12.20              427.00",
        "Total                                                      967.00",
        "",
        "Please pay to GB82       1234              5698",
    ];
    let read = read(&[page(&lines)], json!({ "items": items }));
    assert_eq!(read.data["items"].as_array().map(Vec::len), Some(2), "{}", read.data);
}

#[test]
fn ticked_boxes_say_choices_and_flags() {
    let status = json!({ "enum": ["single", "married", "divorced", null] });
    for (line, expected) in [
        ("Marital status:   \u{2610} single   \u{2612} married   \u{2610} divorced", json!("married")),
        ("Marital status:   \u{2610} single   \u{2610} married   \u{2610} divorced", json!(null)),
        ("Familienstand:   ledig   X geschieden", json!("divorced")),
        ("Situation familiale:   mari\u{e9}", json!("married")),
    ] {
        check(&[line], "marital_status", status.clone(), expected);
    }
    check(&["\u{2612} I accept the terms and the privacy notice of this form"], "agrees_to_terms", flag(), json!(true));
    check(
        &["\u{2610} I accept the terms and the privacy notice of this form"],
        "agrees_to_terms",
        flag(),
        json!(false),
    );
}

#[test]
fn a_range_has_two_ends() {
    let lines = ["Operating temperature:   -20 to 60 \u{b0}C", "Weight:   12.5 kg"];
    check(&lines, "temperature_min", number(), json!(-20));
    check(&lines, "operating_temperature_max", number(), json!(60));
    check(&lines, "weight_kg", number(), json!(12.5));
}

#[test]
fn lists_are_read_in_lines_and_below_their_label() {
    let many = || json!({ "type": "array", "items": { "type": "string" } });
    check(&["Skills: Rust, SQL \u{b7} Excel"], "skills", many(), json!(["Rust", "SQL", "Excel"]));
    check(&["Comp\u{e9}tences / Skills", "\u{2022} Rust", "\u{2022} SQL"], "skills", many(), json!(["Rust", "SQL"]));
}

#[test]
fn the_only_date_of_a_document_is_its_own() {
    check(&["Corner shop", "17.03.2024 12:30"], "date", text(), json!("2024-03-17"));
    check(&["Corner shop", "17.03.2024", "18.03.2024"], "date", text(), json!(null));
}

#[test]
fn names_are_known_by_their_bearer_and_unit() {
    check(&["Last name: Greene"], "applicant_surname", text(), json!("Greene"));
    check(&["Sex: F"], "sex", text(), json!("F"));
    check(&["Booking reference   TEMURS"], "booking_reference", text(), json!("TEMURS"));
    check(&["Bestellung PO-4199"], "po_number", text(), json!("PO-4199"));
}
