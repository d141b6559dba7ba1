//! How the nouns of a server are told: tables and fields for people, the server's own JSON for programs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use docmill_wire::client::Made;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::client::read;
use crate::refusal::{Refusal, Refused};
use crate::terminal::{data_line, table};

/// One that was made: its id alone, so that a script can keep it, or all of it as JSON.
pub fn made(answer: &Value, json: bool) -> Refused<()> {
    if json {
        return data_line(&answer.to_string());
    }
    data_line(&read::<Made>(answer)?.id)
}

/// A list: a table under these headings, or one JSON object a line.
pub fn list<T: DeserializeOwned>(
    items: &[Value],
    json: bool,
    headings: &[&str],
    row: impl Fn(T) -> Vec<String>,
) -> Refused<()> {
    if json {
        return items.iter().try_for_each(|item| data_line(&item.to_string()));
    }
    let rows = items.iter().map(|item| read::<T>(item).map(&row)).collect::<Refused<Vec<_>>>()?;
    data_line(&table(headings, &rows))
}

/// One with all its fields: a line each, or JSON.
pub fn show(answer: &Value, json: bool) -> Refused<()> {
    if json {
        return data_line(&answer.to_string());
    }
    let fields = answer.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let fields: Vec<(&str, String)> = fields.map(|(name, value)| (name.as_str(), plain(value))).collect();
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    fields.iter().try_for_each(|(name, value)| data_line(&format!("{name:width$}  {value}")))
}

/// One that was removed or stopped.
pub fn done(word: &str, id: &str, json: bool) -> Refused<()> {
    data_line(&if json { json!({"id": id}).to_string() } else { format!("{word} {id}") })
}

/// Text as it is, everything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// An instant as tables show it: to the second.
pub fn instant(text: Option<String>) -> String {
    let text = text.unwrap_or_default();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

/// A file that is written under another name until it is whole: a file that is there is complete.
pub struct Whole {
    file: NamedTempFile,
    to: PathBuf,
}

impl Whole {
    pub fn begin(to: &Path) -> Refused<Self> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).map_err(|error| refuse(to, &error))?;
        Ok(Self { file, to: to.to_owned() })
    }

    pub fn file(&self) -> &File {
        self.file.as_file()
    }

    pub fn end(self) -> Refused<()> {
        let Self { file, to } = self;
        file.persist(&to).map_err(|error| refuse(&to, &error.error))?;
        Ok(())
    }
}

fn refuse(to: &Path, error: &io::Error) -> Refusal {
    Refusal::io(format!("write `{}`", to.display()), error)
}
