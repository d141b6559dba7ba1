//! A page record and what the document says, to a page.

use std::collections::HashSet;

use docmill_model::document::{BBox, Page, Role};
use docmill_model::options::TableSearch;

use super::blocks::{self, Draft, Line};
use super::cut::{Cut, TOKENS_MAX};
use super::emit::{Emitter, Item, mean_confidence};
use super::grid::FoundTable;
use super::lines::{Segment, segments};
use super::order::{Atom, sequence};
use super::regions::{Piece, What};
use super::tagged::{self, Tagged};
use super::tree::ARTIFACT;
use super::{
    Aside, DocumentStats, PageRecord, Rule, Switches, Token, aligned, breaks, code, cut, footnotes, furniture,
    headings, joins, lists, quotes,
};

/// OCR has to be this sure of a heading.
const HEADING_CONFIDENCE: f32 = 0.6;

/// A title is larger than the text by this much.
const TITLE_SIZE: f32 = 1.5;
/// Texts of one column begin within this much of each other, em.
const COLUMN_SHIFT: f32 = 1.5;

/// Blocks, words and spatial text of the page. Number, engine and pictures are the reader's to fill.
pub fn assemble(record: &PageRecord, stats: &DocumentStats, switches: Switches) -> Page {
    let tokens = &record.tokens;
    let cut = Cut::of(record, stats, switches.tables);
    let mut page = Page {
        width: Some(record.width),
        height: Some(record.height),
        rotation: record.rotation,
        text: cut::text_of(record, stats, switches.spatial, Some(&cut)),
        printed_number: furniture::printed_number(record),
        ..Page::default()
    };
    let mut emitter = Emitter::new(tokens, &mut page);
    let mut furniture = cut.furniture.clone();
    let tagged = tagged(record, &cut, stats, &mut furniture);
    edge(&mut emitter, tokens, &furniture, Role::PageHeader);
    match tagged {
        Some((tagged, rest)) => {
            tagged.emit(&mut emitter);
            flow(&mut emitter, tokens, &segments(tokens, rest.into_iter()), stats, &cut.bars);
        }
        None => cut.regions.iter().for_each(|region| body(&mut emitter, region, &cut, stats, switches.tables)),
    }
    edge(&mut emitter, tokens, &furniture, Role::PageFooter);
    joins::over_columns(&mut page);
    for aside in &record.asides {
        emit_aside(aside, stats, &mut page);
    }
    page.confidence = mean_confidence(&page.words);
    page
}

/// The page's structure tree, where it is sound, and the words that it leaves out. What it says is no text becomes part
/// of the header and footer.
fn tagged<'r>(
    record: &'r PageRecord,
    cut: &Cut,
    stats: &DocumentStats,
    furniture: &mut Vec<(Role, Segment)>,
) -> Option<(Tagged<'r>, Vec<usize>)> {
    record.tree.as_ref()?;
    let tokens = &record.tokens;
    let edge: HashSet<usize> = furniture.iter().flat_map(|(_, line)| line.tokens.iter().copied()).collect();
    let free = || (0..tokens.len()).filter(|index| !edge.contains(index));
    let tagged = Tagged::of(record, free()).filter(|tagged| tagged::is_sound(tagged, record, cut, stats))?;
    let artifacts = tagged::artifacts(record, free());
    for role in [Role::PageHeader, Role::PageFooter] {
        let own = artifacts.iter().filter(|(own, _)| *own == role).map(|(_, index)| *index);
        furniture.extend(segments(tokens, own).into_iter().map(|line| (role, line)));
    }
    let read: HashSet<u32> = tagged.marks().collect();
    let rest = free().filter(|index| tokens[*index].mark != ARTIFACT && !read.contains(&tokens[*index].mark));
    let rest = rest.collect();
    Some((tagged, rest))
}

fn edge(emitter: &mut Emitter<'_>, tokens: &[Token], furniture: &[(Role, Segment)], role: Role) {
    let lines = furniture.iter().filter(|(own, _)| *own == role).map(|(_, line)| line.clone());
    for line in blocks::lines(&lines.collect::<Vec<_>>(), tokens) {
        if let Some(draft) = Draft::of(vec![line], tokens) {
            emitter.text(&draft, role);
        }
    }
}

