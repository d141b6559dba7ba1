//! `forms`: what was filled into the forms of each page (contract 3.5).

use docmill_model::document::{FieldKind, FieldValue, FormField, Page, PageOutcome};
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

fn form(page: &Page) -> Value {
    let lines: Vec<String> = page.fields.iter().map(line).collect();
    let md = lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
    let items: Vec<Value> = lines.iter().map(|line| json!({"type": "text", "value": line, "md": line})).collect();
    json!({
        "json": page.fields.iter().map(field).collect::<Vec<_>>(),
        "list": {"type": "list", "ordered": false, "md": md, "items": items},
    })
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
    use docmill_model::document::BBox;

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
}
