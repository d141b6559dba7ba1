//! LibreOffice: there, missing, hanging, and held.

use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use docmill_model::options::{Granularity, ImageCategory, JobOptions, ParseOptions, Sheets};
use docmill_runner::tools::office::{LibreOffice, Part};
use docmill_store::Content;

use crate::world::{ALL_TOOLS, World, settings};

/// Whether LibreOffice is here with the three parts that tests need.
fn is_here() -> bool {
    let wanted = [Part::Writer, Part::Calc, Part::Impress];
    let here = LibreOffice::find(None).is_some_and(|found| wanted.iter().all(|part| found.parts.contains(part)));
    if !here {
        let packages = "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui";
        assert!(std::env::var_os(ALL_TOOLS).is_none(), "LibreOffice is not installed: apt-get install {packages}");
        eprintln!("SKIPPED: LibreOffice is not installed (Debian: {packages})");
    }
    here
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../parse/tests/formats/files");
    let read = |name: &str| std::fs::read(folder.join(name)).ok();
    read(name).unwrap_or_else(|| {
        let mut bytes = Vec::new();
        let packed = read(&format!("{name}.gz")).expect("a fixture");
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes).expect("a packed fixture");
        bytes
    })
}

/// What the pages of a document say, read with LibreOffice or without, and the names of what is kept beside them.
async fn read(name: &str, bytes: &[u8], options: ParseOptions, soffice: Option<PathBuf>) -> (Vec<String>, Vec<String>) {
    let world = World::new().await;
    let content = Content::Blob(world.blob(bytes).await);
    let job = world.job_named(name, content, JobOptions::Parse(options)).await;
    let mut settings = settings("honest");
    settings.soffice = soffice;
    let runner = world.start(settings);
    let told = world.told(job).await;
    let result = world.get(job).await.result;
    let assets = result.map(|result| result.assets.into_iter().map(|asset| asset.name).collect());
    world.drain(&runner).await;
    (told, assets.unwrap_or_default())
}

async fn said(name: &str, bytes: &[u8], options: ParseOptions) -> String {
    read(name, bytes, options, None).await.0.join(" | ").replace('\n', " ")
}

fn nowhere() -> Option<PathBuf> {
    Some("/nonexistent".into())
}

#[tokio::test]
async fn without_it_the_package_is_named() {
    for (name, package) in [
        ("report.uot", "libreoffice-writer-nogui"),
        ("report.uop", "libreoffice-impress-nogui"),
        ("report.vdx", "libreoffice-draw-nogui"),
    ] {
        let (told, _) = read(name, &fixture(name), ParseOptions::default(), nowhere()).await;
        let [sentence] = told.as_slice() else { panic!("{told:?}") };
        assert!(sentence.starts_with("FAILED CONVERTER_MISSING: "), "{sentence}");
        assert!(sentence.contains(&format!("LibreOffice, which is not installed (Debian: {package}).")), "{sentence}");
    }
    let (told, _) = read("stale.xlsx", &fixture("stale.xlsx"), ParseOptions::default(), nowhere()).await;
    assert_eq!(told.len(), 1, "a workbook is read without it");
}

#[tokio::test]
async fn documents_are_converted_and_read() {
    if !is_here() {
        return;
    }
    for (name, expected) in [
        ("report.uot", "1 Mill report Rye rose."),
        ("report.uop", "1 Mill report - Rye rose."),
        ("report.vdx", "1 Mill report"),
        ("report.wri", "1 Mill report Rye rose."),
    ] {
        let told = said(name, &fixture(name), ParseOptions::default()).await;
        assert_eq!(told.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{name}");
    }
    let broken =
        b"<?xml version=\"1.0\"?><VisioDocument xmlns=\"http://schemas.microsoft.com/visio/2003/core\"><Pages>\
        <Page ID=\"0\"><Shapes><Shape ID=\"1\"><Text>Mill</Text></Shape></Shapes></Page></Pages></VisioDocument>";
    let told = said("broken.vdx", broken, ParseOptions::default()).await;
    assert!(told.starts_with("FAILED FILE_DAMAGED: The file is damaged, or LibreOffice"), "{told}");
}

#[tokio::test]
async fn formulas_are_computed() {
    if !is_here() {
        return;
    }
    let sum = |told: String| told.split_whitespace().last().map(str::to_owned);
    let of = |name: &'static str, compute| async move {
        let sheets = Sheets { compute, ..Sheets::default() };
        sum(said(name, &fixture(name), ParseOptions { sheets, ..ParseOptions::default() }).await)
    };
    assert_eq!(of("formula.xlsx", false).await.as_deref(), Some("42"), "there is no stored value");
    assert_eq!(of("stale.xlsx", false).await.as_deref(), Some("7"), "the stored value");
    assert_eq!(of("stale.xlsx", true).await.as_deref(), Some("42"), "the computed one");
}

