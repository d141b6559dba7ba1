//! Whether a picture in JBIG2 or CCITT code is whole. Their decoders give what there is.

use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::{Dict, Object, Stream};
use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};

/// Whether the data ends before the picture does. Pictures in other codes, or in two codes at once, are not looked at.
pub fn ends_early(stream: &Stream<'_>) -> bool {
    match stream.filters().as_slice() {
        [Filter::Jbig2Decode] => last_segment_is_cut(&stream.raw_data()),
        [Filter::CcittFaxDecode] => lacks_rows(stream).unwrap_or(false),
        _ => false,
    }
}

/// Counts the rows of a picture in CCITT code; `None` without a height.
fn lacks_rows(stream: &Stream<'_>) -> Option<bool> {
    let dict = stream.dict();
    let rows = dict.get::<u32>("Height").or_else(|| dict.get::<u32>("H")).filter(|rows| *rows > 0)?;
    let parameters = ["DecodeParms", "DP"].into_iter().find_map(|key| match dict.get::<Object<'_>>(key)? {
        Object::Dict(parameters) => Some(parameters),
        Object::Array(list) => list.iter::<Dict<'_>>().next(),
        _ => None,
    });
    let parameters = parameters.unwrap_or_default();
    let is = |key: &str, default: bool| parameters.get::<bool>(key).unwrap_or(default);
    let settings = DecodeSettings {
        columns: parameters.get::<u32>("Columns").unwrap_or(1_728),
        rows,
        end_of_block: is("EndOfBlock", true),
        end_of_line: is("EndOfLine", false),
        rows_are_byte_aligned: is("EncodedByteAlign", false),
        encoding: match parameters.get::<i32>("K").unwrap_or(0) {
            ..0 => EncodingMode::Group4,
            0 => EncodingMode::Group3_1D,
            1.. => EncodingMode::Group3_2D,
        },
        strict: false,
    };
    let mut counted = Rows(0);
    let whole = hayro_ccitt::decode(&stream.raw_data(), &mut counted, &mut DecoderContext::new(settings));
    Some(whole.is_err() || counted.0 < rows)
}

struct Rows(u32);

impl Decoder for Rows {
    fn push_row(&mut self, _: &[u32]) {
        self.0 += 1;
    }
}

fn last_segment_is_cut(mut data: &[u8]) -> bool {
    while !data.is_empty() {
        let Some((_, length, body)) = segment(data) else { return true };
        // Of this length one cannot tell where the segment ends (7.2.7).
        if length == u32::MAX {
            return false;
        }
        let Some(rest) = body.get(length as usize..) else { return true };
        data = rest;
    }
    false
}

/// Kind of the first segment, length of its data, and what follows its header (ITU-T T.88, 7.2).
pub fn segment(data: &[u8]) -> Option<(u8, u32, &[u8])> {
    let word = |at: usize| Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?));
    let (number, flags, counts) = (word(0)?, *data.get(4)?, *data.get(5)?);
    // Three bits of count, or a long form with one bit for each of the referred segments.
    let (count, after_counts) = match counts >> 5 {
        7 => {
            let count = (word(5)? & 0x1FFF_FFFF) as usize;
            (count, 9 + (count + 8) / 8)
        }
        count => (usize::from(count), 6),
    };
    let reference = match number {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    };
    let page = if flags & 0x40 == 0 { 1 } else { 4 };
    let length_at = after_counts.checked_add(count.checked_mul(reference)?)?.checked_add(page)?;
    Some((flags & 0x3F, word(length_at)?, data.get(length_at + 4..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_that_ends_within_a_segment_is_cut() {
        let short = [0, 0, 0, 1, 48, 0, 1, 0, 0, 0, 2, 7, 7];
        let referring = [0, 0, 1, 1, 0x46, 0x40, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7];
        let unknown = [0, 0, 0, 1, 38, 0, 1, 255, 255, 255, 255, 7];
        for (data, expected) in [
            (&short[..], false),
            (&short[..12], true),
            (&short[..9], true),
            (&referring, false),
            (&referring[..18], true),
            (&[short, short].concat(), false),
            (&unknown, false),
            (&[], false),
        ] {
            assert_eq!(last_segment_is_cut(data), expected, "{data:?}");
        }
    }
}
