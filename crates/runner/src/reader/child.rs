//! The body of the reader child: the only code that touches a document's bytes.
//!
//! It reads one document after another from stdin and answers on stdout (see `protocol`). It limits itself before the
//! first byte, trusts nothing to be left over from the document before, and does not outlive its worker.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;
use std::sync::Arc;

use docmill_model::document::PageOutcome;
use docmill_parse::{DocumentReader, NotConverted, OcrAnswer, PageImage, Services, Source, ToConvert};
use rustix::process::Resource;

use super::frames::{self, FrameError};
use super::protocol::{CHUNK_BYTES, FromReader, Open, ToReader};
use crate::confine::{self, Isolation};

/// The variables of the child's environment: the address space that it may use, bytes; and whether it may go on
/// without a restriction that the kernel does not have (`Isolation`).
pub const MEMORY_VARIABLE: &str = "READER_MEMORY_BYTES";
pub const ISOLATION_VARIABLE: &str = "READER_ISOLATION";
/// Files and pipes open at a time: a reader needs its three pipes, and a few for what libraries load.
const FILES_MAX: u64 = 64;
/// Deeply nested documents recurse deeply; the default stack of a thread is too small for them.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// Serves documents until stdin ends, within the address space that `READER_MEMORY_BYTES` gives.
pub fn run() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reader: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), FrameError> {
    let frames_out = take_stdout()?;
    restrict()?;
    leave_with_parent();
    let serving = std::thread::Builder::new()
        .name("reader".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || serve(&mut BufReader::with_capacity(CHUNK_BYTES, io::stdin().lock()), frames_out))?;
    // A panic has been printed to stderr, where the worker keeps it for its log.
    serving.join().unwrap_or_else(|_| Err(io::Error::other("the reader panicked").into()))
}

/// What the variable says; `None` without it.
fn memory_bytes(given: Option<OsString>) -> Result<Option<u64>, FrameError> {
    let Some(given) = given else { return Ok(None) };
    let number = given.to_str().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| io::Error::other(format!("{MEMORY_VARIABLE} is a number of bytes")).into())
}

/// No core files, no files at all, few descriptors, no more memory than the worker allows, and nothing of the system
/// but the pipes.
pub fn restrict() -> Result<(), FrameError> {
    let memory_bytes = memory_bytes(std::env::var_os(MEMORY_VARIABLE))?;
    let limits = [(Resource::Core, 0), (Resource::Fsize, 0), (Resource::Nofile, FILES_MAX)];
    confine::limit(limits.into_iter().chain(memory_bytes.map(|bytes| (Resource::As, bytes))))?;
    let required = std::env::var_os(ISOLATION_VARIABLE).is_some_and(|given| given == Isolation::Required.as_str());
    confine::reader(if required { Isolation::Required } else { Isolation::BestEffort })?;
    Ok(())
}

/// Keeps stdout for frames alone: whatever a library prints goes to stderr.
fn take_stdout() -> Result<File, FrameError> {
    let frames_out: OwnedFd = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr()).map_err(io::Error::from)?;
    Ok(File::from(frames_out))
}

/// Ends the process as soon as the worker's end of stdin is gone, also in the middle of a page that never ends.
fn leave_with_parent() {
    std::thread::spawn(|| {
        let stdin = io::stdin();
        // Without asked-for events only a hang-up is reported.
        let mut watched = [rustix::event::PollFd::new(&stdin, rustix::event::PollFlags::empty())];
        while rustix::event::poll(&mut watched, None).is_err() {}
        std::process::exit(0);
    });
}

/// The protocol's loop over documents.
pub fn serve(from: &mut impl Read, out: impl Write) -> Result<(), FrameError> {
    let mut parent = Parent { from, out, soon: Vec::new(), said: 0 };
    while let Some(frame) = frames::read::<ToReader>(parent.from)? {
        let ToReader::Open(open) = frame.header else {
            return Err(io::Error::other("a document begins with `open`").into());
        };
        parent.document(*open)?;
    }
    Ok(())
}

/// The other end of the pipes.
struct Parent<'a, R, W> {
    from: &'a mut R,
    out: W,
    /// Pictures that the worker has already, by what they are: their numbers.
    soon: Vec<(u64, u32)>,
    /// Number of the last of them.
    said: u32,
}