#[tokio::test]
async fn printed_pages_give_pictures_boxes_and_a_pdf() {
    if !is_here() {
        return;
    }
    let pictures =
        ParseOptions { images: vec![ImageCategory::Screenshot], output_pdf: true, ..ParseOptions::default() };
    for (name, expected) in [("report.docx", "1 Mill report  Rye rose."), ("report.pptx", "1 Mill report  - Rye rose.")]
    {
        let (told, assets) = read(name, &fixture(name), pictures.clone(), None).await;
        assert_eq!(told.join(" ").replace('\n', " "), expected, "docling's own reading");
        assert_eq!(assets, ["page_1.png", "output.pdf"], "{name}");
        let (told, assets) = read(name, &fixture(name), pictures.clone(), nowhere()).await;
        assert_eq!((told.len(), assets), (1, vec![]), "{name} is read without them");
    }
    let world = World::new().await;
    let options = ParseOptions { granular_boxes: vec![Granularity::Word], ..ParseOptions::default() };
    let content = Content::Blob(world.blob(fixture("report.docx")).await);
    let job = world.job_named("report.docx", content, JobOptions::Parse(options)).await;
    let mut settings = settings("honest");
    settings.soffice = None;
    let runner = world.start(settings);
    let job = world.ended(job).await;
    let lines = world.blobs.get(&format!("{}/pages.jsonl", job.outputs.expect("outputs"))).await.expect("blobs");
    let page: serde_json::Value = serde_json::from_slice(&lines.expect("pages")).expect("a page");
    assert_eq!(job.result.expect("a result").document.kind, "docx");
    assert!(page["blocks"][0]["boxes"][0][2].as_f64().is_some_and(|width| width > 0.0), "{page}");
    assert_eq!(runner.counters().conversions.get(), 1);
    world.drain(&runner).await;
}

/// A text whose picture lies on a server, and whose macro runs when it is opened.
fn hostile(url: &str, written: &Path) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:script=\"urn:oasis:names:tc:opendocument:xmlns:script:1.0\" \
         xmlns:ooo=\"http://openoffice.org/2004/office\" xmlns:dom=\"http://www.w3.org/2001/xml-events\" \
         office:version=\"1.2\" office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:scripts>\
         <office:script script:language=\"ooo:Basic\"><ooo:libraries><ooo:library-embedded ooo:name=\"Standard\">\
         <ooo:module ooo:name=\"Module1\"><ooo:source-code>Sub Main\nOpen \"{written}\" For Output As #1\nPrint #1, \"x\"\n\
         Close #1\nEnd Sub</ooo:source-code></ooo:module></ooo:library-embedded></ooo:libraries></office:script>\
         <office:event-listeners><script:event-listener script:language=\"ooo:script\" script:event-name=\"dom:load\" \
         xlink:href=\"vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document\" xlink:type=\"simple\"/>\
         </office:event-listeners></office:scripts><office:body><office:text><text:p>Mill report<draw:frame>\
         <draw:image xlink:href=\"{url}\" xlink:type=\"simple\"/></draw:frame></text:p></office:text></office:body>\
         </office:document>",
        written = written.display()
    )
}

#[tokio::test]
async fn macros_are_not_run_and_nothing_is_fetched() {
    if !is_here() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a server");
    listener.set_nonblocking(true).expect("not blocking");
    let url = format!("http://{}/picture.png", listener.local_addr().expect("its address"));
    let folder = tempfile::tempdir().expect("a folder");
    let written = folder.path().join("written");
    let document = hostile(&url, &written);
    let options = ParseOptions { output_pdf: true, ..ParseOptions::default() };
    let (told, assets) = read("letter.fodt", document.as_bytes(), options, None).await;
    assert_eq!((told, assets), (vec!["1 Mill report".to_owned()], vec!["output.pdf".to_owned()]));
    assert!(!written.exists(), "the macro ran");
    assert!(listener.accept().is_err(), "the picture was fetched");
}

/// A LibreOffice that writes down its number and hangs.
fn hanging(folder: &Path) -> PathBuf {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("write");
    write("versionrc", "[Version]\nbuildid=1\n");
    write("bootstraprc", "[Bootstrap]\nProductKey=LibreOffice 0.0\n");
    write("libswlo.so", "");
    write("soffice.bin", &format!("#!/bin/sh\necho $$ > {}/pid\nexec sleep 1000\n", folder.display()));
    let program = folder.join("soffice.bin");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).expect("make it a program");
    program
}

#[tokio::test]
async fn one_that_hangs_is_killed() {
    let world = World::new().await;
    let content = Content::Blob(world.blob(fixture("report.wri")).await);
    let job = world.job_named("report.wri", content, JobOptions::Parse(ParseOptions::default())).await;
    let mut settings = settings("honest");
    settings.soffice = Some(hanging(world.folder.path()));
    // It writes where a confined one may not.
    settings.confine = None;
    settings.limits.conversion_ms = 1_500;
    let runner = world.start(settings);
    let failed = "FAILED FILE_TOO_LARGE: LibreOffice needed more than 1 seconds to convert the document.";
    assert_eq!(world.told(job).await, [failed]);
    let pid = std::fs::read_to_string(world.folder.path().join("pid")).expect("it was started");
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "the program is dead: {state}");
    world.drain(&runner).await;
}
