//! Insertions, deletions and comments of a Word document with their authors.
//!
//! The text of the pages is that with all changes accepted, so the changes are taken from a second reading that keeps
//! both sides.

use docling::{DoclingDocument, Node, RevisionKind as Kind};
use docling_core::tree::{ItemTree, TreeItem, TreeKind};
use docmill_model::document::{Revision, RevisionKind};

use super::inline;

/// All of a document, changes first, each in the document's order.
pub fn of(both_sides: &DoclingDocument, accepted: &DoclingDocument) -> Vec<Revision> {
    let mut found = both_sides.tree.as_ref().map_or_else(Vec::new, changes);
    found.extend(comments(&accepted.nodes));
    found
}

fn changes(tree: &ItemTree) -> Vec<Revision> {
    let changed = tree.items.iter().filter_map(|item| Some((item, item.revision.as_ref()?)));
    changed
        .filter_map(|(item, revision)| {
            let content = text(item)?.trim().to_owned();
            let kind = match revision.kind {
                Kind::Insertion => RevisionKind::Inserted,
                Kind::Deletion => RevisionKind::Deleted,
            };
            (!content.is_empty()).then(|| Revision {
                kind,
                author: revision.author.clone(),
                target: around(tree, item).unwrap_or_else(|| content.clone()),
                content,
            })
        })
        .collect()
}

/// The paragraph that a changed text stands in, as it reads without what was deleted.
fn around(tree: &ItemTree, item: &TreeItem) -> Option<String> {
    let parent = item.parent?;
    let TreeKind::Group { label, .. } = &tree.items.get(parent)?.kind else { return None };
    if label != "inline" {
        return None;
    }
    let stays = |item: &&TreeItem| !matches!(&item.revision, Some(revision) if matches!(revision.kind, Kind::Deletion));
    let beside = tree.items.iter().filter(|other| other.parent == Some(parent));
    let texts: Vec<&str> = beside.filter(stays).filter_map(text).map(str::trim).collect();
    Some(texts.join(" "))
}

fn text(item: &TreeItem) -> Option<&str> {
    match &item.kind {
        TreeKind::Text { text, .. } => Some(text),
        _ => None,
    }
}

fn comments(nodes: &[Node]) -> Vec<Revision> {
    let mut targets = Vec::new();
    commented(nodes, &mut targets);
    let sections = nodes.iter().filter_map(|node| match node {
        Node::CommentSection { text, .. } => Some(text.as_str()),
        _ => None,
    });
    sections
        .enumerate()
        .map(|(index, section)| {
            let (author, content) = parted(section);
            let target = targets.iter().find(|(comments, _)| comments.contains(&index));
            let target = target.map(|(_, text)| text.clone()).unwrap_or_default();
            Revision { kind: RevisionKind::Comment, author, target, content: content.to_owned() }
        })
        .collect()
}

fn commented(nodes: &[Node], found: &mut Vec<(Vec<usize>, String)>) {
    for node in nodes {
        match node {
            Node::Commented { comments, inner } => found.push((comments.clone(), plain(inner))),
            Node::Group { children, .. } => commented(children, found),
            _ => {}
        }
    }
}

fn plain(node: &Node) -> String {
    match node {
        Node::Heading { text, .. } | Node::Paragraph { text } | Node::ListItem { text, .. } => {
            inline::read(text, false).plain
        }
        Node::InlineGroup { md_text, .. } => inline::read(md_text, false).plain,
        Node::Prov { inner, .. } | Node::Located { inner, .. } => plain(inner),
        _ => String::new(),
    }
}

/// docling writes `[author: Ann (A), time: ...]: text`.
fn parted(section: &str) -> (Option<String>, &str) {
    let Some((head, content)) = section.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) else {
        return (None, section);
    };
    let author = head.strip_prefix("author: ").map(|rest| rest.split(", time: ").next().unwrap_or(rest));
    let name = author.map(|author| author.rsplit_once(" (").map_or(author, |(name, _)| name));
    (name.map(str::to_owned), content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_of_comments_are_read() {
        for (section, author, content) in [
            ("[author: Ann Lee (AL), time: 2024]: Which year?", Some("Ann Lee"), "Which year?"),
            ("[author: Ann, time: 2024]: a]: b", Some("Ann"), "a]: b"),
            ("[time: 2024]: x", None, "x"),
            ("plain", None, "plain"),
        ] {
            assert_eq!(parted(section), (author.map(str::to_owned), content), "{section}");
        }
    }
}
