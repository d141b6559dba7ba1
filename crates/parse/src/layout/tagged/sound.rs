//! Whether a page's structure tree can be trusted. Many trees are made by programs that know less of the page than its
//! looks say: lines marked as paragraphs, a page as one paragraph, tables that only place things.

use super::super::PageRecord;
use super::super::blocks::{self, Draft};
use super::super::cut::Cut;
use super::super::headings;
use super::super::stats::DocumentStats;
use super::super::tree::{ARTIFACT, Child, Element, Tag};
use super::{Grid, Tagged};

/// Share of the page's letters that the tree has to cover, and that may stand in it outside of any block or in figures.
const COVERED_MIN: f32 = 0.95;
const LOOSE_MAX: f32 = 0.1;
const FIGURES_MAX: f32 = 0.3;
/// Letters of headings: a page of headings is none.
const HEADINGS_MAX: f32 = 0.5;
/// Header and footer stand in this share of the page's height at top and bottom.
const EDGE: f32 = 0.15;
/// Share of paragraphs and headings that may be parts of one with the next, or stand below it.
const BROKEN_MAX: f32 = 0.15;
/// Letters of paragraphs that are several by their looks.
const HEAPED_MAX: f32 = 0.15;
/// Share of a table's places that its cells have to cover.
const PLACES_MIN: f32 = 0.9;
/// Letters of a cell, in the mean: more are text that a table only places.
const CELL_CHARS_MAX: usize = 300;

/// Whether the page is to be read by its tree.
pub fn is_sound(tagged: &Tagged<'_>, record: &PageRecord, cut: &Cut, stats: &DocumentStats) -> bool {
    // A tree without a heading says less of the page than the sizes of its letters; on forms values go by their places.
    tagged.tree.has_headings
        && record.fields.is_empty()
        && covers(tagged, record)
        && tables_are_sound(tagged, cut)
        && paragraphs_are_sound(tagged, record, stats)
}

impl Tagged<'_> {
    fn chars(&self, words: &[usize]) -> usize {
        words.iter().map(|word| self.tokens[*word].chars()).sum()
    }
}

/// Letters by where they stand in the tree.
#[derive(Default)]
struct Shares {
    /// Outside of any block.
    loose: usize,
    figures: usize,
    headings: usize,
    all: usize,
}

impl Shares {
    fn count(&mut self, tagged: &Tagged<'_>, element: &Element, around: Option<Tag>) {
        for child in &element.children {
            match child {
                Child::Mark(mark) => {
                    let chars = tagged.by_mark.get(mark).map_or(0, |words| tagged.chars(words));
                    self.all += chars;
                    match around {
                        None => self.loose += chars,
                        Some(Tag::Figure) => self.figures += chars,
                        Some(Tag::Heading(_)) => self.headings += chars,
                        Some(_) => {}
                    }
                }
                Child::Element(inner) => {
                    let none = matches!(inner.tag, Tag::Group | Tag::Inline);
                    self.count(tagged, inner, if none { around } else { Some(inner.tag) });
                }
            }
        }
    }
}

fn covers(tagged: &Tagged<'_>, record: &PageRecord) -> bool {
    let mut shares = Shares::default();
    shares.count(tagged, &tagged.tree.root, None);
    // What stands among the text and has letters is text, whatever the tree says.
    let astray = |index: &usize| {
        let token = &record.tokens[*index];
        let y = token.bbox.center().1 / record.height.max(1.0);
        (EDGE..=1.0 - EDGE).contains(&y) && token.text.contains(char::is_alphanumeric)
    };
    let artifacts = tagged.by_mark.get(&ARTIFACT).map(Vec::as_slice).unwrap_or_default();
    if artifacts.iter().any(astray) {
        return false;
    }
    let all: usize = tagged.by_mark.values().map(|words| tagged.chars(words)).sum();
    let (all, covered) = (all as f32, shares.all as f32);
    covered > 0.0
        && covered + tagged.chars(artifacts) as f32 >= COVERED_MIN * all
        && shares.loose as f32 <= LOOSE_MAX * covered
        && shares.figures as f32 <= FIGURES_MAX * covered
        && shares.headings as f32 <= HEADINGS_MAX * covered
}

