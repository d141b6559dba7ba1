//! Markdown by its own rules: CommonMark with tables, footnotes, task lists, formulas and front matter. docling joins items of
//! several paragraphs, quotations and front matter to plain paragraphs, and builds a tree beside that nobody asks for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docling::{Node, PictureImage};
use docmill_model::document::{BlockKind, DocumentInfo, FORMAT, ListItem, Role};
use docmill_model::options::ParseOptions;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::blocks::{Context, PageBuilder};
use super::inline::{self, Inline};
use super::lists::FlatItem;
use super::pages;
use super::roles::Roles;
use super::written::{Picture, Written};
use crate::read::ready::{Draft, PAGE_BYTES_MAX, Ready};
use crate::read::text;
use crate::render::markdown;
use crate::{DocumentReader, Source};

/// As in `Page::engine`.
const ENGINE: &str = "markdown";
/// Deeper lists are read at this level.
const LEVEL_MAX: usize = 32;

/// Opens a document in Markdown.
pub fn open(source: &Source, options: &ParseOptions) -> Box<dyn DocumentReader> {
    let decoded = text::decode(&source.bytes);
    let (roles, sections) = (Roles::new(None), Vec::new());
    let context = Context { options, id: "md", raw: false, roles, sections };
    let mut pictures = 0;
    let mut reader = Reader::new(&context, &mut pictures);
    let signs = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    Parser::new_ext(&decoded.text, signs).for_each(|event| reader.event(event));
    reader.drafts.push(reader.builder.end_page());
    let title = reader.title.take();
    let mut info = DocumentInfo { format: FORMAT, kind: "md".to_owned(), title, ..DocumentInfo::default() };
    info.warnings.extend(decoded.guessed.then(|| text::guessed_warning(decoded.encoding)));
    info.warnings.extend(reader.is_lost.then(super::structure_lost));
    Box::new(Ready::new(info, reader.drafts, options))
}

/// A list that is open, with its item.
struct Open {
    ordered: bool,
    number: u64,
    is_first: bool,
    /// Quotations that the list stands in.
    quotes: usize,
    /// Paragraphs and code of the item.
    parts: Vec<Inline>,
    /// The item is in the list already, for a list inside it began.
    is_out: bool,
}

struct Reader<'a, 'b> {
    builder: PageBuilder<'b>,
    context: &'a Context<'a>,
    drafts: Vec<Draft>,
    written: Written,
    open: Vec<Open>,
    quotes: usize,
    /// Sign of the footnote that is read, until it stands before its text.
    note: Option<String>,
    rows: Vec<Vec<String>>,
    /// Code, HTML or front matter as it stands.
    source: Option<String>,
    title: Option<String>,
    /// HTML was read as plain text.
    is_lost: bool,
}

