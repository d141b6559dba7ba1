//! Which LibreOffice is there.

use std::path::{Path, PathBuf};

use docmill_parse::Target;

use crate::tools::on_path;

/// A LibreOffice on this machine. Nothing of it was started yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LibreOffice {
    /// `soffice.bin`, not the script before it: one process that dies when it is killed.
    pub program: PathBuf,
    /// As it says itself: `LibreOffice 7.4`, with its build.
    pub version: String,
    /// Its own mark of the build; a profile that has it is not set up anew.
    pub build: String,
    pub parts: Vec<Part>,
}

/// A part of LibreOffice, each a package of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Writer,
    Calc,
    Impress,
    Math,
}

impl Part {
    const ALL: [Self; 4] = [Self::Writer, Self::Calc, Self::Impress, Self::Math];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Calc => "calc",
            Self::Impress => "impress",
            Self::Math => "math",
        }
    }

    const fn library(self) -> &'static str {
        match self {
            Self::Writer => "libswlo.so",
            Self::Calc => "libsclo.so",
            Self::Impress => "libsdlo.so",
            Self::Math => "libsmlo.so",
        }
    }
}

impl LibreOffice {
    /// Looks at the given program, or for `soffice` on the PATH. `None` when there is none. Only files are looked at.
    pub fn find(explicit: Option<&Path>) -> Option<Self> {
        let named = explicit.map(Path::to_owned).or_else(|| on_path("soffice")).or_else(|| on_path("libreoffice"))?;
        let folder = named.canonicalize().ok()?.parent()?.to_owned();
        let program = Some(folder.join("soffice.bin")).filter(|program| program.is_file())?;
        let build = setting(&folder.join("versionrc"), "buildid")?;
        let product = setting(&folder.join("bootstraprc"), "ProductKey")?;
        let parts = Part::ALL.into_iter().filter(|part| folder.join(part.library()).is_file()).collect();
        let version = format!("{product} build {build}");
        Some(Self { program, version, build, parts })
    }

    /// Whether the part that reads such files and writes the target is there.
    pub fn has(&self, target: Target, extension: &str) -> bool {
        let part = match (target, extension) {
            (Target::Pages, "odf" | "sxm") => Part::Math,
            (Target::Text, _) => Part::Writer,
            (Target::Sheets | Target::ComputedSheets, _) => Part::Calc,
            (Target::Slides, _) => Part::Impress,
            (Target::Pages, _) => return !self.parts.is_empty(),
        };
        self.parts.contains(&part)
    }
}

fn setting(path: &Path, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_libreoffice_is_not_found() {
        for program in ["/nonexistent/soffice", "/bin/true"] {
            assert_eq!(LibreOffice::find(Some(Path::new(program))), None, "{program}");
        }
    }

    #[test]
    fn it_is_known_by_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("write");
        for name in ["soffice", "soffice.bin", "libswlo.so"] {
            write(name, "");
        }
        assert_eq!(LibreOffice::find(Some(&folder.path().join("soffice"))), None, "it does not say its version");
        write("versionrc", "[Version]\nbuildid=40(Build:2)\n");
        write("bootstraprc", "[Bootstrap]\nProductKey=LibreOffice 7.4\n");
        let found = LibreOffice::find(Some(&folder.path().join("soffice"))).expect("a LibreOffice");
        assert_eq!(
            (found.version.as_str(), found.parts.as_slice()),
            ("LibreOffice 7.4 build 40(Build:2)", &[Part::Writer][..])
        );
        for (target, extension, expected) in [
            (Target::Text, "uot", true),
            (Target::Pages, "docx", true),
            (Target::Pages, "odf", false),
            (Target::Sheets, "uos", false),
        ] {
            assert_eq!(found.has(target, extension), expected, "{extension}");
        }
    }
}
