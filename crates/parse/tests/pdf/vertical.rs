//! East Asian text that runs down the page, its lines from the right to the left.

use docmill_model::document::Page;
use docmill_model::options::{CropBox, ParseOptions, Tier};

use super::support::{PageSpec, pdf_with, stream};
use super::{Recorder, options, parse};

/// Two paragraphs; each line is as long as the column is high, but for the last ones.
const LINES: [&str; 7] = [
    "　水車小屋は川のほとりに立",
    "ち、村の人々は毎年秋になる",
    "と麦を運んできて粉に挽いて",
    "もらった。",
    "　冬のあいだ水は凍り、粉屋",
    "は暖炉のそばで古い帳簿を読",
    "み返していた。",
];

/// Pages whose resources have the fonts `/V`, written down, and `/H`, written to the right: codes are those of UTF-16.
fn document(content: &str) -> Vec<u8> {
    let font = |encoding: &str| {
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /{encoding} /ToUnicode 9 0 R /DescendantFonts [<< /Type \
             /Font /Subtype /CIDFontType0 /BaseFont /Mincho /DW 1000 /DW2 [880 -1000] /W [65 [500]] /CIDSystemInfo << /Registry \
             (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>"
        )
        .into_bytes()
    };
    let pages = [0x00, 0x30, 0xFE, 0xFF].into_iter().chain(0x4E..=0x9F);
    let ranges: Vec<String> = pages.map(|page| format!("<{page:02x}00> <{page:02x}ff> <{page:02x}00>\n")).collect();
    let map = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def 1 begincodespacerange <0000> <ffff> \
         endcodespacerange {} beginbfrange\n{}endbfrange endcmap end end",
        ranges.len(),
        ranges.concat()
    );
    let extra = "/Resources << /Font << /F 3 0 R /V 7 0 R /H 8 0 R >> >>";
    let objects = [font("Identity-V"), font("Identity-H"), stream("", map.as_bytes())];
    pdf_with(&[PageSpec { content, extra }], "", &objects)
}

fn codes(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04x}")).collect()
}

/// A line that runs down from `y`; `x` is its middle.
fn down(size: f32, x: f32, y: f32, text: &str) -> String {
    format!("BT /V {size} Tf {x} {y} Td <{}> Tj ET\n", codes(text))
}

/// The same by a font that is written to the right, each glyph placed below the one before.
fn stacked(size: f32, x: f32, y: f32, text: &str) -> String {
    let glyph = |(index, c): (usize, char)| {
        let (x, y) = (x - size / 2.0, y - 0.88 * size - 1.2 * size * index as f32);
        format!("BT /H {size} Tf {x} {y} Td <{}> Tj ET\n", codes(&c.to_string()))
    };
    text.chars().enumerate().map(glyph).collect()
}

type Line = fn(f32, f32, f32, &str) -> String;

/// A title, and the two paragraphs beside it.
fn pages() -> [(&'static str, String); 2] {
    let page = |line: Line| {
        let lines = LINES.iter().enumerate().map(|(index, text)| line(12.0, 480.0 - 22.0 * index as f32, 700.0, text));
        line(22.0, 530.0, 700.0, "粉屋の冬") + &lines.collect::<String>()
    };
    [("down", page(down)), ("stacked", page(stacked))]
}

fn read(content: &str, options: &ParseOptions) -> Page {
    parse(document(content), options, &mut Recorder::default()).expect("pages").1.remove(0)
}

#[test]
fn lines_run_down_and_stand_from_the_right_to_the_left() {
    for (name, content) in pages() {
        let page = read(&content, &options(Tier::CostEffective));
        let first = "水車小屋は川のほとりに立ち、村の人々は毎年秋になると麦を運んできて粉に挽いてもらった。";
        let second = "冬のあいだ水は凍り、粉屋は暖炉のそばで古い帳簿を読み返していた。";
        assert_eq!(page.markdown, format!("# 粉屋の冬\n\n{first}\n\n{second}"), "{name}");
        assert_eq!((page.width, page.height, page.rotation), (Some(600.0), Some(800.0), 0), "{name}");
        // Each line of the text is one of the page's, the first one on the right.
        let lines: Vec<&str> = page.text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!((lines[0], lines[4], lines.len()), ("粉屋の冬", "もらった。", 8), "{name}: {}", page.text);
        // Boxes are where the lines were drawn.
        let word = page.words.iter().find(|word| word.text.ends_with("もらった。")).expect("the fourth line");
        let bbox = word.bbox.expect("a box");
        assert!((bbox.x - 408.0).abs() < 1.0 && (bbox.right() - 420.0).abs() < 1.0, "{name}: {bbox:?}");
        assert!((bbox.y - 100.0).abs() < 3.0 && (160.0..176.0).contains(&bbox.bottom()), "{name}: {bbox:?}");
    }
}

#[test]
fn the_fast_tier_reads_vertical_lines_in_their_order() {
    for (name, content) in pages() {
        let page = read(&content, &options(Tier::Fast));
        let lines: Vec<&str> = page.text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!((lines[0], lines[7], lines.len()), ("粉屋の冬", "み返していた。", 8), "{name}: {}", page.text);
        assert_eq!((page.width, page.height, page.rotation), (Some(600.0), Some(800.0), 0), "{name}");
    }
}

#[test]
fn a_part_of_a_vertical_page_is_cut_where_it_is_seen() {
    let crop = Some(CropBox { left: Some(0.85), ..CropBox::default() });
    for (name, content) in pages() {
        let page = read(&content, &ParseOptions { crop, ..options(Tier::CostEffective) });
        assert_eq!(page.text.trim(), "粉屋の冬", "{name}");
    }
}

/// Two figures beside each other take the room of one letter; signs have forms of their own.
#[test]
fn figures_across_a_line_and_forms_of_signs_are_part_of_it() {
    let lines = ["雪は", "月に降り︑水は凍った︒"];
    let content = down(12.0, 400.0, 700.0, lines[0])
        + "BT /F 11 Tf 394 667 Td (12) Tj ET\n"
        + &down(12.0, 400.0, 664.0, lines[1])
        + &down(12.0, 378.0, 700.0, "それから春が来て花が咲いた。");
    let page = read(&content, &options(Tier::CostEffective));
    assert_eq!(page.markdown, "雪は12月に降り、水は凍った。それから春が来て花が咲いた。");
}

/// A column of single characters in a page of lines is none of vertical text.
#[test]
fn lines_that_lie_stay_lines() {
    let level = |x: f32, y: f32, text: &str| format!("BT /H 12 Tf {x} {y} Td <{}> Tj ET\n", codes(text));
    let content: String = LINES
        .iter()
        .enumerate()
        .map(|(index, line)| level(100.0, 700.0 - 18.0 * index as f32, &line.replace('　', "")))
        .chain((0..5).map(|index| level(60.0, 700.0 - 18.0 * index as f32, "男")))
        .collect();
    let page = read(&content, &options(Tier::CostEffective));
    assert!(page.text.lines().next().is_some_and(|line| line.contains("水車小屋は川のほとりに立")), "{}", page.text);
}
