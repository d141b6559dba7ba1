//! Pictures whose first bytes say that they are enormous.

use super::{parse, refused};

#[test]
fn pictures_that_only_say_they_are_large_are_refused() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    let failure = parse("large.png", png).map(|(info, _)| info.kind).expect_err("a picture of 10 gigapixels");
    assert!(failure.starts_with("FILE_TOO_LARGE: ") || failure.starts_with("FILE_DAMAGED: "), "{failure}");
    let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bmp.extend([0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0, 1, 0, 24, 0]);
    bmp.resize(100, 0);
    refused("large.bmp", bmp, "FILE_TOO_LARGE: ");
    refused("large.gif", gif(), "FILE_TOO_LARGE: ");
    refused("large.webp", webp(), "FILE_TOO_LARGE: ");
}

/// 65,535 pixels a side, and one frame of one pixel.
fn gif() -> Vec<u8> {
    let mut gif = b"GIF89a\xFF\xFF\xFF\xFF\x80\0\0\0\0\0\xFF\xFF\xFF".to_vec();
    gif.extend(b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B");
    gif
}

/// 16,383 pixels a side, as many as its reader counts: 268 megapixels.
fn webp() -> Vec<u8> {
    let size: u32 = 0x3FFE | 0x3FFE << 14;
    let mut pixels = vec![0x2F];
    pixels.extend(size.to_le_bytes());
    pixels.resize(64, 0);
    let mut webp = b"RIFF".to_vec();
    webp.extend((12 + pixels.len() as u32).to_le_bytes());
    webp.extend(b"WEBPVP8L");
    webp.extend((pixels.len() as u32).to_le_bytes());
    webp.extend(pixels);
    webp
}

/// A directory of tags without any pixels: 100,000 a side.
fn tiff(side: u32) -> Vec<u8> {
    let tags: [(u16, u32); 9] =
        [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, side), (279, 16)];
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend((tags.len() as u16).to_le_bytes());
    for (tag, value) in tags {
        tiff.extend(tag.to_le_bytes());
        tiff.extend([4, 0, 1, 0, 0, 0]);
        tiff.extend(value.to_le_bytes());
    }
    tiff.extend([0; 4]);
    tiff
}

/// Pages of a TIFF fail each for itself.
#[test]
fn an_enormous_page_of_a_tiff_fails() {
    match parse("large.tiff", tiff(100_000)) {
        Ok((_, pages)) => assert!(pages.len() == 1 && pages[0].starts_with("FILE_TOO_LARGE: "), "{pages:?}"),
        Err(failure) => assert!(failure.starts_with("FILE_TOO_LARGE: "), "{failure}"),
    }
}
