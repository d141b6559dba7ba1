//! Tables without vertical rules: where they are. Horizontal rules, or rows of text whose gaps stand above each other.

use super::columns;
use super::grid::FoundTable;
use super::lines::Segment;
use super::{Rule, Token, headings};

/// Ends of rules of one table differ by this much at most, em.
const RULE_ENDS: f32 = 0.6;
/// White between two rows of one table, em.
const ROW_GAP: f32 = 2.2;
/// The same of rows with as many pieces, three or more, in line with each other.
const ROW_GAP_WIDE: f32 = 4.5;
/// Rows with one piece only that may stand between two rows with several: wrapped cells.
const SINGLES_MAX: usize = 4;

/// White above the title of a group of rows, em: a heading has more.
const GROUP_GAP: f32 = 1.0;
/// Lines that are rows of a table of one column stand further apart than those of a text, em.
const LISTING_PITCH: f32 = 1.55;
/// A name stands in the middle of its columns up to this share of their width.
const NAME_CENTRED: f32 = 0.12;
/// Widest key of a row, as a share of its table.
const KEY_SHARE: f32 = 0.45;
/// Lines that stand alone between two rows of a table below its ruled header.
const ALONE_MAX: usize = 3;
/// How far right of the rows so far a wrapped cell may reach, em.
const BESIDE: f32 = 12.0;

/// Segments on one baseline over the whole width of the page.
#[derive(Debug, Clone)]
pub struct VisualRow {
    /// Indices into the segments, left to right.
    pub pieces: Vec<usize>,
    pub top: f32,
    pub bottom: f32,
    pub baseline: f32,
    pub size: f32,
}

/// Rows of the segments, top down.
pub fn visual_rows(segments: &[Segment]) -> Vec<VisualRow> {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|a, b| segments[*a].baseline.total_cmp(&segments[*b].baseline));
    let mut rows: Vec<VisualRow> = Vec::new();
    for index in order {
        let segment = &segments[index];
        match rows.last_mut() {
            Some(row) if segment.baseline - row.baseline <= 0.35 * row.size.min(segment.size) => {
                row.pieces.push(index);
                row.top = row.top.min(segment.bbox.y);
                row.bottom = row.bottom.max(segment.bbox.bottom());
                row.size = row.size.max(segment.size);
            }
            _ => rows.push(VisualRow {
                pieces: vec![index],
                top: segment.bbox.y,
                bottom: segment.bbox.bottom(),
                baseline: segment.baseline,
                size: segment.size,
            }),
        }
    }
    for row in &mut rows {
        row.pieces.sort_by(|a, b| segments[*a].bbox.x.total_cmp(&segments[*b].bbox.x));
    }
    rows
}

/// What speaks for a region being a table, apart from its text.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Heights of the horizontal rules that bound its rows; empty = none.
    pub rules: Vec<f32>,
    /// Its last rows have nothing beside their first piece: what is to be filled in, or the only column.
    pub keys: bool,
}

/// Finds the tables among the segments, `loose` with less evidence. The tokens of a found table are those of its cells.
pub fn find(segments: &[Segment], tokens: &[Token], rules: &[Rule], loose: bool) -> Vec<FoundTable> {
    let rows = visual_rows(segments);
    let mut used = vec![false; segments.len()];
    let mut tables = Vec::new();
    let mut accept = |region: &Region, used: &mut [bool]| {
        if region.rows.iter().flatten().any(|piece| used[*piece]) {
            return;
        }
        if let Some(table) = columns::build(region, segments, tokens, loose) {
            region.rows.iter().flatten().for_each(|piece| used[*piece] = true);
            tables.push(table);
        }
    };
    ruled_regions(&rows, segments, rules).iter().for_each(|region| accept(region, &mut used));
    gap_regions(&rows, segments, tokens, &used).iter().for_each(|region| accept(region, &mut used));
    tables
}

/// Rows of a possible table: for each, the pieces inside it.
#[derive(Debug, Clone)]
pub struct Region {
    pub rows: Vec<Vec<usize>>,
    pub evidence: Evidence,
}

/// Regions bounded by horizontal rules of equal ends, cut where the text between two rules is no row of a table.
fn ruled_regions(rows: &[VisualRow], segments: &[Segment], rules: &[Rule]) -> Vec<Region> {
    let groups = rule_groups(rules);
    let spans: Vec<(f32, f32)> = groups.iter().map(|group| (group[0].from, group[0].to)).collect();
    let bounding = groups.iter().filter(|group| !rules_one_column(group, &spans, rows, segments));
    let regions = |group: &Vec<Rule>| match listing(group, rows, segments) {
        Some(region) => vec![region],
        None => bands(group, rows, segments),
    };
    bounding.flat_map(regions).collect()
}

