//! Small pages built here, and what is read from them.

mod draft;
mod entries;
mod limits;
mod more;
mod options;
mod places;
mod random;
mod sums;
mod types;
mod valid;

use docmill_model::document::{BBox, Block, BlockKind, Cell, Page, Role, Table, Word, WordRange};
use docmill_model::options::{ExtractOptions, ExtractTarget};
use docmill_model::results::{Extraction, FieldSource};
use serde_json::{Value, json};

use crate::extract;

const LINE: f32 = 14.0;
const LETTER: f32 = 5.0;

/// A page with boxes from lines of monospaced text: a letter is 5 points wide, a line 14 points high. Two or more
/// spaces leave the gap that a column leaves.
fn page(lines: &[&str]) -> Page {
    let mut page = Page { number: 1, width: Some(612.0), height: Some(792.0), ..Page::default() };
    for (number, line) in lines.iter().enumerate() {
        let mut at = 0;
        for word in line.split(' ') {
            if !word.is_empty() {
                let x = 40.0 + LETTER * at as f32;
                let width = LETTER * word.chars().count() as f32;
                let bbox = Some(BBox::new(x, 40.0 + LINE * number as f32, width, 10.0));
                page.words.push(Word { text: word.into(), bbox, line: number as u32, confidence: None });
            }
            at += word.chars().count() + if word.is_empty() { 4 } else { 1 };
        }
    }
    page
}

/// The same without boxes.
fn plain(lines: &[&str]) -> Page {
    let mut page = page(lines);
    page.words.iter_mut().for_each(|word| word.bbox = None);
    Page { width: None, height: None, ..page }
}

/// Adds a table below what is there; the first row is its header.
fn with_table(mut page: Page, rows: &[&[&str]]) -> Page {
    let top = page.words.last().map_or(0, |word| word.line + 1);
    let mut cells = Vec::new();
    for (row, texts) in rows.iter().enumerate() {
        for (column, text) in texts.iter().enumerate() {
            let start = page.words.len() as u32;
            for (nth, word) in text.split_whitespace().enumerate() {
                let x = 40.0 + 120.0 * column as f32 + 30.0 * nth as f32;
                let bbox = Some(BBox::new(x, 40.0 + LINE * (top as f32 + row as f32), 28.0, 10.0));
                page.words.push(Word { text: word.into(), bbox, line: top + row as u32, confidence: None });
            }
            cells.push(Cell {
                row: row as u32,
                column: column as u32,
                header: row == 0,
                text: (*text).into(),
                words: vec![WordRange::new(start, page.words.len() as u32)],
                ..Cell::default()
            });
        }
    }
    let column_count = rows.iter().map(|row| row.len()).max().unwrap_or(0) as u32;
    let table = Table { row_count: rows.len() as u32, column_count, cells, method: "ruled".into(), ..Table::default() };
    let kind = BlockKind::Table(table);
    page.blocks.push(Block {
        kind,
        role: Role::Body,
        boxes: vec![],
        words: vec![],
        md: String::new(),
        confidence: None,
    });
    page
}

fn options(properties: Value) -> ExtractOptions {
    ExtractOptions { data_schema: json!({ "type": "object", "properties": properties }), ..ExtractOptions::default() }
}

fn read(pages: &[Page], properties: Value) -> Extraction {
    extract(pages, &options(properties)).expect("the schema is valid")
}

fn text() -> Value {
    json!({ "type": ["string", "null"] })
}

fn number() -> Value {
    json!({ "type": ["number", "null"] })
}

