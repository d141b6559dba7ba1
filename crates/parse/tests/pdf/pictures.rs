//! Pictures that are taken out of PDF documents.

use std::fmt::Write;
use std::io::Cursor;

use docmill_model::document::{BBox, Block, BlockKind, Page, Role};
use docmill_model::options::{ImageCategory, ParseOptions, Tier};
use image::{DynamicImage, GenericImageView, ImageFormat, RgbImage};

use super::support::{PageSpec, pdf_with, stream, text};
use super::{PROSE, Recorder, options, paragraph, parse};

/// A picture that differs from others with another `seed`.
fn picture(width: u32, height: u32, seed: u8) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| image::Rgb([seed, (x * 7) as u8, (y * 11) as u8]))
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture(width, height, 200).write_to(&mut bytes, ImageFormat::Jpeg).expect("encode");
    bytes.into_inner()
}

fn image_object(width: u32, height: u32, dict: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8");
    stream(&format!("{head} {dict}"), data)
}

fn rgb_object(width: u32, height: u32, seed: u8) -> Vec<u8> {
    image_object(width, height, "/ColorSpace /DeviceRGB", picture(width, height, seed).as_raw())
}

fn jpeg_object(width: u32, height: u32, dict: &str) -> Vec<u8> {
    image_object(width, height, &format!("/Filter /DCTDecode {dict}"), &jpeg(width, height))
}

/// Draws the object of this number with its lower left corner at `x`, `y`.
fn draw(object: usize, x: f32, y: f32, w: f32, h: f32) -> String {
    format!("q {w} 0 0 {h} {x} {y} cm /X{object} Do Q\n")
}

/// A grey picture of 8 by 8 pixels in the page's own content.
fn inline(x: f32, y: f32, side: f32, grey: usize) -> String {
    let data = format!("{grey:02x}").repeat(64);
    format!("q {side} 0 0 {side} {x} {y} cm BI /W 8 /H 8 /CS /G /BPC 8 /F /AHx ID {data}> EI Q\n")
}

fn read(contents: &[&str], objects: &[Vec<u8>], options: &ParseOptions) -> (Vec<Page>, Recorder) {
    let pages: Vec<PageSpec<'_>> = contents.iter().map(|content| PageSpec { content, extra: "" }).collect();
    let mut services = Recorder::default();
    let pages = parse(pdf_with(&pages, "", objects), options, &mut services).expect("pages").1;
    (pages, services)
}

#[test]
fn figures_stand_in_the_markdown_as_data() {
    let content = paragraph(50.0, 700.0, &PROSE) + &draw(0, 50.0, 300.0, 200.0, 200.0);
    let asked = ParseOptions { inline_images: true, ..options(Tier::CostEffective) };
    let (pages, services) = read(&[&content], &[rgb_object(64, 64, 9)], &asked);
    let (_, data) = pages[0].markdown.split_once("![](data:image/png;base64,iVBORw0KGgo").expect("a PNG file");
    assert!(data.ends_with(')') && services.assets.is_empty(), "nothing is kept that was not asked for");
    let (pages, _) = read(&[&content], &[rgb_object(64, 64, 9)], &options(Tier::CostEffective));
    assert!(!pages[0].markdown.contains("data:"));
}

fn wanting(images: &[ImageCategory]) -> ParseOptions {
    ParseOptions { images: images.to_vec(), ..options(Tier::CostEffective) }
}

fn embedded(contents: &[&str], objects: &[Vec<u8>]) -> (Vec<Page>, Recorder) {
    read(contents, objects, &wanting(&[ImageCategory::Embedded]))
}

/// Names and boxes of the page's pictures.
fn listed(page: &Page) -> Vec<(&str, [i32; 4])> {
    let whole = |bbox: BBox| [bbox.x, bbox.y, bbox.w, bbox.h].map(|side| side.round() as i32);
    page.images.iter().map(|image| (image.name.as_str(), whole(image.bbox.expect("a box")))).collect()
}

