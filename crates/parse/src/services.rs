//! What the engine asks of its surroundings.

use docmill_model::Code;
use docmill_model::document::BBox;
use serde::{Deserialize, Serialize};

/// The outside world of one document.
pub trait Services {
    /// Reads the words of a picture of a page. May take seconds.
    fn ocr(&mut self, image: &PageImage, languages: &[String]) -> OcrAnswer;

    /// Says that `ocr` will be asked for this very picture soon: who can, reads it meanwhile.
    fn ocr_soon(&mut self, _image: &PageImage, _languages: &[String]) {}

    /// Asks another program for the document in a format that docmill reads. May take seconds.
    fn convert(&mut self, _document: &ToConvert<'_>) -> Result<Vec<u8>, NotConverted> {
        Err(NotConverted::Missing)
    }

    /// Keeps the bytes of a picture under `name` (unique in the document, as in `Picture::name`).
    fn asset(&mut self, name: &str, content_type: &str, bytes: &[u8]);
}

/// A grey picture of a page or of a part of it, rows from the top, one byte a pixel, 0 = black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageImage {
    pub width: u32,
    pub height: u32,
    /// Pixels per inch of the page.
    pub dpi: u32,
    pub grey: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum OcrAnswer {
    Read(OcrText),
    /// There is no OCR program, or not for these languages; the text says which.
    Missing {
        message: String,
    },
    Failed {
        message: String,
    },
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OcrText {
    /// Program and version, for `Page::engine`.
    pub engine: String,
    /// In the program's reading order.
    pub words: Vec<OcrWord>,
    /// A sentence for each wanted language that it had no data for.
    #[serde(default)]
    pub missing_languages: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OcrWord {
    pub text: String,
    /// Pixels of the picture, origin top left.
    pub bbox: BBox,
    /// Numbers of the program's block, paragraph in the block and line in the paragraph.
    pub block: u32,
    pub paragraph: u32,
    pub line: u32,
    /// 0 to 1.
    pub confidence: f32,
}

/// A document that another program is to write in another format.
#[derive(Debug, Clone, Copy)]
pub struct ToConvert<'a> {
    pub bytes: &'a [u8],
    /// Lower case, without the dot: one of the format's own extensions.
    pub extension: &'static str,
    pub target: Target,
}

/// What a document is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Running text: DOCX.
    Text,
    /// A workbook with its stored values: XLSX.
    Sheets,
    /// A workbook whose formulas are computed anew: XLSX.
    ComputedSheets,
    /// Slides: PPTX.
    Slides,
    /// Pages as they are printed: PDF.
    Pages,
}

impl Target {
    /// Of the file that comes out.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Text => "docx",
            Self::Sheets | Self::ComputedSheets => "xlsx",
            Self::Slides => "pptx",
            Self::Pages => "pdf",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NotConverted {
    /// There is no such program.
    Missing,
    /// The program gave nothing; the text says why, in one sentence.
    Failed { code: Code, message: String },
}
