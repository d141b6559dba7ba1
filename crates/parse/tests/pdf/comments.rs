//! Remarks on pages, where they are asked for.

use docmill_model::document::RevisionKind;
use docmill_model::options::{ParseOptions, Tier};

use super::support::{PageSpec, pdf_of, text};
use super::{Recorder, options, parse};

#[test]
fn remarks_come_with_the_words_that_they_are_about() {
    let content = text("F", 10.0, 50.0, 700.0, "See the annual report, please.");
    let quad = "/QuadPoints [87 709 143 709 87 697 143 697]";
    let at = "/Rect [300 300 320 320]";
    let extra = format!(
        "/Annots [<< /Type /Annot /Subtype /Highlight /Rect [87 697 143 709] {quad} /T (Ada) /Contents (Which year?) >> \
         << /Type /Annot /Subtype /Text {at} /Contents <FEFF00C400720067> >> \
         << /Type /Annot /Subtype /Text {at} >> \
         << /Type /Annot /Subtype /Text {at} /F 2 /Contents (hidden) >> \
         << /Type /Annot /Subtype /Popup {at} /Contents (window) >>]"
    );
    let read = |revisions: bool| {
        let asked = ParseOptions { revisions, ..options(Tier::CostEffective) };
        let bytes = pdf_of(&[PageSpec { content: &content, extra: &extra }]);
        parse(bytes, &asked, &mut Recorder::default()).expect("pages").1.remove(0)
    };
    let page = read(true);
    assert!(page.revisions.iter().all(|revision| revision.kind == RevisionKind::Comment));
    let seen: Vec<_> = page
        .revisions
        .iter()
        .map(|revision| (revision.author.as_deref(), revision.target.as_str(), revision.content.as_str()))
        .collect();
    assert_eq!(seen, [(Some("Ada"), "annual report,", "Which year?"), (None, "", "Ärg")]);
    let boxes: Vec<[f32; 4]> = page.revision_boxes.iter().map(|own| [own.x, own.y, own.w, own.h]).collect();
    assert_eq!(boxes, [[87.0, 91.0, 56.0, 12.0], [300.0, 480.0, 20.0, 20.0]]);
    assert!(!page.markdown.contains("year") && read(false).revisions.is_empty());
}
