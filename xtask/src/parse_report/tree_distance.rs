//! The least number of nodes to insert, delete or rename between two ordered trees (Zhang and Shasha 1989).

use std::collections::HashMap;

use super::distance::levenshtein_share;
use super::trees::Node;

/// A tree in post-order.
#[derive(Default)]
struct Ordered<'a> {
    /// Each node's tag and text, as a number in `distinct`: cells repeat, and their comparison is what takes long.
    labels: Vec<usize>,
    distinct: Vec<(&'a str, &'a str)>,
    /// The place of each node's leftmost leaf.
    left: Vec<usize>,
}

impl<'a> Ordered<'a> {
    fn new(root: &'a Node) -> Self {
        let mut tree = Self::default();
        tree.add(root, &mut HashMap::new());
        tree
    }

    /// Returns the place of the leftmost leaf.
    fn add(&mut self, node: &'a Node, known: &mut HashMap<(&'a str, &'a str), usize>) -> usize {
        let leaves: Vec<usize> = node.children.iter().map(|child| self.add(child, known)).collect();
        let label = (node.tag.as_str(), node.text.as_str());
        let number = *known.entry(label).or_insert_with(|| {
            self.distinct.push(label);
            self.distinct.len() - 1
        });
        let left = leaves.first().copied().unwrap_or(self.labels.len());
        self.labels.push(number);
        self.left.push(left);
        left
    }

    /// Of the nodes that share a leftmost leaf the highest: the subtrees that are compared each by itself.
    fn keyroots(&self) -> Vec<usize> {
        (0..self.left.len()).filter(|&node| !self.left[node + 1..].contains(&self.left[node])).collect()
    }
}

/// Inserting and deleting cost 1; renaming costs 1 between tags, else the share of the text that differs.
pub fn tree_distance(a: &Node, b: &Node) -> f64 {
    let (a, b) = (Ordered::new(a), Ordered::new(b));
    let renames = Table::filled(a.distinct.len(), b.distinct.len(), |i, j| {
        let ((tag, text), (other_tag, other_text)) = (a.distinct[i], b.distinct[j]);
        if tag == other_tag { levenshtein_share(text, other_text) } else { 1.0 }
    });
    let mut trees = Table::filled(a.left.len(), b.left.len(), |_, _| 0.0);
    let columns = b.keyroots();
    for row in a.keyroots() {
        for column in &columns {
            forests(&a, &b, (row, *column), &renames, &mut trees);
        }
    }
    trees.at(a.left.len() - 1, b.left.len() - 1)
}

/// Fills in the distances of all subtrees on the left edges of the two roots' subtrees.
fn forests(a: &Ordered, b: &Ordered, roots: (usize, usize), renames: &Table, trees: &mut Table) {
    let (first_a, first_b) = (a.left[roots.0], b.left[roots.1]);
    let (height, width) = (roots.0 - first_a + 2, roots.1 - first_b + 2);
    // Distances of the forests up to, but not including, a node.
    let mut forest = Table::filled(height, width, |i, j| if i == 0 || j == 0 { (i + j) as f64 } else { 0.0 });
    for i in 1..height {
        let x = first_a + i - 1;
        for j in 1..width {
            let y = first_b + j - 1;
            let both_whole = a.left[x] == first_a && b.left[y] == first_b;
            let swap = if both_whole {
                forest.at(i - 1, j - 1) + renames.at(a.labels[x], b.labels[y])
            } else {
                forest.at(a.left[x] - first_a, b.left[y] - first_b) + trees.at(x, y)
            };
            let best = swap.min(forest.at(i - 1, j) + 1.0).min(forest.at(i, j - 1) + 1.0);
            forest.set(i, j, best);
            if both_whole {
                trees.set(x, y, best);
            }
        }
    }
}

struct Table {
    width: usize,
    cells: Vec<f64>,
}

impl Table {
    fn filled(height: usize, width: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let cells = (0..height).flat_map(|i| (0..width).map(move |j| (i, j))).map(|(i, j)| value(i, j)).collect();
        Self { width, cells }
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.cells[i * self.width + j]
    }

    fn set(&mut self, i: usize, j: usize, value: f64) {
        self.cells[i * self.width + j] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a(b c:text)` as a tree.
    fn tree(text: &mut std::iter::Peekable<std::str::Chars>) -> Node {
        let mut node = Node::default();
        let mut in_text = false;
        while let Some(next) = text.next_if(|c| !"( )".contains(*c)) {
            if next == ':' {
                in_text = true;
            } else {
                if in_text { &mut node.text } else { &mut node.tag }.push(next);
            }
        }
        if text.next_if_eq(&'(').is_some() {
            while text.next_if_eq(&')').is_none() {
                node.children.push(tree(text));
                text.next_if_eq(&' ');
            }
        }
        node
    }

    #[test]
    fn distances_by_hand() {
        for (a, b, expected) in [
            ("a", "a", 0.0),
            ("a", "b", 1.0),
            ("a:xy", "a:xz", 0.5),
            ("a:xy", "b:xy", 1.0),
            ("a(b c)", "a", 2.0),
            ("a(b c)", "a(c b)", 2.0),
            ("a(b(c d))", "a(c d)", 1.0),
            ("f(d(a c(b)) e)", "f(c(d(a b)) e)", 2.0),
            ("p(t(r(d:a d:b) r(d:c d:d)))", "p(t(r(d:a d:b)))", 3.0),
        ] {
            let (a, b) = (tree(&mut a.chars().peekable()), tree(&mut b.chars().peekable()));
            assert_eq!((tree_distance(&a, &b), tree_distance(&b, &a)), (expected, expected), "{a:?} {b:?}");
        }
    }
}
