//! OCR as a document sees it: there, or missing with the reason.

use docmill_parse::{OcrAnswer, PageImage};

use super::launcher::Launcher;
use super::tesseract::Tesseract;
use crate::guard::{Bounds, Interrupted};

/// The OCR of a worker.
pub struct Ocr {
    tesseract: Option<Tesseract>,
    launcher: Launcher,
    /// Resident memory of one OCR program, bytes.
    memory_bytes_max: u64,
}

impl Ocr {
    /// `tesseract`: as found; `None` when there is none. `memory_bytes_max`: what one run of it may use.
    pub fn new(tesseract: Option<Tesseract>, launcher: Launcher, memory_bytes_max: u64) -> Self {
        Self { tesseract, launcher, memory_bytes_max }
    }

    /// Program, version and languages, for the engine's fingerprint.
    pub fn fingerprint(&self) -> Option<String> {
        self.tesseract.as_ref().map(|tesseract| format!("{} {}", tesseract.version, tesseract.languages.join("+")))
    }

    /// Reads the words of a picture within the bounds of its page.
    pub(crate) async fn read(
        &self,
        image: &PageImage,
        languages: &[String],
        bounds: Bounds<'_>,
    ) -> Result<OcrAnswer, Interrupted> {
        match &self.tesseract {
            Some(tesseract) => {
                let bounds = Bounds { resident_bytes_max: self.memory_bytes_max, ..bounds };
                tesseract.read(&self.launcher, image, languages, bounds).await
            }
            None => {
                let message = "No OCR program is installed (Debian: tesseract-ocr).".to_owned();
                Ok(OcrAnswer::Missing { message })
            }
        }
    }
}
