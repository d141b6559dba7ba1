use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use docmill_parse::{Source, archive_files};

use crate::local::unpack::Told;
use crate::terminal::data_line;

/// Writes the files of an archive into a folder; started by docmill itself
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Unpack {
    archive: PathBuf,
    folder: PathBuf,
}

impl Unpack {
    pub fn run(self) -> ExitCode {
        match self.write() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        }
    }

    /// Files get numbers as their names, so that no path of an archive is ever one of the disk.
    fn write(self) -> io::Result<()> {
        let name = self.archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = Arc::new(fs::read(&self.archive)?);
        let (files, left) =
            archive_files(&Source { name, bytes }).map_err(|failure| io::Error::other(failure.to_string()))?;
        let mut taken = HashSet::new();
        for (number, (path, bytes)) in files.into_iter().enumerate() {
            let file = number.to_string();
            fs::write(self.folder.join(&file), bytes)?;
            say(&Told::File { path: free(path, &mut taken), file })?;
        }
        left.into_iter().try_for_each(|text| say(&Told::Left { text }))
    }
}

fn say(told: &Told) -> io::Result<()> {
    let line = serde_json::to_string(told)?;
    data_line(&line).map_err(|refusal| io::Error::other(refusal.sentence))
}

/// An archive may have two files of one path; small and capital letters are one on some disks.
fn free(path: String, taken: &mut HashSet<String>) -> String {
    let mut free = path.clone();
    let mut number = 2;
    while !taken.insert(free.to_lowercase()) {
        free = match path.rsplit_once('.') {
            Some((stem, extension)) if !extension.contains('/') => format!("{stem} ({number}).{extension}"),
            _ => format!("{path} ({number})"),
        };
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_different() {
        let mut taken = HashSet::new();
        let names =
            ["a.txt", "A.TXT", "a.txt", "b/c", "b/c", "d.e/f", "d.e/f"].map(|path| free(path.to_owned(), &mut taken));
        assert_eq!(names, ["a.txt", "A (2).TXT", "a (3).txt", "b/c", "b/c (2)", "d.e/f", "d.e/f (2)"]);
    }
}
