//! Readers: a format's bytes to pages of the document model.

mod crop;
pub mod image;
pub mod ocr;
pub mod office;
pub mod pdf;
mod ready;
pub mod text;
mod words;
