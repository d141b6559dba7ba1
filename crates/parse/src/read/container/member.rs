//! One file of a container and its pages.

use docmill_model::document::{BlockKind, Page, Warning};
use docmill_model::{Code, Failure};

use crate::render::escape::escape;
use crate::services::{OcrAnswer, PageImage};
use crate::{DocumentReader, Services};

pub struct Member {
    /// Empty for the letter that the others are attached to.
    path: String,
    opened: Result<Box<dyn DocumentReader>, Failure>,
    /// Makes names of pictures those of this file; 0 = they stay as they are.
    number: usize,
    /// Its first page in the whole, from 1, and how many it has.
    pub first: u32,
    pub count: u32,
}

impl Member {
    pub fn of(path: String, reader: Box<dyn DocumentReader>, number: usize) -> Self {
        let count = reader.info().page_count;
        Self { path, opened: Ok(reader), number, first: 0, count }
    }

    /// A file that cannot be opened has one page, which fails.
    pub fn failed(path: String, failure: Failure) -> Self {
        let failure = Failure::new(failure.code, format!("{path}: {}", failure.message));
        Self { path, opened: Err(failure), number: 0, first: 0, count: 1 }
    }

    pub fn prefix(&self) -> String {
        if self.number == 0 { String::new() } else { format!("file_{}_", self.number) }
    }

    /// What its reader says, with the file's path.
    pub fn warnings(&self) -> Vec<Warning> {
        let Ok(reader) = &self.opened else { return Vec::new() };
        let told = |Warning { code, message }| match self.path.as_str() {
            "" => Warning { code, message },
            path => Warning { code, message: format!("{path}: {message}") },
        };
        reader.info().warnings.into_iter().map(told).collect()
    }

    pub fn wants_survey(&self) -> bool {
        self.opened.as_ref().is_ok_and(|reader| reader.wants_survey())
    }

    pub fn survey(&mut self, number: u32) -> Result<(), Failure> {
        let own = number + 1 - self.first;
        match &mut self.opened {
            Ok(reader) if reader.wants_survey() => reader.survey(own),
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.clone()),
        }
    }

    pub fn page(&mut self, number: u32, services: &mut dyn Services) -> Result<Page, Failure> {
        let own = number + 1 - self.first;
        let reader = match &mut self.opened {
            Ok(reader) => reader,
            Err(failure) => return Err(failure.clone()),
        };
        let mut page = reader.page(own, services).map_err(|failure| named(&self.path, failure))?;
        page.number = number;
        rename_pictures(&mut page, &self.prefix());
        if !self.path.is_empty() {
            page.name = Some(match page.name.take() {
                Some(name) => format!("{}: {name}", self.path),
                None => self.path.clone(),
            });
            if own == 1 {
                begin(&mut page, &self.path);
            }
        }
        Ok(page)
    }
}

fn named(path: &str, failure: Failure) -> Failure {
    match path {
        "" => failure,
        path => Failure::new(failure.code, format!("{path}: {}", failure.message)),
    }
}

/// The file's path above its first page, so that a reader of the whole sees where it begins. It is no heading: it would
/// stand above those of the document.
fn begin(page: &mut Page, path: &str) {
    if !page.markdown.is_empty() {
        let line = format!("**{}**\n\n", escape(path));
        let moved = line.encode_utf16().count() as u32;
        for number in &mut page.line_numbers {
            number.start += moved;
            number.end += moved;
        }
        page.markdown.insert_str(0, &line);
    }
    page.text = format!("{path}\n\n{}", page.text);
}

fn rename_pictures(page: &mut Page, prefix: &str) {
    if prefix.is_empty() {
        return;
    }
    for picture in &mut page.images {
        let name = format!("{prefix}{}", picture.name);
        page.markdown = page.markdown.replace(&format!("]({})", picture.name), &format!("]({name})"));
        for block in &mut page.blocks {
            block.md = block.md.replace(&format!("]({})", picture.name), &format!("]({name})"));
            if let BlockKind::Image { name: Some(named), .. } = &mut block.kind
                && *named == picture.name
            {
                named.clone_from(&name);
            }
        }
        picture.name = name;
    }
}

/// Services that keep the pictures of one file apart from those of the others.
pub struct Renamed<'a> {
    pub prefix: String,
    pub services: &'a mut dyn Services,
}

impl Services for Renamed<'_> {
    fn ocr(&mut self, image: &PageImage, languages: &[String]) -> OcrAnswer {
        self.services.ocr(image, languages)
    }

    fn asset(&mut self, name: &str, content_type: &str, bytes: &[u8]) {
        self.services.asset(&format!("{}{name}", self.prefix), content_type, bytes);
    }
}

/// A file that is not there for its size or number.
pub fn over_limit(path: &str) -> String {
    format!("{path}: {}: the limit of an archive is reached.", Code::FileTooLarge)
}