impl<'a> Reader<'a, 'a> {
    fn new(context: &'a Context<'a>, pictures: &'a mut u32) -> Self {
        let mut builder = PageBuilder::new(context, pictures);
        builder.draft.page.engine = ENGINE.to_owned();
        Self {
            builder,
            context,
            drafts: Vec::new(),
            written: Written::new(context.options.annotate_links),
            open: Vec::new(),
            quotes: 0,
            note: None,
            rows: Vec::new(),
            source: None,
            title: None,
            is_lost: false,
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) if self.source.is_some() => {
                self.source.get_or_insert_default().push_str(&text);
            }
            Event::Text(text) => self.written.text(&text),
            Event::Code(text) => self.written.code(&text),
            Event::InlineMath(text) => self.written.as_it_is(&format!("${text}$")),
            Event::DisplayMath(text) => self.written.formula(&text),
            Event::InlineHtml(text) if text.starts_with("<br") => self.written.text("\n"),
            Event::Html(_) | Event::InlineHtml(_) | Event::Rule => {}
            Event::SoftBreak => self.written.text(" "),
            Event::HardBreak => self.written.text("\n"),
            Event::FootnoteReference(sign) => self.written.as_it_is(&format!("[^{sign}]")),
            Event::TaskListMarker(done) => self.written.as_it_is(if done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => return self.written.begin(),
            Tag::Link { dest_url, .. } => return self.written.begin_to(dest_url.to_string()),
            Tag::Image { dest_url, .. } => return self.written.begin_picture(&dest_url),
            Tag::TableCell => return self.written.begin_cell(),
            Tag::TableHead | Tag::TableRow => return self.rows.push(Vec::new()),
            _ => {}
        }
        // Text of an item without paragraphs.
        self.paragraph();
        match tag {
            Tag::List(first) => {
                self.item(true);
                let number = first.unwrap_or(0);
                let ordered = first.is_some();
                self.open.push(Open {
                    ordered,
                    number,
                    is_first: true,
                    quotes: self.quotes,
                    parts: Vec::new(),
                    is_out: true,
                });
            }
            Tag::Item => {
                if let Some(open) = self.open.last_mut() {
                    open.is_out = false;
                }
            }
            Tag::BlockQuote(_) => {
                self.quotes += 1;
                if self.open.is_empty() {
                    self.builder.set_role(Role::Quote);
                }
            }
            Tag::FootnoteDefinition(sign) => self.note = Some(sign.to_string()),
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.source = Some(String::new());
                if let Tag::CodeBlock(CodeBlockKind::Fenced(info)) = tag {
                    let language = info.split([' ', ',', '{', '}']).find(|word| !word.is_empty());
                    self.written.language = language.map(str::to_owned);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.written.end("*"),
            TagEnd::Strong => self.written.end("**"),
            TagEnd::Strikethrough => self.written.end("~~"),
            TagEnd::Link => self.written.end_link(),
            TagEnd::Image => self.written.end_picture(),
            TagEnd::TableCell => {
                let cell = self.written.take().md;
                self.rows.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
            }
            TagEnd::Table => {
                let table = docling::Table { rows: std::mem::take(&mut self.rows), ..docling::Table::default() };
                self.node(&Node::Table(table));
            }
            TagEnd::Paragraph => self.paragraph(),
            TagEnd::Heading(level) => {
                let Inline { plain, md } = self.written.take();
                let md = markdown::heading_md(inline::unwrapped(&md), level as u8);
                self.block(BlockKind::Heading { value: plain, level: level as u8 }, md);
            }
            TagEnd::Item => {
                self.paragraph();
                self.item(false);
                if let Some(open) = self.open.last_mut() {
                    open.number += 1;
                }
            }
            TagEnd::List(_) => {
                self.open.pop();
                if self.open.is_empty() {
                    self.builder.end_list();
                    self.page_end();
                }
            }
            TagEnd::BlockQuote(_) => {
                self.paragraph();
                self.quotes -= 1;
                if self.open.is_empty() && self.quotes == 0 {
                    self.builder.set_role(Role::Body);
                }
            }
            TagEnd::FootnoteDefinition => self.note = None,
            TagEnd::CodeBlock => {
                let (language, value) = (self.written.language.take(), self.source.take().unwrap_or_default());
                let kind = BlockKind::Code { value: value.trim_end_matches('\n').to_owned(), language };
                let md = markdown::block(&kind, self.context.options, false);
                self.block(kind, md);
            }
            TagEnd::HtmlBlock => {
                let html = self.source.take().unwrap_or_default();
                if says_something(&html) {
                    self.html(&html);
                }
            }
            TagEnd::MetadataBlock(_) => self.front_matter(),
            _ => {}
        }
    }

    fn html(&mut self, html: &str) {
        let source = Source { name: String::new(), bytes: html.as_bytes().to_vec().into() };
        let read = super::convert(&source, "html", self.context.options, None);
        self.is_lost |= read.as_ref().map_or(true, |document| !document.notices.is_empty());
        let nodes = read.map_or_else(|_| vec![Node::TextDump(html.to_owned())], |document| document.nodes);
        nodes.iter().for_each(|node| self.node(node));
    }

    fn front_matter(&mut self) {
        let value = self.source.take().unwrap_or_default().trim().to_owned();
        let title = value.lines().find_map(|line| line.strip_prefix("title:"));
        let title = title.map(|title| title.trim().trim_matches(['"', '\'']).to_owned());
        self.title = title.filter(|title| !title.is_empty());
        self.block(BlockKind::Code { value, language: Some("yaml".to_owned()) }, String::new());
    }

    /// Ends a paragraph, if there is one.
    fn paragraph(&mut self) {
        let Picture { url, alone } = self.written.picture();
        let formula = self.written.lone_formula();
        let text = self.written.take();
        if let Some(value) = formula {
            let md = markdown::block(&BlockKind::Formula { value: value.clone() }, self.context.options, false);
            return self.block(BlockKind::Formula { value }, md);
        }
        if alone && self.open.is_empty() && self.note.is_none() {
            return self.node(&picture(&text.plain, &url));
        }
        if !text.plain.trim().is_empty() {
            let md = markdown::paragraph_md(&text.md);
            self.block(BlockKind::Text { value: text.plain.trim().to_owned() }, md);
        }
    }

    /// Adds a block to the item that is open, or to the page.
    fn block(&mut self, kind: BlockKind, md: String) {
        if says_nothing(&kind) {
            return;
        }
        if !self.open.is_empty() {
            return self.part(kind, md);
        }
        match (self.note.as_mut(), kind) {
            (Some(sign), BlockKind::Text { value }) => {
                // The sign stands before the first paragraph of the note.
                let sign = std::mem::take(sign);
                let before = if sign.is_empty() { String::new() } else { format!("[^{sign}]: ") };
                let kind = BlockKind::Text { value: format!("{before}{value}") };
                self.builder.with_role(Role::Footnote, |builder| builder.block(kind, before + &md));
            }
            (_, kind) => {
                self.builder.end_list();
                self.builder.block(kind, md);
            }
        }
        self.page_end();
    }

    /// A block of an item is a part of its text.
    fn part(&mut self, kind: BlockKind, md: String) {
        let (BlockKind::Text { value: plain }
        | BlockKind::Heading { value: plain, .. }
        | BlockKind::Formula { value: plain }
        | BlockKind::Code { value: plain, .. }) = kind
        else {
            return;
        };
        let mut md = md;
        let level = self.open.len() - 1;
        let Some(open) = self.open.last_mut() else { return };
        if self.quotes > open.quotes {
            markdown::quote(&mut md);
        }
        if open.is_out {
            self.builder.continue_item(level.min(LEVEL_MAX), Inline { plain, md: format!("\n\n{md}") });
        } else {
            open.parts.push(Inline { plain, md });
        }
    }

    /// Puts the open item into its list, once; one without text only when something `has_more` to say in it.
    fn item(&mut self, has_more: bool) {
        let level = self.open.len().saturating_sub(1).min(LEVEL_MAX);
        let Some(open) = self.open.last_mut().filter(|open| !open.is_out) else { return };
        if open.parts.is_empty() && !has_more {
            return;
        }
        let parts = std::mem::take(&mut open.parts);
        let value = parts.iter().map(|part| part.plain.as_str()).collect::<Vec<_>>().join("\n");
        let md = parts.into_iter().map(|part| part.md).collect::<Vec<_>>().join("\n\n");
        let item = ListItem { value, md, ..ListItem::default() };
        let (ordered, number) = (open.ordered, open.number);
        let first_in_list = std::mem::take(&mut open.is_first);
        open.is_out = true;
        self.builder.list_item(FlatItem { ordered, number, first_in_list, level: level as u8, item });
    }

    fn node(&mut self, node: &Node) {
        self.item(false);
        pages::push(&mut self.builder, node, &mut self.drafts);
    }

    fn page_end(&mut self) {
        if self.builder.text_bytes() > PAGE_BYTES_MAX {
            self.drafts.push(self.builder.end_page());
        }
    }
}

