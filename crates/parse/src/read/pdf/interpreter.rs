//! The open PDF with its font caches, on a thread of its own.
//!
//! hayro's caches borrow from the document, so document, pages and caches must stand on one stack for as long as they
//! are used; a thread is that stack, without unsafe code, and its size bounds how deep hostile nesting may go.
//! Decoded page streams and fonts are cached by hayro for the life of a document, so it is opened again every
//! few hundred pages (`pages_per_opening`): memory does not grow with the number of pages.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use docmill_model::document::BBox;
use hayro::hayro_interpret::{InterpreterCache, InterpreterSettings, InterpreterWarning};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{LoadPdfError, Pdf};
use hayro::kurbo::Rect;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

use super::content::{self, Fonts, Layers};
use super::drawing::Drawing;
use super::embedded::{self, Encoded};
use super::strings::text_string;
use super::structure::Structure;
use crate::layout::tree::Tree;
use crate::read::output_pdf::{self, Layer};

/// Pages that are read of one opening of the document, and more where it has many small ones: an opening takes time for every
/// page, so a long document is opened at most `OPENINGS` times while its pages fit into so many bytes of the file.
const PAGES_PER_OPENING: usize = 256;
const OPENINGS: usize = 16;
const OPENING_BYTES: usize = 32 * 1024 * 1024;
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of the pictures of patterns that are held while a page is rendered; a page with more is rendered smaller.
const PATTERN_BYTES_MAX: f64 = 256.0 * 1024.0 * 1024.0;

/// A rendered page: four bytes a pixel (red, green, blue, alpha), white behind.
#[derive(Debug)]
pub struct Raster {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
    /// Pixels a point: those that were asked for, or fewer.
    pub scale: f32,
    /// A picture of the page could not be decoded and is not in it.
    pub lacks_picture: bool,
}

/// What the document says about itself when it is opened.
#[derive(Debug, Clone)]
pub struct Opening {
    pub pages: usize,
    /// Pages that the root of the page tree promises.
    pub promised: Option<i64>,
    /// Pages whose content cannot be decoded; only counted when asked for.
    pub unreadable: usize,
    pub title: Option<String>,
}

/// A page's drawing with its size, points.
#[derive(Debug, Clone)]
pub struct DrawnPage {
    pub width: f32,
    pub height: f32,
    pub drawing: Drawing,
    /// Its part of the structure tree, when that was asked for and there is one.
    pub tree: Option<Tree>,
}

enum Request {
    /// With its part of the structure tree, or without.
    Draw(usize, bool, Sender<DrawnPage>),
    Render(usize, f32, Sender<Raster>),
    /// How many pictures of the page end before their last row.
    Torn(usize, Sender<usize>),
    /// The file with words over its pages, if it can have them.
    Layers(BTreeMap<usize, Layer>, Sender<Option<Vec<u8>>>),
    /// Each picture that was found; `None` when there are no more.
    Pictures(usize, HashSet<u64>, SyncSender<Option<Encoded>>),
}

