//! What stands outside the body: docling's flat nodes only say "furniture", its item tree says which.

use docling_core::tree::{ItemTree, TreeKind};
use docmill_model::document::Role;

/// Texts by role, without their white space: runs and paragraphs are cut differently in the two forms.
#[derive(Default)]
pub struct Roles {
    headers: String,
    footers: String,
    notes: String,
}

impl Roles {
    pub fn new(tree: Option<&ItemTree>) -> Self {
        let mut roles = Self::default();
        for item in tree.map_or(&[][..], |tree| &tree.items) {
            let TreeKind::Text { label, text, .. } = &item.kind else { continue };
            let place = match role_of(tree, item.parent, label) {
                Some(Role::PageHeader) => &mut roles.headers,
                Some(Role::PageFooter) => &mut roles.footers,
                Some(_) => &mut roles.notes,
                None => continue,
            };
            place.extend(text.chars().filter(|char| !char.is_whitespace()));
        }
        roles
    }

    /// The role of a text of the furniture layer; `None` when the tree does not know it.
    pub fn of(&self, text: &str) -> Option<Role> {
        let text: String = text.chars().filter(|char| !char.is_whitespace()).collect();
        [(&self.notes, Role::Footnote), (&self.headers, Role::PageHeader), (&self.footers, Role::PageFooter)]
            .into_iter()
            .find(|(texts, _)| texts.contains(&text))
            .map(|(_, role)| role)
    }
}

fn role_of(tree: Option<&ItemTree>, mut parent: Option<usize>, label: &str) -> Option<Role> {
    match label {
        "footnote" => return Some(Role::Footnote),
        "page_header" => return Some(Role::PageHeader),
        "page_footer" => return Some(Role::PageFooter),
        _ => {}
    }
    // The tree comes from a library: a loop in it must not hang us.
    for _ in 0..64 {
        let item = tree?.items.get(parent?)?;
        if let TreeKind::Group { name, .. } = &item.kind {
            match name.as_str() {
                "page header" => return Some(Role::PageHeader),
                "page footer" => return Some(Role::PageFooter),
                _ => {}
            }
        }
        parent = item.parent;
    }
    None
}
