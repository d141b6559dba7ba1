//! Which files a command line means.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use docmill_model::Failure;
use walkdir::{DirEntry, WalkDir};

use crate::refusal::{Refusal, Refused};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Path below the folder that was named (or the file's own name), with `/` on every system. It names the file in
    /// the manifest and its outputs, and is its unique id.
    pub name: String,
    /// Absolute.
    pub path: PathBuf,
    /// Why there is no file at that path: the bucket that it is in did not give it.
    pub withheld: Option<Failure>,
}

impl Input {
    pub const fn new(name: String, path: PathBuf) -> Self {
        Self { name, path, withheld: None }
    }
}

/// The files meant by `paths`, by name: files as they are, folders with everything below them except hidden files,
/// `out` itself, and what is no regular file. Links to files are followed, links to folders are not, so there is no
/// way round in a circle.
pub fn gather(paths: &[PathBuf], out: Option<&Path>) -> Refused<Vec<Input>> {
    let inputs = find(paths, out)?;
    refuse_none(&inputs)?;
    Ok(inputs)
}

pub fn refuse_none(inputs: &[Input]) -> Refused<()> {
    if inputs.is_empty() {
        return Err(Refusal::usage("there are no files to read").hint("Hidden files and empty folders do not count."));
    }
    Ok(())
}

/// As `gather`, and perhaps none.
pub fn find(paths: &[PathBuf], out: Option<&Path>) -> Refused<Vec<Input>> {
    let out = out.and_then(|out| fs::canonicalize(out).ok());
    let mut inputs = Vec::new();
    for path in paths {
        let about = fs::metadata(path).map_err(|error| {
            Refusal::usage(format!("cannot read `{}`: {error}", path.display()))
                .hint("Name files and folders that exist.")
        })?;
        if about.is_dir() {
            walk(path, out.as_deref(), &mut inputs)?;
        } else {
            let name = path.file_name().map(PathBuf::from).unwrap_or_default();
            inputs.push(Input::new(portable(&name), absolute(path)?));
        }
    }
    ordered(inputs)
}

/// Inputs by name, each once.
pub fn ordered(mut inputs: Vec<Input>) -> Refused<Vec<Input>> {
    inputs.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    // The same file named twice is one input.
    inputs.dedup();
    refuse_same_names(&inputs)?;
    Ok(inputs)
}

fn walk(root: &Path, out: Option<&Path>, inputs: &mut Vec<Input>) -> Refused<()> {
    if out.is_some() && fs::canonicalize(root).ok().as_deref() == out {
        return Err(Refusal::usage(format!("`{}` is the output folder itself", root.display()))
            .hint("Give another output folder with -o; it may be inside the input folder."));
    }
    let wanted = |entry: &DirEntry| entry.depth() == 0 || !(is_hidden(entry) || is_out(entry, out));
    for entry in WalkDir::new(root).into_iter().filter_entry(wanted) {
        let entry = entry.map_err(|error| Refusal::failed(format!("cannot read the folder: {error}")))?;
        let is_file = match entry.file_type() {
            kind if kind.is_symlink() => fs::metadata(entry.path()).is_ok_and(|about| about.is_file()),
            kind => kind.is_file(),
        };
        if is_file {
            let name = portable(entry.path().strip_prefix(root).unwrap_or(entry.path()));
            inputs.push(Input::new(name, absolute(entry.path())?));
        }
    }
    Ok(())
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn is_out(entry: &DirEntry, out: Option<&Path>) -> bool {
    out.is_some() && entry.file_type().is_dir() && fs::canonicalize(entry.path()).ok().as_deref() == out
}

fn absolute(path: &Path) -> Refused<PathBuf> {
    std::path::absolute(path).map_err(|error| Refusal::io(format!("find `{}`", path.display()), &error))
}

fn portable(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Two files of one name would overwrite each other's outputs.
fn refuse_same_names(inputs: &[Input]) -> Refused<()> {
    let mut seen: HashMap<&str, &Path> = HashMap::new();
    for input in inputs {
        if let Some(first) = seen.insert(&input.name, &input.path) {
            return Err(Refusal::usage(format!(
                "`{}` and `{}` would both be called `{}` in the output",
                first.display(),
                input.path.display(),
                input.name
            ))
            .hint("Name the folder above both, or run them with two output folders."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files; a name that ends in `/` is a folder.
    fn folder(names: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in names {
            let path = root.path().join(name);
            fs::create_dir_all(if name.ends_with('/') { path.as_path() } else { path.parent().unwrap() }).unwrap();
            if !name.ends_with('/') {
                fs::write(path, name).unwrap();
            }
        }
        root
    }

    fn names(root: &Path, paths: &[&str], out: &str) -> Result<Vec<String>, String> {
        let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
        let found = gather(&paths, Some(&root.join(out))).map_err(|refusal| refusal.sentence)?;
        Ok(found.into_iter().map(|input| input.name).collect())
    }

    #[test]
    fn folders_are_walked_in_order_without_hidden_files_and_output() {
        let root = folder(&["in/b.txt", "in/2024/a.pdf", "in/.hidden", "in/.git/x", "in/out/old.md", "in/a.txt"]);
        let table: [(&[&str], &[&str]); 4] = [
            (&["in"], &["2024/a.pdf", "a.txt", "b.txt"]),
            (&["in/b.txt", "in/2024"], &["a.pdf", "b.txt"]),
            (&["in/b.txt", "in/b.txt"], &["b.txt"]),
            (&["in/.hidden"], &[".hidden"]),
        ];
        for (paths, expected) in table {
            assert_eq!(names(root.path(), paths, "in/out").unwrap(), expected, "{paths:?}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let root = folder(&["one/a.txt", "two/a.txt", "empty/"]);
        let table: [(&[&str], &str, &str); 4] = [
            (&["one", "two"], "out", "would both be called `a.txt`"),
            (&["empty"], "out", "there are no files to read"),
            (&["absent"], "out", "cannot read"),
            (&["one"], "one", "is the output folder itself"),
        ];
        for (paths, out, expected) in table {
            let sentence = names(root.path(), paths, out).unwrap_err();
            assert!(sentence.contains(expected), "{sentence}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed_and_circles_are_not() {
        let root = folder(&["in/a.txt", "elsewhere.txt"]);
        let link = |to: &str, at: &str| std::os::unix::fs::symlink(root.path().join(to), root.path().join(at)).unwrap();
        link("elsewhere.txt", "in/link.txt");
        link("in", "in/circle");
        link("nowhere", "in/broken.txt");
        assert_eq!(names(root.path(), &["in"], "out").unwrap(), ["a.txt", "link.txt"]);
    }
}
