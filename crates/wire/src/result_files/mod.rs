//! Whole forms of a result as files: what the links of `result_content_metadata` lead to (contract 3.5).
//!
//! A file is written from the same pages by the same code as the parts of `expand`, page by page, so that neither its
//! size nor the document's is ever in memory; a workbook alone is made at the end.

mod grounded;
pub(crate) mod sheets;
mod stripped;
mod words;

use docmill_model::document::PageOutcome;
use docmill_model::options::{ExtraOutput, ParseOptions};
use serde_json::{Map, Value, json};

use crate::{form_fields, pages};
use sheets::Sheets;

/// A form that a result has as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    Text,
    TextFull,
    Markdown,
    MarkdownFull,
    Items,
    Metadata,
    Forms,
    Xlsx,
    OutputPdf,
    RawWords,
    StrippedMarkdown,
    ConcatenatedStrippedMarkdown,
    GroundedItems,
}

impl Form {
    pub const ALL: [Self; 13] = [
        Self::Text,
        Self::TextFull,
        Self::Markdown,
        Self::MarkdownFull,
        Self::Items,
        Self::Metadata,
        Self::Forms,
        Self::Xlsx,
        Self::OutputPdf,
        Self::RawWords,
        Self::StrippedMarkdown,
        Self::ConcatenatedStrippedMarkdown,
        Self::GroundedItems,
    ];

    /// The `expand` value without `_content_metadata`; also the form's key and the last step of its link.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::TextFull => "text_full",
            Self::Markdown => "markdown",
            Self::MarkdownFull => "markdown_full",
            Self::Items => "items",
            Self::Metadata => "metadata",
            Self::Forms => "forms",
            Self::Xlsx => "xlsx",
            Self::OutputPdf => "output_pdf",
            Self::RawWords => "raw_words",
            Self::StrippedMarkdown => "stripped_markdown",
            Self::ConcatenatedStrippedMarkdown => "concatenated_stripped_markdown",
            Self::GroundedItems => "grounded_items",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The form that `expand=<name>_content_metadata` asks for.
    pub fn asked_by(expand: &str) -> Option<Self> {
        let form = expand.strip_suffix("_content_metadata").and_then(Self::from_name);
        form.filter(|form| *form != Self::GroundedItems)
    }

    /// The key that LlamaCloud's documents show, with the form that it leads to: the whole document where there is
    /// one file of it, because that is what the key's name says.
    const fn documented(self) -> Option<(&'static str, Self)> {
        match self {
            Self::Markdown | Self::MarkdownFull => Some(("md", Self::MarkdownFull)),
            Self::Text | Self::TextFull => Some(("fullText", Self::TextFull)),
            Self::Items => Some(("json", Self::Items)),
            Self::OutputPdf => Some(("outputPDF", Self::OutputPdf)),
            _ => None,
        }
    }

    /// Whether a finished job of these options has the file. The PDF is not made of the pages: a job that has one keeps it
    /// beside its pictures.
    pub fn exists(self, options: &ParseOptions) -> bool {
        let extra = |output| options.tier.has_layout() && options.extra_outputs.contains(&output);
        match self {
            Self::Text | Self::TextFull | Self::Metadata => true,
            Self::Markdown | Self::MarkdownFull | Self::Items => options.tier.has_layout(),
            Self::Xlsx => options.tier.has_layout() && options.spreadsheet.is_some(),
            Self::RawWords => extra(ExtraOutput::WordBoxes),
            Self::StrippedMarkdown => extra(ExtraOutput::StrippedMarkdown),
            Self::ConcatenatedStrippedMarkdown => extra(ExtraOutput::StrippedText),
            Self::GroundedItems => options.tier.has_layout() && !options.granular_boxes.is_empty(),
            Self::Forms => options.tier.has_layout() && options.forms,
            // Unless there was nothing to make it of: the job's assets say that.
            Self::OutputPdf => options.output_pdf,
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Self::TextFull | Self::ConcatenatedStrippedMarkdown => "text/plain; charset=utf-8",
            Self::MarkdownFull => "text/markdown; charset=utf-8",
            Self::RawWords | Self::GroundedItems => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::OutputPdf => "application/pdf",
            _ => "application/json",
        }
    }

    pub const fn file_extension(self) -> &'static str {
        match self {
            Self::TextFull | Self::ConcatenatedStrippedMarkdown => "txt",
            Self::MarkdownFull => "md",
            Self::RawWords | Self::GroundedItems => "jsonl",
            Self::Xlsx => "xlsx",
            Self::OutputPdf => "pdf",
            _ => "json",
        }
    }
}

/// Entries of `result_content_metadata` for the forms that were asked for. `link` gives the size and the URL of a
/// form that exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub form: Form,
    pub size_bytes: u64,
    pub url: Option<String>,
}

