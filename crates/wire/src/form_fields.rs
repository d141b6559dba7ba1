//! `forms`: what was filled into the forms of each page (contract 3.5).

use std::collections::BTreeMap;

use docmill_model::document::{BlockKind, FieldCell, FieldKind, FieldValue, FormField, Page, PageOutcome, Table};
use serde_json::{Value, json};

use crate::items::bbox;
use crate::pages::pages;
use crate::render::points;

/// The fields of a page are one form. docmill tells no kinds of forms apart: each is `other`.
pub fn forms(outcomes: &[PageOutcome]) -> Value {
    pages(outcomes, |page| {
        let forms: Vec<Value> = if page.fields.is_empty() { Vec::new() } else { vec![form(page)] };
        json!({
            "page_number": page.number,
            "page_width": page.width.map(points),
            "page_height": page.height.map(points),
            "detected_form_types": if forms.is_empty() { Value::Null } else { json!(["other"]) },
            "forms": forms,
            "success": true,
        })
    })
}

/// What a form is made of.
enum Node<'p> {
    Field(&'p FormField),
    Table(&'p Table, BTreeMap<(u32, u32), Vec<&'p FormField>>),
    /// What stands below a heading.
    Section(&'p str, Vec<Self>),
}

fn form(page: &Page) -> Value {
    let nodes = nodes(page);
    json!({"json": nodes.iter().map(node).collect::<Vec<_>>(), "list": list(&nodes)})
}

/// Fields in their own order, those below one heading together, those in cells of a table as the table.
fn nodes(page: &Page) -> Vec<Node<'_>> {
    let mut nodes: Vec<Node<'_>> = Vec::new();
    // Which of a section's items, or of the form's, each table is.
    let mut tables: BTreeMap<u32, (usize, Option<usize>)> = BTreeMap::new();
    for (index, field) in page.fields.iter().enumerate() {
        let place = page.field_places.get(index);
        let found = place.and_then(|place| place.cell).and_then(|cell| Some((cell, table(page, cell)?)));
        if let Some((cell, _)) = found
            && let Some((first, second)) = tables.get(&cell.block)
        {
            let node = match (&mut nodes[*first], second) {
                (Node::Section(_, items), Some(second)) => &mut items[*second],
                (node, _) => node,
            };
            if let Node::Table(_, cells) = node {
                cells.entry((cell.row, cell.column)).or_default().push(field);
            }
            continue;
        }
        let node = match found {
            Some((cell, table)) => Node::Table(table, BTreeMap::from([((cell.row, cell.column), vec![field])])),
            None => Node::Field(field),
        };
        let heading = place.and_then(|place| place.heading.as_deref());
        let section = nodes.iter().position(|node| matches!(node, Node::Section(label, _) if Some(*label) == heading));
        let at = match (section, heading) {
            (Some(at), _) => (at, push(&mut nodes[at], node)),
            (None, Some(label)) => {
                nodes.push(Node::Section(label, vec![node]));
                (nodes.len() - 1, Some(0))
            }
            (None, None) => {
                nodes.push(node);
                (nodes.len() - 1, None)
            }
        };
        if let Some((cell, _)) = found {
            tables.insert(cell.block, at);
        }
    }
    nodes
}

/// Where the item came to stand in the section.
fn push<'p>(section: &mut Node<'p>, item: Node<'p>) -> Option<usize> {
    let Node::Section(_, items) = section else { return None };
    items.push(item);
    Some(items.len() - 1)
}

fn table(page: &Page, cell: FieldCell) -> Option<&Table> {
    match &page.blocks.get(cell.block as usize)?.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    }
}

