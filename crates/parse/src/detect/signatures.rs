//! First bytes that say what a file is.

use image::ImageFormat;

use super::{Kind, Pack};

/// The head of a compound file (Office 97 to 2003, mail, encrypted Office).
pub const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// PDF and the pictures that docmill reads.
pub fn readable(bytes: &[u8], extension: &str) -> Option<Kind> {
    picture(bytes).map(Kind::Picture).or_else(|| is_pdf(bytes, extension).then_some(Kind::Pdf))
}

fn picture(bytes: &[u8]) -> Option<ImageFormat> {
    const HEADS: &[(&[u8], ImageFormat)] = &[
        (b"\x89PNG\r\n\x1a\n", ImageFormat::Png),
        (b"\xFF\xD8\xFF", ImageFormat::Jpeg),
        (b"GIF87a", ImageFormat::Gif),
        (b"GIF89a", ImageFormat::Gif),
        (b"II*\0", ImageFormat::Tiff),
        (b"MM\0*", ImageFormat::Tiff),
        (b"II+\0", ImageFormat::Tiff),
        (b"MM\0+", ImageFormat::Tiff),
    ];
    if let Some((_, format)) = HEADS.iter().find(|(head, _)| bytes.starts_with(head)) {
        return Some(*format);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(ImageFormat::WebP);
    }
    // A bitmap's two reserved fields are zero; the letters alone may begin a text.
    (bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4])).then_some(ImageFormat::Bmp)
}

/// Microsoft Write: one of two marks, and that of its text.
pub fn is_write(bytes: &[u8]) -> bool {
    (bytes.starts_with(b"\x31\xBE\0\0") || bytes.starts_with(b"\x32\xBE\0\0")) && bytes.get(4..6) == Some(b"\0\xAB")
}

/// Archives with a signature of their own; zip containers are looked into instead.
pub fn pack(bytes: &[u8]) -> Option<Pack> {
    if bytes.starts_with(b"\x1F\x8B\x08") {
        return Some(Pack::Gzip);
    }
    (bytes.get(257..262) == Some(b"ustar")).then_some(Pack::Tar)
}

/// Readers accept the header anywhere in the first KiB. A text that speaks of PDF is not one, so elsewhere than at the
/// start the name or binary bytes must agree.
fn is_pdf(bytes: &[u8], extension: &str) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    let Some(at) = head.windows(5).position(|window| window == b"%PDF-") else { return false };
    let before = head[..at].strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head[..at]);
    before.iter().all(u8::is_ascii_whitespace) || extension == "pdf" || before.contains(&0)
}

/// What is known and not read, as it is named in the refusal.
pub fn refused(bytes: &[u8]) -> Option<&'static str> {
    const HEADS: &[(&[u8], &str)] = &[
        (b"\x7FELF", "an ELF program"),
        (b"MZ", "a Windows program"),
        (b"\xCF\xFA\xED\xFE", "a macOS program"),
        (b"\xCA\xFE\xBA\xBE", "a compiled program"),
        (b"\0asm", "a WebAssembly program"),
        (b"BZh", "a bzip2 archive"),
        (b"\xFD7zXZ\0", "an xz archive"),
        (b"\x28\xB5\x2F\xFD", "a zstd archive"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
        (b"Rar!\x1A\x07", "a RAR archive"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"8BPS", "a Photoshop picture"),
        (b"\0\0\x01\0", "an icon"),
        (b"ITSF", "a compiled help file"),
        (b"%!PS", "a PostScript file"),
        (b"\xC5\xD0\xD3\xC6", "a PostScript file"),
        (b"wOFF", "a font"),
        (b"wOF2", "a font"),
        (b"OTTO", "a font"),
    ];
    let by_head = HEADS.iter().find(|(head, _)| bytes.starts_with(head)).map(|(_, found)| *found);
    // `MZ` and `BZh` may begin a word; programs and archives have zero bytes or high bytes soon after.
    let by_head = by_head.filter(|_| !super::text::is_text(bytes) || bytes.starts_with(b"%!PS"));
    by_head.or_else(|| container(bytes))
}

/// Pictures, audio and video whose head is not at the very start, or says more than one thing.
fn container(bytes: &[u8]) -> Option<&'static str> {
    let four = |at: usize| bytes.get(at..at + 4).unwrap_or_default();
    if four(0) == b"RIFF" {
        return match four(8) {
            b"WAVE" => Some("audio"),
            b"AVI " => Some("video"),
            _ => None,
        };
    }
    if four(4) == b"ftyp" {
        return Some(match four(8) {
            b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" => "a HEIC picture",
            b"avif" | b"avis" => "an AVIF picture",
            b"M4A " | b"M4B " => "audio",
            _ => "video",
        });
    }
    if four(0).starts_with(b"ID3") || four(0) == b"fLaC" || four(0) == b"OggS" {
        return Some("audio");
    }
    if four(0) == [0x1A, 0x45, 0xDF, 0xA3] || four(0) == [0, 0, 1, 0xBA] || four(0) == [0, 0, 1, 0xB3] {
        return Some("video");
    }
    is_mpeg_audio(bytes).then_some("audio")
}

/// An MPEG audio frame: eleven set bits, then a version, layer, bit rate and sample rate that are not reserved. The
/// byte order mark of UTF-16 begins alike, but has no such layer.
fn is_mpeg_audio(bytes: &[u8]) -> bool {
    let [0xFF, second, third, ..] = bytes else { return false };
    let version_and_layer = second & 0xE0 == 0xE0 && second & 0x18 != 0x08 && second & 0x06 == 0x02;
    version_and_layer && third & 0xF0 != 0xF0 && third & 0x0C != 0x0C
}

/// Whether the text occurs in UTF-16LE, as names in a compound file's directory do.
pub fn has_utf16(bytes: &[u8], text: &str) -> bool {
    let needle: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(needle.len()).any(|window| window == needle)
}
