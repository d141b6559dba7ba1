//! Streams of compound files, the containers of Office 97.

/// Sectors that say nothing more: the end of a chain, and what is no sector.
const LAST: u32 = 0xFFFF_FFFA;
/// Streams below this size lie in sectors of 64 bytes, inside the stream of the root.
const SMALL: usize = 4096;
const ENTRY: usize = 128;

/// The first stream of one of these names; `None` when there is none, or the container is broken.
pub fn stream(bytes: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let shift = u16_at(bytes, 30)?;
    let size = 1_usize << (matches!(shift, 9 | 12).then_some(shift)?);
    let sector = |number: u32| bytes.get((number as usize).checked_add(1)?.checked_mul(size)?..)?.get(..size);
    let mut tables: Vec<u32> = (0..109).filter_map(|index| u32_at(bytes, 76 + 4 * index)).collect();
    let mut more = u32_at(bytes, 68)?;
    while more < LAST && tables.len() * size <= bytes.len() {
        let list = words(sector(more)?);
        let (next, numbers) = list.split_last()?;
        tables.extend(numbers);
        more = *next;
    }
    let tables = tables.into_iter().filter(|number| *number < LAST);
    let next: Vec<u32> = tables.filter_map(sector).flat_map(words).collect();
    let large = |first| chain(first, &next, bytes.len() / size, &sector);
    let folder = large(u32_at(bytes, 48)?)?;
    let entries: Vec<&[u8]> = folder.chunks_exact(ENTRY).collect();
    let entry = entries.iter().find(|entry| names.iter().any(|name| is_named(entry, name)))?;
    let (first, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
    let mut data = if length >= SMALL {
        large(first)?
    } else {
        let root = large(u32_at(entries.first()?, 116)?)?;
        let next = words(&large(u32_at(bytes, 60)?)?);
        chain(first, &next, root.len() / 64, &|number: u32| root.get(number as usize * 64..)?.get(..64))?
    };
    data.truncate(length);
    Some(data)
}

/// The sectors of a chain one after the other; a chain that goes round has more of them than there are.
fn chain<'a>(first: u32, next: &[u32], most: usize, sector: &dyn Fn(u32) -> Option<&'a [u8]>) -> Option<Vec<u8>> {
    let (mut data, mut number) = (Vec::new(), first);
    for _ in 0..=most {
        if number >= LAST {
            return Some(data);
        }
        data.extend_from_slice(sector(number)?);
        number = *next.get(number as usize)?;
    }
    None
}

fn is_named(entry: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    entry.starts_with(&wide) && u16_at(entry, 64) == Some(wide.len() as u16)
}

fn words(sector: &[u8]) -> Vec<u32> {
    sector.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect()
}

pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_has_no_streams() {
        for bytes in [&b""[..], &[0; 40], &[0xFF; 2000]] {
            assert_eq!(stream(bytes, &["Workbook"]), None);
        }
    }
}
