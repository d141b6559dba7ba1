//! Levels of headings.

use docling::Node;

/// docling keeps level 1 for the style "Title", so that "Heading 1" comes as 2. Where a document has no title, its
/// headings begin at 1, as those who wrote it chose them.
pub fn settle(nodes: &mut [Node]) {
    let mut highest = u8::MAX;
    each(nodes, &mut |level| highest = highest.min(*level));
    if highest == 2 {
        each(nodes, &mut |level| *level -= 1);
    }
}

fn each(nodes: &mut [Node], act: &mut impl FnMut(&mut u8)) {
    for node in nodes {
        match node {
            Node::Heading { level, .. } => act(level),
            Node::Group { children, layer: None, .. } => each(children, act),
            Node::Prov { inner, .. } | Node::Located { inner, .. } | Node::Commented { inner, .. } => {
                each(std::slice::from_mut(inner), act);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_begin_at_the_first_level() {
        let check = |levels: &[u8], expected: &[u8]| {
            let heading = |level: &u8| Node::Heading { level: *level, text: "x".into() };
            let mut nodes: Vec<Node> = levels.iter().map(heading).collect();
            settle(&mut nodes);
            let mut found = Vec::new();
            each(&mut nodes, &mut |level| found.push(*level));
            assert_eq!(found, expected, "{levels:?}");
        };
        check(&[2, 3, 2], &[1, 2, 1]);
        check(&[1, 2, 3], &[1, 2, 3]);
        check(&[4, 5], &[4, 5]);
    }
}
