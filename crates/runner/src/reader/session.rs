//! One document in reader children: send it, take its pages, and go on after a page that killed its child.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use docmill_model::document::{DocumentInfo, PageOutcome, Warning};
use docmill_model::limits::RunLimits;
use docmill_model::options::ParseOptions;
use docmill_model::results::OUTPUT_PDF;
use docmill_model::{Code, Failure, JobId, ProjectId};
use docmill_parse::{PageImage, Target};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::ahead::Ahead;
use super::belief::{believed, is_safe_name, ran_out_of_memory};
use super::frames::{Frame, FrameError};
use super::plan::{Plan, Violation};
use super::pool::Pool;
use super::process::{Death, Reader};
use super::protocol::{FromReader, Open, ToReader};
use crate::guard::{self, Bounds, Interrupted};
use crate::jobs::outputs::Outputs;
use crate::jobs::source::Source;
use crate::tools::ocr::Ocr;
use crate::tools::office::Office;
use crate::work::held::Held;
use crate::work::stop::End;

/// Longest JSON of one page, bytes: a page of a million words fits.
const PAGE_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Pictures of one document, and bytes of all of them.
const ASSETS_MAX: usize = 50_000;
const ASSETS_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// What one document is read with.
pub(crate) struct Session<'a> {
    pub job: JobId,
    pub project: ProjectId,
    pub source: &'a Source,
    pub options: &'a ParseOptions,
    pub pages_max: u32,
    pub limits: &'a RunLimits,
    pub pool: &'a Pool,
    pub ocr: &'a Ocr,
    pub office: &'a Office,
    pub held: &'a Held,
    pub outputs: &'a mut Outputs,
    pub counters: &'a crate::Counters,
    /// Processors that nobody uses; one is the document's already.
    pub permits: &'a Semaphore,
    /// Pages that a child may send pictures of before their turn.
    pub ahead: u32,
}

/// What is known of a document when all its pages are over.
pub(crate) struct ReadDocument {
    pub info: DocumentInfo,
    pub pages: u32,
    pub failed: BTreeMap<u32, Failure>,
    pub ocr: u32,
    /// `JobResult::lacks_something`.
    pub lacks: bool,
    /// `JobResult::page_times`.
    pub page_times: Vec<(u32, u32)>,
    /// Milliseconds of all runs of OCR.
    pub ocr_ms: u32,
}

/// Why one child's part of a document ended early.
enum Broken {
    /// The child is well; the document cannot be read.
    Refused(Failure),
    /// The child is not trusted any more, or not there.
    Child(String),
    Interrupted(Interrupted),
    /// The attempt ends whatever the child does.
    End(End),
}

impl From<Violation> for Broken {
    fn from(violation: Violation) -> Self {
        Self::Child(violation.to_string())
    }
}

impl From<FrameError> for Broken {
    fn from(error: FrameError) -> Self {
        Self::Child(error.to_string())
    }
}

impl From<Interrupted> for Broken {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            Interrupted::Stopped(stop) => Self::End(End::Stopped(stop)),
            bound => Self::Interrupted(bound),
        }
    }
}

/// What store, blobs or source answer: not the child's doing.
impl From<End> for Broken {
    fn from(end: End) -> Self {
        Self::End(end)
    }
}

/// The state of a document over its children.
struct Course {
    plan: Plan,
    info: DocumentInfo,
    failed: BTreeMap<u32, Failure>,
    ocr: u32,
    lacks: bool,
    page_times: Vec<(u32, u32)>,
    /// Shared with OCR of the pages ahead.
    ocr_ms: Arc<AtomicU32>,
    started: Instant,
    /// When the child last said something outside a page.
    heard: Instant,
    /// Processor time that the child had used when its page began, or when it last said something outside one.
    cpu: Duration,
    /// The page that the child is at, in a trace.
    span: Span,
}