/// Two and more rules of equal ends, top down as they come.
fn rule_groups(rules: &[Rule]) -> Vec<Vec<Rule>> {
    let mut left: Vec<Rule> = rules.iter().copied().filter(|rule| rule.to - rule.from > 40.0).collect();
    let mut groups = Vec::new();
    while let Some(first) = left.first().copied() {
        let em = 10.0;
        let (group, rest): (Vec<Rule>, Vec<Rule>) = left.into_iter().partition(|rule| {
            (rule.from - first.from).abs() <= RULE_ENDS * em && (rule.to - first.to).abs() <= RULE_ENDS * em
        });
        left = rest;
        if group.len() >= 2 {
            groups.push(group);
        }
    }
    groups
}

/// Financial tables rule each column of amounts by itself, above its name and around its total, and leave what the amounts
/// are outside of all rules: the keys of at least half of the rows stand left of `group`, in no other group's `spans`.
fn rules_one_column(group: &[Rule], spans: &[(f32, f32)], rows: &[VisualRow], segments: &[Segment]) -> bool {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return false };
    let within = |x: f32, span: &(f32, f32)| x >= span.0 - 2.0 && x <= span.1 + 2.0;
    let middle = |piece: &usize| segments[*piece].bbox.center().0;
    let between = |row: &&VisualRow| row.top >= first.at - 2.0 && row.bottom <= last.at + 2.0;
    let own = (first.from, first.to);
    let inside = rows.iter().filter(between).filter(|row| row.pieces.iter().any(|piece| within(middle(piece), &own)));
    let (mut all, mut keyed) = (0, 0);
    for row in inside {
        all += 1;
        let outside = |piece: &usize| !spans.iter().any(|span| within(middle(piece), span));
        keyed += usize::from(row.pieces.iter().any(|piece| middle(piece) < first.from && outside(piece)));
    }
    all > 1 && keyed * 2 >= all
}

/// A table of one column: a name between two rules, and below it lines set further apart than text, down to a third rule.
fn listing(group: &[Rule], rows: &[VisualRow], segments: &[Segment]) -> Option<Region> {
    let [top, below, bottom] = group else { return None };
    let band = |from: f32, to: f32| -> Vec<Vec<usize>> {
        let inside = rows.iter().filter(|row| row.top >= from - 1.0 && row.bottom <= to + 1.0);
        let own = |piece: &&usize| {
            let x = segments[**piece].bbox.center().0;
            x >= top.from && x <= top.to
        };
        inside
            .map(|row| row.pieces.iter().filter(own).copied().collect::<Vec<_>>())
            .filter(|row| !row.is_empty())
            .collect()
    };
    let (names, lines) = (band(top.at, below.at), band(below.at, bottom.at));
    let alone = names.len() == 1 && names.iter().chain(&lines).all(|row| row.len() == 1);
    if !alone || !are_even(&lines, segments) {
        return None;
    }
    let (first, second) = (&segments[lines[0][0]], &segments[lines[1][0]]);
    let flush = lines.iter().all(|row| (segments[row[0]].bbox.x - first.bbox.x).abs() <= 0.5 * first.size);
    let apart = second.baseline - first.baseline >= LISTING_PITCH * first.size;
    let evidence = Evidence { rules: group.iter().map(|rule| rule.at).collect(), keys: true };
    (flush && apart).then(|| Region { rows: [names, lines].concat(), evidence })
}

