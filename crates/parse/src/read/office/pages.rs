//! Where pages begin: slides, sheets, or the whole document as one page.

use docling::{ContentLayer, DoclingDocument, Node};
use docmill_model::document::{Role, Warning};

use super::blocks::{Context, PageBuilder};
use super::sheets;
use crate::read::ready::{Draft, PAGE_BYTES_MAX};

/// Slides and sheets that are hidden are left out, as presentations and workbooks are shown.
const HIDDEN_NOT_READ: &str = "HIDDEN_NOT_READ";
/// English Metric Units, in which slides are measured.
const EMU_PER_POINT: f32 = 12_700.0;

/// The pages of a document in order, and what is to be said about them.
pub fn pages(document: &DoclingDocument, context: &Context) -> (Vec<Draft>, Vec<Warning>) {
    let mut pictures = 0;
    let mut drafts = Vec::new();
    let mut hidden = 0;
    for part in parts(document, context) {
        if part.hidden && !shows_hidden(context) {
            hidden += 1;
            continue;
        }
        let mut builder = PageBuilder::new(context, &mut pictures);
        builder.shows_hidden = part.hidden;
        (builder.draft.page.width, builder.draft.page.height) = part.size.unzip();
        builder.draft.page.engine = super::ENGINE.to_owned();
        if let Some(name) = part.name.as_deref().filter(|_| sheets::is_sheet(context.id)) {
            builder.sheet_name(name);
        }
        builder.draft.page.name = part.name;
        if context.options.sheets.whole && sheets::is_sheet(context.id) {
            let whole = sheets::whole(&part.nodes).map(Node::Table);
            whole.iter().for_each(|node| push(&mut builder, node, &mut drafts));
            sheets::others(&part.nodes).into_iter().for_each(|node| push(&mut builder, node, &mut drafts));
        } else {
            part.nodes.into_iter().for_each(|node| push(&mut builder, node, &mut drafts));
        }
        hidden += u32::from(builder.skipped_hidden);
        drafts.push(builder.end_page());
    }
    let mut warnings = Vec::new();
    if hidden > 0 {
        let message = "Hidden slides, sheets or sections were left out.";
        warnings.push(Warning::new(HIDDEN_NOT_READ, message));
    }
    (drafts, warnings)
}

/// Adds a node; what is too long for one page goes on on further ones, between rows or paragraphs.
pub fn push(builder: &mut PageBuilder, node: &Node, drafts: &mut Vec<Draft>) {
    match node {
        Node::Group { layer: None, children, .. } => {
            children.iter().for_each(|child| push(builder, child, drafts));
            return;
        }
        Node::Prov { inner, .. } | Node::Commented { inner, .. } if matches!(**inner, Node::Table(_)) => {
            return push(builder, inner, drafts);
        }
        Node::Located { inner, .. } if matches!(**inner, Node::Table(_)) && sheets::is_sheet(builder.id()) => {
            return push(builder, inner, drafts);
        }
        Node::Table(table) if sheets::is_long(table) => {
            let mut portions = sheets::portions(table).into_iter().peekable();
            while let Some(portion) = portions.next() {
                builder.push(&Node::Table(portion));
                if portions.peek().is_some() {
                    drafts.push(builder.end_page());
                }
            }
        }
        node => builder.push(node),
    }
    if builder.text_bytes() > PAGE_BYTES_MAX {
        drafts.push(builder.end_page());
    }
}

fn shows_hidden(context: &Context) -> bool {
    if sheets::is_sheet(context.id) { context.options.sheets.hidden } else { context.options.slides.hidden }
}

/// The nodes of one page.
#[derive(Default)]
struct Part<'a> {
    name: Option<String>,
    /// Width and height in points.
    size: Option<(f32, f32)>,
    hidden: bool,
    nodes: Vec<&'a Node>,
}

fn parts<'a>(document: &'a DoclingDocument, context: &Context) -> Vec<Part<'a>> {
    let has_pages = document.nodes.iter().any(|node| page_group(node).is_some());
    if !has_pages {
        let mut nodes = headers_first(&document.nodes, context);
        nodes.retain(|node| !is_window_title(node, &document.nodes, context));
        return vec![Part { nodes, ..Part::default() }];
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut size = None;
    for node in &document.nodes {
        if let Node::PageInfo { width, height, .. } = node {
            size = (context.id == "pptx").then_some((width / EMU_PER_POINT, height / EMU_PER_POINT));
        } else if let Some((name, layer)) = page_group(node) {
            let section = context.sections.get(parts.len()).cloned().flatten();
            let name = name.filter(|_| !matches!(context.id, "pptx" | "ppt")).map(str::to_owned).or(section);
            let hidden = layer == Some(ContentLayer::Invisible) || is_hidden_slide(node);
            parts.push(Part { name, size, hidden, nodes: vec![node] });
        } else if let Some(part) = parts.last_mut() {
            part.nodes.push(node);
        } else {
            parts.push(Part { size, nodes: vec![node], ..Part::default() });
        }
    }
    parts
}

/// A node that is a slide or a sheet.
fn page_group(node: &Node) -> Option<(Option<&str>, Option<ContentLayer>)> {
    match node {
        Node::Group { label, name, layer, .. } if matches!(label.as_str(), "sheet" | "chapter" | "slide") => {
            Some((name.as_deref(), *layer))
        }
        _ => None,
    }
}

/// A hidden slide has nothing but hidden nodes and its notes.
fn is_hidden_slide(node: &Node) -> bool {
    let Node::Group { children, .. } = node else { return false };
    let mut hidden = false;
    for child in children {
        match child {
            Node::Furniture { layer: ContentLayer::Invisible, .. } => hidden = true,
            Node::ListItem { layer: Some(ContentLayer::Invisible), .. } => hidden = true,
            Node::Furniture { layer: ContentLayer::Notes, .. } => {}
            _ => return false,
        }
    }
    hidden
}

/// A web page's title stands in the window's frame: it is part of the page only where that has no heading of its own.
fn is_window_title(node: &Node, body: &[Node], context: &Context) -> bool {
    fn has_heading(nodes: &[Node]) -> bool {
        nodes.iter().any(|node| match node {
            Node::Heading { .. } => true,
            Node::Group { children, .. } => has_heading(children),
            Node::Located { inner, .. } | Node::Prov { inner, .. } => has_heading(std::slice::from_ref(inner)),
            _ => false,
        })
    }
    let Node::Furniture { inner, .. } = node else { return false };
    matches!(context.id, "html" | "mhtml" | "epub") && matches!(**inner, Node::Heading { .. }) && has_heading(body)
}

/// docling puts page headers behind the body; readers meet them first.
fn headers_first<'a>(nodes: &'a [Node], context: &Context) -> Vec<&'a Node> {
    let mut pictures = 0;
    let builder = PageBuilder::new(context, &mut pictures);
    let is_header = |node: &&Node| match node {
        Node::Furniture { layer: ContentLayer::Furniture, inner } => builder.furniture_role(inner) == Role::PageHeader,
        Node::Group { name: Some(name), .. } => name == "page header",
        Node::FurnitureText { label, .. } => label == "page_header",
        _ => false,
    };
    let (mut headers, rest): (Vec<&Node>, Vec<&Node>) = nodes.iter().partition(is_header);
    headers.extend(rest);
    headers
}