impl<R: Read, W: Write> Parent<'_, R, W> {
    fn say(&mut self, what: &FromReader, payload: &[u8]) -> Result<(), FrameError> {
        frames::write(&mut self.out, what, payload)
    }

    fn document(&mut self, open: Open) -> Result<(), FrameError> {
        self.soon.clear();
        let source = Source { name: open.name.clone(), bytes: Arc::new(self.receive(open.bytes)?) };
        let mut services = PipeServices { parent: self, ocr: false, broken: None };
        let opened = docmill_parse::open(source, &open.options, open.pages_max, &mut services);
        if let Some(error) = services.broken {
            return Err(error);
        }
        let reader = match opened {
            Ok(reader) => reader,
            Err(failure) => return self.say(&FromReader::Refused { failure }, &[]),
        };
        match docmill_parse::wanted_pages(&reader.info(), &open.options, open.pages_max) {
            Ok(pages) => self.pages(reader, &open, pages),
            Err(failure) => self.say(&FromReader::Refused { failure }, &[]),
        }
    }

    fn receive(&mut self, length: u64) -> Result<Vec<u8>, FrameError> {
        let mut bytes = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
        while (bytes.len() as u64) < length {
            match frames::read::<ToReader>(self.from)? {
                Some(frame) if frame.header == ToReader::Bytes => bytes.extend_from_slice(&frame.payload),
                Some(_) => return Err(io::Error::other("the document is not complete").into()),
                None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            }
        }
        Ok(bytes)
    }

    fn pages(&mut self, mut reader: Box<dyn DocumentReader>, open: &Open, wanted: Vec<u32>) -> Result<(), FrameError> {
        let skip: BTreeSet<u32> = open.skip.iter().copied().collect();
        let surveyed: BTreeSet<u32> = open.surveyed.iter().copied().collect();
        let to_read: Vec<u32> = wanted.iter().copied().filter(|page| !skip.contains(page)).collect();
        self.say(&FromReader::Opened { info: reader.info(), pages: to_read.clone() }, &[])?;
        if reader.wants_survey() {
            for number in wanted.into_iter().filter(|page| !skip.contains(page) || surveyed.contains(page)) {
                self.say(&FromReader::PageStarted { number }, &[])?;
                if let Err(failure) = reader.survey(number) {
                    // The page says nothing about the document; whether it can be read is seen in its own turn.
                    eprintln!("reader: survey of page {number}: {failure}");
                }
            }
        }
        let (mut next, mut scans) = (0, false);
        for (at, number) in to_read.iter().enumerate() {
            // Pages of a document that are scans come one after the other.
            next = next.max(at);
            while open.ahead > 0 && next < to_read.len().min(at + 1 + open.ahead as usize) {
                if reader.will_ocr(to_read[next]).unwrap_or(scans) {
                    self.prepare(reader.as_mut(), to_read[next])?;
                }
                next += 1;
            }
            scans = self.page(reader.as_mut(), *number)?;
        }
        let mut services = PipeServices { parent: self, ocr: false, broken: None };
        reader.finish(&mut services);
        if let Some(error) = services.broken {
            return Err(error);
        }
        self.say(&FromReader::Done { info: reader.info() }, &[])
    }

    fn prepare(&mut self, reader: &mut dyn DocumentReader, number: u32) -> Result<(), FrameError> {
        self.say(&FromReader::PageStarted { number }, &[])?;
        let mut services = PipeServices { parent: self, ocr: false, broken: None };
        reader.prepare(number, &mut services);
        services.broken.map_or(Ok(()), Err)
    }

    /// Answers whether the page used OCR.
    fn page(&mut self, reader: &mut dyn DocumentReader, number: u32) -> Result<bool, FrameError> {
        self.say(&FromReader::PageStarted { number }, &[])?;
        let mut services = PipeServices { parent: self, ocr: false, broken: None };
        let read = reader.page(number, &mut services);
        let PipeServices { ocr, broken, .. } = services;
        if let Some(error) = broken {
            return Err(error);
        }
        match read {
            Ok(page) => {
                let json = serde_json::to_vec(&PageOutcome::Read(Box::new(page)))?;
                self.say(&FromReader::Page { number, ocr }, &json)?;
            }
            Err(failure) => self.say(&FromReader::PageFailed { number, failure }, &[])?,
        }
        Ok(ocr)
    }
}