fn node(node: &Node<'_>) -> Value {
    match node {
        Node::Field(own) => field(own),
        Node::Section(label, items) => {
            json!({"type": "section", "label": label, "items": items.iter().map(self::node).collect::<Vec<_>>()})
        }
        Node::Table(table, fields) => {
            let grid = table.grid();
            let (columns, rows) = grid.split_at(1.min(grid.len()));
            let cell = |row: usize, column: usize, text: &str| match fields.get(&(row as u32, column as u32)) {
                Some(fields) => json!({"items": fields.iter().map(|own| field(own)).collect::<Vec<_>>()}),
                None if text.is_empty() => Value::Null,
                None => json!(text),
            };
            let row = |(row, cells): (usize, &Vec<String>)| -> Value {
                cells.iter().enumerate().map(|(column, text)| cell(row + 1, column, text)).collect()
            };
            json!({
                "type": "table",
                "columns": columns.first(),
                "rows": rows.iter().enumerate().map(row).collect::<Vec<_>>(),
            })
        }
    }
}

/// The same as a list of lines; what belongs to a section is a list inside.
fn list(nodes: &[Node<'_>]) -> Value {
    let (mut md, mut items) = (Vec::new(), Vec::new());
    let text = |line: String, items: &mut Vec<Value>| {
        items.push(json!({"type": "text", "value": line, "md": line}));
        format!("- {line}")
    };
    for node in nodes {
        match node {
            Node::Field(own) => md.push(text(line(own), &mut items)),
            Node::Table(_, fields) => {
                for own in fields.values().flatten() {
                    md.push(text(line(own), &mut items));
                }
            }
            Node::Section(label, inner) => {
                md.push(text((*label).to_owned(), &mut items));
                let inner = list(inner);
                let lines = inner["md"].as_str().unwrap_or_default().lines();
                md.extend(lines.map(|line| format!("  {line}")));
                items.push(inner);
            }
        }
    }
    json!({"type": "list", "ordered": false, "md": md.join("\n"), "items": items})
}

fn field(field: &FormField) -> Value {
    let several = match &field.value {
        FieldValue::Chosen(chosen) if chosen.len() > 1 => Some(chosen),
        _ => None,
    };
    json!({
        "type": "field",
        "id": field.name,
        "label": field.label,
        "field": kind(field.kind),
        "value": match &field.value {
            FieldValue::Empty => Value::Null,
            FieldValue::Text(text) => json!(text),
            FieldValue::Checked(on) => json!(on),
            FieldValue::Chosen(chosen) => json!(chosen.join(", ")),
        },
        "valueItems": several.map(|chosen| {
            chosen.iter().map(|text| json!({"type": "text", "value": text})).collect::<Vec<_>>()
        }),
        "isEmpty": field.value == FieldValue::Empty,
        "bbox": field.boxes.iter().map(|found| Value::Object(bbox(*found))).collect::<Vec<_>>(),
    })
}

const fn kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Checkbox => "checkbox",
        FieldKind::SingleSelect => "single_select",
        FieldKind::MultiSelect => "multi_select",
        FieldKind::Signature => "signature",
    }
}

