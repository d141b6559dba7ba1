//! Layout items of a page, tagged by `type` (contract 3.5).

use docmill_model::document::{BBox, Block, BlockKind, List, ListItem, Page, PageLink, Role, Table};
use serde_json::{Map, Number, Value, json};

use crate::render::{points, score};

/// The page's items: its header first, the body in reading order, its footer last.
pub(crate) fn of(page: &Page) -> Vec<Value> {
    of_with(page, &item)
}

/// The same, with items as `item` makes them.
pub(crate) fn of_with(page: &Page, item: &dyn Fn(&Block) -> Value) -> Vec<Value> {
    let with_role = |role: Role| page.blocks.iter().filter(move |block| block.role == role);
    let in_body = |block: &&Block| !matches!(block.role, Role::PageHeader | Role::PageFooter);
    let items = |block: &Block| std::iter::once(item(block)).chain(links(page, block)).collect::<Vec<_>>();
    let header = container("header", with_role(Role::PageHeader).collect(), page.header.as_deref(), &items);
    let footer = container("footer", with_role(Role::PageFooter).collect(), page.footer.as_deref(), &items);
    let body = page.blocks.iter().filter(in_body).flat_map(items);
    header.into_iter().chain(body).chain(footer).collect()
}

/// The links in a block's text, as items beside it.
fn links(page: &Page, block: &Block) -> impl Iterator<Item = Value> {
    let within =
        |link: &&PageLink| block.words.iter().any(|range| (range.start..range.end).contains(&link.words.start));
    page.links.iter().filter(within).map(|link| {
        let boxes = link.boxes.iter().map(|found| {
            let mut bbox = bbox(*found);
            bbox.insert("label".to_owned(), Value::from("link"));
            Value::Object(bbox)
        });
        json!({"type": "link", "text": link.text, "url": link.url, "md": link.md, "bbox": some(boxes.collect())})
    })
}

fn container(kind: &str, blocks: Vec<&Block>, md: Option<&str>, items: &dyn Fn(&Block) -> Vec<Value>) -> Option<Value> {
    if blocks.is_empty() {
        return None;
    }
    let joined = || blocks.iter().map(|block| block.md.as_str()).collect::<Vec<_>>().join("\n\n");
    let boxes: Vec<Value> = blocks.iter().flat_map(|block| boxes(block)).collect();
    Some(json!({
        "type": kind,
        "md": md.map_or_else(joined, str::to_owned),
        "bbox": some(boxes),
        "items": blocks.iter().flat_map(|block| items(block)).collect::<Vec<_>>(),
    }))
}

pub(crate) fn item(block: &Block) -> Value {
    let mut item = match &block.kind {
        // LlamaCloud has no item for formulas.
        BlockKind::Text { value } | BlockKind::Formula { value } => json!({"type": "text", "value": value}),
        BlockKind::Heading { value, level } => json!({"type": "heading", "value": value, "level": level}),
        BlockKind::List(list) => {
            json!({"type": "list", "ordered": list.ordered, "items": list_items(list, 0)})
        }
        BlockKind::Code { value, language } => json!({"type": "code", "value": value, "language": language}),
        BlockKind::Table(found) => table(found),
        // `url` is a text on the wire: the picture's file name, as in `images_content_metadata`, or nothing.
        BlockKind::Image { caption, name } => {
            json!({"type": "image", "caption": caption, "url": name.as_deref().unwrap_or_default()})
        }
        BlockKind::Link { text, url } => json!({"type": "link", "text": text, "url": url}),
    };
    if let Some(fields) = item.as_object_mut() {
        fields.insert("md".to_owned(), Value::from(block.md.as_str()));
        fields.insert("bbox".to_owned(), some(boxes(block).collect()));
    }
    item
}

/// Null where the format has no geometry.
fn some(boxes: Vec<Value>) -> Value {
    if boxes.is_empty() { Value::Null } else { Value::Array(boxes) }
}

fn boxes(block: &Block) -> impl Iterator<Item = Value> {
    let label = label(block);
    block.boxes.iter().map(move |found| {
        let mut bbox = bbox(*found);
        bbox.insert("label".to_owned(), Value::from(label));
        if let Some(confidence) = block.confidence {
            bbox.insert("confidence".to_owned(), score(confidence));
        }
        Value::Object(bbox)
    })
}

