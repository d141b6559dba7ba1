//! What each stage of a page costs, on pages of the example documents.
//!
//! `cargo bench -p docmill-parse --features stages --bench stages --profile dev` (the profile that everything else is
//! built with)

#[path = "../examples/outside/mod.rs"]
mod outside;

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{
    BatchSize, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use docmill_model::options::{ParseOptions, Tier};
use docmill_parse::stages::Stages;
use docmill_parse::{Source, parse_all};
use outside::Outside;

/// Two columns of text; a table.
const DOCUMENTS: [&str; 2] = ["article.pdf", "invoice.pdf"];

fn stages(criterion: &mut Criterion) {
    for name in DOCUMENTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/documents").join(name);
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut group = criterion.benchmark_group(name);
        group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(20);
        document(&mut group, name, &bytes);
        page(&mut group, bytes);
        group.finish();
    }
}

/// The document as a whole, from its bytes to its pages.
fn document(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, bytes: &[u8]) {
    let bytes = Arc::new(bytes.to_vec());
    for (bench, tier) in [("document, fast tier", Tier::Fast), ("document", Tier::CostEffective)] {
        let options = ParseOptions { tier, ..ParseOptions::default() };
        let parse = || {
            let source = Source { name: name.to_owned(), bytes: Arc::clone(&bytes) };
            parse_all(source, &options, &mut Outside(None)).map_or(0, |(_, pages)| pages.len())
        };
        group.throughput(Throughput::Elements(parse() as u64));
        group.bench_function(bench, |bencher| bencher.iter(parse));
    }
}

/// Its first page, stage by stage.
fn page(group: &mut BenchmarkGroup<'_, WallTime>, bytes: Vec<u8>) {
    let Some(mut stages) = Stages::open(bytes, 1) else { panic!("the document cannot be read") };
    group.throughput(Throughput::Elements(1));
    group.bench_function("glyphs", |bencher| bencher.iter(|| black_box(stages.glyphs())));
    group.bench_function("words and lines", |bencher| {
        bencher.iter_batched(|| stages.drawn(), Stages::words_and_lines, BatchSize::SmallInput);
    });
    group.bench_function("spatial text", |bencher| bencher.iter(|| black_box(stages.spatial_text())));
    group.bench_function("layout", |bencher| bencher.iter(|| black_box(stages.layout())));
    let laid_out = stages.layout();
    group.bench_function("markdown", |bencher| {
        bencher.iter_batched(|| laid_out.clone(), |page| stages.markdown(page), BatchSize::SmallInput);
    });
    let read = stages.markdown(laid_out.clone());
    group.bench_function("JSON", |bencher| bencher.iter(|| black_box(serde_json::to_vec(&read))));
    group.bench_function("rendering", |bencher| bencher.iter(|| black_box(stages.rendered())));
    let rendered = stages.rendered();
    group.bench_function("PNG", |bencher| bencher.iter(|| black_box(rendered.as_ref().map(|own| own.png()))));
}

criterion_group!(benches, stages);
criterion_main!(benches);
