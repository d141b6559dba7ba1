//! Sizes of files and functions: a report, and a limit with a checked-in list of reasoned exceptions.
//!
//! Works on formatted sources (rustfmt is checked beside it): a function ends at the first `}` in the column where it
//! began. Tests do not count.

use std::fs;
use std::path::{Path, PathBuf};

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const EXCEPTIONS: &str = "xtask/sizes-exceptions.txt";

struct Size {
    what: String,
    lines: usize,
}

pub fn check(report: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let (mut files, mut functions) = (Vec::new(), Vec::new());
    for path in sources(root)? {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let lines: Vec<&str> = text.lines().take_while(|line| *line != "#[cfg(test)]").collect();
        functions.extend(function_sizes(&name, &lines));
        files.push(Size { what: name, lines: lines.len() });
    }
    files.sort_by_key(|size| std::cmp::Reverse(size.lines));
    functions.sort_by_key(|size| std::cmp::Reverse(size.lines));
    print_summary("files", &files, report);
    print_summary("functions", &functions, report);
    let excepted = exceptions(root)?;
    let too_large: Vec<String> = files
        .iter()
        .filter(|size| size.lines > FILE_LINES_MAX)
        .chain(functions.iter().filter(|size| size.lines > FUNCTION_LINES_MAX))
        .filter(|size| !excepted.contains(&size.what))
        .map(|size| format!("sizes: {} has {} lines", size.what, size.lines))
        .collect();
    if too_large.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nSplit it along its meaning, or give the reason in {EXCEPTIONS}.", too_large.join("\n")))
}

fn print_summary(noun: &str, sizes: &[Size], report: bool) {
    let median = sizes.get(sizes.len() / 2).map_or(0, |size| size.lines);
    let largest = sizes.first().map_or(0, |size| size.lines);
    println!("sizes: {} {noun}, median {median} lines, largest {largest}", sizes.len());
    if report {
        for size in sizes.iter().take(20) {
            println!("  {:5}  {}", size.lines, size.what);
        }
    }
}

/// Non-test Rust files of the workspace.
fn sources(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !["tests", "target", "benches"].contains(&name.as_str()) {
                folders.push(path);
            } else if name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn function_sizes(file: &str, lines: &[&str]) -> Vec<Size> {
    let mut sizes = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = format!("{indent}}}");
        if let Some(length) = lines[start..].iter().position(|line| *line == end) {
            sizes.push(Size { what: format!("{file}::{name}"), lines: length + 1 });
        }
    }
    sizes
}

/// The name, when a function with a body over several lines begins on this line.
fn function_name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let (before, after) = line.split_once("fn ")?;
    let modifiers = before
        .split_whitespace()
        .all(|word| word.starts_with("pub") || ["const", "async", "super)", "crate)"].contains(&word));
    if !modifiers || line.ends_with(';') || line.ends_with('}') {
        return None;
    }
    after.split(['(', '<']).next()
}

/// Lines are `path` or `path::function`, then a space and the reason.
fn exceptions(root: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(root.join(EXCEPTIONS)).map_err(|error| format!("{EXCEPTIONS}: {error}"))?;
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| match line.split_once(' ') {
            Some((what, reason)) if !reason.trim().is_empty() => Ok(what.to_owned()),
            _ => Err(format!("{EXCEPTIONS}: `{line}` gives no reason")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_measured_from_its_first_line_to_its_brace() {
        let lines =
            ["    pub(crate) async fn long<T>(", "        x: T,", "    ) {", "        body();", "    }", "fn one() {}"];
        let sizes = function_sizes("a.rs", &lines);
        assert_eq!(sizes.len(), 1);
        assert_eq!((sizes[0].what.as_str(), sizes[0].lines), ("a.rs::long", 5));
    }
}
