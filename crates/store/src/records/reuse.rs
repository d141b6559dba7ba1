/// Which results a new job may take over instead of reading its file again: those that this engine made of the same
/// content with the same options, not longer ago than this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reuse {
    /// `fingerprint::engine` of the workers that would read the file.
    pub engine: String,
    /// Age of a result at most, milliseconds.
    pub kept_ms: i64,
}
