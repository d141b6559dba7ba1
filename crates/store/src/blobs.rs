//! Bytes: uploaded files under `files/`, what jobs write under `outputs/<job>/<attempt>/`.
//!
//! A thin wrapper over `object_store`; its types stop here. A put is durable when it returns (`with_fsync`), so the
//! row that refers to it may commit after it.
