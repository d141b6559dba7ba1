//! Programs that the worker runs for its readers. Only the worker starts them; a reader asks.

mod languages;
pub mod ocr;
pub mod tesseract;
mod tsv;

pub use ocr::Ocr;
