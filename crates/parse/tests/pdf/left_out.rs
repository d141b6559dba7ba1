//! What is not read of a page is said, and pages that would take too much memory are rendered smaller.

use super::*;

fn said(page: &Page) -> Vec<&str> {
    page.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

#[test]
fn text_that_is_not_read_is_said_where_it_is_much() {
    let line = |y: f32, line: &str| text("F", 10.0, 50.0, y, line);
    let shown = line(700.0, PROSE[0]) + &line(688.0, PROSE[1]);
    let layer = |content: &str| format!("/OC /Off BDC {content} EMC\n");
    let small = |words: usize| text("F", 1.0, 50.0, 400.0, &"word ".repeat(words));
    let few = [line(-300.0, "one"), layer(&line(400.0, "one")), small(1)];
    let much = [
        (line(-300.0, PROSE[2]), "TEXT_OUTSIDE_PAGE"),
        (layer(&line(400.0, PROSE[2])), "TEXT_OF_HIDDEN_LAYERS"),
        (small(8), "TEXT_VERY_SMALL"),
    ];
    let read = |content: &str, options: &ParseOptions| {
        let groups = "/OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >>";
        let extra = "/Resources << /Font << /F 3 0 R >> /Properties << /Off 7 0 R >> >>";
        let group = b"<< /Type /OCG /Name (layer) >>".to_vec();
        let bytes = support::pdf_with(&[PageSpec { content, extra }], groups, &[group]);
        parse(bytes, options, &mut Recorder::default()).expect("a document").1.remove(0)
    };
    for content in few {
        assert_eq!(said(&read(&(shown.clone() + &content), &ParseOptions::default())), [""; 0], "{content}");
    }
    for (content, code) in much {
        for tier in [Tier::Fast, Tier::CostEffective] {
            let page = read(&(shown.clone() + &content), &options(tier));
            assert_eq!(said(&page), [code], "{content}");
        }
    }
    let mut kept = ParseOptions::default();
    kept.spatial.keep_very_small = true;
    assert_eq!(said(&read(&(shown + &small(8)), &kept)), [""; 0]);
}

/// Each fill with a pattern takes a picture of the page while the page is rendered.
#[test]
fn pages_of_many_patterns_are_rendered_smaller() {
    let width = |fills: usize, pattern: &str| {
        let content = "/Pattern cs /P scn 0 0 600 800 re f\n".repeat(fills);
        let extra = "/Resources << /Pattern << /P 7 0 R >> >>";
        let pattern = support::stream(&format!("{pattern} /Resources << >>"), b"0 0 9 9 re f");
        let mut recorder = Recorder::default();
        parse(
            support::pdf_with(&[PageSpec { content: &content, extra }], "", &[pattern]),
            &options(Tier::CostEffective),
            &mut recorder,
        )
        .expect("a document");
        recorder.pictures[0].0
    };
    let tile = |step: u32| {
        format!(
            "/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 600 800] /XStep {step} /YStep {step} /Matrix [1 0 0 1 0 0]"
        )
    };
    let usual = width(1, &tile(2_000));
    assert_eq!(usual, 1_666);
    assert_eq!(width(200, &tile(20)), usual);
    // 256 MiB hold 67 million pixels, in 100 pictures of 600 to 800.
    let small = width(100, &tile(2_000));
    assert!((700..720).contains(&small), "{small}");
}