/// One region: its tables without rules are found, then everything is put in order.
fn body(emitter: &mut Emitter<'_>, region: &[Piece], cut: &Cut, stats: &DocumentStats, search: TableSearch) {
    let tokens = emitter.tokens();
    let words = region.iter().filter_map(|piece| if let What::Word(index) = piece.what { Some(index) } else { None });
    let mut free = segments(tokens, words);
    let mut tables: Vec<FoundTable> = region
        .iter()
        .filter_map(|piece| if let What::Table(index) = piece.what { Some(cut.ruled[index].clone()) } else { None })
        .collect();
    if tokens.len() <= TOKENS_MAX && !search.ruled_only {
        let found = aligned::find(&free, tokens, &cut.across, search.loose);
        let taken: HashSet<usize> = found.iter().flat_map(FoundTable::tokens).collect();
        if !found.is_empty() {
            let left = free.iter().flat_map(|segment| segment.tokens.iter().copied());
            free = segments(tokens, left.filter(|index| !taken.contains(index)).collect::<Vec<_>>().into_iter());
            tables.extend(found);
        }
    }
    let of_table = |table: &FoundTable| {
        let seq = table.tokens().map(|index| tokens[index].seq).min().unwrap_or(0);
        Atom { bbox: table.bbox, seq }
    };
    let atoms: Vec<Atom> = free
        .iter()
        .map(|segment| Atom { bbox: segment.bbox, seq: segment.seq })
        .chain(tables.iter().map(of_table))
        .collect();
    let mut run: Vec<Segment> = Vec::new();
    for index in sequence(&atoms, stats.body_size()) {
        if let Some(segment) = free.get(index) {
            run.push(segment.clone());
        } else {
            flow(emitter, tokens, &std::mem::take(&mut run), stats, &cut.bars);
            emitter.table(&tables[index - free.len()]);
        }
    }
    flow(emitter, tokens, &run, stats, &cut.bars);
}

/// Text between two tables: paragraphs, headings, lists, quotations. `bars` are the page's vertical rules.
fn flow(emitter: &mut Emitter<'_>, tokens: &[Token], run: &[Segment], stats: &DocumentStats, bars: &[Rule]) {
    let mut drafts = blocks::paragraphs(blocks::lines(run, tokens), tokens, stats.pitch(), stats.body_size());
    let mut levels = headings::levels(&drafts, stats, emitter.height());
    // Pictures and formulas read as letters are large and in no order.
    let unsure = |draft: &Draft| draft.confidence(tokens).is_some_and(|confidence| confidence < HEADING_CONFIDENCE);
    levels.iter_mut().zip(&drafts).filter(|(_, draft)| unsure(draft)).for_each(|(level, _)| *level = None);
    // Three lines that end where they were meant to are an address or a list of labels, if they are no title.
    let listed = |draft: &Draft| {
        let small = draft.lines.len() > 2 && draft.size < TITLE_SIZE * stats.body_size();
        small && meant_ends(draft, &drafts, tokens).is_some()
    };
    levels
        .iter_mut()
        .zip(&drafts)
        .filter(|(level, draft)| level.is_some() && listed(draft))
        .for_each(|(level, _)| *level = None);
    join_headings(&mut drafts, &mut levels, tokens);
    let quotes = quotes::find(&drafts, &levels, bars, stats.body_size(), tokens);
    let notes = footnotes::start(&drafts, &levels, stats.body_size(), emitter.height(), tokens);
    let mut items: Vec<Item> = Vec::new();
    let mut code = 0;
    for (index, draft) in drafts.iter().enumerate() {
        if index < code {
            continue;
        }
        code = index + if stats.body_mono() { 0 } else { code::run(&drafts[index..], tokens) };
        if code > index {
            emit_items(emitter, &mut items);
            emitter.code(&drafts[index..code]);
            continue;
        }
        if index >= notes {
            emit_items(emitter, &mut items);
            emitter.text(draft, Role::Footnote);
            continue;
        }
        let level = levels[index];
        if level.is_none()
            && let Some(marker) = item_marker(draft, tokens)
            && belongs(&items, marker, &drafts[index + 1..], tokens)
        {
            if changes_list(&items, marker, draft) {
                emitter.list(&std::mem::take(&mut items));
            }
            items.push(Item { marker, draft: draft.clone() });
            continue;
        }
        emit_items(emitter, &mut items);
        match level {
            Some(level) => emitter.heading(draft, level),
            None if quotes[index] => emitter.text(draft, Role::Quote),
            None if headings::is_caption(&draft.text) => emitter.text(draft, Role::Caption),
            None => match meant_ends(draft, &drafts, tokens) {
                Some(value) => emitter.paragraph(draft, value, Role::Body),
                None => emitter.text(draft, Role::Body),
            },
        }
    }
    emit_items(emitter, &mut items);
}

