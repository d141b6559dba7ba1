//! Tables without vertical rules, as financial reports, forms and office programs draw them.

use crate::{line, markdown, paragraph, text};

/// The rows of the first table in the markdown, their cells parted by `|`; no rows where there is none.
fn rows(content: &str) -> Vec<String> {
    let markdown = markdown(content);
    let table = markdown.split("<table>").nth(1).and_then(|rest| rest.split("</table>").next()).unwrap_or_default();
    let cell =
        |cell: &str| cell.split_once('>').map_or("", |(_, text)| text.split('<').next().unwrap_or_default()).to_owned();
    let row = |row: &str| {
        let cells = row.split("<t").skip(1).filter(|cell| cell.starts_with(['d', 'h']));
        cells.map(cell).collect::<Vec<_>>().join("|")
    };
    table.split("<tr>").skip(1).map(row).collect()
}

/// Right-aligned at `right`; digits of Helvetica are .556 em wide, commas .278 em.
fn amount(right: f32, y: f32, value: &str) -> String {
    let width: f32 = value.chars().map(|c| if c.is_ascii_digit() { 5.56 } else { 2.78 }).sum();
    text("F", 10.0, right - width, y, value)
}

/// A statement whose columns are drawn one after the other and ruled one by one, around its totals.
fn statement() -> String {
    let mut page = paragraph(50.0, 740.0, &["Consolidated statements of income include the following expense:"]);
    let keys = ["Cost of revenue", "Research and development", "Sales and administration", "Total"];
    for (row, key) in keys.iter().enumerate() {
        page += &text("F", 10.0, 50.0, 660.0 - 14.0 * row as f32, key);
    }
    page += &text("B", 10.0, 345.0, 700.0, "Year Ended");
    let years = [("2025", ["178", "3,423", "1,136", "4,737"]), ("2024", ["141", "2,532", "876", "3,549"])];
    for (column, (year, amounts)) in years.into_iter().enumerate() {
        let left = 300.0 + 80.0 * column as f32;
        page += &text("B", 10.0, left + 20.0, 686.0, year);
        page += &line(left, 697.0, left + 70.0, 697.0);
        page += &line(left, 683.0, left + 70.0, 683.0);
        for (row, value) in amounts.iter().enumerate() {
            let y = 660.0 - 14.0 * row as f32;
            page += &amount(left + 68.0, y, value);
            if row == 0 || row == 3 {
                page += &text("F", 10.0, left + 2.0, y, "$");
            }
        }
        page += &line(left, 629.0, left + 70.0, 629.0);
        page += &line(left, 614.0, left + 70.0, 614.0);
    }
    page
}

#[test]
fn amounts_drawn_column_by_column_are_read_with_what_they_are() {
    assert_eq!(
        rows(&statement()),
        [
            "|Year Ended",
            "2025|2024",
            "Cost of revenue|$ 178|$ 141",
            "Research and development|3,423|2,532",
            "Sales and administration|1,136|876",
            "Total|$ 4,737|$ 3,549",
        ]
    );
}

/// Three rules, names between the first two, and `keys` below them at these distances.
fn form(keys: &[&str], pitch: f32) -> String {
    let mut page = paragraph(50.0, 740.0, &["Fill out the following chart and compare both forms of division."]);
    for y in [700.0, 676.0, 670.0 - pitch * keys.len() as f32 - 6.0] {
        page += &line(50.0, y, 450.0, y);
    }
    page += &text("B", 10.0, 200.0, 684.0, "Mitosis");
    page += &text("B", 10.0, 330.0, 684.0, "Meiosis");
    for (row, key) in keys.iter().enumerate() {
        page += &text("F", 10.0, 52.0, 668.0 - pitch * (row as f32 + 0.5), key);
    }
    page
}

#[test]
fn rows_that_are_to_be_filled_in_belong_to_their_table() {
    let keys = ["replications", "divisions", "purpose"];
    assert_eq!(rows(&form(&keys, 22.0)), ["|Mitosis|Meiosis", "replications||", "divisions||", "purpose||"]);
}

