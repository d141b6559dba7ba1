//! Results of a server as files, laid out as by a run without a server.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use docmill_model::Product;
use docmill_model::options::JobOptions;
use docmill_wire::client::{Extraction, JobReference, PageText, ParseResult, page_warnings, requests};
use serde_json::{Value, json};

use super::run::Order;
use crate::client::{Client, read};
use crate::local::Format;
use crate::local::outputs::{EXTRACTION, is_plain, write_whole};
use crate::refusal::{Refusal, Refused};

/// What was written for one input.
#[derive(Debug, Default)]
pub struct Brought {
    /// Relative to the output folder.
    pub files: Vec<String>,
    pub warnings: Vec<String>,
    pub pages: u32,
    pub milliseconds: u64,
}

/// Fetches the result of a job and writes what is wanted of it.
pub async fn bring(order: &Order, name: &str, job: &JobReference) -> Refused<Brought> {
    match job.product {
        Product::Parse => parsed(order, name, job).await,
        Product::Extract => extracted(order, name, job).await,
    }
}

async fn parsed(order: &Order, name: &str, job: &JobReference) -> Refused<Brought> {
    let wants = |format| order.outputs.formats.contains(&format);
    // The fast tier has no items to ask for.
    let has_items = matches!(&order.outputs.options, JobOptions::Parse(options) if options.tier.has_layout());
    let items = wants(Format::Json) && has_items;
    let expand = requests::parse_expand(wants(Format::Md), wants(Format::Text), items, true);
    let result: ParseResult = read(&order.client.get(&requests::job(job.product, &job.id), &expand).await?)?;
    let mut brought = Brought::default();
    for format in &order.outputs.formats {
        let file = format!("{name}.{}", format.extension());
        let written = write_whole(&order.outputs.out.join(&file), |to| match format {
            Format::Md => write_text(to, result.markdown.iter().flat_map(|form| &form.pages), |page| &page.markdown),
            Format::Text => write_text(to, result.text.iter().flat_map(|form| &form.pages), |page| &page.text),
            _ => write_json(to, &result),
        });
        written.map_err(|error| refuse(order, name, &error))?;
        brought.files.push(file);
    }
    for image in result.images_content_metadata.iter().flat_map(|images| &images.images) {
        let Some(link) = image.presigned_url.as_deref().filter(|_| is_plain(&image.filename)) else { continue };
        let file = format!("{name}.images/{}", image.filename);
        fetch(&order.client, link, &order.outputs.out.join(&file)).await?;
        brought.files.push(file);
    }
    let about = result.job_metadata.unwrap_or_default();
    let mut warnings: BTreeSet<String> = about.warnings.into_iter().map(|warning| warning.code).collect();
    warnings.extend(result.metadata.as_ref().map(page_warnings).unwrap_or_default());
    brought.warnings = warnings.into_iter().collect();
    (brought.pages, brought.milliseconds) = (about.pages, about.elapsed_ms);
    Ok(brought)
}

async fn extracted(order: &Order, name: &str, job: &JobReference) -> Refused<Brought> {
    let expand = ["extract_metadata", "metadata"].map(|part| ("expand", part.to_owned()));
    let found: Extraction = read(&order.client.get(&requests::job(job.product, &job.id), &expand).await?)?;
    let file = format!("{name}.{EXTRACTION}");
    let answer = json!({"extract_result": found.extract_result, "extract_metadata": found.extract_metadata});
    let written = write_whole(&order.outputs.out.join(&file), |to| {
        serde_json::to_writer_pretty(&mut *to, &answer)?;
        to.write_all(b"\n")
    });
    written.map_err(|error| refuse(order, name, &error))?;
    Ok(Brought { files: vec![file], pages: found.pages(), ..Default::default() })
}

/// Downloads a link into a file that is there only when it is whole.
async fn fetch(client: &Client, link: &str, to: &Path) -> Refused<()> {
    let mut bytes = Vec::new();
    client.follow(link, &mut bytes).await?;
    write_whole(to, |file| file.write_all(&bytes))
        .map_err(|error| Refusal::io(format!("write `{}`", to.display()), &error))
}

/// As without a server: an empty line between pages, and a page that failed is named.
fn write_text<'a>(
    to: &mut dyn Write,
    pages: impl Iterator<Item = &'a PageText>,
    part: impl Fn(&PageText) -> &str,
) -> io::Result<()> {
    for (index, page) in pages.enumerate() {
        if index > 0 {
            to.write_all(b"\n")?;
        }
        match &page.error {
            None => writeln!(to, "{}", part(page).trim_end())?,
            Some(error) => writeln!(to, "<!-- page {} could not be read: {error} -->", page.page_number)?,
        }
    }
    Ok(())
}

fn write_json(to: &mut dyn Write, result: &ParseResult) -> io::Result<()> {
    to.write_all(b"{\"items\":{\"pages\":[")?;
    write_pages(to, result.items.as_ref())?;
    to.write_all(b"]},\"metadata\":{\"pages\":[")?;
    write_pages(to, result.metadata.as_ref())?;
    to.write_all(b"]}}\n")
}

fn write_pages(to: &mut dyn Write, form: Option<&Value>) -> io::Result<()> {
    let pages = form.and_then(|form| form["pages"].as_array()).into_iter().flatten();
    for (index, page) in pages.enumerate() {
        to.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *to, page)?;
    }
    to.write_all(b"\n")
}

fn refuse(order: &Order, name: &str, error: &io::Error) -> Refusal {
    Refusal::io(format!("write the results of `{name}` to `{}`", order.outputs.out.display()), error)
        .hint("Free some space or correct the folder's rights, and run the same command again.")
}