pub(crate) fn bbox(found: BBox) -> Map<String, Value> {
    let sides = [("x", found.x), ("y", found.y), ("w", found.w), ("h", found.h)];
    sides.into_iter().map(|(name, value)| (name.to_owned(), points(value))).collect()
}

/// What the layout takes the block for.
fn label(block: &Block) -> &'static str {
    match block.role {
        Role::PageHeader => "page_header",
        Role::PageFooter => "page_footer",
        Role::Footnote => "footnote",
        Role::Quote => "quote",
        Role::Caption => "caption",
        Role::Watermark => "watermark",
        Role::Figure => "figure",
        Role::Body => match block.kind {
            BlockKind::Text { .. } => "text",
            BlockKind::Heading { .. } => "heading",
            BlockKind::List(_) => "list",
            BlockKind::Code { .. } => "code",
            BlockKind::Table(_) => "table",
            BlockKind::Image { .. } => "image",
            BlockKind::Link { .. } => "link",
            BlockKind::Formula { .. } => "formula",
        },
    }
}

/// Lists below this depth are left out: clients read items by recursion.
pub(crate) const DEPTH_MAX: usize = 40;

/// An item is a text; lists nested below it follow it as lists.
fn list_items(list: &List, depth: usize) -> Vec<Value> {
    let mut items = Vec::new();
    for entry in &list.items {
        let boxes = entry.bbox.map(bbox).map(Value::Object).into_iter().collect();
        items.push(json!({"type": "text", "value": entry.value, "md": entry.md, "bbox": some(boxes)}));
        for nested in entry.children.iter().filter(|_| depth < DEPTH_MAX) {
            items.push(json!({
                "type": "list",
                "ordered": nested.ordered,
                "items": list_items(nested, depth + 1),
                "md": list_md(nested, depth + 1),
                "bbox": null,
            }));
        }
    }
    items
}

/// Markdown of a nested list, which has no block and so no markdown of its own.
fn list_md(list: &List, depth: usize) -> String {
    let lines = list.items.iter().enumerate().flat_map(|(index, entry)| entry_md(list.ordered, index, entry, depth));
    lines.collect::<Vec<_>>().join("\n")
}

fn entry_md(ordered: bool, index: usize, entry: &ListItem, depth: usize) -> Vec<String> {
    let marker = if ordered { format!("{}. ", index + 1) } else { "- ".to_owned() };
    let indent = " ".repeat(marker.len());
    let nested = entry.children.iter().filter(|_| depth < DEPTH_MAX).map(|child| list_md(child, depth + 1));
    let mut lines = vec![format!("{marker}{}", entry.md.replace('\n', &format!("\n{indent}")))];
    lines.extend(nested.map(|md| format!("{indent}{}", md.replace('\n', &format!("\n{indent}")))));
    lines
}

/// Places of the largest grid that is written out. What a reader says of a table is not trusted with our memory.
const PLACES_MAX: u64 = 5_000_000;

/// Whether the table's grid can be written out.
pub(crate) fn fits(table: &Table) -> bool {
    let places = u64::from(table.row_count) * u64::from(table.column_count);
    places.max(table.row_count.into()) <= PLACES_MAX
}

fn table(table: &Table) -> Value {
    if let Some(page) = table.merged_into_page {
        return json!({"type": "table", "rows": [], "html": "", "csv": "", "merged_into_page": page});
    }
    let mut item = whole_table(table);
    if !table.merged_from_pages.is_empty() {
        item["merged_from_pages"] = json!(table.merged_from_pages);
    }
    item
}

fn whole_table(table: &Table) -> Value {
    if fits(table) {
        return json!({"type": "table", "rows": rows(table), "html": table.to_html(), "csv": table.to_csv()});
    }
    let details = format!("{} rows by {} columns are too many to write out", table.row_count, table.column_count);
    let concerns = json!([{"type": "too_large", "details": details}]);
    json!({"type": "table", "rows": [], "html": "", "csv": "", "parse_concerns": concerns})
}

/// The full grid. Null stands where no cell begins: under a span or in a gap.
fn rows(table: &Table) -> Value {
    let mut rows = vec![vec![Value::Null; table.column_count as usize]; table.row_count as usize];
    for cell in &table.cells {
        if let Some(place) = rows.get_mut(cell.row as usize).and_then(|row| row.get_mut(cell.column as usize)) {
            let number = if cell.header { None } else { plain_number(&cell.text) };
            *place = number.map_or_else(|| Value::from(cell.text.as_str()), Value::Number);
        }
    }
    Value::from(rows)
}

