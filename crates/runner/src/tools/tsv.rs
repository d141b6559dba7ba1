//! Tesseract's TSV output to words.

use docmill_model::document::BBox;
use docmill_parse::OcrWord;

/// Level of a word's row; lower levels are pages, blocks, paragraphs and lines.
const WORD_LEVEL: &str = "5";

/// The words of `tesseract ... tsv`, in its order. Rows that are no words, or have no text or confidence, say
/// nothing and are left out.
pub(super) fn words(tsv: &str) -> Vec<OcrWord> {
    tsv.lines().filter_map(word).collect()
}

/// `level page block paragraph line word left top width height confidence text`
fn word(row: &str) -> Option<OcrWord> {
    let columns: Vec<&str> = row.splitn(12, '\t').collect();
    let [WORD_LEVEL, _, block, paragraph, line, _, left, top, width, height, confidence, text] = columns[..] else {
        return None;
    };
    let confidence: f32 = confidence.parse().ok()?;
    let text = text.trim();
    if !(0.0..=100.0).contains(&confidence) || text.is_empty() {
        return None;
    }
    let pixels = |column: &str| column.parse::<u32>().ok().map(|pixels| pixels as f32);
    Some(OcrWord {
        text: text.to_owned(),
        bbox: BBox::new(pixels(left)?, pixels(top)?, pixels(width)?, pixels(height)?),
        block: block.parse().ok()?,
        paragraph: paragraph.parse().ok()?,
        line: line.parse().ok()?,
        confidence: confidence / 100.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as tesseract 5 prints them, of every level, and some that are no words.
    const TSV: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t1240\t400\t-1\t
2\t1\t1\t0\t0\t0\t95\t101\t433\t94\t-1\t
3\t1\t1\t1\t0\t0\t95\t101\t433\t94\t-1\t
4\t1\t1\t1\t1\t0\t95\t101\t433\t38\t-1\t
5\t1\t1\t1\t1\t1\t95\t101\t196\t38\t96.062943\tInvoice
5\t1\t1\t1\t1\t2\t312\t101\t216\t38\t91.500000\tNo. 7
5\t1\t1\t1\t1\t3\t540\t101\t4\t38\t95.000000\t 
4\t1\t1\t1\t2\t0\t95\t157\t120\t38\t-1\t
5\t1\t1\t1\t2\t1\t95\t157\t120\t38\t0.000000\tTotal EUR
5\t1\t1\t1\t2\t2\t95\t157\t120\t38\t-1\tgone
5\t1\t1\t1\t2\t3\tx\t157\t120\t38\t50\tbroken
";

    #[test]
    fn rows_of_words_become_words() {
        let printed: Vec<String> = words(TSV)
            .iter()
            .map(|w| {
                let BBox { x, y, w: width, h } = w.bbox;
                format!("{}.{}.{} {x},{y} {width}x{h} {:.3} {}", w.block, w.paragraph, w.line, w.confidence, w.text)
            })
            .collect();
        insta::assert_snapshot!(printed.join("\n"), @r"
        1.1.1 95,101 196x38 0.961 Invoice
        1.1.1 312,101 216x38 0.915 No. 7
        1.1.2 95,157 120x38 0.000 Total EUR
        ");
    }

    #[test]
    fn anything_else_is_no_word() {
        for given in ["", "\n\n", "5\t1", "5\t1\t1\t1\t1\t1\t1\t1\t1\t1\tNaN\tx", "nothing of the kind"] {
            assert_eq!(words(given), [], "{given:?}");
        }
    }
}
