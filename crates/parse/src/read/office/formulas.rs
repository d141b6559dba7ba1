//! Formulas of workbooks: docling reads the values that are stored beside them. LibreOffice computes them where the job
//! asks for that, and where a program wrote the workbook without computing it.

use std::io::{Cursor, Read};

use docmill_model::document::Warning;

use crate::Source;
use crate::read::converted::{self, Opening};

/// Bytes of a sheet that are searched for formulas.
const FORMULA_BYTES_MAX: u64 = 64 << 20;
/// Cells whose formula was never computed.
const FORMULAS_NOT_COMPUTED: &str = "FORMULAS_NOT_COMPUTED";

/// The workbook with its formulas computed, where they are to be; else what there is to say about them.
pub fn computed(source: &Source, id: &'static str, opening: &mut Opening<'_>) -> (Option<Source>, Option<Warning>) {
    let asked = opening.options.sheets.compute && matches!(id, "xlsx" | "xls" | "ods");
    let missing = if id == "xlsx" { without_value(&source.bytes) } else { 0 };
    if !asked && missing == 0 {
        return (None, None);
    }
    match converted::computed(source, id, opening.services) {
        Ok(computed) => (Some(computed), None),
        Err(reason) => (None, Some(warning(missing, &reason))),
    }
}

fn warning(missing: usize, reason: &str) -> Warning {
    if missing == 0 {
        let message = format!("Formulas are shown with their stored values: {reason}.");
        return Warning::new(Warning::OPTION_NOT_FOLLOWED, message);
    }
    let message = format!("{missing} formulas have no stored value and are empty: {reason}.");
    Warning::new(FORMULAS_NOT_COMPUTED, message)
}

/// How many formulas have no stored value: programs that write workbooks without computing them leave them so.
fn without_value(bytes: &[u8]) -> usize {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return 0 };
    (0..archive.len())
        .filter_map(|index| {
            let file = archive.by_index(index).ok()?;
            let is_sheet = file.name().is_ok_and(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
            let mut sheet = Vec::new();
            is_sheet.then(|| file.take(FORMULA_BYTES_MAX).read_to_end(&mut sheet)).and_then(Result::ok)?;
            Some(empty_formulas(&sheet))
        })
        .sum()
}

/// Cells of a sheet's XML that have a formula and no value. A text that is empty is a value.
fn empty_formulas(sheet: &[u8]) -> usize {
    let (mut formula, mut value, mut count) = (false, false, 0);
    for piece in sheet.split(|byte| *byte == b'>') {
        // Each piece is the text before a tag and the tag without its closing sign.
        let at = piece.iter().rposition(|byte| *byte == b'<').unwrap_or(piece.len());
        let (text, tag) = (&piece[..at], piece.get(at + 1..).unwrap_or_default());
        let is =
            |name: &[u8]| tag.strip_prefix(name).is_some_and(|rest| matches!(rest.first(), None | Some(b' ' | b'/')));
        if is(b"c") {
            (formula, value) = (false, tag.windows(7).any(|part| part == b"t=\"str\""));
        } else if is(b"f") {
            formula = true;
        } else if is(b"is") || (tag == b"/v" && !text.is_empty()) {
            value = true;
        } else if tag == b"/c" {
            count += usize::from(formula && !value);
        }
    }
    count
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
            assert_eq!(without_value(&writer.finish().expect("finish").into_inner()), expected, "{cells}");
        };
        check("<c r=\"A1\"><v>1</v></c><c r=\"B1\"><f>A1*2</f><v/></c>", 1);
        check("<c><f>A1*2</f><v>2</v></c><c><f t=\"shared\" si=\"0\"/><v>3</v></c>", 0);
        check("<c><f>A1</f></c><c><f t=\"shared\" si=\"0\"/></c><c><f>B1</f><is><t>x</t></is></c>", 2);
        check("<cols/><c><v>f</v></c>", 0);
        check("<c r=\"A1\"><f>A1*2</f><v></v></c><c t=\"str\"><f>\"\"</f><v></v></c>", 1);
    }
}