/// Runs of bands between the rules of a group that look like rows of a table.
fn bands(group: &[Rule], rows: &[VisualRow], segments: &[Segment]) -> Vec<Region> {
    let inside = |row: &VisualRow, top: f32, bottom: f32| -> Vec<usize> {
        let middle = f32::midpoint(row.top, row.bottom);
        if middle < top || middle > bottom {
            return Vec::new();
        }
        let within = |piece: &&usize| {
            let (x, _) = segments[**piece].bbox.center();
            x >= group[0].from - 2.0 && x <= group[0].to + 2.0
        };
        row.pieces.iter().filter(within).copied().collect()
    };
    let width = group[0].to - group[0].from;
    let mut regions: Vec<Region> = Vec::new();
    let mut current: Option<Region> = None;
    for pair in group.windows(2) {
        let (top, bottom) = (pair[0].at, pair[1].at);
        let band: Vec<Vec<usize>> =
            rows.iter().map(|row| inside(row, top, bottom)).filter(|pieces| !pieces.is_empty()).collect();
        let several = band.iter().filter(|pieces| pieces.len() > 1).count();
        let wide = band.iter().filter(|pieces| pieces.len() == 1 && segments[pieces[0]].bbox.w > 0.6 * width).count();
        // A form to be filled in has keys only.
        let keys = current.is_some() && are_keys(&band, segments, group[0].from, width);
        let tabular = (several > 0 && wide * 5 <= band.len()) || stands_apart(&band, segments) || keys;
        if tabular {
            let region = current.get_or_insert_with(|| Region {
                rows: Vec::new(),
                evidence: Evidence { rules: vec![top], ..Evidence::default() },
            });
            region.evidence.keys = several == 0 && keys && are_even(&band, segments);
            region.rows.extend(band);
            region.evidence.rules.push(bottom);
        } else if !band.is_empty() || current.is_none() {
            regions.extend(current.take());
        }
    }
    regions.extend(current);
    for region in &mut regions {
        trim(region, segments, width);
        extend(region, rows, segments, width, &inside);
    }
    regions
}

/// Whether the band holds short lines at its left edge and nothing else.
fn are_keys(band: &[Vec<usize>], segments: &[Segment], left: f32, width: f32) -> bool {
    let key = |row: &Vec<usize>| {
        let bbox = segments[row[0]].bbox;
        row.len() == 1 && bbox.w <= KEY_SHARE * width && bbox.x <= left + 0.1 * width
    };
    band.len() >= 2 && band.iter().all(key)
}

/// Three lines and more of one size at equal distances: a heading or a caption stands apart.
fn are_even(band: &[Vec<usize>], segments: &[Segment]) -> bool {
    let lines: Vec<&Segment> = band.iter().map(|row| &segments[row[0]]).collect();
    let pitches: Vec<f32> = lines.windows(2).map(|pair| pair[1].baseline - pair[0].baseline).collect();
    let even = |values: &[f32]| values.iter().all(|value| (value - values[0]).abs() <= 0.15 * values[0]);
    lines.len() > 2 && even(&pitches) && even(&lines.iter().map(|line| line.size).collect::<Vec<_>>())
}

/// Whether white runs down between the pieces of the band: cells that stand side by side on different baselines.
fn stands_apart(band: &[Vec<usize>], segments: &[Segment]) -> bool {
    let mut boxes: Vec<_> = band.iter().flatten().map(|piece| segments[*piece].bbox).collect();
    boxes.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut reach = f32::MAX;
    boxes.iter().any(|bbox| {
        let apart = bbox.x > reach + 0.8 * bbox.h;
        reach = if reach == f32::MAX { bbox.right() } else { reach.max(bbox.right()) };
        apart
    })
}

/// What stands alone above the first row or below the last one is a title or text that only shares the rules: a page
/// header is ruled too. A piece that begins right of the first column can be a header over several columns.
fn trim(region: &mut Region, segments: &[Segment], width: f32) {
    let left = region.rows.iter().flatten().map(|piece| segments[*piece].bbox.x).fold(f32::MAX, f32::min);
    let alone = |row: &Vec<usize>| {
        let first = row.first().map(|piece| segments[*piece].bbox);
        row.len() == 1 && first.is_some_and(|bbox| bbox.x <= left + 0.1 * width)
    };
    let Some(first) = region.rows.iter().position(|row| !alone(row)) else { return };
    // The keys of a header may stand above its other lines: only what is set apart by its size or white goes.
    let apart = |above: &Vec<usize>, below: &Vec<usize>| {
        let (above, below) = (&segments[above[0]], &segments[below[0]]);
        below.bbox.y - above.bbox.bottom() > 0.9 * below.size || above.size > 1.1 * below.size
    };
    let cut = (0..first).rev().find(|row| apart(&region.rows[*row], &region.rows[row + 1])).map_or(0, |row| row + 1);
    region.rows.drain(..cut);
    while region.rows.len() > 2 && !region.evidence.keys {
        let last = region.rows.len() - 1;
        if !(alone(&region.rows[last]) && apart(&region.rows[last - 1], &region.rows[last])) {
            break;
        }
        region.rows.pop();
    }
}