#[test]
fn values_stand_by_their_labels() {
    for (lines, name, leaf, expected) in [
        (vec!["Invoice Number: 42183017"], "invoiceNumber", text(), json!("42183017")),
        (vec!["Rechnungsnr. RE-2024-17"], "invoice_number", text(), json!("RE-2024-17")),
        (vec!["Facture n° 2022089083"], "invoice_number", text(), json!("2022089083")),
        (vec!["Invoice INV/2023/03/0008"], "invoice_number", text(), json!("INV/2023/03/0008")),
        (vec!["Factuurdatum: 19 april 2014"], "date", text(), json!("2014-04-19")),
        (vec!["Invoice Date:", "03/20/2023"], "invoice_date", text(), json!("2023-03-20")),
        (vec!["Date:  Jan 1, 2022"], "date", text(), json!("2022-01-01")),
        (vec!["Date limite de paiement le 05 Juillet 2015"], "due_date", text(), json!("2015-07-05")),
        (vec!["Subtotal  $ 262.90", "Tax 15%  $ 16.94", "Total  $ 279.84"], "total", number(), json!(279.84)),
        (vec!["Total HT : 46,68 €", "TVA 20% : 9,34 €", "Total TTC : 56,02 €"], "total", number(), json!(56.02)),
        (vec!["Total HT : 46,68 €", "TVA 20% : 9,34 €", "Total TTC : 56,02 €"], "net_amount", number(), json!(46.68)),
        (vec!["Gesamtbetrag  1.234,50 EUR"], "total", number(), json!(1234.5)),
        (vec!["VAT 10%: 5.00"], "tax", number(), json!(5.0)),
        (vec!["Quantity: 12"], "quantity", json!({ "type": ["integer", "null"] }), json!(12)),
        (vec!["VAT rate: 21 %"], "vat_rate", number(), json!(21)),
        (
            vec!["IBAN : DE89 3704 0044 0532 0130 00 - BIC : COBADEFFXXX"],
            "iban",
            text(),
            json!("DE89 3704 0044 0532 0130 00"),
        ),
        (vec!["IBAN : DE89 3704 0044 0532 0130 00 - BIC : COBADEFFXXX"], "bic", text(), json!("COBADEFFXXX")),
        (vec!["Tel. +49 6051 916 44 10"], "phone", text(), json!("+49 6051 916 44 10")),
        (vec!["Questions? Write to help@example.com today"], "email", text(), json!("help@example.com")),
        (vec!["UStId DE 232 446 240"], "vat_id", text(), json!("DE 232 446 240")),
        (vec!["Guest Name: Ann Lee Date: 31/12/2017"], "guest_name", text(), json!("Ann Lee")),
        (vec!["Payment Mode", "Cash at Hotel"], "payment_method", text(), json!("Cash at Hotel")),
        (vec!["Policy holder's dog:  Rex"], "policy_holders_dog", text(), json!("Rex")),
        (vec!["Paid with: VISA - 7267"], "payment_method", json!({ "enum": ["visa", "cash", null] }), json!("visa")),
        (vec!["Member: ☐ yes ☒ no"], "member", json!({ "type": ["boolean", "null"] }), json!(false)),
        (vec!["☒ Married", "☐ Retired"], "retired", json!({ "type": ["boolean", "null"] }), json!(false)),
        (
            vec!["Languages: English, German; French"],
            "languages",
            json!({ "type": "array", "items": { "type": "string" } }),
            json!(["English", "German", "French"]),
        ),
        (
            vec!["Wagon: 7"],
            "x1",
            json!({ "type": ["integer", "null"], "description": "Number printed after \"Wagon\"" }),
            json!(7),
        ),
    ] {
        for page in [page(&lines), plain(&lines)] {
            let boxed = page.width.is_some();
            // Without geometry a table of two columns is only lines of words; labels end with colons there.
            let read = read(&[page], json!({ name: leaf }));
            assert_eq!(read.data[name], expected, "{lines:?} {name}, boxes: {boxed}");
        }
    }
}

#[test]
fn what_is_not_there_is_null() {
    for (lines, name, leaf) in [
        (vec!["Dear reader, nothing to see here"], "total", number()),
        (vec!["The total of our efforts was 5 days of work on the river"], "total", number()),
        (vec!["Due Date: 04/04/2023"], "birth_date", text()),
        (vec!["Order Date: 15-10-2015"], "date", text()),
        (vec!["Subtotal: 10.00"], "total", number()),
        (vec!["Total HT : 46,68 €"], "total", number()),
        (vec!["The name of the game is patience"], "name", text()),
        (vec!["Invoice"], "invoice_number", text()),
        (vec!["Invoice Date: 2024-05-06"], "invoice_number", text()),
        (vec!["Total: see page 2"], "vat_id", text()),
        (vec!["Quantity: 2.5"], "quantity", json!({ "type": ["integer", "null"] })),
        (vec!["a@example.com and b@example.com"], "email", text()),
        (vec!["Status: open"], "status", json!({ "enum": ["closed", "paid", null] })),
        (vec!["Customer Name:", "Address:", "Phone:"], "customer_name", text()),
        (vec![], "anything", text()),
    ] {
        let read = read(&[page(&lines)], json!({ name: leaf }));
        assert_eq!(read.data, json!({ name: null }), "{lines:?}");
        assert_eq!(read.fields, [], "{lines:?}");
    }
}