/// A heading, code or front matter without text.
fn says_nothing(kind: &BlockKind) -> bool {
    match kind {
        BlockKind::Text { value } | BlockKind::Heading { value, .. } | BlockKind::Code { value, .. } => {
            value.trim().is_empty()
        }
        _ => false,
    }
}

/// A picture that is a paragraph of its own; its bytes are there when the address holds them.
fn picture(alt: &str, url: &str) -> Node {
    let held = url.strip_prefix("data:").and_then(|data| data.split_once(";base64,"));
    let image = held.and_then(|(mimetype, data)| {
        let data = STANDARD.decode(data.trim()).ok()?;
        let dpi = PictureImage::DEFAULT_DPI;
        Some(PictureImage { dpi, mimetype: mimetype.to_owned(), width: 0, height: 0, data, display_size: None })
    });
    Node::Picture {
        caption: Some(alt.to_owned()).filter(|alt| !alt.is_empty()),
        caption_href: None,
        image,
        classification: None,
        description: None,
        caption_parent: Default::default(),
        caption_location: None,
    }
}

/// Whether HTML has text or pictures, and not only tags and comments.
fn says_something(html: &str) -> bool {
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        if !before.trim().is_empty() || after.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("img")) {
            return true;
        }
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        rest = after.split_once(end).map_or("", |(_, rest)| rest);
    }
    !rest.trim().is_empty()
}
