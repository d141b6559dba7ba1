//! Arithmetic and check digits make values surer.

use super::*;

fn confidence(read: &Extraction, path: &Value) -> f32 {
    let own = |field: &&FieldSource| serde_json::to_value(&field.path).is_ok_and(|known| known == *path);
    read.fields.iter().find(own).unwrap_or_else(|| panic!("no value at {path}: {}", read.data)).confidence()
}

fn bill(rows: &[[&str; 4]], net: &str, total: &str) -> Extraction {
    let mut table: Vec<&[&str]> = vec![&["Description", "Qty", "Unit price", "Amount"]];
    table.extend(rows.iter().map(|row| &row[..]));
    let pages = [with_table(page(&[&format!("Subtotal: {net}"), "Tax 10%: 5.00", &format!("Total: {total}")]), &table)];
    read(&pages, json!({ "items": line_items(), "net_amount": number(), "tax": number(), "total": number() }))
}

#[test]
fn a_row_whose_arithmetic_is_right_is_surer() {
    // The sum is printed nowhere, so that only the product tells the two apart.
    let rows = |amount| [["Chair", "2", "70.00", amount], ["Desk", "1", "99.50", "99.50"]];
    let (right, wrong) = (bill(&rows("140.00"), "9.99", "1.11"), bill(&rows("147.00"), "9.99", "1.11"));
    for name in ["quantity", "unit_price", "amount"] {
        let path = json!(["items", 0, name]);
        let (sure, unsure) = (confidence(&right, &path), confidence(&wrong, &path));
        assert!(sure > unsure, "{name}: {sure} where it multiplies, {unsure} where it does not");
    }
    assert_eq!(wrong.data["items"][0]["amount"], 147.0, "what is printed is given in any case");
}

#[test]
fn lines_that_make_the_net_make_it_surer() {
    // Quantity and price are left out: nothing else is there to multiply.
    let rows = [["Chair", "", "", "140.00"], ["Desk", "", "", "99.50"]];
    let (right, wrong) = (bill(&rows, "239.50", "1.11"), bill(&rows, "239.60", "1.11"));
    for path in [json!(["net_amount"]), json!(["items", 0, "amount"])] {
        let (sure, unsure) = (confidence(&right, &path), confidence(&wrong, &path));
        assert!(sure > unsure, "{path}: {sure} where lines add up, {unsure} where they do not");
    }
}

#[test]
fn net_and_tax_that_make_the_total_make_all_three_surer() {
    let (right, wrong) = (bill(&[], "50.00", "55.00"), bill(&[], "50.00", "57.00"));
    for name in ["net_amount", "tax", "total"] {
        let (sure, unsure) = (confidence(&right, &json!([name])), confidence(&wrong, &json!([name])));
        assert!(sure > unsure, "{name}: {sure} where it adds up, {unsure} where it does not");
    }
}

#[test]
fn a_right_check_digit_makes_a_code_surer() {
    for (name, label, right, wrong) in [
        ("iban", "IBAN", "DE89370400440532013000", "DE88370400440532013000"),
        ("vat_id", "VAT ID", "DE136695976", "DE136695977"),
        ("isbn", "ISBN", "978-3-16-148410-0", "978-3-16-148411-0"),
        ("ean", "EAN", "4006381333931", "4006381333932"),
        ("credit_card_number", "Credit card number", "4111 1111 1111 1111", "4111 1111 1111 1112"),
    ] {
        let sure = |code: &str| {
            let read = read(&[page(&[&format!("{label}: {code}")])], json!({ name: text() }));
            assert_eq!(read.data[name], code);
            confidence(&read, &json!([name]))
        };
        let (right, wrong) = (sure(right), sure(wrong));
        assert!(right > wrong, "{name}: {right} where the digit is right, {wrong} where it is wrong");
    }
}