/// The forms whose entries an answer needs: those that were asked for, those behind documented keys, and the grounded
/// items when the job makes them.
pub fn needed(asked: &[Form], options: &ParseOptions) -> Vec<Form> {
    let behind = asked.iter().filter_map(|form| form.documented()).map(|(_, form)| form);
    let grounded = Some(Form::GroundedItems).filter(|form| !asked.is_empty() && form.exists(options));
    let wanted: Vec<Form> = asked.iter().copied().chain(behind).chain(grounded).collect();
    Form::ALL.into_iter().filter(|form| wanted.contains(form)).collect()
}

/// `result_content_metadata`: each form that was asked for under its own name and under the key that LlamaCloud
/// documents.
pub fn contents(asked: &[Form], found: &[Entry]) -> Value {
    let mut entries = Map::new();
    let mut add = |key: &str, form: Form| {
        if let Some(entry) = found.iter().find(|entry| entry.form == form) {
            let value = json!({
                "size_bytes": entry.size_bytes,
                "exists": entry.url.is_some(),
                "presigned_url": entry.url,
            });
            entries.insert(key.to_owned(), value);
        }
    };
    for form in asked {
        add(form.name(), *form);
        if let Some((key, behind)) = form.documented() {
            add(key, behind);
        }
    }
    add(Form::GroundedItems.name(), Form::GroundedItems);
    Value::Object(entries)
}

/// Writes one form: `start`, then `add` for every chunk of pages in order, then `end`.
pub struct FormWriter {
    form: Form,
    options: ParseOptions,
    any: bool,
    /// Pages without their content: metadata speaks of the document as a whole at its end.
    bare: Vec<PageOutcome>,
    sheets: Sheets,
}

impl FormWriter {
    pub fn new(form: Form, options: &ParseOptions) -> Self {
        let sheets = Sheets::new(options.spreadsheet.is_some_and(|sheet| sheet.guess_names));
        Self { form, options: options.clone(), any: false, bare: Vec::new(), sheets }
    }

    /// The first bytes.
    pub fn start(&self) -> Vec<u8> {
        if self.form.content_type() == "application/json" { b"{\"pages\":[".to_vec() } else { Vec::new() }
    }

    pub fn add(&mut self, outcomes: &[PageOutcome]) -> Vec<u8> {
        match self.form {
            Form::Text => self.json(pages::text(outcomes)),
            Form::Markdown => self.json(pages::markdown(outcomes)),
            Form::Items => self.json(pages::items(outcomes)),
            Form::Forms => self.json(form_fields::forms(outcomes)),
            Form::StrippedMarkdown => self.json(stripped::pages(outcomes)),
            Form::Metadata => {
                self.bare.extend(outcomes.iter().cloned().map(pages::bare));
                self.json(pages::metadata(outcomes))
            }
            Form::TextFull if any_read(outcomes) => self.text(pages::text_full(outcomes)),
            Form::MarkdownFull => self.text_unless_empty(pages::markdown_full(outcomes)),
            Form::ConcatenatedStrippedMarkdown => self.text_unless_empty(stripped::full(outcomes)),
            Form::RawWords => lines(outcomes, words::page),
            Form::GroundedItems => lines(outcomes, |page| grounded::page(page, &self.options.granular_boxes)),
            Form::Xlsx => {
                self.sheets.add(outcomes);
                Vec::new()
            }
            Form::TextFull | Form::OutputPdf => Vec::new(),
        }
    }

    /// The last bytes.
    pub fn end(self) -> Result<Vec<u8>, String> {
        Ok(match self.form {
            Form::Xlsx => self.sheets.workbook()?,
            Form::Metadata => format!("],\"document\":{}}}", pages::metadata(&self.bare)["document"]).into_bytes(),
            _ if self.form.content_type() == "application/json" => b"]}".to_vec(),
            _ => Vec::new(),
        })
    }

    fn json(&mut self, mut form: Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        for page in form.get_mut("pages").and_then(Value::as_array_mut).into_iter().flatten() {
            if std::mem::replace(&mut self.any, true) {
                bytes.push(b',');
            }
            bytes.extend(page.to_string().into_bytes());
        }
        bytes
    }

    fn text(&mut self, text: String) -> Vec<u8> {
        let between = if std::mem::replace(&mut self.any, true) { "\n\n" } else { "" };
        format!("{between}{text}").into_bytes()
    }

    fn text_unless_empty(&mut self, text: String) -> Vec<u8> {
        if text.is_empty() { Vec::new() } else { self.text(text) }
    }
}

fn any_read(outcomes: &[PageOutcome]) -> bool {
    outcomes.iter().any(|outcome| matches!(outcome, PageOutcome::Read(_)))
}

/// One JSON line a page; a failed one says why.
fn lines(outcomes: &[PageOutcome], read: impl Fn(&docmill_model::document::Page) -> Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    for outcome in outcomes {
        let line = match outcome {
            PageOutcome::Read(page) => read(page),
            PageOutcome::Failed { number, error } => pages::failed(*number, error),
        };
        bytes.extend(line.to_string().into_bytes());
        bytes.push(b'\n');
    }
    bytes
}
