//! Every option of an extraction changes something: a field without a line here does not compile, and each line shows
//! an answer that differs from the one without it, or names the test of the crate that follows the option.

use std::path::Path;

use super::*;

/// Names the fields of the options; one that is left out does not compile.
macro_rules! fields {
    ($($field:ident)*) => {
        const FIELDS: &[&str] = &[$(stringify!($field)),*];
        const _: fn(ExtractOptions) = |ExtractOptions { $($field: _),* }| {};
    };
}

fields!(
    data_schema tier version cite_sources loose_citations confidence_scores parse system_prompt target spreadsheet
    not_followed
);

/// Options that are followed outside of the engine: the file and the test that shows it. Of the tier and its version
/// only that test is there which shows what they stand for.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("tier", "wire/tests/options.rs", "extraction_brings_its_parse_step"),
    ("version", "wire/tests/options.rs", "extraction_brings_its_parse_step"),
    ("cite_sources", "wire/tests/answers.rs", "sources_are_told_only_when_asked_for_and_in_the_layer_of_the_target"),
    ("loose_citations", "docmill/tests/it/extractions/options.rs", "every_option_of_the_wire_shows"),
    (
        "confidence_scores",
        "wire/tests/answers.rs",
        "sources_are_told_only_when_asked_for_and_in_the_layer_of_the_target",
    ),
    ("parse", "runner/tests/it/sources.rs", "an_extraction_reads_a_file_or_the_pages_of_a_parse_job"),
];

type Case = (&'static str, fn(&mut ExtractOptions));

const CASES: &[Case] = &[
    ("data_schema", |options| options.data_schema = json!({ "type": "object", "properties": { "note": text() } })),
    ("system_prompt", |options| options.system_prompt = Some("Be brief.".into())),
    ("target", |options| options.target = ExtractTarget::PerTableRow),
    ("spreadsheet", |options| options.spreadsheet = Some(Vec::new())),
    ("not_followed", |options| options.not_followed = vec!["later".into()]),
];

/// A sheet with a table, and a total that is in no cell.
fn sheet(name: &str, rows: &[&[&str]]) -> Page {
    let page = with_table(plain(&["Total: 99.00"]), rows);
    Page { name: Some(name.into()), words: page.words.into_iter().map(|w| Word { bbox: None, ..w }).collect(), ..page }
}

const GOODS: &[&[&str]] = &[&["Description", "Amount"], &["Bolt", "3.00"], &["Nut", "2.25"]];

#[test]
fn every_option_shows() {
    let both = options(json!({ "total": number(), "description": text(), "amount": number() }));
    let pages = [sheet("May", GOODS)];
    let answer = |options: &ExtractOptions| extract(&pages, options).expect("the schema is valid");
    for (field, ask) in CASES {
        let mut asked = both.clone();
        ask(&mut asked);
        assert_ne!(answer(&asked), answer(&both), "{field} changes nothing");
    }
}

#[test]
fn every_field_has_a_case() {
    let shown = CASES.iter().map(|(field, _)| *field).chain(ELSEWHERE.iter().map(|(field, ..)| *field));
    let (mut shown, mut wanted) = (shown.collect::<Vec<_>>(), FIELDS.to_vec());
    shown.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(shown, wanted);
    for (field, file, test) in ELSEWHERE {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
        let named = |code: String| code.contains(&format!("fn {test}("));
        assert!(std::fs::read_to_string(&path).is_ok_and(named), "{field}: no test {test} in {file}");
    }
}

#[test]
fn spreadsheet_mode_reads_the_cells_of_the_sheets_that_are_named() {
    let pages =
        [sheet("May", GOODS), sheet("June", &[&["Description", "Amount"], &["Gear", "7.00"], &["Cog", "1.00"]])];
    let read = |pages: &[Page], names: &[&str]| {
        let spreadsheet = Some(names.iter().map(|name| (*name).to_owned()).collect());
        let asked = options(json!({ "total": number(), "items": line_items() }));
        extract(pages, &ExtractOptions { spreadsheet, ..asked })
    };
    for (names, expected) in [
        (vec![], Ok(vec!["Bolt", "Nut", "Gear", "Cog"])),
        (vec!["June"], Ok(vec!["Gear", "Cog"])),
        (vec!["May", "July"], Ok(vec!["Bolt", "Nut"])),
        (vec!["may"], Err("it has `May`, `June`")),
    ] {
        match (read(&pages, &names), expected) {
            (Ok(found), Ok(expected)) => {
                let rows = found.data["items"].as_array().expect("rows").iter();
                let texts: Vec<&str> = rows.filter_map(|row| row["description"].as_str()).collect();
                assert_eq!(texts, expected, "{names:?}");
                assert_ne!(found.data["total"], json!(99), "what stands in no cell is not read");
            }
            (Err(failure), Err(words)) => {
                assert_eq!(failure.code.as_str(), "NOT_USABLE");
                assert!(failure.message.contains(words), "{}", failure.message);
            }
            (found, expected) => panic!("{names:?}: {found:?}, expected {expected:?}"),
        }
    }
    let failure = read(&[page(&["Total: 5"])], &[]).expect_err("a page is no sheet");
    assert!(failure.message.contains("no cells"), "{}", failure.message);
}
