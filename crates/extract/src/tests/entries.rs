//! Entries under a heading that are no table, and values without a label.

use super::*;

fn list(item: Value) -> Value {
    json!({ "type": "array", "items": { "type": "object", "properties": item } })
}

const RESUME: &[&str] = &[
    "Ann Lee",
    "Analyst",
    "ann@example.com",
    "",
    "Employment history",
    "Sales Manager, Hill & Co. Ltd",
    "June 2018 - today",
    "Data Analyst, Mill LLP",
    "March 2014 - April 2018",
    "",
    "Education",
    "BSc Physics, Norwich College, 2013",
    "",
    "Languages",
    "English - native",
    "Spanish - fluent",
    "",
    "Skills",
    "Excel · Linux",
    "· Git",
];

#[test]
fn jobs_schools_and_languages_are_entries_under_their_headings() {
    let year = json!({ "type": "integer" });
    let read = read(
        &[page(RESUME)],
        json!({
            "name": text(),
            "headline": text(),
            "experience": list(json!({ "company": text(), "job_title": text(), "start": { "type": "string", "description": "as printed" },
                "end": { "type": "string", "description": "as printed" } })),
            "education": list(json!({ "degree": text(), "school": text(), "year": year })),
            "tongues": { "type": "array", "description": "One object per language",
                "items": { "type": "object", "properties": { "tongue": text(), "level": text() } } },
        }),
    );
    assert_eq!(
        read.data["experience"],
        json!([
            { "company": "Hill & Co. Ltd", "job_title": "Sales Manager", "start": "June 2018" },
            { "company": "Mill LLP", "job_title": "Data Analyst", "start": "March 2014", "end": "April 2018" }
        ])
    );
    assert_eq!(read.data["education"], json!([{ "degree": "BSc Physics", "school": "Norwich College", "year": 2013 }]));
    assert_eq!(
        read.data["tongues"],
        json!([{ "tongue": "English", "level": "native" }, { "tongue": "Spanish", "level": "fluent" }])
    );
}

#[test]
fn items_of_a_list_and_groups_under_names_are_objects() {
    let lines = [
        "Certifications",
        "• Welding, grade 2",
        "• First aid",
        "",
        "Projects",
        "Tools: Rust, Go",
        "Places: Rome, Oslo",
    ];
    let read = read(
        &[page(&lines)],
        json!({
            "certifications": list(json!({ "name": text(), "issuer": text() })),
            "projects": list(json!({ "group": text(), "words": { "type": "array", "items": { "type": "string" } } })),
        }),
    );
    assert_eq!(read.data["certifications"][1]["name"], "First aid");
    assert_eq!(read.data["projects"][1], json!({ "group": "Places", "words": ["Rome", "Oslo"] }));
}

#[test]
fn an_object_names_a_leaf_that_says_nothing() {
    let lines = ["Monthly Recurring Revenue: 580", "Total Customers: 1247"];
    let mrr =
        json!({ "type": "object", "description": "Monthly Recurring Revenue", "properties": { "value": number() } });
    let customers = json!({ "type": "object", "properties": { "total": number() } });
    let read = read(&[page(&lines)], json!({ "mrr": mrr, "customers": customers }));
    assert_eq!(read.data, json!({ "mrr": { "value": 580 }, "customers": { "total": 1247 } }));
}

#[test]
fn what_stands_before_its_name_and_what_is_offered_as_a_choice() {
    let status = json!({ "type": "string", "enum": ["single", "married", "divorced"] });
    let properties = json!({ "vat_rate": number(), "marital_status": status });
    let read = read(&[page(&["20% VAT    12.00", "Marital status    single    married    divorced"])], properties);
    assert_eq!(read.data["vat_rate"], 20);
    assert_eq!(read.data.get("marital_status"), None);
}