impl<'a> Session<'a> {
    /// Reads the document into the outputs. Failed pages are part of a good end; whether there are too many of them
    /// is the caller's question.
    pub async fn read(mut self) -> Result<ReadDocument, End> {
        let now = Instant::now();
        let info = DocumentInfo::default();
        let mut course = Course {
            plan: Plan::default(),
            info,
            failed: BTreeMap::new(),
            ocr: 0,
            lacks: false,
            page_times: Vec::new(),
            ocr_ms: Arc::default(),
            started: now,
            heard: now,
            cpu: Duration::ZERO,
            span: Span::none(),
        };
        loop {
            let mut reader = self.pool.take(self.project).map_err(|error| self.no_reader(&error))?;
            course.plan.begin();
            course.span = Span::none();
            course.heard = Instant::now();
            course.cpu = guard::cpu_time(reader.pid());
            let began = Instant::now();
            let part = self.part(&mut reader, &mut course).await;
            let spent = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.counters.reader_microseconds.inc_by(spent);
            match part {
                Ok(()) => self.pool.put(reader),
                Err(Broken::Refused(failure)) => {
                    self.pool.put(reader);
                    return Err(failure.into());
                }
                Err(Broken::End(end)) => {
                    reader.kill().await;
                    return Err(end);
                }
                Err(Broken::Child(why)) => {
                    let death = reader.kill().await;
                    let code = if ran_out_of_memory(&death) { Code::ReaderMemory } else { Code::ReaderDied };
                    self.lose(&mut course, code, &why, &death)?;
                }
                Err(Broken::Interrupted(bound)) => {
                    let death = reader.kill().await;
                    let code = if bound == Interrupted::Memory { Code::ReaderMemory } else { Code::ReaderTimeout };
                    self.lose(&mut course, code, "it was stopped", &death)?;
                }
            }
            if course.plan.left().is_empty() {
                return self.end(course).await;
            }
        }
    }

    fn no_reader(&self, error: &std::io::Error) -> End {
        tracing::error!(job = %self.job, %error, "the reader program cannot be started");
        End::Failed(Failure::new(Code::Internal, "The reader program cannot be started."))
    }

    /// After a child is gone: its page is lost, or the attempt is.
    fn lose(&mut self, course: &mut Course, code: Code, why: &str, death: &Death) -> Result<(), End> {
        let page = course.plan.current().map(|(page, _)| page);
        tracing::warn!(
            job = %self.job, page, %code, why, status = ?death.status, stderr = death.stderr.as_str(),
            "a reader ended in the middle of its document"
        );
        match code {
            Code::ReaderMemory => self.counters.readers_over_memory.inc(),
            Code::ReaderTimeout => self.counters.readers_timed_out.inc(),
            _ => self.counters.readers_died.inc(),
        };
        let failure = self.sentence(code, page);
        let Some(page) = page.filter(|_| Instant::now() < self.document_deadline(course)) else {
            return Err(failure.into());
        };
        course.plan.page_lost(page, failure.clone());
        self.outputs.forget_unsettled();
        if course.plan.restarts() > self.limits.page_restarts_max {
            return Err(failure.into());
        }
        self.held.set_pages_done(course.plan.done());
        Ok(())
    }

    fn sentence(&self, code: Code, page: Option<u32>) -> Failure {
        let what = page.map_or("the document".to_owned(), |page| format!("page {page}"));
        let mib = self.limits.reader_memory_bytes_max / (1024 * 1024);
        let message = match code {
            Code::ReaderMemory => format!("Reading {what} needed more than {mib} MiB of memory."),
            Code::ReaderTimeout => format!("Reading {what} took longer than the limit."),
            _ => format!("Reading {what} made the reader stop."),
        };
        Failure::new(code, message)
    }

    async fn end(mut self, mut course: Course) -> Result<ReadDocument, End> {
        let last = course.plan.finish().map_err(|violation| Failure::new(Code::Internal, violation.to_string()))?;
        self.pages_failed(&mut course, last).await?;
        let Course { plan, info, failed, ocr, lacks, page_times, ocr_ms, .. } = course;
        let lacks = lacks || info.warnings.iter().any(Warning::is_lack);
        let ocr_ms = ocr_ms.load(Ordering::Relaxed);
        Ok(ReadDocument { info, pages: plan.count(), failed, ocr, lacks, page_times, ocr_ms })
    }