/// The paragraph's text with those line ends that its writer made; its column ends where the widest text that begins
/// there does.
fn meant_ends(draft: &Draft, drafts: &[Draft], tokens: &[Token]) -> Option<String> {
    if draft.lines.len() < 2 {
        return None;
    }
    let beside = |other: &&Draft| (other.bbox.x - draft.bbox.x).abs() <= COLUMN_SHIFT * draft.size;
    let right = drafts.iter().filter(beside).map(|other| other.bbox.right()).fold(draft.bbox.right(), f32::max);
    breaks::kept(draft, right, tokens)
}

/// The list that ends here, when there is one.
fn emit_items(emitter: &mut Emitter<'_>, items: &mut Vec<Item>) {
    if !items.is_empty() {
        emitter.list(&std::mem::take(items));
    }
}

/// Lines of one heading that stand too far apart for a paragraph.
fn join_headings(drafts: &mut Vec<Draft>, levels: &mut Vec<Option<u8>>, tokens: &[Token]) {
    let mut index = 1;
    while index < drafts.len() {
        let joins = levels[index - 1].is_some()
            && levels[index - 1] == levels[index]
            && headings::goes_on(&drafts[index - 1], &drafts[index]);
        let joined = joins.then(|| [drafts[index - 1].lines.clone(), drafts[index].lines.clone()].concat());
        if let Some(draft) = joined.and_then(|lines| Draft::of(lines, tokens)) {
            drafts[index - 1] = draft;
            drafts.remove(index);
            levels.remove(index);
        } else {
            index += 1;
        }
    }
}

/// Whether a list of the other kind begins here, not deeper inside the one before.
fn changes_list(items: &[Item], marker: lists::Marker, draft: &Draft) -> bool {
    let kind = |marker: lists::Marker| match marker {
        lists::Marker::Bullet => 0,
        lists::Marker::Ordered(Some(_)) => 1,
        lists::Marker::Ordered(None) => 2,
    };
    items.first().is_some_and(|first| {
        kind(first.marker) != kind(marker) && draft.bbox.x <= first.draft.bbox.x + first.draft.size
    })
}

fn item_marker(draft: &Draft, tokens: &[Token]) -> Option<lists::Marker> {
    let line: &Line = draft.lines.first()?;
    let (first, last) = (line.tokens.first()?, line.tokens.last()?);
    // `- 12 -` is the number of a page.
    if !blocks::starts_item(line, tokens) || tokens[*first].text == tokens[*last].text {
        return None;
    }
    lists::marker(&tokens[*first].text)
}

/// A bullet is always an item. A number is one in company: the item before or the next paragraph has one too.
fn belongs(items: &[Item], marker: lists::Marker, rest: &[Draft], tokens: &[Token]) -> bool {
    let lists::Marker::Ordered(_) = marker else { return true };
    let alike = |other: lists::Marker| matches!(other, lists::Marker::Ordered(_));
    items.last().is_some_and(|item| alike(item.marker))
        || rest.iter().take(2).any(|next| item_marker(next, tokens).is_some_and(alike))
}

/// Text in other directions, in drawing order, each run as one block.
fn emit_aside(aside: &Aside, stats: &DocumentStats, page: &mut Page) {
    let tokens = &aside.tokens;
    let body = stats.body_size();
    for run in aside.runs() {
        let Some(bbox) = BBox::around(run.iter().map(|index| tokens[*index].bbox)) else { continue };
        let size = tokens[run[0]].size;
        let role = if aside.diagonal && size > 2.0 * body { Role::Watermark } else { Role::Body };
        let line = Line { bbox, baseline: tokens[run[0]].baseline, size, bold: false, labelled: false, tokens: run };
        if let Some(draft) = Draft::of(vec![line], tokens) {
            Emitter::new(tokens, page).text(&draft, role);
        }
    }
}
