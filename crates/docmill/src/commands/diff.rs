use std::path::PathBuf;

use clap::Args;

use super::Common;
use crate::diff::compare;
use crate::refusal::{Exit, Refused};
use crate::terminal::data_line;

/// Compares two runs: changed files, pages and fields
///
/// Both are output folders of `batch`, `parse` or `extract`: of two configurations, or before and after an upgrade.
/// Pages are compared by the text of their items, extracted data field by field.
///
/// Exit codes: 0 the same, 1 something differs, 2 wrong usage.
#[derive(Debug, Args)]
pub struct Diff {
    #[arg(value_name = "RUN_A")]
    a: PathBuf,
    #[arg(value_name = "RUN_B")]
    b: PathBuf,
}

impl Diff {
    pub fn run(&self, common: &Common) -> Refused<Exit> {
        let found = compare(&self.a, &self.b)?;
        if common.json {
            found.json().iter().try_for_each(|object| data_line(&object.to_string()))?;
        } else if !common.quiet {
            found.text().iter().try_for_each(|line| data_line(line))?;
        }
        Ok(if found.is_same() { Exit::Done } else { Exit::Failed })
    }
}
