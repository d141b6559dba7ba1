//! Readers: a format's bytes to pages of the document model.

mod crop;
pub mod image;
pub mod ocr;
pub mod office;
pub mod pdf;
mod ready;
mod scan;
pub mod text;
mod words;
