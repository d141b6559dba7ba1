//! How large the code of a picture says that it is: JPEG 2000 and JBIG2 carry sizes of their own, whatever the dictionary
//! says, and their decoders take memory for these.

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::Stream;

use super::torn::segment;

/// Start of a JPEG 2000 codestream: the markers SOC and SIZ (ITU-T T.800, A.4 and A.5).
const CODESTREAM: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
/// Segments of JBIG2 that begin with a width and a height: page information, and every kind of region (ITU-T T.88, 7.3).
const SIZED: [u8; 13] = [4, 6, 7, 16, 20, 22, 23, 36, 38, 39, 40, 42, 48];

/// Pixels across and down, the largest that are said; `None` for other codes and where nothing is said.
pub fn size(stream: &Stream<'_>) -> Option<(u32, u32)> {
    match stream.filters().last()? {
        Filter::JpxDecode => jpeg_2000(&stream.raw_data()),
        Filter::Jbig2Decode => jbig2(&stream.raw_data()),
        _ => None,
    }
}

fn word(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?))
}

fn jpeg_2000(data: &[u8]) -> Option<(u32, u32)> {
    let start = data.windows(CODESTREAM.len()).position(|window| window == CODESTREAM)?;
    // Length and capabilities, two bytes each, then the far edges of the grid.
    let sides = start + CODESTREAM.len() + 4;
    Some((word(data, sides)?, word(data, sides + 4)?))
}

fn jbig2(mut data: &[u8]) -> Option<(u32, u32)> {
    let mut largest = None;
    while let Some((kind, length, body)) = segment(data) {
        if let (true, Some(width), Some(height)) = (SIZED.contains(&kind), word(body, 0), word(body, 4)) {
            // A page of unknown height grows with its stripes.
            let height = if height == u32::MAX { 1 } else { height };
            let pixels = |size: &(u32, u32)| u64::from(size.0) * u64::from(size.1);
            largest = largest.into_iter().chain([(width, height)]).max_by_key(pixels);
        }
        let Some(rest) = body.get(length as usize..) else { break };
        data = rest;
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_code() {
        let siz = [&[0, 0, 0, 12][..], &CODESTREAM, &[0, 41, 0, 0, 0, 1, 0, 0, 0, 0, 0, 16, 0, 0]].concat();
        assert_eq!(jpeg_2000(&siz), Some((65_536, 16)));
        assert_eq!(jpeg_2000(&siz[..12]), None);
        let page =
            |width: u8, height: [u8; 4]| [&[0, 0, 0, 1, 48, 0, 1, 0, 0, 0, 8, 0, 0, width, 0][..], &height].concat();
        assert_eq!(jbig2(&[page(1, [0, 0, 0, 9]), page(2, [0, 0, 0, 9])].concat()), Some((512, 9)));
        assert_eq!(jbig2(&page(1, [255; 4])), Some((256, 1)));
        assert_eq!(jbig2(&[1, 2, 3]), None);
    }
}