fn decoded(services: &Recorder, index: usize) -> DynamicImage {
    image::load_from_memory(&services.assets[index].1).expect("a picture")
}

fn codes(page: &Page) -> Vec<&str> {
    page.warnings.iter().map(|warning| warning.code.as_str()).filter(|code| *code != "OCR_MISSING").collect()
}

#[test]
fn jpeg_is_kept_byte_for_byte_where_it_needs_nothing_of_the_document() {
    let profile = "/ColorSpace [/ICCBased << /N 3 >>]";
    for (dict, name) in [
        ("/ColorSpace /DeviceRGB", "image_0.jpg"),
        ("/ColorSpace [/CalRGB << /WhitePoint [1 1 1] >>]", "image_0.jpg"),
        ("/ColorSpace /DeviceRGB /DecodeParms << /ColorTransform 1 >>", "image_0.jpg"),
        ("/ColorSpace /DeviceRGB /DecodeParms [<< /ColorTransform 0 >>]", "image_0.png"),
        ("/ColorSpace /DeviceRGB /Decode [1 0 1 0 1 0]", "image_0.png"),
        ("/ColorSpace /DeviceRGB /SMask 8 0 R", "image_0.png"),
        // No profile, but an inline dictionary: what cannot be judged is decoded.
        (profile, "image_0.png"),
    ] {
        let mask = image_object(30, 20, "/ColorSpace /DeviceGray", &[128; 600]);
        let objects = [jpeg_object(30, 20, dict), mask];
        let (pages, services) = embedded(&[&draw(0, 100.0, 500.0, 150.0, 100.0)], &objects);
        assert_eq!(listed(&pages[0]), [(name, [100, 200, 150, 100])], "{dict}");
        let kind = if name.ends_with("jpg") { "image/jpeg" } else { "image/png" };
        assert_eq!(pages[0].images[0].content_type, kind, "{dict}");
        assert_eq!(services.assets[0].1 == jpeg(30, 20), kind == "image/jpeg", "{dict}");
        assert_eq!(decoded(&services, 0).dimensions(), (30, 20), "{dict}");
        assert_eq!(decoded(&services, 0).color().has_alpha(), dict.contains("SMask"), "{dict}");
    }
}

#[test]
fn what_is_no_jpeg_becomes_png_pixel_by_pixel() {
    let (pages, services) = embedded(&[&draw(0, 0.0, 0.0, 600.0, 800.0)], &[rgb_object(16, 9, 77)]);
    assert_eq!(listed(&pages[0]), [("image_0.png", [0, 0, 600, 800])]);
    assert_eq!(decoded(&services, 0).to_rgb8(), picture(16, 9, 77));

    // A stencil: 0 is painted, in the colour of the text.
    let bits: Vec<u8> = (0..8).map(|row| if row < 4 { 0x00 } else { 0xFF }).collect();
    let stencil = stream("/Subtype /Image /ImageMask true /Width 8 /Height 8 /BitsPerComponent 1", &bits);
    let content = format!("1 0 0 rg {}", draw(0, 100.0, 100.0, 40.0, 40.0));
    let (_, services) = embedded(&[&content], &[stencil]);
    let pixels = decoded(&services, 0).to_rgba8();
    assert_eq!((pixels.get_pixel(0, 0).0, pixels.get_pixel(0, 7).0), ([255, 0, 0, 255], [255, 0, 0, 0]));
}

#[test]
fn a_picture_is_stored_once_however_often_it_is_drawn() {
    let objects = [rgb_object(16, 16, 1), rgb_object(16, 16, 2), rgb_object(16, 16, 1)];
    let first = draw(0, 0.0, 700.0, 50.0, 50.0) + &draw(0, 100.0, 600.0, 100.0, 100.0);
    let second = draw(1, 0.0, 700.0, 50.0, 50.0) + &draw(0, 0.0, 0.0, 60.0, 60.0);
    // The third object is a copy of the first.
    let third = draw(2, 0.0, 700.0, 50.0, 50.0);
    let (pages, services) = embedded(&[&first, &second, &third], &objects);
    let names: Vec<&str> = services.assets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["image_0.png", "image_1.png"]);
    assert_eq!(listed(&pages[0]), [("image_0.png", [100, 100, 100, 100])]);
    assert_eq!(listed(&pages[1]), [("image_1.png", [0, 50, 50, 50]), ("image_0.png", [0, 740, 60, 60])]);
    assert_eq!(listed(&pages[2]), [("image_0.png", [0, 50, 50, 50])]);
}

