//! Pictures of pages: PNG and JPEG.

use docmill_model::options::ParseOptions;
use docmill_model::{Code, Failure};
use image::ImageFormat;

use crate::{DocumentReader, Source};

/// Opens a picture as a document of one page.
pub fn open(_source: &Source, _format: ImageFormat, _options: &ParseOptions) -> Result<Box<dyn DocumentReader>, Failure> {
    Err(Failure::new(Code::UnsupportedFileType, "Pictures cannot be read by this build."))
}
