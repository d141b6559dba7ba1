//! PDF documents.

use docmill_model::options::ParseOptions;
use docmill_model::{Code, Failure};

use crate::{DocumentReader, Source};

/// Opens a PDF.
pub fn open(_source: Source, _options: &ParseOptions, _pages_max: u32) -> Result<Box<dyn DocumentReader>, Failure> {
    Err(Failure::new(Code::UnsupportedFileType, "PDF documents cannot be read by this build."))
}
