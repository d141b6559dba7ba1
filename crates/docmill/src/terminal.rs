//! The two streams: data on stdout, everything for people on stderr. A reader that went away is no error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use crate::refusal::{Refusal, Refused};

/// How much a command says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Voice {
    /// Nothing on stderr but errors.
    pub quiet: bool,
    /// Machine-readable lines on stdout.
    pub json: bool,
}

/// A line for people. When nobody reads stderr there is nobody to tell, so a failed write is left alone.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Data as it is. A closed stdout (`docmill parse a.pdf | head -1`) ends the output, not the command.
pub fn data(bytes: &[u8]) -> Refused<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Refusal::io("write to stdout", &error)),
        _ => Ok(()),
    }
}

/// One line of data.
pub fn data_line(line: &str) -> Refused<()> {
    data(format!("{line}\n").as_bytes())
}

/// Columns under their headings, each as wide as its widest cell; the last one is not padded.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let rows = rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
    std::iter::once(line(headings.to_vec())).chain(rows).collect::<Vec<_>>().join("\n")
}

/// Whether stderr shows colours: a terminal, and nobody said NO_COLOR (no-color.org: set and not empty).
pub fn has_colour() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    io::stderr().is_terminal() && !refused
}

/// `1 file`, `2 files`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned() {
        let row = |cells: [&str; 3]| cells.map(ToOwned::to_owned).to_vec();
        let text = table(&["ID", "NAME", "STATUS"], &[row(["1", "Übersicht", "x"]), row(["22", "", ""])]);
        assert_eq!(text, "ID  NAME       STATUS\n1   Übersicht  x\n22");
    }
}
