//! How a command ends: its exit code, and what it says when it cannot go on.

use std::fmt;
use std::process::ExitCode;

use docmill_model::{Code, Failure};
use docmill_store::StoreError;

pub type Refused<T> = Result<T, Refusal>;

/// The exit codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    /// All files failed, or the command itself did.
    Failed = 1,
    Usage = 2,
    SomeFailed = 3,
    /// Stopped by ctrl-c.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command cannot go on: one sentence, and what to do about it.
#[derive(Debug)]
pub struct Refusal {
    pub sentence: String,
    pub hint: Option<String>,
    pub exit: Exit,
}

impl Refusal {
    /// The caller must change the command or the configuration.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), hint: None, exit: Exit::Usage }
    }

    /// Something went wrong on the way.
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), hint: None, exit: Exit::Failed }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An input or output error with what was being done: `cannot write `x`: no space left`.
    pub fn io(doing: impl fmt::Display, error: &std::io::Error) -> Self {
        Self::failed(format!("cannot {doing}: {error}"))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.sentence)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        // This code stands for a sentence that says all there is to say.
        if failure.code == Code::NotUsable {
            return Self::failed(failure.message);
        }
        Self::failed(failure.to_string()).hint(failure.code.advice())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(failure) => failure.into(),
            StoreError::Unavailable { what, source, .. } => Self::failed(format!("{what} is not available: {source}")),
            StoreError::Corrupt(sentence) => Self::failed(sentence).hint("Move the folder away and begin anew."),
        }
    }
}
