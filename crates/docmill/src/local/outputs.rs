//! What a finished job leaves in the output folder: `2024/a.pdf` gives `2024/a.pdf.md`, `.txt`, `.json` or
//! `.extract.json`, and pictures in `2024/a.pdf.images/`.
//!
//! Every file is written under another name and renamed, so a file that is there is complete. Pages are read one at
//! a time: memory does not grow with the document.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Component, Path, PathBuf};

use clap::ValueEnum;
use docmill_model::document::PageOutcome;
use docmill_model::options::JobOptions;
use docmill_model::results::{Extraction, JobResult};
use docmill_parse::render::chunks::{Chunk, Chunker};
use docmill_store::blobs::Blobs;
pub use docmill_wire::outputs::EXTRACTION;
use docmill_wire::outputs::{self as wire, Form};

use crate::refusal::{Refusal, Refused};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown, `.md`
    Md,
    /// Plain text with columns kept, `.txt`
    Text,
    /// Layout items and page metadata, `.json`
    Json,
    /// Pieces for retrieval, a line of JSON each, `.chunks.jsonl`; only when asked for
    Chunks,
}

impl Format {
    const ALL: [Self; 4] = [Self::Md, Self::Text, Self::Json, Self::Chunks];

    /// As the export of a server has it too; chunks are the command line's alone.
    pub const fn form(self) -> Option<Form> {
        match self {
            Self::Md => Some(Form::Markdown),
            Self::Text => Some(Form::Text),
            Self::Json => Some(Form::Json),
            Self::Chunks => None,
        }
    }

    pub const fn extension(self) -> &'static str {
        match self.form() {
            Some(form) => form.extension(),
            None => "chunks.jsonl",
        }
    }
}

/// The formats to write: those asked for, else all that the tier makes.
pub fn formats_of(options: &JobOptions, asked: &[Format]) -> Refused<Vec<Format>> {
    let JobOptions::Parse(parse) = options else { return Ok(Vec::new()) };
    let has_layout = parse.tier.has_layout();
    if asked.contains(&Format::Md) && !has_layout {
        return Err(Refusal::usage("tier fast makes no markdown").hint("Use --tier cost_effective, or --format text."));
    }
    if asked.is_empty() {
        let usual = [Format::Md, Format::Text, Format::Json];
        return Ok(usual.into_iter().filter(|format| has_layout || *format != Format::Md).collect());
    }
    Ok(asked.to_vec())
}

/// The folder and what is wanted in it.
pub struct Outputs {
    pub out: PathBuf,
    pub options: JobOptions,
    /// For parse jobs.
    pub formats: Vec<Format>,
    /// Tokens that a chunk should not go over.
    pub chunk_tokens: u32,
}

/// What was written for one input.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Relative to the output folder.
    pub files: Vec<String>,
    /// Codes of the document's and its pages' warnings, each once.
    pub warnings: Vec<String>,
}

/// Where the store keeps the outputs of one job.
#[derive(Debug, Clone)]
pub struct Stored {
    pages: PathBuf,
    extraction: PathBuf,
    assets: Vec<(String, PathBuf)>,
}

impl Stored {
    /// `None` when the store keeps nothing of the job any more.
    pub fn find(blobs: &Blobs, prefix: &str, result: &JobResult) -> Option<Self> {
        let at = |name: &str| blobs.local_path(&format!("{prefix}/{name}"));
        let asset = |name: &str| Some((name.to_owned(), at(&format!("assets/{name}"))?));
        let stored = Self {
            pages: at("pages.jsonl")?,
            extraction: at("extract.json")?,
            assets: result.assets.iter().filter(|asset| is_plain(&asset.name)).filter_map(|a| asset(&a.name)).collect(),
        };
        (stored.pages.is_file() || stored.extraction.is_file()).then_some(stored)
    }
}

/// Asset names come from documents: one part, nothing that leads elsewhere.
pub fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

impl Outputs {
    /// The files that this input gets, relative to the folder; pictures apart.
    pub fn expected(&self, name: &str) -> Vec<String> {
        match self.options {
            JobOptions::Parse(_) => {
                self.formats.iter().map(|format| format!("{name}.{}", format.extension())).collect()
            }
            JobOptions::Extract(_) => vec![format!("{name}.{EXTRACTION}")],
        }
    }

    fn pictures(&self, name: &str, result: &JobResult) -> Vec<String> {
        match self.options {
            JobOptions::Parse(_) => result
                .assets
                .iter()
                .filter(|asset| is_plain(&asset.name))
                .map(|asset| format!("{name}.images/{}", asset.name))
                .collect(),
            JobOptions::Extract(_) => Vec::new(),
        }
    }

