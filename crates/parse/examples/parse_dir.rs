//! Parses every file of a folder: `parse_dir IN_DIR OUT_DIR [TIER] [--ocr] [--as-peers]`. Writes `<stem>.md` and
//! prints pages and time. With `--as-peers` the markdown is what other readers write: pipe tables, links, and no headers and
//! footers of pages. With `--ocr` pictures are read by tesseract, whose answers are kept in `OUT_DIR/ocr/` for the next run.

mod outside;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use docmill_model::document::PageOutcome;
use docmill_model::options::{ParseOptions, TableStyle, Tier};
use docmill_parse::{Source, parse_all};
use outside::Outside;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, input, output, rest @ ..] = args.as_slice() else {
        return Err("usage: parse_dir IN_DIR OUT_DIR [TIER] [--ocr] [--as-peers]".into());
    };
    let tier = rest.first().and_then(|tier| Tier::from_text(tier)).unwrap_or(Tier::CostEffective);
    let as_peers = rest.iter().any(|flag| flag == "--as-peers");
    let tables = TableStyle { pipe: as_peers, ..TableStyle::default() };
    let options = ParseOptions { tier, tables, annotate_links: as_peers, ..ParseOptions::default() };
    let kept = rest.iter().any(|flag| flag == "--ocr").then(|| Path::new(output).join("ocr"));
    std::fs::create_dir_all(kept.as_deref().unwrap_or(Path::new(output)))?;
    let mut outside = Outside(kept);
    let mut files: Vec<PathBuf> = if Path::new(input).is_dir() {
        std::fs::read_dir(input)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?
    } else {
        vec![input.into()]
    };
    files.sort();
    let started = Instant::now();
    let mut pages = 0;
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source { name: name.clone(), bytes: Arc::new(std::fs::read(&file)?) };
        let begun = Instant::now();
        match parse_all(source, &options, &mut outside) {
            Ok((info, outcomes)) => {
                pages += outcomes.len();
                let texts: Vec<String> = outcomes.iter().map(|outcome| text_of(outcome, tier, as_peers)).collect();
                let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                std::fs::write(Path::new(output).join(format!("{stem}.md")), texts.join("\n\n"))?;
                let (count, ms, sure) = (outcomes.len(), begun.elapsed().as_millis(), confidence_of(&outcomes));
                println!("ok {name} {count} pages {ms} ms, confidence {sure:.4} {:?}", info.warnings);
            }
            Err(failure) => println!("failed {name} {failure} {} ms", begun.elapsed().as_millis()),
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!("{pages} pages in {seconds:.2} s: {:.0} pages a second", pages as f64 / seconds);
    Ok(())
}

/// The mean of those pages that say one; 0 when none does.
fn confidence_of(outcomes: &[PageOutcome]) -> f32 {
    let said = outcomes.iter().filter_map(|outcome| match outcome {
        PageOutcome::Read(page) => page.confidence,
        PageOutcome::Failed { .. } => None,
    });
    let said: Vec<f32> = said.collect();
    said.iter().sum::<f32>() / said.len().max(1) as f32
}

/// A page as the benchmarks' truth has it: its header and footer stand where they are printed, unless `bare`.
fn text_of(outcome: &PageOutcome, tier: Tier, bare: bool) -> String {
    match outcome {
        PageOutcome::Read(page) if tier.has_layout() && bare => page.markdown.clone(),
        PageOutcome::Read(page) if tier.has_layout() => {
            let parts = [page.header.as_deref(), Some(page.markdown.as_str()), page.footer.as_deref()];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
        }
        PageOutcome::Read(page) => page.text.clone(),
        PageOutcome::Failed { error, .. } => error.clone(),
    }
}