/// Pictures for OCR that go to the worker before they are asked for.
impl<R: Read, W: Write> Parent<'_, R, W> {
    fn soon(&mut self, image: &PageImage, languages: &[String]) -> Result<(), FrameError> {
        self.said += 1;
        self.soon.push((key(image, languages), self.said));
        let PageImage { width, height, dpi, grey } = image;
        let (id, languages) = (self.said, languages.to_vec());
        self.say(&FromReader::OcrSoon { id, width: *width, height: *height, dpi: *dpi, languages }, grey)
    }

    /// The number of the picture, when the worker has it.
    fn taken(&mut self, image: &PageImage, languages: &[String]) -> Option<u32> {
        if self.soon.is_empty() {
            return None;
        }
        let key = key(image, languages);
        let at = self.soon.iter().position(|(own, _)| *own == key)?;
        Some(self.soon.remove(at).1)
    }
}

fn key(image: &PageImage, languages: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (image.width, image.height, image.dpi, &image.grey, languages).hash(&mut hasher);
    hasher.finish()
}

/// The outside world of a document is the worker at the other end of the pipes.
struct PipeServices<'a, 'b, R, W> {
    parent: &'a mut Parent<'b, R, W>,
    /// Whether the page used OCR.
    ocr: bool,
    /// The first error of the pipes: nothing more can be said, and the page is not worth ending.
    broken: Option<FrameError>,
}

impl<R: Read, W: Write> PipeServices<'_, '_, R, W> {
    fn ask_ocr(&mut self, image: &PageImage, languages: &[String]) -> Result<OcrAnswer, FrameError> {
        let PageImage { width, height, dpi, grey } = image;
        match self.parent.taken(image, languages) {
            Some(id) => self.parent.say(&FromReader::TakeOcr { id }, &[])?,
            None => {
                let languages = languages.to_vec();
                let ask = FromReader::NeedOcr { width: *width, height: *height, dpi: *dpi, languages };
                self.parent.say(&ask, grey)?;
            }
        }
        match frames::read::<ToReader>(self.parent.from)?.map(|frame| frame.header) {
            Some(ToReader::OcrReply { answer }) => Ok(answer),
            _ => Err(io::Error::other("OCR was asked for and something else came").into()),
        }
    }

    fn ask_conversion(&mut self, document: &ToConvert<'_>) -> Result<Result<Vec<u8>, NotConverted>, FrameError> {
        let ToConvert { bytes, extension, target } = *document;
        self.parent.say(&FromReader::NeedConversion { extension: extension.to_owned(), target }, bytes)?;
        let reply = frames::read::<ToReader>(self.parent.from)?.map(|frame| (frame.header, frame.payload));
        match reply {
            Some((ToReader::ConversionReply { refused: None }, document)) => Ok(Ok(document)),
            Some((ToReader::ConversionReply { refused: Some(refused) }, _)) => Ok(Err(refused)),
            _ => Err(io::Error::other("a conversion was asked for and something else came").into()),
        }
    }
}

impl<R: Read, W: Write> Services for PipeServices<'_, '_, R, W> {
    fn ocr(&mut self, image: &PageImage, languages: &[String]) -> OcrAnswer {
        if self.broken.is_none() {
            match self.ask_ocr(image, languages) {
                Ok(answer) => {
                    self.ocr |= matches!(answer, OcrAnswer::Read(_));
                    return answer;
                }
                Err(error) => self.broken = Some(error),
            }
        }
        OcrAnswer::Failed { message: "The OCR program cannot be reached.".to_owned() }
    }

    fn ocr_soon(&mut self, image: &PageImage, languages: &[String]) {
        if self.broken.is_none() {
            self.broken = self.parent.soon(image, languages).err();
        }
    }

    fn convert(&mut self, document: &ToConvert<'_>) -> Result<Vec<u8>, NotConverted> {
        if self.broken.is_none() {
            match self.ask_conversion(document) {
                Ok(answer) => return answer,
                Err(error) => self.broken = Some(error),
            }
        }
        Err(NotConverted::Missing)
    }

    fn asset(&mut self, name: &str, content_type: &str, bytes: &[u8]) {
        if self.broken.is_none() {
            let asset = FromReader::Asset { name: name.to_owned(), content_type: content_type.to_owned() };
            self.broken = self.parent.say(&asset, bytes).err();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_variable_is_a_number_or_absent() {
        for (given, expected) in [(None, Some(None)), (Some("1024"), Some(Some(1024))), (Some(""), None)] {
            assert_eq!(memory_bytes(given.map(OsString::from)).ok(), expected, "{given:?}");
        }
    }
}
