//! The extractions of many files as one table: a row a file, a column a field.
//!
//! Arrays of objects do not fit in a row: CSV has them as JSON in one cell, a workbook has a sheet for each.

use docmill_model::schema::{Kind, Node};
use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use serde_json::{Value, json};

use crate::result_files::sheets::{CELL_UNITS_MAX, COLUMNS_MAX, Names, ROWS_MAX, cut, empty_workbook};

/// Columns before the fields of the schema.
const FILE: &str = "file";
const ERROR: &str = "error";
/// The column of a sheet of rows that counts them within their file, from 1.
const ROW: &str = "row";

/// Files and what was extracted from them, in the order in which they were added.
pub struct Rows {
    /// Paths of the schema's leaves and arrays.
    columns: Vec<Vec<String>>,
    /// The columns that are arrays of objects, each with the paths inside its items.
    arrays: Vec<(Vec<String>, Vec<Vec<String>>)>,
    files: Vec<File>,
}

struct File {
    name: String,
    error: Option<String>,
    data: Value,
}

impl Rows {
    /// `root` is the schema that all files were read with.
    pub fn new(root: &Node) -> Self {
        let (mut columns, mut arrays) = (Vec::new(), Vec::new());
        collect(root, &mut Vec::new(), &mut columns, &mut arrays);
        Self { columns, arrays, files: Vec::new() }
    }

    /// `error` is `CODE: sentence` of a file that failed; then `data` is null.
    pub fn add(&mut self, name: String, error: Option<String>, data: Value) {
        self.files.push(File { name, error, data });
    }

    /// A line of JSON a file: its name, its error, and its data as extracted.
    pub fn jsonl(&self) -> String {
        let line =
            |file: &File| format!("{}\n", json!({ FILE: file.name, ERROR: file.error, "extract_result": file.data }));
        self.files.iter().map(line).collect()
    }

    /// RFC 4180 with `\n` between records, the first with the names of the columns.
    pub fn csv(&self) -> String {
        let names = self.columns.iter().map(|path| path.join("."));
        let mut csv = record([FILE.to_owned(), ERROR.to_owned()].into_iter().chain(names));
        for file in &self.files {
            let fields = self.columns.iter().map(|path| plain(at(&file.data, path)));
            let before = [file.name.clone(), file.error.clone().unwrap_or_default()];
            csv += &record(before.into_iter().chain(fields));
        }
        csv
    }

    /// A workbook: the files on its first sheet, the rows of every array of objects on one more.
    pub fn workbook(&self) -> Result<Vec<u8>, String> {
        self.write().map_err(|error| error.to_string())
    }

    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = empty_workbook()?;
        let mut names = Names::default();
        let is_array = |path: &Vec<String>| self.arrays.iter().any(|(array, _)| array == path);
        let columns: Vec<&Vec<String>> = self.columns.iter().filter(|path| !is_array(path)).collect();
        let mut sheet = Sheet { sheet: workbook.add_worksheet().set_name(names.unique("files", "files"))?, row: 0 };
        sheet.header(&[FILE, ERROR], columns.iter().copied())?;
        for file in &self.files {
            let before = [json!(file.name), json!(file.error)];
            sheet.line(before.iter().chain(columns.iter().map(|path| at(&file.data, path))))?;
        }
        for (array, inner) in &self.arrays {
            let name = names.unique(&array.join(" "), "rows");
            let mut sheet = Sheet { sheet: workbook.add_worksheet().set_name(name)?, row: 0 };
            sheet.header(&[FILE, ROW], inner.iter())?;
            for file in &self.files {
                for (number, item) in at(&file.data, array).as_array().into_iter().flatten().enumerate() {
                    let before = [json!(file.name), json!(number + 1)];
                    sheet.line(before.iter().chain(inner.iter().map(|path| at(item, path))))?;
                }
            }
        }
        workbook.save_to_buffer()
    }
}

type Arrays = Vec<(Vec<String>, Vec<Vec<String>>)>;