/// Tables are also drawn without their first or last rule: rows with several pieces right above or below belong.
fn extend(
    region: &mut Region,
    rows: &[VisualRow],
    segments: &[Segment],
    width: f32,
    inside: &impl Fn(&VisualRow, f32, f32) -> Vec<usize>,
) {
    let (Some(first), Some(last)) = (region.evidence.rules.first(), region.evidence.rules.last()) else { return };
    let (mut top, mut bottom) = (*first, *last);
    // With three rules and more both outer ones are drawn, and what stands beyond is something else.
    if region.evidence.rules.len() > 2 {
        return;
    }
    let close = |pieces: &[usize], distance: f32| pieces.len() > 1 && distance <= 1.6 * segments[pieces[0]].size;
    for row in rows.iter().rev().filter(|row| row.bottom <= *first + 1.0) {
        let pieces = inside(row, f32::MIN, f32::MAX);
        if !close(&pieces, top - row.bottom) {
            break;
        }
        top = row.top;
        region.rows.insert(0, pieces);
    }
    // Titles of groups and wrapped cells stand alone between the rows below a ruled header.
    let mut alone: Vec<Vec<usize>> = Vec::new();
    for row in rows.iter().filter(|row| row.top >= *last - 1.0) {
        let pieces = inside(row, f32::MIN, f32::MAX);
        let near = pieces.first().is_some_and(|piece| row.top - bottom <= 1.6 * segments[*piece].size);
        if !near || (pieces.len() == 1 && (alone.len() >= ALONE_MAX || segments[pieces[0]].bbox.w > 0.5 * width)) {
            break;
        }
        bottom = row.bottom;
        if pieces.len() > 1 {
            region.rows.append(&mut alone);
            region.rows.push(pieces);
        } else {
            alone.push(pieces);
        }
    }
}

/// Runs of rows with several pieces, wrapped rows between them.
fn gap_regions(rows: &[VisualRow], segments: &[Segment], tokens: &[Token], used: &[bool]) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut run: Vec<Vec<usize>> = Vec::new();
    let mut singles = 0;
    let mut bottom = 0.0;
    for (index, row) in rows.iter().enumerate() {
        let pieces: Vec<usize> = row.pieces.iter().filter(|piece| !used[**piece]).copied().collect();
        if pieces.is_empty() {
            continue;
        }
        let white = (row.top - bottom) / row.size.max(1.0);
        let wide = white <= ROW_GAP_WIDE
            && pieces.len() > 2
            && run.last().is_some_and(|last| last.len() == pieces.len() && line_up(last, &pieces, segments, row.size));
        let near = run.is_empty() || white <= ROW_GAP || wide;
        let several = pieces.len() > 1 && !only_marker_and_text(&pieces, segments);
        let wrapped = pieces.len() == 1
            && singles < SINGLES_MAX
            && ((fits(&run, pieces[0], segments) && !stands_out(&run, pieces[0], row.top - bottom, segments, tokens))
                || is_group_title(&run, &rows[index..], segments, tokens));
        if !near || !(several || wrapped) {
            close_run(&mut run, &mut regions);
            singles = 0;
            if !several && pieces.len() != 1 {
                continue;
            }
        }
        if several {
            singles = 0;
        } else if run.is_empty() {
            continue;
        } else {
            singles += 1;
        }
        bottom = row.bottom;
        if run.is_empty() && index > 0 {
            run.extend(name_over(&rows[index - 1], &rows[index..], segments, tokens, used));
        }
        run.push(pieces);
    }
    close_run(&mut run, &mut regions);
    regions
}

/// A line above the first row that is a name over several of its columns: in the middle over them, with the first column
/// free, and close.
fn name_over(
    above: &VisualRow,
    rows: &[VisualRow],
    segments: &[Segment],
    tokens: &[Token],
    used: &[bool],
) -> Option<Vec<usize>> {
    let [piece] = above.pieces.as_slice() else { return None };
    let (own, names) = (&segments[*piece], &rows.first()?.pieces);
    let close = rows[0].top - above.bottom <= GROUP_GAP * own.size && own.size <= 1.1 * rows[0].size;
    if used[*piece] || !close || headings::is_caption(&own.text(tokens)) {
        return None;
    }
    let key = |left: f32| rows.iter().skip(1).take(3).any(|row| segments[row.pieces[0]].bbox.right() < left);
    let over = |from: usize, to: usize| {
        let (x0, x1) = (segments[names[from]].bbox.x, segments[names[to]].bbox.right());
        let off = (own.bbox.center().0 - f32::midpoint(x0, x1)).abs();
        own.bbox.x >= x0 && own.bbox.right() <= x1 && off <= NAME_CENTRED * (x1 - x0) && key(x0)
    };
    let fits = (0..names.len()).any(|from| (from + 1..names.len()).any(|to| over(from, to)));
    fits.then(|| vec![*piece])
}