#[test]
fn pictures_stand_where_they_are_drawn() {
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Matrix [2 0 0 2 0 0] \
         /Resources << /XObject << /P 7 0 R >> >>",
        b"q 50 0 0 50 10 10 cm /P Do Q",
    );
    let turned = text("F", 10.0, 50.0, 50.0, "x").replace("50 50 Td", "0 1 -1 0 300 100 Tm");
    for (content, extra, expected) in [
        (inline(50.0, 700.0, 20.0, 90), "", [50, 80, 20, 20]),
        // Doubled by the form's matrix and moved by the page.
        ("q 1 0 0 1 100 200 cm /X1 Do Q".to_owned(), "", [120, 480, 100, 100]),
        // Half of it is cut away.
        (format!("100 500 100 100 re W n {}", draw(0, 150.0, 500.0, 100.0, 100.0)), "", [150, 200, 50, 100]),
        // The page is turned by its own entry, and by us until its text is upright.
        (draw(0, 100.0, 500.0, 200.0, 50.0), "/Rotate 90", [500, 100, 50, 200]),
        (draw(0, 100.0, 500.0, 200.0, 50.0) + &turned, "", [500, 100, 50, 200]),
    ] {
        let bytes = pdf_with(&[PageSpec { content: &content, extra }], "", &[rgb_object(16, 16, 1), form.clone()]);
        let mut services = Recorder::default();
        let page = parse(bytes, &wanting(&[ImageCategory::Embedded]), &mut services).expect("pages").1.remove(0);
        assert_eq!(listed(&page), [("image_0.png", expected)], "{content} {extra}");
        assert_eq!(services.assets.len(), 1, "{content}");
    }
}

#[test]
fn what_is_left_out_is_said_unless_it_is_tiny() {
    let many: String = (0..36).map(|n| inline(15.0 * n as f32, 100.0, 10.0, n)).collect();
    let broken = image_object(30, 20, "/Filter /DCTDecode /ColorSpace /DeviceRGB", b"no jpeg");
    for (content, object, saved, warnings) in [
        (draw(0, 0.0, 0.0, 50.0, 50.0), rgb_object(7, 40, 1), 0, vec![]),
        (draw(0, 0.0, 0.0, 50.0, 3.0), rgb_object(40, 40, 1), 0, vec![]),
        (many, rgb_object(8, 8, 1), 35, vec!["PICTURES_LEFT_OUT"]),
        (draw(0, 0.0, 0.0, 50.0, 50.0), broken, 0, vec!["PICTURES_DAMAGED", "PICTURES_LEFT_OUT"]),
        (
            draw(0, 0.0, 0.0, 50.0, 50.0),
            image_object(50_000, 50_000, "/ColorSpace /DeviceGray", b"0"),
            0,
            vec!["PICTURES_LEFT_OUT", "PICTURES_LEFT_OUT"],
        ),
    ] {
        let (pages, services) = embedded(&[&content], &[object]);
        assert_eq!((services.assets.len(), codes(&pages[0])), (saved, warnings), "{content}");
    }
}

#[test]
fn the_fast_tier_takes_pictures_out_and_looks_for_no_figures() {
    let options =
        ParseOptions { images: vec![ImageCategory::Embedded, ImageCategory::Layout], ..super::options(Tier::Fast) };
    let mut services = Recorder::default();
    let content = draw(0, 100.0, 500.0, 200.0, 100.0);
    let bytes = pdf_with(&[PageSpec { content: &content, extra: "" }], "", &[rgb_object(16, 16, 1)]);
    let (info, pages) = parse(bytes, &options, &mut services).expect("pages");
    assert_eq!(listed(&pages[0]), [("image_0.png", [100, 200, 200, 100])]);
    let warnings: Vec<&str> = info.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(warnings, ["OPTION_NOT_FOLLOWED"]);
}

