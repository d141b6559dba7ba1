//! A document, or the pages of a finished parse job, to values.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use docmill_model::document::{DocumentInfo, FORMAT, Page, PageOutcome, Warning};
use docmill_model::options::{ExtractOptions, PageSelection};
use docmill_model::results::{Extraction, JobResult};
use docmill_model::{Code, Failure};
use docmill_store::{ClaimedJob, JobSource, outputs_prefix};
use prometheus_client::metrics::gauge::Gauge;

use super::outputs::{EXTRACT, PAGES};
use super::parse;
use crate::context::Context;
use crate::work::held::Held;
use crate::work::stop::End;

pub(super) async fn run(
    context: &Context,
    claimed: &ClaimedJob,
    options: &ExtractOptions,
    held: &Held,
) -> Result<JobResult, End> {
    let prefix = outputs_prefix(claimed.id, claimed.attempt);
    let (result, pages) = match &claimed.source {
        JobSource::File { name, content, .. } => {
            let result = parse::read(context, claimed, name, content, &options.parse, held).await?;
            (result, pages_of(context, &prefix).await?)
        }
        JobSource::Url { .. } => {
            return Err(Failure::new(Code::NotUsable, "An extraction reads a file or a parse job.").into());
        }
        JobSource::ParseJob { outputs, .. } => {
            let pages = selected(pages_of(context, outputs).await?, &options.parse.pages)?;
            (of_parse_job(&pages), pages)
        }
    };
    let read = pages.into_iter().filter_map(|page| match page {
        PageOutcome::Read(page) => Some(*page),
        PageOutcome::Failed { .. } => None,
    });
    let extraction = extract(context, read.collect(), options, held).await?;
    let json = serde_json::to_vec(&extraction).map_err(|_| Failure::from(Code::Internal))?;
    let key = format!("{prefix}/{EXTRACT}");
    context.counters.blobs.of("write", context.blobs.put(&key, json.into())).await?;
    Ok(result)
}

/// The pages under a prefix, failed ones among them.
async fn pages_of(context: &Context, prefix: &str) -> Result<Vec<PageOutcome>, End> {
    let lines = context.blobs.get(&format!("{prefix}/{PAGES}")).await?.ok_or_else(|| {
        Failure::new(Code::ParseJobNotCompleted, "The pages of the parse job are not kept any more; parse again.")
    })?;
    let pages: Result<Vec<_>, _> =
        lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(serde_json::from_slice).collect();
    Ok(pages.map_err(|_| Failure::new(Code::Internal, "The pages of the document cannot be read back."))?)
}

/// Those pages of a parse job that the extraction wants.
fn selected(mut pages: Vec<PageOutcome>, wanted: &PageSelection) -> Result<Vec<PageOutcome>, Failure> {
    wanted.keep(&mut pages, PageOutcome::number);
    if pages.is_empty() {
        let message = "None of the wanted pages is in the result of the parse job.";
        return Err(Failure::new(Code::PagesOutOfRange, message));
    }
    Ok(pages)
}

/// The result record of an extraction that reads another job's pages: it has none of its own.
fn of_parse_job(pages: &[PageOutcome]) -> JobResult {
    let count = |pages: usize| u32::try_from(pages).unwrap_or(u32::MAX);
    let failed = pages.iter().filter(|page| matches!(page, PageOutcome::Failed { .. })).count();
    let lacks = |page: &PageOutcome| match page {
        PageOutcome::Read(page) => page.warnings.iter().any(Warning::is_lack),
        PageOutcome::Failed { .. } => false,
    };
    JobResult {
        lacks_something: pages.iter().any(lacks),
        document: DocumentInfo { format: FORMAT, page_count: count(pages.len()), ..DocumentInfo::default() },
        pages: count(pages.len()),
        pages_failed: count(failed),
        ..JobResult::default()
    }
}

/// Tells the thread of an extraction that nobody waits for it any more, however the wait ended.
struct GivenUp(Arc<AtomicBool>);

impl Drop for GivenUp {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Counts the extraction that a thread is at, however it ends.
struct Running(Gauge);

impl Running {
    fn begin(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// The extraction on a thread of its own, within a permit and the document's base time. A run that is given up, because
/// the job was stopped or the time is over, ends at its next field, header or row.
async fn extract(
    context: &Context,
    pages: Vec<Page>,
    options: &ExtractOptions,
    held: &Held,
) -> Result<Extraction, End> {
    let base = context.settings.limits.document_base_ms;
    let time = options.parse.base_timeout_s.map_or(Duration::from_millis(base), |s| Duration::from_secs(s.into()));
    let options = options.clone();
    let given_up = GivenUp(Arc::default());
    let stop = given_up.0.clone();
    let gauge = context.counters.extractions_running.clone();
    let work = async {
        let _permit = context.counters.stages.of("wait", context.permits.acquire()).await;
        let extraction = tokio::task::spawn_blocking(move || {
            let _running = Running::begin(gauge);
            docmill_extract::extract_until(&pages, &options, &stop)
        });
        context.counters.stages.of("extract", extraction).await
    };
    tokio::select! {
        done = tokio::time::timeout(time, work) => match done {
            // Only dropping `given_up`, below, stops a run: one that is waited for is whole.
            Ok(Ok(extracted)) => extracted?.ok_or_else(|| Code::Internal.into()),
            Ok(Err(_)) => Err(Code::Internal.into()),
            Err(_) => Err(Failure::new(Code::ReaderTimeout, "The extraction took longer than the limit.").into()),
        },
        stop = held.stop().wait() => Err(End::Stopped(*stop)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_a_parse_job_are_selected_by_their_numbers() {
        let pages = [2, 3, 7].map(|number| PageOutcome::Failed { number, error: String::new() }).to_vec();
        let check = |ranges: Option<&[(u32, u32)]>, first, expected: Option<&[u32]>| {
            let wanted = PageSelection { ranges: ranges.map(<[_]>::to_vec), first };
            let found = selected(pages.clone(), &wanted);
            let numbers = found.map(|pages| pages.iter().map(PageOutcome::number).collect::<Vec<_>>());
            match expected {
                Some(expected) => assert_eq!(numbers.as_deref(), Ok(expected), "{wanted:?}"),
                None => assert_eq!(numbers.unwrap_err().code, Code::PagesOutOfRange, "{wanted:?}"),
            }
        };
        check(None, None, Some(&[2, 3, 7]));
        check(None, Some(2), Some(&[2, 3]));
        check(Some(&[(1, 2), (7, 9)]), Some(1), Some(&[2, 7]));
        check(Some(&[(4, 6)]), None, None);
    }
}
