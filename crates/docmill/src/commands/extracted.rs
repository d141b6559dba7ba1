//! The extractions of a run as one table, beside the files of each: `extract.jsonl`, `extract.csv`, `extract.xlsx`.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use clap::ValueEnum;
use docmill_model::schema;
use docmill_wire::extract::Rows;
use docmill_wire::outputs::ManifestLine;
use serde_json::Value;

use crate::local::outputs::{EXTRACTION, write_whole};
use crate::refusal::{Refusal, Refused};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// A line of JSON a file
    Jsonl,
    /// A row a file, arrays of objects as JSON in one cell
    Csv,
    /// A workbook: a row a file, and a sheet for each array of objects
    Xlsx,
}

impl TableFormat {
    const fn name(self) -> &'static str {
        match self {
            Self::Jsonl => "extract.jsonl",
            Self::Csv => "extract.csv",
            Self::Xlsx => "extract.xlsx",
        }
    }
}

/// The table of all inputs of a run over `out`, in their order; `data_schema` is the schema they were read with.
pub fn rows(out: &Path, lines: &[ManifestLine], data_schema: &Value) -> Refused<Rows> {
    let schema = schema::check(data_schema).map_err(|failure| Refusal::usage(failure.message))?;
    let mut rows = Rows::new(&schema.root);
    for Answer { name, error, mut answer } in answers(out, lines)? {
        rows.add(name, error, answer["extract_result"].take());
    }
    Ok(rows)
}

/// What came of one input.
pub struct Answer {
    pub name: String,
    /// `CODE: sentence`.
    pub error: Option<String>,
    /// With `extract_result` and `extract_metadata`; null when it failed.
    pub answer: Value,
}

/// The answers of all inputs of a run over `out`, in their order.
pub fn answers(out: &Path, lines: &[ManifestLine]) -> Refused<Vec<Answer>> {
    let answer = |line: &ManifestLine| {
        let file = line.outputs.iter().find(|output| output.ends_with(EXTRACTION));
        let read = file.map(|file| read(&out.join(file))).transpose();
        let answer = read.map_err(|error| Refusal::io(format!("read the result of `{}`", line.path), &error))?;
        let error = line.code.as_ref().map(|code| format!("{code}: {}", line.message.as_deref().unwrap_or_default()));
        Ok(Answer { name: line.path.clone(), error, answer: answer.unwrap_or_default() })
    };
    lines.iter().map(answer).collect()
}

/// The table in one format.
pub fn bytes(rows: &Rows, format: TableFormat) -> Refused<Vec<u8>> {
    match format {
        TableFormat::Jsonl => Ok(rows.jsonl().into_bytes()),
        TableFormat::Csv => Ok(rows.csv().into_bytes()),
        TableFormat::Xlsx => {
            rows.workbook().map_err(|error| Refusal::failed(format!("the workbook could not be made: {error}")))
        }
    }
}

/// Writes the table into the output folder in each of the formats.
pub fn write(out: &Path, rows: &Rows, formats: &[TableFormat]) -> Refused<()> {
    for format in formats {
        let (bytes, path) = (bytes(rows, *format)?, out.join(format.name()));
        let written = write_whole(&path, |to| to.write_all(&bytes));
        written.map_err(|error| Refusal::io(format!("write `{}`", path.display()), &error))?;
    }
    Ok(())
}

fn read(path: &Path) -> io::Result<Value> {
    Ok(serde_json::from_reader(BufReader::new(File::open(path)?))?)
}
