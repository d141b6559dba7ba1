//! What made a result: the build and the outside tools it used. Two results of one file and one set of options
//! are interchangeable only when their fingerprints are equal.

/// The engine's release, reported in `job_metadata` and in manifests.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The engine and the tools that it may call, as one line. `ocr` is the OCR program's version and languages,
/// or `None` when there is no OCR; `office` the converter's version.
pub fn engine(ocr: Option<&str>, office: Option<&str>) -> String {
    format!("docmill {ENGINE_VERSION}; ocr {}; office {}", ocr.unwrap_or("none"), office.unwrap_or("none"))
}
