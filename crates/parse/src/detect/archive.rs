//! Zip containers, looked at before anything in them is unpacked.

use std::io::Cursor;

use docmill_model::{Code, Failure};

/// Most members of a container.
pub const MEMBERS_MAX: usize = 50_000;
/// Most bytes that all members may unpack to.
pub const UNPACKED_BYTES_MAX: u128 = 1 << 30;
/// A container below this size is never judged by its ratio: blanks compress well.
pub const RATIO_FLOOR_BYTES: u128 = 64 << 20;
/// Most unpacked bytes for one packed byte; documents stay below 50, bombs are above 1000.
pub const RATIO_MAX: u128 = 300;

pub struct Archive {
    /// Whether there is a `content.xml`, as in OpenDocument and OpenOffice 1.
    pub has_content_xml: bool,
}

/// Reads the directory of a zip file, and refuses what cannot or must not be unpacked.
pub fn look(bytes: &[u8]) -> Result<Archive, Failure> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
        Failure::new(Code::FileDamaged, "The file is a zip container whose end is missing or unreadable.")
    })?;
    if archive.len() > MEMBERS_MAX {
        return Err(too_large(format!("it has {} parts, the limit is {MEMBERS_MAX}", archive.len())));
    }
    let mut unpacked = 0_u128;
    for index in 0..archive.len() {
        let Ok(member) = archive.by_index_raw(index) else { continue };
        if member.encrypted() {
            return Err(Code::PdfIsProtected.into());
        }
        unpacked += u128::from(member.size());
    }
    let ratio_broken = unpacked > RATIO_FLOOR_BYTES && unpacked / (bytes.len().max(1) as u128) > RATIO_MAX;
    if unpacked > UNPACKED_BYTES_MAX || ratio_broken {
        return Err(too_large(format!("it unpacks to {} MB", unpacked >> 20)));
    }
    Ok(Archive { has_content_xml: archive.index_for_name("content.xml").is_some() })
}

fn too_large(reason: String) -> Failure {
    Failure::new(Code::FileTooLarge, format!("The file is too large to be unpacked: {reason}."))
}
