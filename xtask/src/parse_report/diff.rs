//! What two texts do not have in common, word by word. Lines are no help here: one side may have a paragraph on a line
//! where the other breaks it.

use super::distance::without_common_ends;

/// More words of a text are not shown: the comparison takes the square of it.
const WORDS_MAX: usize = 4000;

const TABLE_TAGS: [&str; 7] = ["table", "thead", "tbody", "tr", "td", "th", "br"];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Common,
    /// Only this side has it.
    Own,
    /// How a table is written, which is not compared.
    Markup,
    Space,
}

#[derive(Debug, PartialEq)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub kind: Kind,
}

/// Both texts in pieces, those that only one of them has marked as such.
pub fn pieces<'a>(a: &'a str, b: &'a str) -> (Vec<Piece<'a>>, Vec<Piece<'a>>) {
    let (mut a, mut b) = (split(a), split(b));
    let (words_a, words_b) = (words(&a), words(&b));
    let (common_a, common_b) = common(&words_a, &words_b);
    mark(&mut a, &common_a);
    mark(&mut b, &common_b);
    (a, b)
}

pub fn is_cut(text: &str, pieces: &[Piece]) -> bool {
    pieces.iter().map(|piece| piece.text.len()).sum::<usize>() < text.len()
}

fn words<'a>(pieces: &[Piece<'a>]) -> Vec<&'a str> {
    pieces.iter().filter(|piece| piece.kind == Kind::Common).map(|piece| piece.text).collect()
}

fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut count = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next().filter(|_| count < WORDS_MAX) {
        let length = match first {
            '|' => 1,
            '<' => tag(rest).unwrap_or_else(|| word(rest)),
            space if space.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            _ => word(rest),
        };
        let (piece, after) = rest.split_at(length);
        let kind = kind(piece);
        count += usize::from(kind == Kind::Common);
        pieces.push(Piece { text: piece, kind });
        rest = after;
    }
    pieces
}

fn word(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    text[first..].find(|c: char| c.is_whitespace() || matches!(c, '<' | '|')).map_or(text.len(), |at| first + at)
}

fn tag(text: &str) -> Option<usize> {
    let name = text[1..].trim_start_matches('/');
    let length = text.find('>')? + 1;
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && !text[..length].contains('\n')).then_some(length)
}

/// A tag with spans says something that the other side should say too, and so does every tag that makes no table.
fn kind(piece: &str) -> Kind {
    let name = piece.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')).map(|tag| tag.trim_matches('/'));
    let is_plain_tag = name.is_some_and(|name| TABLE_TAGS.contains(&name.to_ascii_lowercase().as_str()));
    let is_rule = piece.len() > 2 && piece.chars().all(|c| matches!(c, '-' | ':'));
    if piece.starts_with(char::is_whitespace) {
        Kind::Space
    } else if piece == "|" || is_rule || is_plain_tag {
        Kind::Markup
    } else {
        Kind::Common
    }
}

/// For each word of both whether it belongs to the longest common subsequence.
fn common(a: &[&str], b: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let (front, middle_a, middle_b) = without_common_ends(a, b);
    let (mut common_a, mut common_b) = (vec![true; a.len()], vec![true; b.len()]);
    common_a[front..front + middle_a.len()].fill(false);
    common_b[front..front + middle_b.len()].fill(false);
    let width = middle_b.len() + 1;
    let lengths = common_lengths(middle_a, middle_b);
    let (mut i, mut j) = (0, 0);
    while i < middle_a.len() && j < middle_b.len() {
        if middle_a[i] == middle_b[j] {
            (common_a[front + i], common_b[front + j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (common_a, common_b)
}

/// How many words the rests of both from any two places on have in common, in rows for the places of `a`.
fn common_lengths(a: &[&str], b: &[&str]) -> Vec<u16> {
    let width = b.len() + 1;
    let mut lengths = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = if a[i] == b[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    lengths
}

/// Words that are not common become the side's own, with the spaces between two of them on a line.
fn mark(pieces: &mut [Piece], common: &[bool]) {
    let words = pieces.iter_mut().filter(|piece| piece.kind == Kind::Common);
    for (piece, _) in words.zip(common).filter(|(_, common)| !**common) {
        piece.kind = Kind::Own;
    }
    for middle in 1..pieces.len().saturating_sub(1) {
        let between = pieces[middle - 1].kind == Kind::Own && pieces[middle + 1].kind == Kind::Own;
        if between && pieces[middle].kind == Kind::Space && !pieces[middle].text.contains('\n') {
            pieces[middle].kind = Kind::Own;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with its own words in brackets.
    fn marked(pieces: &[Piece]) -> String {
        let show = |piece: &Piece| match piece.kind {
            Kind::Own => format!("[{}]", piece.text),
            _ => piece.text.to_owned(),
        };
        pieces.iter().map(show).collect::<String>().replace("][", "")
    }

    #[test]
    fn words_of_one_side_are_marked() {
        for (a, b, expected_a, expected_b) in [
            ("a b\nc", "a  b c", "a b\nc", "a  b c"),
            ("a b c d", "a d", "a [b c] d", "a d"),
            ("# One", "One", "[#] One", "One"),
            ("", "x y", "", "[x y]"),
            ("<td>a</td><td>b</td>", "|a|c|\n|---|", "<td>a</td><td>[b]</td>", "|a|[c]|\n|---|"),
            ("<td rowspan=\"2\">a", "<td>a", "[<td rowspan=\"2\">]a", "<td>a"),
            ("x < y é<é", "x y", "x [<] y [é<é]", "x y"),
        ] {
            let (pieces_a, pieces_b) = pieces(a, b);
            assert_eq!((marked(&pieces_a).as_str(), marked(&pieces_b).as_str()), (expected_a, expected_b));
        }
    }

    #[test]
    fn long_texts_are_cut() {
        let long = "word ".repeat(WORDS_MAX + 1);
        let (pieces, _) = pieces(&long, "word");
        assert!(is_cut(&long, &pieces));
        assert_eq!(words(&pieces).len(), 1);
    }
}
