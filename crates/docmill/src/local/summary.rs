//! What a run says at its end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use docmill_model::Code;
use serde_json::{Value, json};

use super::manifest::{self, Line};
use crate::refusal::Exit;
use crate::terminal::count;

/// Failures that are told one by one; the rest are in the manifest.
const FAILURES_TOLD: usize = 20;

#[derive(Debug)]
pub struct Report {
    pub out: PathBuf,
    /// One an input, in order; those that an interrupt left are `PENDING`.
    pub lines: Vec<Line>,
    /// Inputs that were done before this run.
    pub before: usize,
    pub interrupted: bool,
    pub elapsed: Duration,
}

impl Report {
    fn with(&self, status: &str) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.status == status)
    }

    fn completed(&self) -> usize {
        self.with("COMPLETED").count()
    }

    fn failed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.code.is_some())
    }

    pub fn exit(&self) -> Exit {
        match (self.interrupted, self.completed()) {
            (true, _) => Exit::Interrupted,
            (false, completed) if completed == self.lines.len() => Exit::Done,
            (false, 0) => Exit::Failed,
            (false, _) => Exit::SomeFailed,
        }
    }

    /// Files by warning, most first.
    fn warnings(&self) -> BTreeMap<&str, usize> {
        let mut counted = BTreeMap::new();
        for code in self.lines.iter().flat_map(|line| &line.warnings) {
            *counted.entry(code.as_str()).or_default() += 1;
        }
        counted
    }

    /// For people, several lines.
    pub fn text(&self) -> String {
        let mut text = Vec::new();
        let failed = self.failed().count();
        let pages: u32 = self.lines.iter().map(|line| line.pages).sum();
        let done = count(self.completed(), "file");
        let took = format!("{:.1} s", self.elapsed.as_secs_f64());
        let before = if self.before > 0 { format!(" ({} before this run)", self.before) } else { String::new() };
        text.push(format!("{done} done{before}, {failed} failed, {} in {took}", count(pages as usize, "page")));
        for line in self.failed().take(FAILURES_TOLD) {
            let (code, message) =
                (line.code.as_deref().unwrap_or_default(), line.message.as_deref().unwrap_or_default());
            let advice = Code::from_text(code).map(Code::advice).unwrap_or_default();
            text.push(format!("  failed: {}: {code}: {message} {advice}", line.path));
        }
        if failed > FAILURES_TOLD {
            text.push(format!("  and {} more", failed - FAILURES_TOLD));
        }
        for (code, files) in self.warnings() {
            text.push(format!("  warning: {code} in {}{}", count(files, "file"), meaning(code)));
        }
        if self.interrupted {
            let open = self.with("PENDING").count();
            text.push(format!("interrupted: {} to do; run the same command again to go on", count(open, "file")));
        }
        text.push(format!("results are in {}, one line a file in {}", self.out.display(), manifest::NAME));
        text.join("\n")
    }

    /// For programs, one object.
    pub fn json(&self) -> Value {
        json!({
            "type": "summary",
            "total": self.lines.len(),
            "completed": self.completed(),
            "failed": self.failed().count(),
            "done_before": self.before,
            "interrupted": self.interrupted,
            "pages": self.lines.iter().map(|line| line.pages).sum::<u32>(),
            "milliseconds": self.elapsed.as_millis() as u64,
            "failures": self.failed().map(|line| json!({
                "path": line.path, "code": line.code, "message": line.message,
            })).collect::<Vec<_>>(),
            "warnings": self.warnings(),
            "out": self.out,
            "manifest": self.out.join(manifest::NAME),
        })
    }
}

/// What a warning means for the reader of the results, for the most frequent ones.
fn meaning(code: &str) -> &'static str {
    match code {
        "OCR_MISSING" => ": pages without a text layer were not read; install tesseract (see `docmill doctor`)",
        "OCR_USED" => ": characters were read by OCR and are likely, not certain",
        "OPTION_NOT_FOLLOWED" => ": an option of the configuration is not followed by this release",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(path: &str, status: &str, code: Option<Code>) -> Line {
        Line {
            path: path.into(),
            sha256: None,
            status: status.into(),
            code: code.map(|code| code.to_string()),
            message: code.map(|code| code.sentence().to_owned()),
            pages: 3,
            milliseconds: 5,
            job_id: None,
            outputs: vec![],
            warnings: if status == "COMPLETED" { vec!["OCR_MISSING".into()] } else { vec![] },
        }
    }

    fn report(lines: Vec<Line>, interrupted: bool) -> Report {
        Report { out: "out".into(), lines, before: 1, interrupted, elapsed: Duration::from_millis(1_500) }
    }

    #[test]
    fn the_exit_code_says_how_many_failed() {
        let done = || line("a", "COMPLETED", None);
        let failed = || line("b", "FAILED", Some(Code::EmptyFile));
        for (lines, interrupted, expected) in [
            (vec![done()], false, Exit::Done),
            (vec![failed()], false, Exit::Failed),
            (vec![done(), failed()], false, Exit::SomeFailed),
            (vec![done(), line("c", "PENDING", None)], true, Exit::Interrupted),
        ] {
            assert_eq!(report(lines, interrupted).exit(), expected);
        }
    }

    #[test]
    fn the_summary_names_failures_with_what_to_do() {
        let mut lines = vec![line("a.pdf", "COMPLETED", None)];
        lines.extend((0..22).map(|number| line(&format!("{number}.pdf"), "FAILED", Some(Code::EmptyFile))));
        let text = report(lines, false).text();
        assert!(
            text.contains("  failed: 19.pdf: EMPTY_FILE: The file is empty. Upload the file again.\n  and 2 more\n")
        );
        assert!(!text.contains("20.pdf"));
        let text = report(vec![line("a.pdf", "COMPLETED", None), line("b", "PENDING", None)], true).text();
        insta::assert_snapshot!(text, @r"
        1 file done (1 before this run), 0 failed, 6 pages in 1.5 s
          warning: OCR_MISSING in 1 file: pages without a text layer were not read; install tesseract (see `docmill doctor`)
        interrupted: 1 file to do; run the same command again to go on
        results are in out, one line a file in manifest.jsonl
        ");
    }
}
