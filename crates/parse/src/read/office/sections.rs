//! Sections of a presentation, of which docling does not tell.

use std::collections::HashMap;
use std::io::Cursor;

use zip::ZipArchive;

use super::xml;

const PRESENTATION: &str = "ppt/presentation.xml";
/// Longer lists of slides are not looked at.
const BYTES_MAX: usize = 16 << 20;

/// The name of the section that each slide stands in, in the order of the slides; empty without sections.
pub fn of_slides(bytes: &[u8]) -> Vec<Option<String>> {
    let archive = ZipArchive::new(Cursor::new(bytes)).ok();
    let text = archive.and_then(|mut archive| xml::part(&mut archive, PRESENTATION, BYTES_MAX));
    text.as_deref().and_then(sections).unwrap_or_default()
}

fn sections(presentation: &str) -> Option<Vec<Option<String>>> {
    let (before, list) = presentation.split_once("<p14:sectionLst")?;
    let list = list.split("</p14:sectionLst>").next()?;
    let mut names = HashMap::new();
    for section in list.split("<p14:section ").skip(1) {
        let name = xml::attribute(section, "name").map(xml::unescaped)?;
        names.extend(
            xml::tags(section, "p14:sldId").filter_map(|tag| Some((xml::attribute(tag, " id")?, name.clone()))),
        );
    }
    let slides = xml::tags(before, "p:sldId").filter_map(|tag| xml::attribute(tag, " id"));
    Some(slides.map(|id| names.get(id).cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_stand_in_sections() {
        let xml = "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId2\"/><p:sldId r:id=\"rId3\" id=\"257\"/>\
            <p:sldId id=\"258\" r:id=\"rId4\"/></p:sldIdLst><p:extLst><p:ext><p14:sectionLst xmlns:p14=\"x\">\
            <p14:section name=\"Rye &amp; oats\" id=\"{1}\"><p14:sldIdLst><p14:sldId id=\"257\"/></p14:sldIdLst></p14:section>\
            <p14:section name=\"Rest\" id=\"{2}\"><p14:sldIdLst><p14:sldId id=\"256\"/></p14:sldIdLst></p14:section>\
            </p14:sectionLst></p:ext></p:extLst></p:presentation>";
        let told = sections(xml).expect("sections");
        assert_eq!(told, [Some("Rest".to_owned()), Some("Rye & oats".to_owned()), None]);
        assert_eq!(sections("<p:presentation/>"), None);
    }
}
