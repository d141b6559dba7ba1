//! The framed protocol between a worker and its reader child, over the child's stdin and stdout.
//!
//! A frame is `header length (u32 LE), payload length (u32 LE), header (JSON), payload (bytes)`. The child reads one
//! document after another until its stdin ends. Everything the child says is untrusted: lengths are limited, names are
//! checked by the parent.
//!
//! One document: `Open` with its bytes in the payloads of `Bytes` frames; the child may ask for conversions
//! (`NeedConversion`, answered by `ConversionReply`), and answers `Opened` or `Refused`, then
//! for each page `PageStarted` and later `Page` or `PageFailed`, with `NeedOcr` (answered by `OcrReply`) and `Asset`
//! between, and `Done`. Of pages that are to come the child may send pictures for OCR before their turn (`PageStarted`,
//! `OcrSoon`), and take the answers in their turn (`TakeOcr`, answered by `OcrReply`). When a child dies after `PageStarted(n)`, the parent marks page n failed and opens the document
//! in a new child with `skip` holding n and all pages that came out.

use docmill_model::Failure;
use docmill_model::document::DocumentInfo;
use docmill_model::options::ParseOptions;
use docmill_parse::{NotConverted, OcrAnswer, Target};
use serde::{Deserialize, Serialize};

/// Longest header, bytes.
pub const HEADER_BYTES_MAX: u32 = 16 * 1024 * 1024;
/// Longest payload of one frame, bytes: a page image of A0 at 300 dpi fits.
pub const PAYLOAD_BYTES_MAX: u32 = 256 * 1024 * 1024;
/// Documents are sent in pieces of this size, bytes.
pub const CHUNK_BYTES: usize = 1024 * 1024;

/// Parent to child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum ToReader {
    Open(Box<Open>),
    /// The payload is the next piece of the document.
    Bytes,
    OcrReply {
        answer: OcrAnswer,
    },
    /// The payload is the converted document, unless it was refused.
    ConversionReply {
        refused: Option<NotConverted>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// The caller's file name, a hint only.
    pub name: String,
    /// Size of the whole document; `Bytes` frames follow until it is reached.
    pub bytes: u64,
    pub options: ParseOptions,
    /// Pages that are not to be read: done before, or failed before.
    pub skip: Vec<u32>,
    /// Those of `skip` that came out: they still take part in the survey, so that a page reads the same in a second
    /// child as in the first.
    #[serde(default)]
    pub surveyed: Vec<u32>,
    pub pages_max: u32,
    /// Pages whose pictures for OCR may be made before their turn (`OcrSoon`).
    #[serde(default)]
    pub ahead: u32,
}

/// Child to parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum FromReader {
    /// `pages` are those that will be read, ascending, without the skipped ones.
    Opened {
        info: DocumentInfo,
        pages: Vec<u32>,
    },
    /// The document cannot be read at all.
    Refused {
        failure: Failure,
    },
    /// Work on this page begins (either pass). If the child ends before it says anything else, the page did it.
    PageStarted {
        number: u32,
    },
    /// The payload is the page as JSON (`PageOutcome::Read`), without line ends.
    Page {
        number: u32,
        ocr: bool,
    },
    PageFailed {
        number: u32,
        failure: Failure,
    },
    /// The payload is `PageImage::grey`; the child waits for `OcrReply`.
    NeedOcr {
        width: u32,
        height: u32,
        dpi: u32,
        languages: Vec<String>,
    },
    /// The payload is `PageImage::grey` of a picture that will be asked for by `TakeOcr` with this number; nobody waits.
    OcrSoon {
        id: u32,
        width: u32,
        height: u32,
        dpi: u32,
        languages: Vec<String>,
    },
    /// The child waits for `OcrReply` about the picture of this number.
    TakeOcr {
        id: u32,
    },
    /// The payload is a document that LibreOffice is to convert, before `Opened`; the child waits for
    /// `ConversionReply`.
    NeedConversion {
        extension: String,
        target: Target,
    },
    /// The payload is the picture.
    Asset {
        name: String,
        content_type: String,
    },
    /// All pages were said. `info` may hold warnings that came up on the way.
    Done {
        info: DocumentInfo,
    },
}