    /// What one child reads of the document, up to `Done`.
    async fn part(&mut self, reader: &mut Reader, course: &mut Course) -> Result<(), Broken> {
        let open = Open {
            name: self.source.name().to_owned(),
            bytes: self.source.bytes(),
            options: self.options.clone(),
            skip: course.plan.skip(),
            surveyed: course.plan.surveyed(),
            pages_max: self.pages_max,
            ahead: self.ahead,
        };
        let mut ahead = Ahead::new(self.permits);
        let bounds = self.bounds(reader, course);
        bounds.keep(self.counters.blobs.of("read", send(self.source, reader, open))).await??;
        loop {
            let bounds = self.bounds(reader, course);
            let heard = tokio::select! {
                heard = bounds.keep(reader.hear()) => heard,
                never = ahead.go_on() => match never {},
            };
            let Some(frame) = heard?? else {
                return Err(Broken::Child("it closed its end".to_owned()));
            };
            course.heard = Instant::now();
            if course.plan.current().is_none() || matches!(frame.header, FromReader::PageStarted { .. }) {
                course.cpu = guard::cpu_time(reader.pid());
            }
            if self.heard(reader, course, &mut ahead, frame).await? {
                return Ok(());
            }
        }
    }

    /// One thing that the child said. True when the document is over.
    async fn heard(
        &mut self,
        reader: &mut Reader,
        course: &mut Course,
        ahead: &mut Ahead<'a>,
        frame: Frame<FromReader>,
    ) -> Result<bool, Broken> {
        match frame.header {
            FromReader::Opened { info, pages } => {
                course.plan.opened(&info, pages, &self.options.pages, self.pages_max)?;
                course.info = info;
            }
            FromReader::Refused { failure } if !course.plan.is_open() => {
                return Err(Broken::Refused(believed(failure)));
            }
            FromReader::Refused { .. } => return Err(Violation("an open document was refused").into()),
            FromReader::PageStarted { number } => {
                course.plan.page_started(number, Instant::now())?;
                course.span = tracing::info_span!("page", number);
            }
            FromReader::Page { number, ocr } => self.page(course, number, ocr, &frame.payload).await?,
            FromReader::PageFailed { number, failure } => {
                let (_, mut failed) = course.plan.page_ended(number, false)?;
                course.span = Span::none();
                failed.push((number, believed(failure)));
                self.pages_failed(course, failed).await?;
            }
            FromReader::NeedOcr { width, height, dpi, languages } => {
                let image = PageImage { width, height, dpi, grey: frame.payload };
                self.ocr(reader, course, image, languages).await?;
            }
            FromReader::OcrSoon { id, width, height, dpi, languages } => {
                let image = PageImage { width, height, dpi, grey: frame.payload };
                self.ocr_soon(course, ahead, id, image, languages)?;
            }
            FromReader::TakeOcr { id } => self.take_ocr(reader, course, ahead, id).await?,
            FromReader::NeedConversion { extension, target } => {
                self.convert(reader, course, &frame.payload, &extension, target).await?;
            }
            FromReader::Asset { name, .. } => self.asset(course, name, frame.payload).await?,
            FromReader::Done { info } => {
                if !course.plan.left().is_empty() {
                    return Err(Violation("the document ended before its pages").into());
                }
                course.info = info;
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn page(&mut self, course: &mut Course, number: u32, ocr: bool, json: &[u8]) -> Result<(), Broken> {
        if json.len() > PAGE_BYTES_MAX {
            return Err(Violation("a page longer than a page may be").into());
        }
        let PageOutcome::Read(mut page) = serde_json::from_slice(json).map_err(FrameError::Header)? else {
            return Err(Violation("a page that came out and failed at once").into());
        };
        if page.number != number || page.images.iter().any(|image| !is_safe_name(&image.name)) {
            return Err(Violation("a page of another number, or with a picture of a bad name").into());
        }
        let (since, before) = course.plan.page_ended(number, true)?;
        course.span = Span::none();
        self.pages_failed(course, before).await?;
        self.counters.stages.took("page", since.elapsed());
        page.elapsed_ms = u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX);
        if let Some(failure) = self.options.fail_on.unfit(&page) {
            return Err(Broken::End(failure.into()));
        }
        course.lacks |= page.warnings.iter().any(Warning::is_lack);
        course.page_times.push((number, page.elapsed_ms));
        self.outputs.page(&PageOutcome::Read(page)).await?;
        course.ocr += u32::from(ocr);
        self.counters.pages_read.inc();
        self.counters.pages_ocr.inc_by(u64::from(ocr));
        self.held.set_pages_done(course.plan.done());
        Ok(())
    }

    async fn pages_failed(&mut self, course: &mut Course, failed: Vec<(u32, Failure)>) -> Result<(), End> {
        for (number, failure) in failed {
            if let Some(unfit) = self.options.fail_on.failed(number, &failure) {
                return Err(unfit.into());
            }
            let outcome = PageOutcome::Failed { number, error: failure.to_string() };
            self.outputs.page(&outcome).await?;
            course.failed.insert(number, failure);
            self.counters.pages_failed.inc();
        }
        self.held.set_pages_done(course.plan.done());
        Ok(())
    }

    /// Runs OCR for the page that the child is at, within that page's time: the child waits meanwhile and uses no
    /// processor, so the document's permit covers the OCR program.
    async fn ocr(
        &mut self,
        reader: &mut Reader,
        course: &Course,
        image: PageImage,
        languages: Vec<String>,
    ) -> Result<(), Broken> {
        check_picture(course, &image)?;
        let bounds = Bounds { pid: None, children: true, cpu_max: None, ..self.bounds(reader, course) };
        self.counters.ocr_runs.inc();
        let span = tracing::info_span!(parent: &course.span, "ocr");
        let reading = self.ocr.read(&image, &languages, bounds).instrument(span);
        let (answer, ms) = self.counters.stages.of_and_ms("ocr", reading).await;
        course.ocr_ms.fetch_add(ms, Ordering::Relaxed);
        let answer = answer?;
        let bounds = self.bounds(reader, course);
        Ok(bounds.keep(reader.say(&ToReader::OcrReply { answer }, &[])).await??)
    }

    /// Has OCR read a picture that the child will ask for, within the time of a page from when it begins.
    fn ocr_soon(
        &self,
        course: &Course,
        ahead: &mut Ahead<'a>,
        id: u32,
        image: PageImage,
        languages: Vec<String>,
    ) -> Result<(), Broken> {
        check_picture(course, &image)?;
        let bounds = Bounds {
            pid: None,
            resident_bytes_max: self.limits.reader_memory_bytes_max,
            children: true,
            deadline: self.document_deadline(course),
            cpu_max: None,
            stop: self.held.stop(),
        };
        let (ocr, counters, time) = (self.ocr, self.counters, self.page_time());
        let ocr_ms = course.ocr_ms.clone();
        let span = tracing::info_span!(parent: &course.span, "ocr");
        let reading = async move {
            counters.ocr_runs.inc();
            let bounds = Bounds { deadline: bounds.deadline.min(Instant::now() + time), ..bounds };
            let (answer, ms) = counters.stages.of_and_ms("ocr", ocr.read(&image, &languages, bounds)).await;
            ocr_ms.fetch_add(ms, Ordering::Relaxed);
            answer
        };
        Ok(ahead.add(id, Box::pin(reading.instrument(span)))?)
    }

    /// Waits for a picture that was sent before, within the time of the page that the child is at.
    async fn take_ocr(
        &mut self,
        reader: &mut Reader,
        course: &Course,
        ahead: &mut Ahead<'a>,
        id: u32,
    ) -> Result<(), Broken> {
        if course.plan.current().is_none() {
            return Err(Violation("OCR outside a page").into());
        }
        let bounds = Bounds { cpu_max: None, ..self.bounds(reader, course) };
        let answer = bounds.keep(ahead.take(id)).await???;
        Ok(bounds.keep(reader.say(&ToReader::OcrReply { answer }, &[])).await??)
    }

    /// Converts the document, or one inside it, within the document's base time: as with OCR, the child waits.
    async fn convert(
        &mut self,
        reader: &mut Reader,
        course: &Course,
        document: &[u8],
        extension: &str,
        target: Target,
    ) -> Result<(), Broken> {
        if course.plan.is_open() {
            return Err(Violation("an open document was to be converted").into());
        }
        let bounds = Bounds { pid: None, ..self.bounds(reader, course) };
        self.counters.conversions.inc();
        let (refused, bytes) = match self.office.convert(document, extension, target, bounds).await? {
            Ok(bytes) => (None, bytes),
            Err(refused) => (Some(refused), Vec::new()),
        };
        let bounds = self.bounds(reader, course);
        Ok(bounds.keep(reader.say(&ToReader::ConversionReply { refused }, &bytes)).await??)
    }

    async fn asset(&mut self, course: &Course, name: String, bytes: Vec<u8>) -> Result<(), Broken> {
        let is_last = name == OUTPUT_PDF && course.plan.is_open() && course.plan.left().is_empty();
        if !(course.plan.current().is_some() || is_last) || !is_safe_name(&name) {
            return Err(Violation("a file outside a page, or with a bad name").into());
        }
        match self.outputs.has_asset(&name, &bytes) {
            // Of a picture that several pages draw, a later child does not know that the one before has sent it.
            Some(true) => return Ok(()),
            Some(false) => return Err(Violation("two pictures of one name").into()),
            None => {}
        }
        let (count, total) = self.outputs.assets_so_far();
        if count >= ASSETS_MAX || total + bytes.len() as u64 > ASSETS_BYTES_MAX {
            return Err(Broken::End(Failure::new(Code::ReaderMemory, "The document has too many pictures.").into()));
        }
        Ok(self.counters.blobs.of("write", self.outputs.asset(name, bytes)).await?)
    }

    /// What the child is bounded by right now: the page's time in a page, the base time outside, and never more than
    /// the document's time. As much processor time: one document has one permit, however many threads it starts.
    fn bounds(&self, reader: &Reader, course: &Course) -> Bounds<'a> {
        let (since, time) = match course.plan.current() {
            Some((_, since)) => (since, self.page_time()),
            None => (course.heard, self.base_time()),
        };
        Bounds {
            pid: reader.pid(),
            resident_bytes_max: self.limits.reader_memory_bytes_max,
            children: false,
            deadline: (since + time).min(self.document_deadline(course)),
            cpu_max: Some(course.cpu + time),
            stop: self.held.stop(),
        }
    }

    fn page_time(&self) -> Duration {
        let asked = self.options.page_timeout_s.map(|seconds| Duration::from_secs(seconds.into()));
        asked.unwrap_or(Duration::from_millis(self.limits.page_ms))
    }

    fn base_time(&self) -> Duration {
        let asked = self.options.base_timeout_s.map(|seconds| Duration::from_secs(seconds.into()));
        asked.unwrap_or(Duration::from_millis(self.limits.document_base_ms))
    }

    fn document_deadline(&self, course: &Course) -> Instant {
        course.started + self.base_time() + self.page_time() * course.plan.count()
    }
}

fn check_picture(course: &Course, image: &PageImage) -> Result<(), Violation> {
    let pixels = u64::from(image.width) * u64::from(image.height);
    if course.plan.current().is_none() || pixels == 0 || pixels != image.grey.len() as u64 {
        return Err(Violation("OCR of no picture, or outside a page"));
    }
    Ok(())
}

async fn send(source: &Source, reader: &mut Reader, open: Open) -> Result<(), Broken> {
    reader.say(&ToReader::Open(Box::new(open)), &[]).await?;
    let mut pieces = source.open().await?;
    while let Some(piece) = pieces.next().await? {
        reader.say(&ToReader::Bytes, &piece).await?;
    }
    Ok(())
}
