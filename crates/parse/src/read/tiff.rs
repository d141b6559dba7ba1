//! The directories of a TIFF file: one for each picture in it.
//!
//! `image` decodes the first picture only. Where the first directory stands is said in the file's header, so another
//! picture is decoded by a header that points to it.

use std::collections::HashSet;

/// Most pictures of a file that are read.
pub const PICTURES_MAX: usize = 10_000;
/// Entries of a directory that are looked at.
const ENTRIES_MAX: u64 = 4_096;

const NEW_SUBFILE_TYPE: u16 = 254;
const X_RESOLUTION: u16 = 282;
const RESOLUTION_UNIT: u16 = 296;

/// One picture of the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Directory {
    /// Where it stands in the file, bytes.
    pub offset: u64,
    /// Pixels per inch, when it says so.
    pub dpi: Option<u32>,
    /// A smaller copy of another picture.
    is_reduced: bool,
}

/// The pictures of a file, without their smaller copies, and whether there are more than the limit.
pub fn directories(bytes: &[u8]) -> (Vec<Directory>, bool) {
    let Some(file) = File::new(bytes) else { return (Vec::new(), false) };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut next = file.first();
    while let Some(offset) = next.filter(|offset| *offset != 0) {
        if found.len() == PICTURES_MAX {
            return (found, true);
        }
        // A chain that bites its own tail ends there.
        let Some((directory, after)) = file.directory(offset).filter(|_| seen.insert(offset)) else { break };
        found.push(directory);
        next = after;
    }
    let whole: Vec<_> = found.iter().copied().filter(|directory| !directory.is_reduced).collect();
    (if whole.is_empty() { found } else { whole }, false)
}

/// The file with a header that leads to another picture first.
pub fn pointed_to(bytes: &[u8], offset: u64) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    if let Some(file) = File::new(bytes) {
        let (at, width) = file.place_of_first();
        let mut number = offset.to_le_bytes()[..width].to_vec();
        if file.is_big_endian {
            number.reverse();
        }
        copy[at..at + width].copy_from_slice(&number);
    }
    copy
}

struct File<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
    /// Offsets of eight bytes.
    is_big: bool,
}

impl<'a> File<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let is_big_endian = match bytes.get(..2)? {
            b"II" => false,
            b"MM" => true,
            _ => return None,
        };
        let mut file = Self { bytes, is_big_endian, is_big: false };
        file.is_big = file.number(2, 2)? == 43;
        (bytes.len() >= 16).then_some(file)
    }

    const fn place_of_first(&self) -> (usize, usize) {
        if self.is_big { (8, 8) } else { (4, 4) }
    }

    fn first(&self) -> Option<u64> {
        let (at, width) = self.place_of_first();
        self.number(at as u64, width)
    }

    fn number(&self, at: u64, width: usize) -> Option<u64> {
        let at = usize::try_from(at).ok()?;
        let digits = self.bytes.get(at..at.checked_add(width)?)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.is_big_endian { digits.iter().fold(0, add) } else { digits.iter().rev().fold(0, add) })
    }

    /// A directory, and where the next one stands.
    fn directory(&self, offset: u64) -> Option<(Directory, Option<u64>)> {
        let (count_width, entry_width) = if self.is_big { (8, 20) } else { (2, 12) };
        let count = self.number(offset, count_width)?;
        if count == 0 || count > ENTRIES_MAX {
            return None;
        }
        let mut directory = Directory { offset, dpi: None, is_reduced: false };
        let (mut resolution, mut per_inch) = (None, 1.0);
        let first = offset.checked_add(count_width as u64)?;
        for entry in (0..count).map(|index| first + index * entry_width) {
            let value = entry + entry_width - self.place_of_first().1 as u64;
            match self.number(entry, 2)? as u16 {
                NEW_SUBFILE_TYPE => directory.is_reduced = self.number(value, 4)? & 1 == 1,
                X_RESOLUTION => resolution = self.ratio(value),
                // 3 = pixels per centimetre.
                RESOLUTION_UNIT if self.number(value, 2)? == 3 => per_inch = 2.54,
                _ => {}
            }
        }
        directory.dpi = resolution.map(|number| (number * per_inch).round() as u32);
        let next = self.number(first + count * entry_width, self.place_of_first().1);
        Some((directory, next))
    }

    /// Two numbers of four bytes: in place in a big file, else where the value points to.
    fn ratio(&self, value: u64) -> Option<f64> {
        let at = if self.is_big { value } else { self.number(value, 4)? };
        let (above, below) = (self.number(at, 4)?, self.number(at + 4, 4)?);
        (below > 0).then(|| above as f64 / below as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of directories with two entries each: a resolution and its unit.
    fn file(next_of: &[u32]) -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        for next in next_of {
            let at = bytes.len() as u32;
            bytes.extend(2_u16.to_le_bytes());
            bytes.extend([282_u16.to_le_bytes(), 5_u16.to_le_bytes()].concat());
            bytes.extend([1_u32.to_le_bytes(), (at + 30).to_le_bytes()].concat());
            bytes.extend([296_u16.to_le_bytes(), 3_u16.to_le_bytes()].concat());
            bytes.extend([1_u32.to_le_bytes(), 3_u32.to_le_bytes()].concat());
            bytes.extend(next.to_le_bytes());
            bytes.extend([118_u32.to_le_bytes(), 1_u32.to_le_bytes()].concat());
        }
        bytes
    }

    #[test]
    fn every_picture_is_found_once() {
        let check = |next_of: &[u32], expected: &[u64]| {
            let (found, _) = directories(&file(next_of));
            assert_eq!(found.iter().map(|directory| directory.offset).collect::<Vec<_>>(), expected, "{next_of:?}");
            assert!(found.iter().all(|directory| directory.dpi == Some(300)));
        };
        check(&[46, 0], &[8, 46]);
        check(&[46, 8], &[8, 46]);
        check(&[9_000_000], &[8]);
        assert!(directories(b"II*\0").0.is_empty());
    }

    #[test]
    fn the_header_leads_to_another_picture() {
        let bytes = pointed_to(&file(&[46, 0]), 46);
        assert_eq!(directories(&bytes).0.len(), 1);
    }
}
