//! Files that are made to hurt: each is read within the limits, or says what was wrong.

use std::fmt::Write as _;
use std::sync::Arc;

use docmill_model::document::Page;
use docmill_model::options::{ImageCategory, ParseOptions, Tier};
use docmill_parse::Source;
use image::{DynamicImage, GenericImageView};

use super::support::{PageSpec, pdf, pdf_of, pdf_with, stream, text};
use super::{PROSE, Recorder, options, paragraph, parse};

/// Everything that makes docmill look at pixels.
fn with_pictures() -> ParseOptions {
    let images = vec![ImageCategory::Screenshot, ImageCategory::Embedded, ImageCategory::Layout];
    ParseOptions { images, ..options(Tier::CostEffective) }
}

/// Reads with every picture asked for.
fn read(bytes: Vec<u8>) -> (Vec<Page>, Recorder) {
    let mut services = Recorder::default();
    let pages = parse(bytes, &with_pictures(), &mut services).expect("pages").1;
    (pages, services)
}

fn codes(page: &Page) -> Vec<&str> {
    page.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

fn saved(services: &Recorder, name: &str) -> DynamicImage {
    let found = services.assets.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no {name}"));
    image::load_from_memory(&found.1).expect("a picture")
}

/// Bits as bytes, the last one filled up with zeros.
fn packed(bits: &str) -> Vec<u8> {
    let byte = |bits: &[u8]| bits.iter().zip(0..8).fold(0, |byte, (bit, at)| byte | (bit - b'0') << (7 - at));
    bits.as_bytes().chunks(8).map(byte).collect()
}

/// 16 by 16 pixels in Group 4 code (ITU-T T.6): the left half white, the right half black. The first row has its two runs,
/// each other row says twice that it is as the one above.
fn group_4() -> Vec<u8> {
    let (horizontal, white_8, black_8, end) = ("001", "10011", "000101", "000000000001");
    packed(&[horizontal, white_8, black_8, &"11".repeat(15), end, end].concat())
}

/// The same as the segments of JBIG2 (ITU-T T.88) that a PDF holds: a page, and a region in Group 4 code.
fn jbig2() -> Vec<u8> {
    let code = group_4();
    let segment = |number: u8, kind: u8, data: &[u8]| {
        let length = u32::try_from(data.len()).expect("a short segment").to_be_bytes();
        [&[0, 0, 0, number, kind, 0, 1][..], &length, data].concat()
    };
    let size = [0, 0, 0, 16, 0, 0, 0, 16];
    let page = segment(0, 48, &[&size[..], &[0; 11]].concat());
    let region = segment(1, 39, &[&size[..], &[0; 9], &[1], &code].concat());
    [page, region].concat()
}

const JPEG_2000: &[u8] = include_bytes!("../fixtures/halves.jp2");

/// Name, dictionary and data of pictures that show the same.
fn coded() -> [(&'static str, String, Vec<u8>); 3] {
    let bit = "/BitsPerComponent 1 /ColorSpace /DeviceGray";
    let fax = "/DecodeParms << /K -1 /Columns 16 /Rows 16 >>";
    [
        ("CCITT", format!("/Filter /CCITTFaxDecode {fax} {bit}"), group_4()),
        ("JBIG2", format!("/Filter /JBIG2Decode {bit}"), jbig2()),
        ("JPEG 2000", "/Filter /JPXDecode /ColorSpace /DeviceGray".into(), JPEG_2000.to_vec()),
    ]
}

/// A page that is nothing but a picture.
fn scan(dict: &str, data: &[u8]) -> Vec<u8> {
    let picture = stream(&format!("/Subtype /Image /Width 16 /Height 16 {dict}"), data);
    pdf_with(&[PageSpec { content: "q 600 0 0 800 0 0 cm /X0 Do Q", extra: "" }], "", &[picture])
}

#[test]
fn pictures_of_every_code_become_pixels() {
    for (name, dict, data) in coded() {
        let (_, services) = read(scan(&dict, &data));
        let grey = |picture: DynamicImage, x: u32| picture.to_luma8().get_pixel(picture.width() * x / 16, 5).0[0];
        for file in ["image_0.png", "page_1.png"] {
            let halves = [2, 13].map(|x| grey(saved(&services, file), x));
            assert_eq!(halves, [255, 0], "{name}: {file}");
        }
        assert_eq!(saved(&services, "image_0.png").dimensions(), (16, 16), "{name}");
        assert_eq!(services.pictures.len(), 1, "{name}: the page was shown to OCR");
    }
}

#[test]
fn torn_pictures_of_every_code_are_said() {
    for (name, dict, data) in coded() {
        for cut in [1, data.len() / 4, data.len() / 2] {
            let (pages, _) = read(scan(&dict, &data[..cut]));
            let said = codes(&pages[0]);
            assert!(said.iter().any(|code| code.starts_with("PICTURES_")), "{name} {cut}: {said:?}");
        }
    }
}

/// The dictionary says 16 by 16 pixels, the code a million times as many.
#[test]
fn pictures_whose_code_is_larger_than_their_dictionary_are_left_out() {
    let sides = |data: &[u8], before: &[u8]| {
        data.windows(before.len()).position(|own| own == before).map(|at| at + before.len())
    };
    for (name, dict, mut data) in coded().into_iter().skip(1) {
        // Behind the marker, length and capabilities of SIZ; behind the header of the segment of the page.
        let marker: &[u8] = if name == "JBIG2" { &[0x30, 0x00, 0x01, 0x00, 0x00, 0x00, 0x13] } else { &[0xFF, 0x51] };
        let at = sides(&data, marker).expect("a size") + if name == "JBIG2" { 0 } else { 4 };
        data[at..at + 8].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        let (pages, services) = read(scan(&dict, &data));
        assert!(codes(&pages[0]).contains(&"PICTURES_LEFT_OUT"), "{name}: {:?}", pages[0].warnings);
        assert!(services.assets.is_empty(), "{name}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    #[test]
    fn overwritten_pictures_do_no_harm(which in 0usize..3, at in 0usize..300, junk in proptest::collection::vec(0u8..=255, 1..20)) {
        let (_, dict, mut data) = coded().into_iter().nth(which).expect("a code");
        let at = at % data.len();
        let end = (at + junk.len()).min(data.len());
        data.splice(at..end, junk);
        let (pages, services) = read(scan(&dict, &data));
        proptest::prop_assert_eq!(pages.len(), 1);
        if !codes(&pages[0]).contains(&"PICTURES_LEFT_OUT") {
            proptest::prop_assert_eq!(saved(&services, "page_1.png").dimensions(), (1200, 1600));
        }
    }
}

#[test]
fn wrong_offsets_are_mended() {
    let good = pdf(&[&paragraph(50.0, 700.0, &PROSE), &text("F", 10.0, 50.0, 700.0, "The second page.")]);
    let file = String::from_utf8(good).expect("text");
    let (head, table) = file.split_at(file.find("\nxref\n").expect("a table"));
    let start = table.find("startxref\n").expect("a start") + "startxref\n".len();
    let shifted: Vec<String> = table
        .split('\n')
        .map(|line| match line.strip_suffix(" 00000 n ").and_then(|offset| offset.parse::<usize>().ok()) {
            Some(offset) => format!("{:010} 00000 n ", offset + 7),
            None => line.to_owned(),
        })
        .collect();
    let zeros: Vec<String> = table
        .split('\n')
        .map(|line| line.strip_suffix(" 00000 n ").map_or(line.to_owned(), |_| "0000000000 00000 n ".into()))
        .collect();
    for (name, table) in [
        ("offsets are shifted", shifted.join("\n")),
        ("offsets are zero", zeros.join("\n")),
        ("startxref is zero", format!("{}0\n%%EOF\n", &table[..start])),
        ("startxref is far", format!("{}99999999\n%%EOF\n", &table[..start])),
        ("startxref is no number", format!("{}here\n%%EOF\n", &table[..start])),
        ("startxref is in a page", format!("{}400\n%%EOF\n", &table[..start])),
    ] {
        let (pages, _) = read(format!("{head}{table}").into_bytes());
        let texts: Vec<&str> = pages.iter().map(|page| page.markdown.as_str()).collect();
        assert_eq!(texts.len(), 2, "{name}");
        assert!(texts[0].starts_with("The registration") && texts[1] == "The second page.", "{name}: {texts:?}");
    }
}

#[test]
fn pages_of_any_size_are_shown() {
    let content = text("F", 10.0, 50.0, 700.0, "readable");
    let huge = "1000000000";
    for (boxes, size, readable, said) in [
        (format!("0 0 {huge} {huge}"), (1e9, 1e9), false, &["TEXT_TOO_FAR"][..]),
        (format!("-{huge} -{huge} {huge} {huge}"), (2e9, 2e9), false, &["TEXT_TOO_FAR"]),
        (format!("0 0 {huge} 1"), (1e9, 1.0), false, &["TEXT_OUTSIDE_PAGE"]),
        ("0 0 0.001 800".into(), (1.0, 800.0), false, &["TEXT_OUTSIDE_PAGE"]),
        // No page at all: A4 is taken.
        ("0 0 0 0".into(), (595.2756, 841.8898), true, &[]),
        ("(a) (b)".into(), (595.2756, 841.8898), true, &[]),
        ("600 800 0 0".into(), (600.0, 800.0), true, &[]),
    ] {
        let extra = format!("/MediaBox [{boxes}]");
        let (pages, services) = read(pdf_of(&[PageSpec { content: &content, extra: &extra }]));
        let page = &pages[0];
        assert_eq!((page.width, page.height), (Some(size.0), Some(size.1)), "{boxes}");
        assert_eq!((page.markdown == "readable", codes(page)), (readable, said.to_vec()), "{boxes}");
        let (width, height) = saved(&services, "page_1.png").dimensions();
        assert!((1..=16_000).contains(&width) && (1..=16_000).contains(&height), "{boxes}: {width} x {height}");
    }
}

#[test]
fn a_picture_that_only_says_that_it_is_huge_does_no_harm() {
    let fax = "/BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 100000 /Rows 100000 >>";
    for dict in [
        "/ColorSpace /DeviceRGB /BitsPerComponent 8",
        "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /ASCIIHexDecode",
        "/ImageMask true /BitsPerComponent 1",
        fax,
        "/BitsPerComponent 1 /Filter /JBIG2Decode",
        "/Filter /JPXDecode",
    ] {
        let picture = stream(&format!("/Subtype /Image /Width 100000 /Height 100000 {dict}"), b"0000");
        let written = text("F", 10.0, 50.0, 700.0, "readable") + "q 600 0 0 800 0 0 cm /X0 Do Q";
        for (content, expected) in [("q 600 0 0 800 0 0 cm /X0 Do Q", ""), (&written, "readable")] {
            let (pages, services) =
                read(pdf_with(&[PageSpec { content, extra: "" }], "", std::slice::from_ref(&picture)));
            assert_eq!((pages[0].markdown.as_str(), services.assets.len(), services.pictures.len()), (expected, 0, 0));
            assert_eq!(codes(&pages[0]), ["PICTURES_LEFT_OUT", "PICTURES_LEFT_OUT"], "{dict}");
        }
    }
}

#[test]
fn fonts_that_loop_end() {
    let letter = stream("/Resources << /Font << /T 7 0 R >> >>", b"1000 0 d0 BT /T 1 Tf (a) Tj ET 0 0 500 500 re f");
    let font = "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97 \
                /LastChar 97 /Widths [1000] /Encoding << /Differences [97 /a] >> /CharProcs << /a 8 0 R >> \
                /Resources << /Font << /T 7 0 R >> >> >>";
    let content = text("F", 10.0, 50.0, 700.0, "before")
        + "BT /T 20 Tf 50 650 Td (aaa) Tj ET\n"
        + &text("F", 10.0, 50.0, 600.0, "after");
    let extra = "/Resources << /Font << /F 3 0 R /T 7 0 R >> >>";
    let bytes = pdf_with(&[PageSpec { content: &content, extra }], "", &[font.into(), letter]);
    let (pages, services) = read(bytes);
    assert!(pages[0].text.contains("before") && pages[0].text.contains("after"), "{}", pages[0].text);
    assert_eq!(saved(&services, "page_1.png").dimensions(), (1200, 1600));
}

#[test]
fn character_maps_that_loop_end() {
    let map = |uses: &str| {
        let content = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /Own usecmap /CMapName /Own def\n\
                       1 begincodespacerange <00> <FF> endcodespacerange\n\
                       1 begincidrange <00> <FF> 0 endcidrange endcmap end end";
        stream(&format!("/Type /CMap /CMapName /Own /UseCMap {uses}"), content.as_bytes())
    };
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /Own /Encoding 8 0 R /ToUnicode 9 0 R /DescendantFonts [<< /Type /Font \
                /Subtype /CIDFontType2 /BaseFont /Own /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>";
    let content = text("F", 10.0, 50.0, 700.0, "before")
        + "BT /T 20 Tf 50 650 Td (abc) Tj ET\n"
        + &text("F", 10.0, 50.0, 600.0, "after");
    let extra = "/Resources << /Font << /F 3 0 R /T 7 0 R >> >>";
    // Each uses the other, or itself.
    for uses in ["9 0 R", "8 0 R"] {
        let objects = [font.into(), map(uses), map("8 0 R")];
        let (pages, _) = read(pdf_with(&[PageSpec { content: &content, extra }], "", &objects));
        assert!(pages[0].text.contains("before") && pages[0].text.contains("after"), "{uses}: {}", pages[0].text);
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_forms_ends() {
    const FORMS: usize = 100_000;
    let content = text("F", 10.0, 50.0, 720.0, "before") + "/X0 Do\n" + &text("F", 10.0, 50.0, 700.0, "after");
    let form = |number: usize| {
        let next = format!("/Resources << /XObject << /N {} 0 R >> >>", 7 + number + 1);
        stream(&format!("/Subtype /Form /BBox [0 0 600 800] {next}"), b"/N Do")
    };
    let forms: Vec<Vec<u8>> = (0..FORMS).map(form).collect();
    let extra = "/Resources << /Font << /F 3 0 R >> /XObject << /X0 7 0 R >> >>";
    let (pages, services) = read(pdf_with(&[PageSpec { content: &content, extra }], "", &forms));
    let words: Vec<&str> = pages[0].words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words, ["before", "after"]);
    assert!(codes(&pages[0]).contains(&"PAGE_TOO_COMPLEX"));
    assert_eq!(saved(&services, "page_1.png").dimensions(), (1200, 1600));
}

#[test]
fn of_a_hundred_thousand_pages_the_limit_is_named() {
    const PAGES: usize = 100_000;
    let (mut kids, mut table) = (String::new(), "0000000000 65535 f \n".to_owned());
    for number in 3..PAGES + 3 {
        let _ = write!(kids, "{number} 0 R ");
    }
    let mut file = "%PDF-1.7\n".to_owned();
    let mut write = |object: &str| {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = writeln!(file, "{object}\nendobj");
    };
    write("1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>");
    write(&format!("2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count {PAGES} >>"));
    for number in 3..PAGES + 3 {
        write(&format!("{number} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] >>"));
    }
    let (start, size) = (file.len(), PAGES + 3);
    let _ = write!(file, "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    let (source, asked) = (Source { name: "a.pdf".into(), bytes: Arc::new(file.into_bytes()) }, options(Tier::Fast));
    let mut services = Recorder::default();
    let mut reader = docmill_parse::open(source, &asked, 20_000, &mut services).expect("a document");
    let info = reader.info();
    let said: Vec<&str> = info.warnings.iter().map(|warning| warning.message.as_str()).collect();
    let expected = "Only the first 20000 of 100000 pages were read: that is the limit (`document_pages_max`).";
    assert_eq!((info.page_count, said), (100_000, vec![expected]));
    let wanted = docmill_parse::wanted_pages(&info, &asked, 20_000).expect("pages");
    assert_eq!((wanted.len(), wanted.last()), (20_000, Some(&20_000)));
    assert_eq!(reader.page(20_000, &mut services).expect("the last page").number, 20_000);
}

#[test]
fn a_page_tree_that_lies_about_its_pages_is_said() {
    let good = pdf(&["BT /F 10 Tf 50 700 Td (one) Tj ET"]);
    let file = String::from_utf8(good).expect("text").replace("/Count 1 ", "/Count 100000 ");
    let (info, pages) =
        parse(file.into_bytes(), &options(Tier::CostEffective), &mut Recorder::default()).expect("pages");
    let said: Vec<&str> = info.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!((pages.len(), said), (1, vec!["The file is damaged: it promises 100000 pages and has 1."]));
}