/// A number written as JSON would write it, with at most 15 digits, so that nothing is lost: `007`, `1,5`, `12%`
/// and `1e5` stay texts.
pub(crate) fn plain_number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = are_digits(whole) && fraction.is_none_or(are_digits) && (whole == "0" || !whole.starts_with('0'));
    if plain && digits.len() <= 15 && text != "-0" { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use docmill_model::document::WordRange;

    use super::*;

    #[test]
    fn only_plain_numbers_become_numbers() {
        for text in ["0", "-1", "12.50", "0.5", "-0.25", "999999999999999"] {
            assert!(plain_number(text).is_some(), "{text}");
        }
        let texts = ["", "-", "-0", "007", "1,5", "1 000", "12%", "1e5", ".5", "5.", "+1", "1.2.3", "９", "NaN"];
        for text in texts.into_iter().chain(["12345678901234567890"]) {
            assert_eq!(plain_number(text), None, "{text}");
        }
    }

    #[test]
    fn links_stand_beside_the_text_that_they_are_in() {
        let block = |value: &str, role, start, end| Block {
            kind: BlockKind::Text { value: value.into() },
            role,
            boxes: vec![],
            words: vec![WordRange::new(start, end)],
            md: value.into(),
            confidence: None,
        };
        let link = PageLink {
            text: "here".into(),
            url: "https://a".into(),
            md: "[here](https://a)".into(),
            words: WordRange::new(3, 4),
            boxes: vec![BBox::new(1.0, 2.0, 3.0, 4.0)],
        };
        let mut page = Page { links: vec![link], ..Page::default() };
        page.blocks = vec![block("one", Role::Body, 0, 3), block("here", Role::PageFooter, 3, 5)];
        let items = of(&page);
        let expected = json!({"type": "link", "text": "here", "url": "https://a", "md": "[here](https://a)",
            "bbox": [{"x": 1, "y": 2, "w": 3, "h": 4, "label": "link"}]});
        assert_eq!((items.len(), &items[1]["items"][1]), (2, &expected));
    }

    #[test]
    fn a_nested_list_writes_its_own_markdown() {
        let entry =
            |md: &str, children| ListItem { number: None, value: md.into(), md: md.into(), bbox: None, children };
        let inner = List { ordered: true, items: vec![entry("deep", vec![])] };
        let list = List { ordered: false, items: vec![entry("one\nmore", vec![inner]), entry("two", vec![])] };
        assert_eq!(list_md(&list, 0), "- one\n  more\n  1. deep\n- two");
    }

    #[test]
    fn a_table_that_says_it_is_endless_is_not_written_out() {
        let endless = |row_count, column_count| {
            let found = table(&Table { row_count, column_count, ..Table::default() });
            assert_eq!(found["rows"], json!([]));
            assert_eq!(found["parse_concerns"][0]["type"], "too_large");
        };
        endless(u32::MAX, u32::MAX);
        endless(u32::MAX, 0);
        assert_eq!(table(&Table { row_count: 1, column_count: 1, ..Table::default() })["rows"], json!([[null]]));
    }

    #[test]
    fn a_joined_table_says_where_its_rows_are() {
        let joined = Table { row_count: 1, column_count: 1, merged_from_pages: vec![3, 4], ..Table::default() };
        assert_eq!(table(&joined)["merged_from_pages"], json!([3, 4]));
        let part = table(&Table { column_count: 1, merged_into_page: Some(2), ..Table::default() });
        assert_eq!(part, json!({"type": "table", "rows": [], "html": "", "csv": "", "merged_into_page": 2}));
        assert_eq!(table(&Table::default()).get("merged_into_page"), None);
    }

    #[test]
    fn a_list_nested_without_end_is_cut() {
        let mut list = List::default();
        for _ in 0..1_000 {
            let item = ListItem { value: "x".into(), children: vec![list], ..ListItem::default() };
            list = List { ordered: false, items: vec![item] };
        }
        let text = Value::from(list_items(&list, 0)).to_string();
        assert_eq!(text.matches("\"list\"").count(), DEPTH_MAX);
    }
}
