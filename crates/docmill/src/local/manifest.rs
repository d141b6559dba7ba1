//! `manifest.jsonl`: one line an input. Lines are appended as files finish, so that a kill leaves a usable file, and
//! the whole is written anew in the order of the inputs at the start and at the end.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use docmill_model::{Failure, JobStatus};
use serde_json::Value;

use super::hashing::Source;
use super::outputs::write_whole;
use crate::refusal::{Refusal, Refused};
use crate::terminal;

pub use docmill_wire::outputs::{MANIFEST as NAME, ManifestLine as Line};

/// An input that is not finished.
pub fn open(source: &Source) -> Line {
    Line {
        path: source.name.clone(),
        sha256: source.sha256().map(ToOwned::to_owned),
        status: JobStatus::Pending.to_string(),
        code: None,
        message: None,
        pages: 0,
        milliseconds: 0,
        job_id: None,
        outputs: Vec::new(),
        warnings: Vec::new(),
    }
}

pub fn failed(source: &Source, failure: &Failure) -> Line {
    Line {
        status: JobStatus::Failed.to_string(),
        code: Some(failure.code.to_string()),
        message: Some(failure.message.clone()),
        ..open(source)
    }
}

/// For programs that follow a run: the line with its type, on stdout.
pub fn tell(line: &Line) -> Refused<()> {
    let mut told = serde_json::json!({"type": "file"});
    if let (Some(told), Ok(Value::Object(fields))) = (told.as_object_mut(), serde_json::to_value(line)) {
        told.extend(fields);
    }
    terminal::data_line(&told.to_string())
}

/// An open manifest.
pub struct Manifest {
    path: PathBuf,
    file: File,
}

impl Manifest {
    /// Begins the manifest of a run with what is known already.
    pub fn begin<'a>(out: &Path, known: impl Iterator<Item = &'a Line>) -> Refused<Self> {
        let path = out.join(NAME);
        write(&path, known)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(|error| refuse(&path, &error))?;
        Ok(Self { path, file })
    }

    /// One more input is finished.
    pub fn append(&mut self, line: &Line) -> Refused<()> {
        // One write a line: a kill between two writes leaves whole lines.
        self.file.write_all(&line.encode()).map_err(|error| refuse(&self.path, &error))
    }

    /// Every input, in order.
    pub fn end<'a>(self, lines: impl Iterator<Item = &'a Line>) -> Refused<()> {
        write(&self.path, lines)
    }
}

/// Lines of an earlier run by job id.
pub fn read(out: &Path) -> HashMap<String, Line> {
    let lines = read_lines(out).into_iter();
    lines.filter_map(|line| Some((line.job_id.clone()?, line))).collect()
}

/// Lines of an earlier run by the path of their input; of two the later one.
pub fn read_by_path(out: &Path) -> HashMap<String, Line> {
    read_lines(out).into_iter().map(|line| (line.path.clone(), line)).collect()
}

/// Lines in the order in which they stand. One that was cut off by a kill is passed over.
pub fn read_lines(out: &Path) -> Vec<Line> {
    let text = fs::read_to_string(out.join(NAME)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn write<'a>(path: &Path, lines: impl Iterator<Item = &'a Line>) -> Refused<()> {
    write_whole(path, |file| lines.into_iter().try_for_each(|line| file.write_all(&line.encode())))
        .map_err(|error| refuse(path, &error))
}

fn refuse(path: &Path, error: &io::Error) -> Refusal {
    Refusal::io(format!("write `{}`", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, job: &str) -> Line {
        Line {
            path: path.to_owned(),
            sha256: Some("00".to_owned()),
            status: "COMPLETED".to_owned(),
            code: None,
            message: None,
            pages: 2,
            milliseconds: 7,
            job_id: Some(job.to_owned()),
            outputs: vec![format!("{path}.md")],
            warnings: vec![],
        }
    }

    #[test]
    fn a_kill_leaves_the_lines_before_it() {
        let out = tempfile::tempdir().unwrap();
        let (a, b) = (line("a.pdf", "pjb-1"), line("b.pdf", "pjb-2"));
        let mut manifest = Manifest::begin(out.path(), [&a].into_iter()).unwrap();
        manifest.append(&b).unwrap();
        let mut bytes = fs::read(out.path().join(NAME)).unwrap();
        bytes.truncate(bytes.len() - 5);
        fs::write(out.path().join(NAME), bytes).unwrap();
        assert_eq!(read(out.path()), HashMap::from([("pjb-1".to_owned(), a)]));
    }

    #[test]
    fn the_end_is_in_the_order_of_the_inputs() {
        let out = tempfile::tempdir().unwrap();
        let (a, b) = (line("a.pdf", "pjb-1"), line("b.pdf", "pjb-2"));
        let mut manifest = Manifest::begin(out.path(), std::iter::empty()).unwrap();
        manifest.append(&b).unwrap();
        manifest.append(&a).unwrap();
        manifest.end([&a, &b].into_iter()).unwrap();
        let text = fs::read_to_string(out.path().join(NAME)).unwrap();
        insta::assert_snapshot!(text, @r#"
        {"path":"a.pdf","sha256":"00","status":"COMPLETED","code":null,"message":null,"pages":2,"milliseconds":7,"job_id":"pjb-1","outputs":["a.pdf.md"],"warnings":[]}
        {"path":"b.pdf","sha256":"00","status":"COMPLETED","code":null,"message":null,"pages":2,"milliseconds":7,"job_id":"pjb-2","outputs":["b.pdf.md"],"warnings":[]}
        "#);
    }
}