/// Handle to the thread that holds the document. Dropping it ends the thread.
pub struct Interpreter {
    requests: Option<SyncSender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Interpreter {
    /// Opens the document; `check` reads the content of every page once, to tell a torn file from a whole one.
    ///
    /// # Errors
    /// Those of hayro: not readable, or encrypted.
    pub fn open(bytes: Arc<Vec<u8>>, check: bool) -> Result<(Self, Opening), LoadPdfError> {
        let (requests, inbox) = sync_channel(1);
        let (answer, opened) = channel();
        let thread = std::thread::Builder::new()
            .name("pdf".into())
            .stack_size(STACK_BYTES)
            .spawn(move || serve(&bytes, &inbox, &answer, check))
            .map_err(|_| LoadPdfError::Invalid)?;
        let mut interpreter = Self { requests: Some(requests), thread: Some(thread) };
        let opening = match opened.recv() {
            Ok(opening) => opening?,
            Err(_) => interpreter.carry_on_panic(),
        };
        Ok((interpreter, opening))
    }

    /// Interprets the page with this index (from 0); `tagged` with its part of the structure tree.
    pub fn draw(&mut self, index: usize, tagged: bool) -> DrawnPage {
        let (answer, answers) = channel();
        self.ask(Request::Draw(index, tagged, answer));
        answers.recv().unwrap_or_else(|_| self.carry_on_panic())
    }

    /// Renders the page with this index at `scale` pixels a point, or at fewer where patterns would take too much memory. That
    /// is known of pages that were drawn before.
    pub fn render(&mut self, index: usize, scale: f32) -> Raster {
        let (answer, answers) = channel();
        self.ask(Request::Render(index, scale, answer));
        answers.recv().unwrap_or_else(|_| self.carry_on_panic())
    }

    /// How many pictures of the page with this index end before their last row: they are drawn as far as they go.
    pub fn torn_pictures(&mut self, index: usize) -> usize {
        let (answer, answers) = channel();
        self.ask(Request::Torn(index, answer));
        answers.recv().unwrap_or_else(|_| self.carry_on_panic())
    }

    /// Gives `found` those pictures of the page with this index that are wanted and can be decoded, one at a time.
    pub fn pictures(&mut self, index: usize, wanted: HashSet<u64>, mut found: impl FnMut(Encoded)) {
        // No more than two of them are held in memory.
        let (answer, answers) = sync_channel(0);
        self.ask(Request::Pictures(index, wanted, answer));
        loop {
            match answers.recv() {
                Ok(Some(picture)) => found(picture),
                Ok(None) => return,
                Err(_) => self.carry_on_panic(),
            }
        }
    }

    /// The file with these layers over the pages with these indices; `None` where it cannot have them.
    pub fn with_layers(&mut self, layers: BTreeMap<usize, Layer>) -> Option<Vec<u8>> {
        let (answer, answers) = channel();
        self.ask(Request::Layers(layers, answer));
        answers.recv().unwrap_or_else(|_| self.carry_on_panic())
    }

    fn ask(&mut self, request: Request) {
        if let Some(requests) = &self.requests {
            // A thread that is gone shows itself when its answer is waited for.
            let _ = requests.send(request);
        }
    }

    /// A panic of the interpreter is one of the caller: callers keep the reader in a process of its own.
    fn carry_on_panic(&mut self) -> ! {
        self.requests = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            _ => std::panic::panic_any("the PDF interpreter ended early"),
        }
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // Only a panic that was already handed on can come out here.
            let _ = thread.join();
        }
    }
}

fn serve(bytes: &Arc<Vec<u8>>, inbox: &Receiver<Request>, opened: &Sender<Result<Opening, LoadPdfError>>, check: bool) {
    let mut first = true;
    // Read when the first page wants it, and kept over all openings.
    let mut structure = None;
    // Square points of pictures of patterns, of pages that have any.
    let mut patterned = HashMap::new();
    loop {
        let pdf = match Pdf::new(Arc::clone(bytes)) {
            Ok(pdf) => pdf,
            Err(error) => {
                let _ = opened.send(Err(error));
                return;
            }
        };
        if first {
            let _ = opened.send(Ok(describe(&pdf, check)));
            first = false;
        }
        if !serve_opening(&pdf, bytes, inbox, &mut structure, &mut patterned) {
            return;
        }
    }
}

fn pages_per_opening(pages: usize, file_bytes: usize) -> usize {
    let page_bytes = (file_bytes / pages.max(1)).max(1);
    (pages / OPENINGS).min(OPENING_BYTES / page_bytes).max(PAGES_PER_OPENING)
}

