//! Form fields with their labels: the words that are printed beside them.

use docmill_model::document::{BBox, FieldKind, FieldValue, FormField};
use rustc_hash::FxHashMap;

use super::drawing::DrawnField;
use super::turn::Turn;
use crate::layout::Token;

/// Words of a label.
const WORDS_MAX: usize = 12;
/// White between a label and its field, and between two words of a label, em.
const LABEL_GAP: f32 = 6.0;
const BUTTON_GAP: f32 = 2.0;
const ABOVE_GAP: f32 = 1.5;
const WORD_GAP: f32 = 1.0;
/// How far words may reach into a field, points: its frame is often drawn around them.
const OVER: f32 = 2.0;
/// Words that are looked at for all labels of a page.
const LOOKS_MAX: usize = 20_000_000;

/// The fields of an upright page; widgets of one field are one.
pub fn of(drawn: &[DrawnField], turn: &Turn, tokens: &[Token]) -> Vec<FormField> {
    if drawn.is_empty() {
        return Vec::new();
    }
    let boxes: Vec<BBox> = drawn.iter().map(|field| turn.bbox(field.bbox)).collect();
    let mut words = Words::new(tokens, &boxes);
    let mut fields: Vec<FormField> = Vec::new();
    let mut known: FxHashMap<(&str, FieldKind), usize> = FxHashMap::default();
    for (own, bbox) in drawn.iter().zip(boxes) {
        let mut value = own.value.clone();
        let beside = if own.button { words.right_of(bbox) } else { None };
        if let (FieldValue::Chosen(chosen), Some(label)) = (&mut value, &beside) {
            *chosen = vec![label.clone()];
        }
        // Check boxes of one name are told apart by their labels.
        let known = (!own.name.is_empty() && own.kind != FieldKind::Checkbox)
            .then(|| *known.entry((&own.name, own.kind)).or_insert(fields.len()));
        if let Some(field) = known.and_then(|index| fields.get_mut(index)) {
            field.boxes.push(bbox);
            if field.value == FieldValue::Empty {
                field.value = value;
            }
            continue;
        }
        let label = beside.filter(|_| own.kind == FieldKind::Checkbox);
        let label = label.or_else(|| words.left_of(bbox)).or_else(|| words.above(bbox)).or_else(|| own.title.clone());
        fields.push(FormField { name: own.name.clone(), label, kind: own.kind, value, boxes: vec![bbox] });
    }
    fields
}

/// The words of a page that are no values, by where they stand.
struct Words<'t> {
    tokens: Vec<&'t Token>,
    looks: usize,
}

impl<'t> Words<'t> {
    fn new(tokens: &'t [Token], fields: &[BBox]) -> Self {
        let mut sorted: Vec<&Token> = tokens.iter().collect();
        sorted.sort_by(|a, b| a.bbox.center().1.total_cmp(&b.bbox.center().1));
        let mut words = Self { tokens: sorted, looks: 0 };
        let mut values = vec![false; tokens.len()];
        for bbox in fields {
            let start = words.tokens.partition_point(|token| token.bbox.center().1 < bbox.y);
            for (index, token) in words.band(bbox.y, bbox.bottom()).iter().enumerate() {
                let (x, y) = token.bbox.center();
                values[start + index] |= bbox.contains_point(x, y);
            }
        }
        let mut values = values.into_iter();
        words.tokens.retain(|_| !values.next().unwrap_or(false));
        words
    }

    /// Words whose middle lies between two heights.
    fn band(&mut self, top: f32, bottom: f32) -> Vec<&'t Token> {
        let start = self.tokens.partition_point(|token| token.bbox.center().1 < top);
        let end = self.tokens.partition_point(|token| token.bbox.center().1 <= bottom);
        self.looks += end.saturating_sub(start);
        if self.looks > LOOKS_MAX {
            return Vec::new();
        }
        self.tokens.get(start..end).unwrap_or_default().to_vec()
    }

    fn left_of(&mut self, field: BBox) -> Option<String> {
        let mut band = self.band(field.y - OVER, field.bottom() + OVER);
        band.retain(|token| token.bbox.right() <= field.x + OVER);
        band.sort_by(|a, b| b.bbox.right().total_cmp(&a.bbox.right()));
        let first = *band.first().filter(|token| field.x - token.bbox.right() <= LABEL_GAP * token.size)?;
        let mut words = vec![first];
        for token in band.iter().skip(1).filter(|token| on_line(token, first)) {
            let gap = words.last().map_or(0.0, |last| last.bbox.x - token.bbox.right());
            if gap > WORD_GAP * first.size || words.len() == WORDS_MAX {
                break;
            }
            words.push(token);
        }
        words.reverse();
        label(&words)
    }

    fn right_of(&mut self, field: BBox) -> Option<String> {
        let mut band = self.band(field.y - OVER, field.bottom() + OVER);
        band.retain(|token| token.bbox.x >= field.right() - OVER);
        band.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
        let first = *band.first().filter(|token| token.bbox.x - field.right() <= BUTTON_GAP * token.size)?;
        let mut words = vec![first];
        for token in band.iter().skip(1).filter(|token| on_line(token, first)) {
            let gap = words.last().map_or(0.0, |last| token.bbox.x - last.bbox.right());
            if gap > WORD_GAP * first.size || words.len() == WORDS_MAX {
                break;
            }
            words.push(token);
        }
        label(&words)
    }

    fn above(&mut self, field: BBox) -> Option<String> {
        let mut band = self.band(field.y - 60.0, field.y);
        band.retain(|token| {
            let near = field.y - token.bbox.bottom() <= ABOVE_GAP * token.size;
            near && token.bbox.right() > field.x - OVER && token.bbox.x < field.right()
        });
        let lowest = *band.iter().max_by(|a, b| a.baseline.total_cmp(&b.baseline))?;
        band.retain(|token| on_line(token, lowest));
        band.sort_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x));
        band.truncate(WORDS_MAX);
        label(&band)
    }
}

fn on_line(token: &Token, other: &Token) -> bool {
    (token.baseline - other.baseline).abs() <= 0.3 * token.size.max(other.size)
}

/// The words without what leads from them to the field.
fn label(words: &[&Token]) -> Option<String> {
    let text = words.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches([' ', '.', ':', '_', '：', '…']).trim_start_matches(['_', ' ']);
    (!text.is_empty()).then(|| text.to_owned())
}