fn close_run(run: &mut Vec<Vec<usize>>, regions: &mut Vec<Region>) {
    let rows = std::mem::take(run);
    if rows.iter().filter(|pieces| pieces.len() > 1).count() >= 2 {
        regions.push(Region { rows, evidence: Evidence::default() });
    }
}

/// A line alone can be a wrapped cell when it is no wider than the pieces around it.
fn fits(run: &[Vec<usize>], piece: usize, segments: &[Segment]) -> bool {
    let boxes = || run.iter().flatten().map(|index| segments[*index].bbox);
    let Some(area) = docmill_model::document::BBox::around(boxes()) else { return false };
    let own = segments[piece].bbox;
    let crossed = run.iter().filter(|pieces| pieces.len() > 1).any(|pieces| {
        pieces
            .iter()
            .filter(|other| {
                let other = segments[**other].bbox;
                other.x < own.right() && other.right() > own.x
            })
            .count()
            > 1
    });
    // A column may begin in a line of its own, not far beside the others.
    let aside = BESIDE * segments[piece].size;
    !crossed && own.w <= 0.6 * area.w && own.x >= area.x - 2.0 && own.right() <= area.right() + aside
}

/// A bold line between two rows of one table: the next row's pieces end or begin where those of the last row do.
fn is_group_title(run: &[Vec<usize>], rows: &[VisualRow], segments: &[Segment], tokens: &[Token]) -> bool {
    let [own, next, ..] = rows else { return false };
    let (title, em) = (&segments[own.pieces[0]], own.size);
    let Some(last) = run.iter().rev().find(|row| row.len() > 1) else { return false };
    let close = next.top - own.bottom <= 1.6 * GROUP_GAP * em && next.pieces.len() > 1;
    if !close || title.size > 1.1 * segments[last[0]].size || headings::is_caption(&title.text(tokens)) {
        return false;
    }
    line_up(last, &next.pieces[1..], segments, em) || stand_below(last, &next.pieces[1..], title, segments)
}

/// Whether every value stands below one of the names of a header that leaves the first column free: right of where the
/// name begins, left of where the next one does. Names and numbers are set flush on different sides.
fn stand_below(names: &[usize], values: &[usize], title: &Segment, segments: &[Segment]) -> bool {
    let begins: Vec<f32> = names.iter().map(|name| segments[*name].bbox.x).collect();
    let below = |value: &usize| {
        let own = segments[*value].bbox;
        let slot = begins.iter().filter(|x| **x <= own.x + 1.0).count();
        slot > 0 && begins.get(slot).is_none_or(|next| own.right() <= *next)
    };
    begins.first().is_some_and(|first| *first > title.bbox.right()) && values.len() > 1 && values.iter().all(below)
}

/// Whether two thirds of the values begin, end or have their middle where some piece of the row above has.
fn line_up(above: &[usize], values: &[usize], segments: &[Segment], em: f32) -> bool {
    let meets = |piece: &&usize| {
        let own = segments[**piece].bbox;
        above.iter().any(|other| {
            let other = segments[*other].bbox;
            let apart = [other.right() - own.right(), other.x - own.x, other.center().0 - own.center().0];
            apart.iter().any(|distance| distance.abs() <= 0.5 * em)
        })
    };
    values.iter().filter(meets).count() * 3 >= values.len() * 2
}

/// A heading or caption between two tables: larger or bolder than the rows before it, or named as one.
fn stands_out(run: &[Vec<usize>], piece: usize, above: f32, segments: &[Segment], tokens: &[Token]) -> bool {
    let own = &segments[piece];
    let Some(last) = run.last().and_then(|row| row.first()).map(|index| &segments[*index]) else { return false };
    let text = own.text(tokens);
    // Bold in the rhythm of the rows is the title of a group of them.
    let apart = above > GROUP_GAP * own.size;
    own.size > 1.1 * last.size || (own.bold && !last.bold && apart && text.contains(' ')) || headings::is_caption(&text)
}

fn only_marker_and_text(pieces: &[usize], segments: &[Segment]) -> bool {
    pieces.len() == 2
        && segments[pieces[0]].tokens.len() == 1
        && segments[pieces[0]].bbox.w < 1.2 * segments[pieces[0]].size
        && segments[pieces[1]].tokens.len() > 3
}
