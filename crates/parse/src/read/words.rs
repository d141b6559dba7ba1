//! Words of formats without geometry: one a whitespace-separated token, with line numbers, so that extraction and
//! citations work as they do for PDF.

use docmill_model::document::{Word, WordRange};

#[derive(Default)]
pub struct WordList {
    words: Vec<Word>,
    line: u32,
}

impl WordList {
    /// Adds a text; each of its lines is a line of the page.
    pub fn push_lines(&mut self, text: &str) -> WordRange {
        let start = self.words.len() as u32;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            self.push(line);
            self.end_line();
        }
        WordRange::new(start, self.words.len() as u32)
    }

    /// Adds a text to the current line, whatever line ends it holds: a cell of a row.
    pub fn push(&mut self, text: &str) -> WordRange {
        let start = self.words.len() as u32;
        let line = self.line;
        let word = |token: &str| Word { text: token.to_owned(), bbox: None, line, confidence: None };
        self.words.extend(text.split_whitespace().map(word));
        WordRange::new(start, self.words.len() as u32)
    }

    pub fn end_line(&mut self) {
        // Lines without words get no number.
        if self.words.last().is_some_and(|word| word.line == self.line) {
            self.line += 1;
        }
    }

    pub fn len(&self) -> u32 {
        self.words.len() as u32
    }

    pub fn into_words(self) -> Vec<Word> {
        self.words
    }
}