/// Grids without holes and overlaps, of cells as tables have them, and lists of items: no word stands beside those. No
/// table is missing that is drawn.
fn tables_are_sound(tagged: &Tagged<'_>, cut: &Cut) -> bool {
    let (mut tables, mut sound) = (0, true);
    tagged.tree.root.visit(&mut |child| {
        let Child::Element(element) = child else { return };
        match element.tag {
            Tag::Table => {
                tables += 1;
                sound &= is_grid(tagged, element);
            }
            Tag::List => sound &= !element.children.iter().any(|child| matches!(child, Child::Mark(_))),
            _ => {}
        }
    });
    sound && (tables > 0 || cut.ruled.is_empty())
}

fn is_grid(tagged: &Tagged<'_>, table: &Element) -> bool {
    let grid = Grid::of(table);
    let chars = |element: &Element| tagged.chars(&tagged.words(element));
    let captions: usize = table.elements().filter(|inner| inner.tag == Tag::Caption).map(chars).sum();
    let inside: usize = grid.cells.iter().map(|cell| chars(cell.element)).sum();
    let all = chars(table);
    let (places, covered) = (grid.rows * grid.columns, grid.covered());
    let whole = covered <= places && covered as f32 >= PLACES_MIN * places as f32;
    let is_table = whole && grid.columns > 1 && inside <= CELL_CHARS_MAX * grid.cells.len();
    inside + captions == all && (inside == 0 || is_table)
}

/// Paragraphs and headings that are whole and one each, and stand one below the other.
fn paragraphs_are_sound(tagged: &Tagged<'_>, record: &PageRecord, stats: &DocumentStats) -> bool {
    let (mut drafts, mut titles) = (Vec::new(), Vec::new());
    collect(tagged, &tagged.tree.root, &mut |element, draft| {
        drafts.push(draft);
        titles.push(matches!(element.tag, Tag::Heading(_)));
    });
    // Programs that know of no headings mark them as paragraphs.
    let looks = headings::levels(&drafts, stats, record.height);
    let missed = looks.iter().zip(&titles).filter(|(level, title)| level.is_some() && !**title).count();
    if missed > titles.iter().filter(|title| **title).count() {
        return false;
    }
    let chars = |draft: &Draft| draft.lines.iter().map(|line| tagged.chars(&line.tokens)).sum::<usize>();
    let all: usize = drafts.iter().map(chars).sum();
    let heaped: usize = drafts.iter().filter(|draft| is_heap(draft, record, stats)).map(chars).sum();
    let broken = drafts.windows(2).filter(|pair| is_broken(&pair[0], &pair[1])).count();
    heaped as f32 <= HEAPED_MAX * all as f32 && broken as f32 <= BROKEN_MAX * drafts.len() as f32
}

/// Whether the layout sees several paragraphs in one, one below the other.
fn is_heap(draft: &Draft, record: &PageRecord, stats: &DocumentStats) -> bool {
    let parts = blocks::paragraphs(draft.lines.clone(), &record.tokens, stats.pitch(), stats.body_size());
    parts.windows(2).any(|pair| pair[1].bbox.y > pair[0].bbox.y && over(&pair[0], &pair[1]))
}

/// Whether what is one paragraph or line was parted, or stands above what it comes after.
fn is_broken(last: &Draft, next: &Draft) -> bool {
    let open = last.text.ends_with(|c: char| c.is_alphabetic() || matches!(c, '-' | ','));
    let cut_short = open && next.text.starts_with(char::is_lowercase);
    let level = last
        .lines
        .last()
        .zip(next.lines.first())
        .is_some_and(|(last, next)| (last.baseline - next.baseline).abs() <= 0.35 * last.size.max(next.size));
    cut_short || level || (over(last, next) && next.bbox.bottom() <= last.bbox.y)
}

fn over(a: &Draft, b: &Draft) -> bool {
    a.bbox.right().min(b.bbox.right()) > a.bbox.x.max(b.bbox.x)
}

/// The paragraphs and headings that stand in no list, table or figure.
fn collect(tagged: &Tagged<'_>, element: &Element, found: &mut impl FnMut(&Element, Draft)) {
    for inner in element.elements() {
        match inner.tag {
            Tag::Group => collect(tagged, inner, found),
            Tag::Paragraph | Tag::Heading(_) => {
                let draft = tagged.draft(&tagged.inline(inner, &mut Vec::new()));
                draft.into_iter().for_each(|draft| found(inner, draft));
            }
            _ => {}
        }
    }
}