/// Answers requests until this opening is used up (true) or nobody asks any more (false).
fn serve_opening(
    pdf: &Pdf,
    bytes: &[u8],
    inbox: &Receiver<Request>,
    structure: &mut Option<Option<Structure>>,
    patterned: &mut HashMap<usize, f64>,
) -> bool {
    let (fonts, layers) = (Fonts::new(), Layers::of(pdf));
    let (renders, pictures) = (RenderCache::new(), InterpreterCache::new());
    for _ in 0..pages_per_opening(pdf.pages().len(), bytes.len()) {
        match inbox.recv() {
            Err(_) => return false,
            Ok(Request::Draw(index, tagged, answer)) => {
                if let Some(page) = pdf.pages().get(index) {
                    let mut drawn = draw(page, &fonts, &layers);
                    if drawn.drawing.patterned > 0.0 {
                        patterned.insert(index, drawn.drawing.patterned);
                    }
                    if tagged && page.raw().contains_key("StructParents") {
                        let structure = structure.get_or_insert_with(|| Structure::of(pdf));
                        drawn.tree = structure.as_ref().and_then(|structure| tree(structure, page, &drawn.drawing));
                    }
                    let _ = answer.send(drawn);
                }
            }
            Ok(Request::Layers(layers, answer)) => {
                let _ = answer.send(output_pdf::update(pdf, bytes, &layers, content::shown));
            }
            Ok(Request::Render(index, scale, answer)) => {
                if let Some(page) = pdf.pages().get(index) {
                    let area = patterned.get(&index).copied().unwrap_or(0.0);
                    let most = (PATTERN_BYTES_MAX / (4.0 * area.max(1.0))).sqrt() as f32;
                    let _ = answer.send(render(page, &renders, scale.min(most)));
                }
            }
            Ok(Request::Torn(index, answer)) => {
                if let Some(page) = pdf.pages().get(index) {
                    let _ = answer.send(embedded::torn(page, &pictures));
                }
            }
            Ok(Request::Pictures(index, wanted, answer)) => {
                if let Some(page) = pdf.pages().get(index) {
                    embedded::collect(page, &pictures, wanted, |picture| {
                        let _ = answer.send(Some(picture));
                    });
                    let _ = answer.send(None);
                }
            }
        }
    }
    true
}

fn describe(pdf: &Pdf, check: bool) -> Opening {
    use hayro::hayro_syntax::object::Dict;
    let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id());
    let promised = root.and_then(|root| root.get::<Dict<'_>>("Pages")).and_then(|tree| tree.get::<i32>("Count"));
    let title = pdf.metadata().title.as_deref().map(text_string).filter(|title| !title.trim().is_empty());
    let torn = |page: &&Page<'_>| page.raw().contains_key("Contents") && page.page_stream().is_none();
    let unreadable = if check { pdf.pages().iter().filter(torn).count() } else { 0 };
    Opening { pages: pdf.pages().len(), promised: promised.map(i64::from), unreadable, title }
}

fn draw<'a>(page: &Page<'a>, fonts: &Fonts<'a>, layers: &Layers) -> DrawnPage {
    let (width, height, drawing) = content::draw(page, fonts, layers);
    DrawnPage { width, height, drawing, tree: None }
}

/// The page's part of the tree, its boxes in the page's frame.
fn tree(structure: &Structure, page: &Page<'_>, drawing: &Drawing) -> Option<Tree> {
    let mut tree = structure.of_page(page.raw().obj_id()?.obj_number, &drawing.marks)?;
    let shown = content::shown(page);
    tree.root.each_box(&|bbox| {
        let area = Rect::new(bbox.x.into(), bbox.y.into(), bbox.right().into(), bbox.bottom().into());
        let area = shown.transform_rect_bbox(area);
        BBox::from_corners(area.x0 as f32, area.y0 as f32, area.x1 as f32, area.y1 as f32)
    });
    Some(tree)
}

fn render<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>, scale: f32) -> Raster {
    let undecoded = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&undecoded);
    let warning_sink = Arc::new(move |warning| {
        if matches!(warning, InterpreterWarning::ImageDecodeFailure) {
            heard.store(true, Ordering::Relaxed);
        }
    });
    // A side of less than a pixel is none; the other side of such a page is thousands of times as long.
    let at_least_a_pixel = |points: f32| scale.max(1.001 / points.max(1.0));
    let (width, height) = page.render_dimensions();
    let pixmap = hayro::render(
        page,
        cache,
        &InterpreterSettings { warning_sink, ..InterpreterSettings::default() },
        &RenderSettings::default(),
        &PixmapSettings { x_scale: at_least_a_pixel(width), y_scale: at_least_a_pixel(height), bg_color: WHITE },
    );
    let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let lacks_picture = undecoded.load(Ordering::Relaxed);
    Raster { width, height, rgba: pixmap.data_as_u8_slice().to_vec(), scale, lacks_picture }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_documents_of_small_pages_are_opened_a_few_times() {
        for (pages, file_bytes, expected) in [
            (0, 0, 256),
            (2_000, 40_000_000, 256),
            (100_000, 30_000_000, 6_250),
            // Scans of 100 kB a page.
            (20_000, 2_000_000_000, 335),
            (20_000, 20_000_000_000, 256),
        ] {
            assert_eq!(pages_per_opening(pages, file_bytes), expected, "{pages} pages, {file_bytes} bytes");
        }
    }
}
