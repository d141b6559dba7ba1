//! One line a type of value: how a document writes it, and what the schema gets.

use super::*;

/// Reads one property from a page.
fn check(cases: &[(&[&str], &str, Value, Value)]) {
    for (lines, name, leaf, expected) in cases {
        let found = read(&[page(lines)], json!({ *name: leaf }));
        assert_eq!(found.data[*name], *expected, "{name} in {lines:?}");
        let nothing = read(&[page(&["The harvest was good this year."])], json!({ *name: leaf }));
        assert!(nothing.fields.is_empty(), "{name} out of nothing: {}", nothing.data);
    }
}

fn of(format: &str) -> Value {
    json!({ "type": ["string", "null"], "format": format })
}

#[test]
fn dates_are_read_in_the_order_of_their_own_document() {
    let (due, day) = ("due_date", || of("date"));
    check(&[
        (&["Due date: 2024-04-03", "Invoice date: 2024-03-28"], due, day(), json!("2024-04-03")),
        (&["Due date: 04/03/2024", "Delivered: 03/28/2024"], due, day(), json!("2024-04-03")),
        (&["Due date: 03/04/2024", "Delivered: 28/03/2024"], due, day(), json!("2024-04-03")),
        (&["Due date: 03/04/2024", "Total: 5.00 USD"], due, day(), json!("2024-03-04")),
        (&["Fällig am: 03.04.2024"], due, day(), json!("2024-04-03")),
        (&["Due date: 3. April 2024"], due, day(), json!("2024-04-03")),
        (&["Due date: April 3rd, 2024"], due, day(), json!("2024-04-03")),
        (&["Échéance : 3 avril 2024"], due, day(), json!("2024-04-03")),
        (&["Vencimiento: 3 de abril de 2024"], due, day(), json!("2024-04-03")),
        (&["Due date: 2024-04-03 10:20:30 UTC"], due, of("date-time"), json!("2024-04-03T10:20:30Z")),
        (&["Departure time: 3:15 pm"], "departure_time", text(), json!("15:15")),
    ]);
}

#[test]
fn amounts_are_read_in_the_style_of_their_own_document() {
    let (total, amount) = ("total", number);
    check(&[
        (&["Total: $1,234.50"], total, amount(), json!(1234.5)),
        (&["Total: 1.234,50 €", "Subtotal: 1.000,00 €"], total, amount(), json!(1234.5)),
        (&["Total: 1 234,50 EUR", "TVA: 34,50 EUR"], total, amount(), json!(1234.5)),
        (&["Total: CHF 1'234.50"], total, amount(), json!(1234.5)),
        (&["Total: (12.50)"], total, amount(), json!(-12.5)),
        (&["Total: £12"], total, amount(), json!(12)),
        (&["Total: £12.00"], "currency", text(), json!("GBP")),
        (&["VAT rate: 19 %", "Total: 12.00"], "vat_rate", amount(), json!(19)),
        (&["Discount: 2,5 %"], "discount_percent", amount(), json!(2.5)),
        (&["Weight: 12.5 kg"], "weight_kg", amount(), json!(12.5)),
        (&["Length: 30 mm", "Width: 12 mm"], "width", amount(), json!(12)),
        (&["Quantity: 1,200 pcs"], "quantity", json!({ "type": ["integer", "null"] }), json!(1200)),
    ]);
}

#[test]
fn codes_are_known_by_their_form_and_their_check_digits() {
    check(&[
        (&["IBAN: DE89 3704 0044 0532 0130 00"], "iban", text(), json!("DE89 3704 0044 0532 0130 00")),
        (&["BIC: COBADEFFXXX"], "bic", text(), json!("COBADEFFXXX")),
        (&["VAT ID: DE136695976"], "vat_id", text(), json!("DE136695976")),
        (&["EAN: 4006381333931"], "ean", text(), json!("4006381333931")),
        (&["ISBN: 978-3-16-148410-0"], "isbn", text(), json!("978-3-16-148410-0")),
        (&["Card number: 4111 1111 1111 1111"], "card_number", text(), json!("4111 1111 1111 1111")),
        (&["Invoice number: INV/2024-17"], "invoice_number", text(), json!("INV/2024-17")),
        (&["E-mail: ann.lee@example.com"], "email", of("email"), json!("ann.lee@example.com")),
        (&["Website: www.example.com/shop"], "website", of("uri"), json!("www.example.com/shop")),
        (&["Phone: +49 6051 916 44 10"], "phone", text(), json!("+49 6051 916 44 10")),
    ]);
}

#[test]
fn people_firms_and_places_are_told_apart() {
    let buyer = json!({ "type": "object", "properties": { "name": text(), "city": text(), "postal_code": text() } });
    check(&[
        (&["Contact person: Ms Ann Lee"], "contact_person", text(), json!("Ms Ann Lee")),
        (&["Patient: Dr. Björn Kaminski"], "patient_name", text(), json!("Dr. Björn Kaminski")),
        (&["Employer: Mill Works GmbH & Co. KG"], "employer", text(), json!("Mill Works GmbH & Co. KG")),
        (
            &["Lieferadresse:", "Ann Lee", "Hauptstraße 5", "50667 Köln"],
            "shipping_address",
            text(),
            json!("Hauptstraße 5, 50667 Köln"),
        ),
        (
            &["Ship to:", "Ann Lee", "12 Main Street", "Fremont, CA 94538"],
            "shipping_address",
            text(),
            json!("12 Main Street, Fremont, CA 94538"),
        ),
        (
            &["Ship to:", "Ann Lee", "119 Albert Terrace", "Leeds LS1 4AP"],
            "shipping_address",
            text(),
            json!("119 Albert Terrace, Leeds LS1 4AP"),
        ),
        (
            &["Bill to:", "Big River, Inc.", "12 Main Street", "Fremont, CA 94538"],
            "buyer",
            buyer,
            json!({ "name": "Big River, Inc.", "city": "Fremont", "postal_code": "94538" }),
        ),
    ]);
}

#[test]
fn boxes_and_choices_are_read() {
    let flag = || json!({ "type": ["boolean", "null"] });
    let way = || json!({ "type": ["string", "null"], "enum": ["CREDIT_CARD", "BANK_TRANSFER", "cash", null] });
    check(&[
        (&["Smoker: ☒ Yes ☐ No"], "smoker", flag(), json!(true)),
        (&["Smoker: ☐ Yes ☒ No"], "smoker", flag(), json!(false)),
        (&["Smoker: no"], "smoker", flag(), json!(false)),
        (&["Smoker: ☐ Yes ☐ No"], "smoker", flag(), Value::Null),
        (&["Payment method: Credit card"], "payment_method", way(), json!("CREDIT_CARD")),
        (&["Payment method: bank transfer"], "payment_method", way(), json!("BANK_TRANSFER")),
        (&["Payment method: ☐ Credit card ☒ Cash"], "payment_method", way(), json!("cash")),
        (&["Payment method: by pigeon"], "payment_method", way(), Value::Null),
    ]);
}
