use serde::{Deserialize, Serialize};

/// Documents read at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected \"auto\" or a number")]
pub enum Workers {
    /// With the built-in database at least 1: it has one owner, so nobody else could do the work.
    Number(usize),
    Word(Word),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// One for each processor.
    Auto,
}

impl Workers {
    /// As a number.
    pub fn slots(self) -> usize {
        match self {
            Self::Number(number) => number,
            Self::Word(Word::Auto) => std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}