fn figures(page: &Page) -> Vec<&Block> {
    page.blocks.iter().filter(|block| block.role == Role::Figure).collect()
}

#[test]
fn figures_are_items_and_crops_and_leave_the_markdown_alone() {
    let content = paragraph(100.0, 700.0, &PROSE)
        + &draw(0, 100.0, 500.0, 200.0, 100.0)
        + &text("F", 10.0, 100.0, 485.0, "Figure 1: A red field")
        + &paragraph(100.0, 450.0, &PROSE);
    let objects = [rgb_object(20, 10, 255)];
    let (pages, services) = read(&[&content], &objects, &wanting(&[ImageCategory::Layout, ImageCategory::Screenshot]));
    let page = &pages[0];
    let names: Vec<&str> = services.assets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["page_1.png", "page_1_figure_1.png"]);
    assert_eq!(page.images[1].bbox, Some(BBox::new(100.0, 200.0, 200.0, 100.0)));
    let crop = decoded(&services, 1).to_rgb8();
    assert_eq!(crop.dimensions(), (400, 200));
    assert!(crop.get_pixel(200, 100).0[0] > 250, "{:?}", crop.get_pixel(200, 100));

    assert_eq!(page.blocks.iter().map(|block| block.role).collect::<Vec<_>>()[1], Role::Figure);
    let expected =
        BlockKind::Image { caption: "Figure 1: A red field".into(), name: Some("page_1_figure_1.png".into()) };
    assert_eq!(page.blocks[1].kind, expected);
    assert_eq!(page.blocks[1].md, "![Figure 1: A red field](page_1_figure_1.png)");
    assert_eq!(page.markdown.matches("Figure 1").count(), 1);
    assert!(!page.markdown.contains("!["), "{}", page.markdown);

    // The item is there without its crop, and the markdown is the same.
    let (plain, services) = read(&[&content], &objects, &wanting(&[]));
    assert_eq!((figures(&plain[0]).len(), services.assets.len()), (1, 0));
    assert_eq!(plain[0].markdown, page.markdown);
}

#[test]
fn a_figure_of_a_turned_page_is_cut_upright() {
    let lines: String = (0..3)
        .map(|line| format!("BT /F 10 Tf 0 1 -1 0 {} 100 Tm (Turned text on a page) Tj ET\n", 400 + 12 * line))
        .collect();
    let (pages, services) = read(
        &[&(lines + &draw(0, 100.0, 500.0, 200.0, 50.0))],
        &[rgb_object(20, 10, 255)],
        &wanting(&[ImageCategory::Layout]),
    );
    assert_eq!((pages[0].rotation, listed(&pages[0])), (90, vec![("page_1_figure_1.png", [500, 100, 50, 200])]));
    assert_eq!(decoded(&services, 0).dimensions(), (100, 400));
}

#[test]
fn drawings_are_figures_and_coloured_boxes_are_none() {
    let curves = (0..12).fold(String::new(), |mut content, step| {
        let x = 100 + 20 * step;
        let _ = writeln!(content, "{x} 500 m {} 560 {} 440 {} 520 c S", x + 5, x + 15, x + 20);
        content
    });
    let boxes = (0..12).fold("0.8 g\n".to_owned(), |mut content, row| {
        let _ = writeln!(content, "100 {} 300 12 re f", 400 + 14 * row);
        content
    });
    for (drawn, expected) in [(curves, 1), (boxes, 0)] {
        let content = paragraph(100.0, 700.0, &PROSE) + &drawn;
        let (pages, _) = read(&[&content], &[], &wanting(&[]));
        assert_eq!(figures(&pages[0]).len(), expected, "{:?}", pages[0].blocks);
    }
}