fn collect(node: &Node, path: &mut Vec<String>, columns: &mut Vec<Vec<String>>, arrays: &mut Arrays) {
    for property in node.properties() {
        path.push(property.name.clone());
        match &property.node.kind {
            Kind::Object(_) => collect(&property.node, path, columns, arrays),
            Kind::Array(item) if matches!(item.kind, Kind::Object(_)) => {
                let mut inner = Vec::new();
                collect(item, &mut Vec::new(), &mut inner, &mut Vec::new());
                arrays.push((path.clone(), inner));
                columns.push(path.clone());
            }
            _ => columns.push(path.clone()),
        }
        path.pop();
    }
}

fn at<'v>(data: &'v Value, path: &[String]) -> &'v Value {
    path.iter().fold(data, |value, name| &value[name.as_str()])
}

/// Null is an empty cell; several plain values stand behind each other.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().map(plain).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}

fn record(fields: impl Iterator<Item = String>) -> String {
    let quoted = fields.map(|field| {
        let special = field.contains(['"', ',', '\n', '\r']);
        if special { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

/// A sheet that is filled from the top; what Excel cannot hold is left out.
struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
}

impl Sheet<'_> {
    fn header<'p>(&mut self, first: &[&str], paths: impl Iterator<Item = &'p Vec<String>>) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold();
        let names = first.iter().map(|name| (*name).to_owned()).chain(paths.map(|path| path.join(".")));
        for (column, name) in (0..COLUMNS_MAX).zip(names) {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            self.sheet.write_string_with_format(self.row, column, cut(&name, CELL_UNITS_MAX), &bold)?;
        }
        self.row += 1;
        Ok(())
    }

    fn line<'v>(&mut self, values: impl Iterator<Item = &'v Value>) -> Result<(), XlsxError> {
        if self.row >= ROWS_MAX {
            return Ok(());
        }
        for (column, value) in (0..COLUMNS_MAX).zip(values) {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            match value {
                Value::Null => {}
                Value::Bool(flag) => drop(self.sheet.write_boolean(self.row, column, *flag)?),
                Value::Number(number) => {
                    self.sheet.write_number(self.row, column, number.as_f64().unwrap_or_default())?;
                }
                other => drop(self.sheet.write_string(self.row, column, cut(&plain(other), CELL_UNITS_MAX))?),
            }
        }
        self.row += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use docmill_model::schema::check;

    use super::*;

    fn rows() -> Rows {
        let schema = json!({"type": "object", "properties": {
            "number": {"type": "string"}, "seller": {"type": "object", "properties": {"name": {"type": "string"}}},
            "tags": {"type": "array", "items": {"type": "string"}}, "total": {"type": ["number", "null"]},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}},
        }});
        let mut rows = Rows::new(&check(&schema).unwrap().root);
        rows.add(
            "a.pdf".into(),
            None,
            json!({
                "number": "007", "seller": {"name": "Mill, Inc"}, "tags": ["x", "y"], "total": null,
                "lines": [{"price": 1.5}, {"price": 2}],
            }),
        );
        rows.add("b.pdf".into(), Some("EMPTY_FILE: The file is empty.".into()), Value::Null);
        rows
    }

    #[test]
    fn a_file_is_a_row_of_csv() {
        let expected = [
            "file,error,number,seller.name,tags,total,lines",
            "a.pdf,,007,\"Mill, Inc\",x; y,,\"[{\"\"price\"\":1.5},{\"\"price\"\":2}]\"",
            "b.pdf,EMPTY_FILE: The file is empty.,,,,,",
        ];
        assert_eq!(rows().csv().lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_file_is_a_line_of_json() {
        let lines: Vec<Value> = rows().jsonl().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["extract_result"]["lines"][1]["price"], 2);
        assert_eq!(
            lines[1],
            json!({"file": "b.pdf", "error": "EMPTY_FILE: The file is empty.", "extract_result": null})
        );
    }

    #[test]
    fn a_workbook_has_a_sheet_for_rows() {
        let bytes = rows().workbook().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(bytes.starts_with(b"PK") && text.contains("xl/worksheets/sheet2.xml"));
    }
}