#[test]
fn a_text_serves_one_field_only() {
    let lines = [
        "Order No: 4711",
        "Invoice No: 4712",
        "Order Date: 01.02.2024",
        "Invoice Date: 03.02.2024",
        "Due Date: 17.02.2024",
    ];
    let read = read(
        &[page(&lines)],
        json!({ "invoice_number": text(), "order_number": text(), "date": text(), "due_date": text(), "delivery_date": text() }),
    );
    assert_eq!(
        read.data,
        json!({ "invoice_number": "4712", "order_number": "4711", "date": "2024-02-03", "due_date": "2024-02-17",
                "delivery_date": null })
    );
}

#[test]
fn a_citation_names_the_words_and_their_boxes() {
    let mut one = page(&["Invoice Number: 4711"]);
    one.words[2].confidence = Some(0.5);
    let read = read(&[page(&["Cover"]), Page { number: 2, ..one }], json!({ "invoice_number": text() }));
    let [FieldSource { path, citations, extraction_confidence, parsing_confidence }] = &read.fields[..] else {
        panic!("one field: {read:?}")
    };
    assert_eq!(serde_json::to_value(path).expect("json"), json!(["invoice_number"]));
    assert_eq!(
        serde_json::to_value(citations).expect("json"),
        json!([{ "page": 2, "text": "4711", "boxes": [[120.0, 40.0, 20.0, 10.0]], "page_size": [612.0, 792.0] }])
    );
    assert!(*extraction_confidence > 0.8 && *parsing_confidence == 0.5);
}

#[test]
fn nested_objects_take_what_stands_under_their_heading() {
    let party = json!({ "type": "object", "properties": { "name": text(), "phone": text() } });
    let lines =
        ["Seller", "Name: Mill & Co", "Phone: +1 555 010 2030", "", "Buyer", "Name: Ann Lee", "Phone: +1 555 040 5060"];
    let read = read(&[page(&lines)], json!({ "buyer": party, "seller": party }));
    assert_eq!(
        read.data,
        json!({ "buyer": { "name": "Ann Lee", "phone": "+1 555 040 5060" },
                "seller": { "name": "Mill & Co", "phone": "+1 555 010 2030" } })
    );
}

#[test]
fn amounts_that_add_up_are_chosen() {
    let lines = [
        "Subtotal $ 112.00",
        "Subtotal $ 150.90",
        "Subtotal        $ 262.90",
        "Tax 15% on $ 112.90        $ 16.94",
        "Total        $ 279.84",
    ];
    let read = read(&[page(&lines)], json!({ "total": number(), "net_amount": number(), "tax": number() }));
    assert_eq!(read.data, json!({ "total": 279.84, "net_amount": 262.9, "tax": 16.94 }));
    let without_tax = crate::tests::read(&[page(&lines)], json!({ "total": number(), "net_amount": number() }));
    assert_eq!(without_tax.data["net_amount"], 262.9);
}

fn line_items() -> Value {
    json!({ "type": "array", "items": { "type": "object", "properties": {
        "description": text(), "quantity": number(), "unit_price": number(), "amount": number(), "ean": text() } } })
}

const ITEMS: &[&[&str]] = &[
    &["Ship by", "Road", "", ""],
    &["Description", "Qty", "Unit price", "Amount"],
    &["Office chair", "2", "70.00", "140.00"],
    &["in black", "", "", ""],
    &["Desk", "1", "$ 99.50", "$ 99.50"],
    &["Subtotal", "", "", "239.50"],
];

#[test]
fn arrays_of_objects_come_from_tables() {
    let read = read(&[with_table(page(&["Invoice"]), ITEMS)], json!({ "items": line_items(), "total": number() }));
    assert_eq!(
        read.data["items"],
        json!([
            { "description": "Office chair\nin black", "quantity": 2, "unit_price": 70.0, "amount": 140.0, "ean": null },
            { "description": "Desk", "quantity": 1, "unit_price": 99.5, "amount": 99.5, "ean": null }
        ])
    );
    let price = read
        .fields
        .iter()
        .find(|field| serde_json::to_value(&field.path).is_ok_and(|p| p == json!(["items", 1, "unit_price"])));
    assert_eq!(price.map(|field| field.citations[0].text.as_str()), Some("$ 99.50"));
}

