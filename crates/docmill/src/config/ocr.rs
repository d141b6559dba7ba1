use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OcrSettings {
    /// Path of the tesseract program; empty = looked for in PATH.
    pub tesseract: PathBuf,
}

impl OcrSettings {
    /// The program that the user named.
    pub fn program(&self) -> Option<&Path> {
        Some(self.tesseract.as_path()).filter(|path| !path.as_os_str().is_empty())
    }
}