    /// All files of a job, when every one of them is there.
    pub fn present(&self, name: &str, result: &JobResult) -> Option<Vec<String>> {
        let mut files = self.expected(name);
        files.extend(self.pictures(name, result));
        files.iter().all(|file| self.out.join(file).is_file()).then_some(files)
    }

    /// Removes what an earlier job left for this input, before a new one begins: so an output that is there always
    /// belongs to the newest job of its input, and a failure leaves no old result behind.
    pub fn clear(&self, name: &str, earlier: Option<&JobResult>) -> Refused<()> {
        let mut files: Vec<String> = match self.options {
            JobOptions::Parse(_) => Format::ALL.iter().map(|format| format!("{name}.{}", format.extension())).collect(),
            JobOptions::Extract(_) => vec![format!("{name}.{EXTRACTION}")],
        };
        files.extend(earlier.map(|result| self.pictures(name, result)).unwrap_or_default());
        for file in files {
            let path = self.out.join(file);
            match fs::remove_file(&path) {
                Err(error) if !is_absent(&error) => {
                    return Err(Refusal::io(format!("replace `{}`", path.display()), &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes everything that is wanted of this job. Blocks.
    pub fn write(&self, name: &str, stored: &Stored, result: &JobResult) -> Refused<Written> {
        self.write_all(name, stored, result).map_err(|error| {
            Refusal::io(format!("write the results of `{name}` to `{}`", self.out.display()), &error)
                .hint("Free some space or correct the folder's rights, and run the same command again.")
        })
    }

    fn write_all(&self, name: &str, stored: &Stored, result: &JobResult) -> io::Result<Written> {
        let mut warnings: BTreeSet<String> = result.document.warnings.iter().map(|w| w.code.clone()).collect();
        if let JobOptions::Extract(options) = &self.options {
            let extraction: Extraction = serde_json::from_slice(&fs::read(&stored.extraction)?)?;
            let answer = wire::extraction(&extraction, options);
            let file = format!("{name}.{EXTRACTION}");
            write_whole(&self.out.join(&file), |to| {
                serde_json::to_writer_pretty(&mut *to, &answer)?;
                to.write_all(b"\n")
            })?;
            return Ok(Written { files: vec![file], warnings: warnings.into_iter().collect() });
        }
        for page in Pages::open(&stored.pages)? {
            if let PageOutcome::Read(page) = page? {
                warnings.extend(page.warnings.into_iter().map(|warning| warning.code));
            }
        }
        for format in &self.formats {
            let path = self.out.join(format!("{name}.{}", format.extension()));
            write_whole(&path, |to| match format.form() {
                Some(form) => write_form(to, &stored.pages, form),
                None => write_chunks(to, &stored.pages, self.chunk_tokens),
            })?;
        }
        for (asset, from) in &stored.assets {
            link_whole(from, &self.out.join(format!("{name}.images")).join(asset))?;
        }
        let mut files = self.expected(name);
        files.extend(self.pictures(name, result));
        Ok(Written { files, warnings: warnings.into_iter().collect() })
    }
}

/// The stored pages, one at a time.
struct Pages(io::Lines<BufReader<File>>);

impl Pages {
    fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(BufReader::new(File::open(path)?).lines()))
    }
}

impl Iterator for Pages {
    type Item = io::Result<PageOutcome>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.0.next()?;
        Some(line.and_then(|line| Ok(serde_json::from_str(&line)?)))
    }
}

fn write_form(to: &mut dyn Write, pages: &Path, form: Form) -> io::Result<()> {
    for pass in form.passes() {
        to.write_all(pass.before.as_bytes())?;
        for (index, page) in Pages::open(pages)?.enumerate() {
            to.write_all((pass.page)(index == 0, &page?).as_bytes())?;
        }
        to.write_all(pass.after.as_bytes())?;
    }
    Ok(())
}

/// A chunk a line, as soon as it is whole.
fn write_chunks(to: &mut dyn Write, pages: &Path, target: u32) -> io::Result<()> {
    let mut chunker = Chunker::new(target);
    let mut write = |chunk: Chunk| -> io::Result<()> {
        serde_json::to_writer(&mut *to, &chunk)?;
        to.write_all(b"\n")
    };
    for page in Pages::open(pages)? {
        chunker.page(&page?).into_iter().try_for_each(&mut write)?;
    }
    chunker.end().into_iter().try_for_each(write)
}

/// Writes a file so that its name shows either the old content or all of the new one.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".docmill-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any program's new file has; the user's umask still applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let temporary = builder.tempfile_in(folder)?;
    let mut file = BufWriter::new(temporary.as_file());
    write(&mut file)?;
    file.flush()?;
    drop(file);
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Puts a stored picture into the output folder, without a second copy where the disk can do that.
fn link_whole(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let hidden = folder.join(format!(".docmill-{}", uuid::Uuid::new_v4().simple()));
    fs::hard_link(from, &hidden).or_else(|_| fs::copy(from, &hidden).map(drop))?;
    // A rename between two names of one file does nothing and leaves both.
    fs::rename(&hidden, to)?;
    match fs::remove_file(&hidden) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use docmill_model::document::{DocumentInfo, Page, Warning};
    use docmill_model::options::{ParseOptions, Tier};
    use docmill_model::results::Asset;
    use serde_json::Value;

    use super::*;

    fn parse(tier: Tier) -> JobOptions {
        JobOptions::Parse(ParseOptions { tier, ..Default::default() })
    }

    /// Two pages, the second failed, and a picture, as the store keeps them.
    fn stored(folder: &Path) -> (Stored, JobResult) {
        let page = Page {
            number: 1,
            markdown: "# One".into(),
            text: "One".into(),
            warnings: vec![Warning::new(Warning::OCR_MISSING, "no OCR")],
            ..Default::default()
        };
        let pages = [PageOutcome::Read(Box::new(page)), PageOutcome::Failed { number: 2, error: "X: y.".into() }];
        let lines: Vec<String> = pages.iter().map(|page| serde_json::to_string(page).unwrap()).collect();
        fs::write(folder.join("pages.jsonl"), lines.join("\n")).unwrap();
        fs::write(folder.join("image_1.png"), "png").unwrap();
        let stored = Stored {
            pages: folder.join("pages.jsonl"),
            extraction: folder.join("extract.json"),
            assets: vec![("image_1.png".into(), folder.join("image_1.png"))],
        };
        let result = JobResult {
            document: DocumentInfo { warnings: vec![Warning::new("PAGES_NOT_READ", "")], ..Default::default() },
            assets: vec![Asset { name: "image_1.png".into(), bytes: 3 }, Asset { name: "../x".into(), bytes: 1 }],
            ..Default::default()
        };
        (stored, result)
    }

    #[test]
    fn a_result_is_written_seen_again_and_cleared() {
        let (store, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (stored, result) = stored(store.path());
        let options = parse(Tier::Agentic);
        let formats = formats_of(&options, &[]).unwrap();
        let outputs = Outputs { out: out.path().to_owned(), options, formats, chunk_tokens: 400 };
        assert_eq!(outputs.present("a/b.pdf", &result), None);
        // Twice: what is there already is replaced.
        for _ in 0..2 {
            let written = outputs.write("a/b.pdf", &stored, &result).unwrap();
            assert_eq!(written.files, ["a/b.pdf.md", "a/b.pdf.txt", "a/b.pdf.json", "a/b.pdf.images/image_1.png"]);
            assert_eq!(written.warnings, ["OCR_MISSING", "PAGES_NOT_READ"]);
            assert_eq!(outputs.present("a/b.pdf", &result), Some(written.files));
        }
        let markdown = fs::read_to_string(out.path().join("a/b.pdf.md")).unwrap();
        assert_eq!(markdown, "# One\n\n<!-- page 2 could not be read: X: y. -->\n");
        let json: Value = serde_json::from_slice(&fs::read(out.path().join("a/b.pdf.json")).unwrap()).unwrap();
        assert_eq!(json["items"]["pages"].as_array().map(Vec::len), Some(2));
        let left = |folder: &str| fs::read_dir(out.path().join(folder)).unwrap().count();
        assert_eq!((left("a"), left("a/b.pdf.images")), (4, 1), "no temporary file is left");
        outputs.clear("a/b.pdf", Some(&result)).unwrap();
        assert_eq!((left("a"), left("a/b.pdf.images")), (1, 0));
    }

    #[test]
    fn formats_are_what_the_tier_makes_or_what_was_asked_for() {
        let usual = [Format::Md, Format::Text, Format::Json];
        assert_eq!(formats_of(&parse(Tier::Agentic), &[]).unwrap(), usual);
        assert_eq!(formats_of(&parse(Tier::Fast), &[]).unwrap(), [Format::Text, Format::Json]);
        assert_eq!(formats_of(&parse(Tier::Agentic), &[Format::Text]).unwrap(), [Format::Text]);
        assert!(formats_of(&parse(Tier::Fast), &[Format::Md]).is_err());
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file() {
        let out = tempfile::tempdir().unwrap();
        let path = out.path().join("a.md");
        fs::write(&path, "old").unwrap();
        let failed = write_whole(&path, |to| to.write_all(b"half").and(Err(io::Error::other("full"))));
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 1);
    }
}