#[test]
fn lines_set_apart_between_three_rules_are_a_table_of_one_column() {
    let list = |pitch: f32| {
        let mut page = paragraph(50.0, 740.0, &["We have these areas of competence in mind:"]);
        let lines = ["Reuse and reduction", "Social entrepreneurship in the circle", "Values"];
        for y in [700.0, 680.0, 674.0 - pitch * 3.0] {
            page += &line(50.0, y, 400.0, y);
        }
        page += &text("B", 10.0, 52.0, 687.0, "Framework of competence");
        for (row, own) in lines.iter().enumerate() {
            page += &text("F", 10.0, 52.0, 666.0 - pitch * row as f32, own);
        }
        rows(&page)
    };
    let expected =
        ["Framework of competence", "Reuse and reduction", "Social entrepreneurship in the circle", "Values"];
    assert_eq!(list(19.0), expected);
    // At the distance of text they are a text.
    assert_eq!(list(12.0), Vec::<String>::new());
}

#[test]
fn cells_of_several_lines_stay_together() {
    let row = |y: f32, name: &str, year: &str, lines: [&str; 3], effect: [&str; 2]| {
        let cell = |x: f32, top: f32, lines: &[&str]| -> String {
            lines.iter().enumerate().map(|(line, own)| text("F", 10.0, x, top - 12.0 * line as f32, own)).collect()
        };
        cell(50.0, y - 12.0, &[name])
            + &cell(120.0, y - 12.0, &[year])
            + &cell(150.0, y, &lines)
            + &cell(330.0, y - 6.0, &effect)
    };
    let page = [
        row(
            700.0,
            "Source",
            "Year",
            ["What the initiative", "wants to reach and", "by which means"],
            ["Issues that", "it takes up"],
        ),
        row(
            630.0,
            "Eco School",
            "2005",
            ["A programme of teaching", "for sustainable growth", "of whole schools"],
            ["Teaching of", "young people"],
        ),
        row(
            560.0,
            "Out of Norm",
            "2020",
            ["A site that sells baskets", "of fruit and vegetables", "straight from farms"],
            ["Less waste", "of food"],
        ),
    ];
    assert_eq!(
        rows(&page.concat()),
        [
            "Source|Year|What the initiative wants to reach and by which means|Issues that it takes up",
            "Eco School|2005|A programme of teaching for sustainable growth of whole schools|Teaching of young people",
            "Out of Norm|2020|A site that sells baskets of fruit and vegetables straight from farms|Less waste of food",
        ]
    );
}

#[test]
fn a_displayed_formula_is_no_table() {
    let sign = |x: f32, y: f32, own: &str| text("F", 10.0, x, y, own);
    let page = paragraph(50.0, 740.0, &["We can write this as follows:"])
        + &["a = b", "x = y", "u = v"]
            .iter()
            .enumerate()
            .map(|(row, own)| {
                let y = 700.0 - 14.0 * row as f32;
                sign(100.0, y, own) + &sign(180.0, y, "+ c") + &sign(260.0, y, "= d")
            })
            .collect::<String>();
    assert_eq!(rows(&page), Vec::<String>::new());
}

#[test]
fn an_address_beside_labels_is_no_table() {
    let page: String = ["Ardent Print Group|Delivery note", "93 Elm Grove|Number: KM-97239", "Oakham|Date: 25 June"]
        .iter()
        .enumerate()
        .map(|(row, line)| {
            let (left, right) = line.split_once('|').expect("two parts");
            let y = 740.0 - 13.0 * row as f32;
            text("F", 10.0, 50.0, y, left) + &text("F", 10.0, 330.0, y, right)
        })
        .collect();
    assert_eq!(rows(&page), Vec::<String>::new());
}

#[test]
fn names_of_groups_stand_over_their_columns() {
    let row = |y: f32, cells: &[&str]| -> String {
        cells.iter().enumerate().map(|(at, own)| text("F", 10.0, 180.0 + 60.0 * at as f32, y, own)).collect()
    };
    let mut page = text("B", 10.0, 205.0, 700.0, "North") + &text("B", 10.0, 325.0, 700.0, "South");
    page += &text("B", 10.0, 140.0, 694.0, "Note");
    page += &row(688.0, &["2015", "2014", "2015", "2014"]);
    for (at, key) in ["Goodwill", "Reserves", "Provisions"].iter().enumerate() {
        let y = 674.0 - 13.0 * at as f32;
        page += &text("F", 10.0, 50.0, y, key);
        page += &text("F", 10.0, 145.0, y, &(at + 1).to_string());
        page += &row(y, &["7,965", "201", "7,890", "407"]);
    }
    let expected = ["|Note|North|South", "2015|2014|2015|2014", "Goodwill|1|7,965|201|7,890|407"];
    assert_eq!(rows(&page)[..3], expected);
}
