use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeSettings {
    /// Path of LibreOffice's soffice program; empty = looked for in PATH.
    pub soffice: PathBuf,
}

impl OfficeSettings {
    /// The program that the user named.
    pub fn program(&self) -> Option<&Path> {
        Some(self.soffice.as_path()).filter(|path| !path.as_os_str().is_empty())
    }
}
