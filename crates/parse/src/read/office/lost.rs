//! What docling leaves out of Excel workbooks without a word: sheets whose cells lie too far apart, and formulas whose
//! value was never stored.

use std::io::{Cursor, Read};

use docling::Node;

/// Bytes of a sheet that are searched for a value.
const SEARCHED_BYTES_MAX: u64 = 1 << 20;
/// Bytes of a sheet that are searched for formulas.
const FORMULA_BYTES_MAX: u64 = 64 << 20;

/// How many sheets of an Excel workbook have values that are not among the nodes.
pub fn sheets(bytes: &[u8], nodes: &[Node]) -> usize {
    let is_sheet = |node: &&Node| matches!(node, Node::Group { label, .. } if label == "sheet");
    let is_empty = |node: &Node| matches!(node, Node::Group { children, .. } if children.is_empty());
    let groups: Vec<&Node> = nodes.iter().filter(is_sheet).collect();
    let filled = groups.iter().filter(|node| !is_empty(node)).count();
    if filled == groups.len() {
        return 0;
    }
    with_values(bytes).saturating_sub(filled)
}

/// How many formulas have no stored value: programs that write workbooks without computing them leave them so.
pub fn formulas(bytes: &[u8]) -> usize {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return 0 };
    let count = |sheet: &[u8]| {
        let cells = sheet.split(|byte| *byte == b'>').fold((false, false, 0), |(formula, value, count), tag| {
            // Each piece ends in a tag without its closing sign.
            let tag = tag.iter().rposition(|byte| *byte == b'<').map_or(tag, |at| &tag[at + 1..]);
            let is = |name: &[u8]| {
                tag == name || (tag.starts_with(name) && matches!(tag.get(name.len()), Some(b' ' | b'/')))
            };
            match tag {
                b"/c" => (false, false, count + usize::from(formula && !value)),
                _ if is(b"f") => (true, value, count),
                _ if tag == b"v" || is(b"is") => (formula, true, count),
                _ => (formula, value, count),
            }
        });
        cells.2
    };
    (0..archive.len())
        .filter_map(|index| {
            let file = archive.by_index(index).ok()?;
            let is_sheet = file.name().is_ok_and(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
            let mut sheet = Vec::new();
            is_sheet.then(|| file.take(FORMULA_BYTES_MAX).read_to_end(&mut sheet)).and_then(Result::ok)?;
            Some(count(&sheet))
        })
        .sum()
}

fn with_values(bytes: &[u8]) -> usize {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return 0 };
    (0..archive.len())
        .filter(|index| {
            let Ok(file) = archive.by_index(*index) else { return false };
            let is_sheet = file.name().is_ok_and(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
            let mut head = Vec::new();
            is_sheet
                && file.take(SEARCHED_BYTES_MAX).read_to_end(&mut head).is_ok()
                && head.windows(3).any(|window| window == b"<v>")
        })
        .count()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn formulas_without_a_value_are_counted() {
        let check = |cells: &str, expected: usize| {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            writer.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).expect("start");
            writer.write_all(cells.as_bytes()).expect("write");
            assert_eq!(formulas(&writer.finish().expect("finish").into_inner()), expected, "{cells}");
        };
        check("<c r=\"A1\"><v>1</v></c><c r=\"B1\"><f>A1*2</f><v/></c>", 1);
        check("<c><f>A1*2</f><v>2</v></c><c><f t=\"shared\" si=\"0\"/><v>3</v></c>", 0);
        check("<c><f>A1</f></c><c><f t=\"shared\" si=\"0\"/></c><c><f>B1</f><is><t>x</t></is></c>", 2);
        check("<cols/><c><v>f</v></c>", 0);
    }
}