#[test]
fn a_table_goes_on_over_pages() {
    let first = with_table(page(&[]), &ITEMS[..3]);
    let second = with_table(page(&[]), &[&["Lamp", "3", "5.00", "15.00"]]);
    let read = read(&[first, Page { number: 2, ..second }], json!({ "items": line_items() }));
    assert_eq!(read.data["items"][1]["description"], "Lamp");
    assert_eq!(read.data["items"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_table_that_was_cut_into_pages_goes_on_where_it_has_no_header() {
    let bare = |number, rows: &[&[&str]], header: bool| {
        let mut page = with_table(plain(&[]), rows);
        page.words.iter_mut().for_each(|word| word.bbox = None);
        for block in &mut page.blocks {
            let BlockKind::Table(table) = &mut block.kind else { continue };
            table.cells.iter_mut().for_each(|cell| cell.header &= header);
        }
        Page { number, ..page }
    };
    let first = bare(1, &ITEMS[1..3], true);
    let (lamp, desk): (&[&str], &[&str]) = (&["Lamp", "3", "5.00", "15.00"], &["Desk", "1", "99.50", "99.50"]);
    let items = |pages: &[Page]| {
        let read = read(pages, json!({ "items": line_items() }));
        let rows = read.data["items"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["description"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let second = bare(2, &[lamp, desk], false);
    assert_eq!(items(&[first.clone(), second, bare(3, &[lamp], false)]), ["Office chair", "Lamp", "Desk", "Lamp"]);
    let other = bare(2, &[&["Planet", "Moons", "Rings", "Mass"], &["Mars", "2", "0", "0.64"]], true);
    assert_eq!(items(&[first, other]), ["Office chair"]);
}

#[test]
fn without_a_table_an_array_is_empty_and_says_so() {
    let read =
        read(&[with_table(page(&[]), &[&["Planet", "Moons"], &["Mars", "2"]])], json!({ "items": line_items() }));
    assert_eq!(read.data, json!({ "items": [] }));
    assert_eq!(read.warnings, ["No table of the document fits `items`."]);
    let summary: &[&[&str]] = &[&["Quantity", "Amount"], &["2", "4.00"]];
    let read = crate::tests::read(&[with_table(page(&[]), summary)], json!({ "items": line_items() }));
    assert_eq!(read.data, json!({ "items": [] }), "numbers without a word are a summary");
}

#[test]
fn each_page_or_row_has_an_object_of_its_own() {
    let pages =
        [page(&["Total: 1.00"]), Page { number: 2, ..page(&["Total: 2.00"]) }, Page { number: 3, ..page(&["End"]) }];
    let mut per_page = options(json!({ "total": number() }));
    per_page.target = ExtractTarget::PerPage;
    let read = extract(&pages, &per_page).expect("valid");
    assert_eq!(read.data, json!([{ "total": 1.0 }, { "total": 2.0 }, { "total": null }]));
    assert_eq!(serde_json::to_value(&read.fields[1].path).expect("json"), json!([1, "total"]));

    let mut per_row = options(line_items()["items"]["properties"].clone());
    per_row.target = ExtractTarget::PerTableRow;
    let read = extract(&[with_table(page(&[]), ITEMS)], &per_row).expect("valid");
    assert_eq!(read.data[1]["description"], "Desk");
    let nothing = extract(&[page(&["no table"])], &per_row).expect("valid");
    assert_eq!((nothing.data, nothing.warnings.len()), (json!([]), 1));
}

#[test]
fn what_is_required_and_missing_is_left_out_and_named() {
    let schema = json!({ "type": "object", "required": ["total", "note"], "properties": {
        "total": { "type": "number" }, "note": text(), "city": { "type": "string" } } });
    let asked = ExtractOptions {
        data_schema: schema,
        system_prompt: Some("Be brief".into()),
        not_followed: vec!["advanced_citations".into()],
        ..ExtractOptions::default()
    };
    let read = extract(&[page(&["Hello"])], &asked).expect("valid");
    assert_eq!(read.data, json!({ "note": null }));
    assert_eq!(read.warnings.len(), 3, "{:?}", read.warnings);
    for (warning, part) in
        read.warnings.iter().zip(["total (required), city.", "`system_prompt` is not used", "`advanced_citations`"])
    {
        assert!(warning.contains(part), "{warning}");
    }
}

#[test]
fn an_invalid_schema_is_refused() {
    let failure = extract(&[], &ExtractOptions::default()).expect_err("null is no schema");
    assert_eq!(failure.code.as_str(), "SCHEMA_INVALID");
}
