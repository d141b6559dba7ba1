//! Programs that the worker runs for its readers. Only the worker starts them; a reader asks.

mod languages;
mod launcher;
pub mod ocr;
pub mod office;
pub mod tesseract;
mod tsv;

use std::path::PathBuf;

pub use launcher::Launcher;
pub use ocr::Ocr;
pub use office::Office;

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
