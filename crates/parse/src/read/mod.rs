//! Readers: a format's bytes to pages of the document model.

pub mod container;
pub mod converted;
mod crop;
pub mod image;
pub mod ocr;
pub mod office;
pub mod output_pdf;
pub mod pdf;
mod photo;
pub mod ready;
mod scan;
pub mod text;
pub mod tiff;
mod words;
