//! Documents to pages: bytes and options in, pages and warnings out.
//!
//! Pure and deterministic: no file, network, clock or environment; what lies outside (OCR, where pictures go) comes
//! through `Services`. Memory does not grow with the number of pages: a page is read, handed out and forgotten;
//! what the whole document says about a page (heading sizes, repeated headers) is gathered in a first pass.

pub mod services;

pub use services::{OcrAnswer, OcrText, OcrWord, PageImage, Services};

use std::sync::Arc;

use docmill_model::Failure;
use docmill_model::document::{DocumentInfo, Page};

/// A document as it came. The name is the caller's and only a hint: content decides what it is.
#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    pub bytes: Arc<Vec<u8>>,
}

/// An open document. Pages count from 1 and may be read in any order, each at most once after the survey.
///
/// The way of a caller: for every wanted page `survey`, then for every wanted page `page`. A page that fails, fails
/// alone. The reader may panic or run away on hostile input; that is why callers keep it in a process of its own.
pub trait DocumentReader {
    /// Kind, number of pages, warnings about the whole document.
    fn info(&self) -> DocumentInfo;

    /// Whether `survey` does anything; when false it need not be called.
    fn wants_survey(&self) -> bool {
        false
    }

    /// First pass: what this page says about the whole document (body size, headings, repeated headers).
    fn survey(&mut self, _number: u32) -> Result<(), Failure> {
        Ok(())
    }

    /// Second pass: the page itself, complete with markdown and text.
    fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure>;
}
