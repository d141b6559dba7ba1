//! Programs that the worker runs for its readers. Only the worker starts them; a reader asks.

mod languages;
mod launcher;
pub mod ocr;
pub mod tesseract;
mod tsv;

pub use launcher::Launcher;
pub use ocr::Ocr;