/// A field as a line of a list.
fn line(field: &FormField) -> String {
    let label = field.label.as_deref().unwrap_or(&field.name);
    let value = match &field.value {
        FieldValue::Empty => String::new(),
        FieldValue::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        FieldValue::Checked(on) => if *on { "☒" } else { "☐" }.to_owned(),
        FieldValue::Chosen(chosen) => chosen.join(", "),
    };
    format!("{label}: {value}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use docmill_model::document::{BBox, Block, Cell, FieldPlace, Role};

    use super::*;

    #[test]
    fn fields_are_nodes_and_lines() {
        let own = |name: &str, label: Option<&str>, kind, value| FormField {
            name: name.into(),
            label: label.map(str::to_owned),
            kind,
            value,
            boxes: vec![BBox::new(1.0, 2.0, 3.0, 4.0)],
        };
        let chosen = FieldValue::Chosen(vec!["x".into(), "y".into()]);
        let fields = vec![
            own("a", Some("Name"), FieldKind::Text, FieldValue::Text("Ada\nL".into())),
            own("b", None, FieldKind::Checkbox, FieldValue::Checked(false)),
            own("c", None, FieldKind::MultiSelect, chosen),
            own("d", None, FieldKind::Signature, FieldValue::Empty),
        ];
        let page = Page { number: 1, fields, ..Page::default() };
        let empty = Page { number: 2, ..Page::default() };
        let failed = PageOutcome::Failed { number: 3, error: "X: y".into() };
        let found = forms(&[PageOutcome::Read(page.into()), PageOutcome::Read(empty.into()), failed]);
        let form = &found["pages"][0]["forms"][0];
        let values: Vec<&Value> = form["json"].as_array().expect("nodes").iter().map(|node| &node["value"]).collect();
        assert_eq!(json!(values), json!(["Ada\nL", false, "x, y", null]));
        assert_eq!(form["json"][2]["valueItems"][1], json!({"type": "text", "value": "y"}));
        assert_eq!(form["json"][3]["isEmpty"], true);
        assert_eq!(form["list"]["md"], "- Name: Ada L\n- b: ☐\n- c: x, y\n- d:");
        assert_eq!(found["pages"][0]["detected_form_types"], json!(["other"]));
        assert_eq!(
            (&found["pages"][1]["forms"], &found["pages"][1]["detected_form_types"]),
            (&json!([]), &Value::Null)
        );
        assert_eq!(found["pages"][2]["success"], false);
    }

    #[test]
    fn fields_below_a_heading_are_a_section_and_those_in_cells_a_table() {
        let own = |name: &str| FormField { name: name.into(), ..FormField::default() };
        let cell = |row, column, text: &str| Cell { row, column, text: text.into(), ..Cell::default() };
        let cells = vec![cell(0, 0, "Item"), cell(0, 1, "Count"), cell(1, 0, "Flour"), cell(1, 1, "")];
        let table = Table { row_count: 3, column_count: 2, cells, ..Table::default() };
        let table = Block {
            kind: BlockKind::Table(table),
            role: Role::Body,
            boxes: Vec::new(),
            words: Vec::new(),
            md: String::new(),
            confidence: None,
        };
        let place = |heading: Option<&str>, at: Option<(u32, u32)>| FieldPlace {
            heading: heading.map(str::to_owned),
            cell: at.map(|(row, column)| FieldCell { block: 0, row, column }),
        };
        let page = Page {
            fields: ["a", "b", "c", "d", "e", "f"].map(own).into(),
            field_places: vec![
                place(None, None),
                place(Some("Buyer"), None),
                place(Some("Goods"), Some((1, 1))),
                place(Some("Goods"), Some((2, 0))),
                place(Some("Goods"), Some((2, 1))),
                place(Some("Buyer"), None),
            ],
            blocks: vec![table],
            ..Page::default()
        };
        let found = form(&page);
        let names = |node: &Value| match node["type"].as_str() {
            Some("field") => node["id"].clone(),
            _ => node["label"].clone(),
        };
        let top: Vec<Value> = found["json"].as_array().expect("nodes").iter().map(names).collect();
        assert_eq!(json!(top), json!(["a", "Buyer", "Goods"]));
        let buyer: Vec<Value> = found["json"][1]["items"].as_array().expect("items").iter().map(names).collect();
        assert_eq!(json!(buyer), json!(["b", "f"]));
        let table = &found["json"][2]["items"][0];
        assert_eq!((&table["type"], &table["columns"]), (&json!("table"), &json!(["Item", "Count"])));
        assert_eq!((&table["rows"][0][0], &table["rows"][0][1]["items"][0]["id"]), (&json!("Flour"), &json!("c")));
        assert_eq!(table["rows"][1][1]["items"][0]["id"], "e");
        let md = found["list"]["md"].as_str().expect("text");
        assert_eq!(md, "- a:\n- Buyer\n  - b:\n  - f:\n- Goods\n  - c:\n  - d:\n  - e:");
    }
}
