//! A document to pages.

use docmill_model::options::ParseOptions;
use docmill_model::results::{JobResult, Stages};
use docmill_model::{Code, Failure, FailureClass};
use docmill_store::{ClaimedJob, Content, JobSource};

use super::fetch::{self, Wanted};
use super::outputs::Outputs;
use super::source::Source;
use crate::context::Context;
use crate::reader::ahead;
use crate::reader::session::{ReadDocument, Session};
use crate::work::held::Held;
use crate::work::stop::End;

pub(super) async fn run(
    context: &Context,
    claimed: &ClaimedJob,
    options: &ParseOptions,
    held: &Held,
) -> Result<JobResult, End> {
    match &claimed.source {
        JobSource::File { name, content, .. } => read(context, claimed, name, content, options, held).await,
        JobSource::Url { url, name, proxy } => {
            let wanted = Wanted { url, name, proxy: proxy.as_deref() };
            let fetching = fetch::fetch(context, claimed, &wanted, held);
            let (fetched, fetch_ms) = context.counters.stages.of_and_ms("fetch", fetching).await;
            let fetched = fetched?;
            let mut result = read(context, claimed, &fetched.name, &fetched.content, options, held).await?;
            result.stages.fetch = fetch_ms;
            fetched.forget(context).await?;
            Ok(result)
        }
        JobSource::ParseJob { .. } => {
            Err(Failure::new(Code::NotUsable, "A parse job reads a file, not another job.").into())
        }
    }
}

/// Reads a file into the attempt's own outputs.
pub(super) async fn read(
    context: &Context,
    claimed: &ClaimedJob,
    name: &str,
    content: &Content,
    options: &ParseOptions,
    held: &Held,
) -> Result<JobResult, End> {
    let limits = &context.settings.limits;
    let mut outputs = Outputs::begin(&context.blobs, claimed).await?;
    let mut stages = Stages::default();
    let document = {
        let _permit = tokio::select! {
            (permit, ms) = context.counters.stages.of_and_ms("wait", context.permits.acquire()) => {
                stages.wait = ms;
                permit
            }
            stop = held.stop().wait() => return Err(End::Stopped(*stop)),
        };
        let session = Session {
            job: claimed.id,
            project: claimed.project,
            source: &Source::new(name, content, &context.blobs),
            options,
            pages_max: context.settings.pages_max,
            limits,
            pool: &context.pool,
            ocr: &context.ocr,
            office: &context.office,
            held,
            outputs: &mut outputs,
            counters: &context.counters,
            permits: &context.permits,
            ahead: ahead::pages(context.settings.cpu_permits),
        };
        let (document, ms) = context.counters.stages.of_and_ms("read", session.read()).await;
        stages.read = ms;
        document?
    };
    too_many_failed(&document, options.page_failure_ratio, limits.page_failure_ratio).map_or(Ok(()), Err)?;
    let (written, ms) = context.counters.blobs.of_and_ms("write", outputs.finish()).await;
    let written = written?;
    stages.write = ms;
    stages.page = document.page_times.iter().fold(0, |sum: u32, (_, ms)| sum.saturating_add(*ms));
    stages.ocr = document.ocr_ms;
    Ok(JobResult {
        pages: document.pages,
        pages_failed: u32::try_from(document.failed.len()).unwrap_or(u32::MAX),
        pages_ocr: document.ocr,
        lacks_something: document.lacks,
        document: document.info,
        stages,
        page_times: document.page_times,
        page_offsets: written.page_offsets,
        assets: written.assets,
        ..JobResult::default()
    })
}

/// The job's failure when more pages failed than it may lose. `asked` is the caller's own ratio, which alone can
/// allow that every page fails.
fn too_many_failed(document: &ReadDocument, asked: Option<f64>, default: f64) -> Option<Failure> {
    let (failed, pages) = (document.failed.len(), document.pages);
    let share = failed as f64 / f64::from(pages.max(1));
    let nothing_came_out = share >= 1.0 && asked.is_none();
    if share <= asked.unwrap_or(default) && !nothing_came_out {
        return None;
    }
    // A document that only ever killed its reader may have met a bad moment: that is tried again (a strike).
    let strike = document.failed.values().find(|failure| failure.class() == FailureClass::Strike);
    if let Some(failure) = strike.filter(|_| nothing_came_out) {
        return Some(failure.clone());
    }
    let first = document.failed.first_key_value().map(|(page, failure)| format!(" Page {page}: {failure}"));
    let message = format!("{failed} of {pages} pages failed, more than the job allows.{}", first.unwrap_or_default());
    Some(Failure::new(Code::TooManyPagesFailed, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_pages_fail_the_job_by_the_callers_ratio_or_when_nothing_came_out() {
        use Code::{FileDamaged, ReaderDied, TooManyPagesFailed};
        for (pages, failed, code, asked, default, expected) in [
            (5, 0, FileDamaged, None, 1.0, None),
            (5, 1, FileDamaged, None, 1.0, None),
            (5, 4, FileDamaged, None, 1.0, None),
            (5, 5, FileDamaged, None, 1.0, Some(TooManyPagesFailed)),
            (1, 1, ReaderDied, None, 1.0, Some(ReaderDied)),
            (5, 1, FileDamaged, None, 0.05, Some(TooManyPagesFailed)),
            (5, 1, ReaderDied, Some(0.05), 1.0, Some(TooManyPagesFailed)),
            (5, 1, FileDamaged, Some(0.2), 1.0, None),
            (5, 5, FileDamaged, Some(1.0), 0.05, None),
        ] {
            let failures = (1..=failed).map(|page| (page, Failure::from(code))).collect();
            let document = ReadDocument {
                info: Default::default(),
                pages,
                failed: failures,
                ocr: 0,
                lacks: false,
                page_times: Vec::new(),
                ocr_ms: 0,
            };
            let got = too_many_failed(&document, asked, default).map(|failure| failure.code);
            assert_eq!(got, expected, "{failed} of {pages}, asked {asked:?}, default {default}");
        }
    }
}
