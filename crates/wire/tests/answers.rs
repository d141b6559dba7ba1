//! Every answer as JSON, kept as snapshots: a changed name or type shows as a diff.

use std::collections::BTreeMap;

use docmill_model::document::*;
use docmill_model::options::{ExtraOutput, ExtractTarget, Granularity, ImageCategory, ParseOptions, Spreadsheet, Tier};
use docmill_model::results::{Asset, Citation, Extraction, FieldSource, JobResult, PathStep, Stages};
use docmill_model::{
    BatchId, BatchStatus, Code, ConfigurationId, DirectoryFileId, DirectoryId, FileId, JobId, JobStatus, Product,
    ProjectId, Timestamp,
};
use docmill_wire::batches::{Batch, BatchConfig, BatchResult, Counts, ErrorExample, ErrorSummary};
use docmill_wire::directories::{Directory, DirectoryFile};
use docmill_wire::extract::{self, Asked, ExtractJob, ExtractUsage, JobMetadata};
use docmill_wire::pages;
use docmill_wire::parse::{self, Expanded, ParseJob, Usage};
use docmill_wire::projects::Project;
use docmill_wire::render::{Page as ListPage, PresignedUrl};
use docmill_wire::result_files::{Entry, Form, FormWriter, contents, needed};
use docmill_wire::{configurations, form_fields, paging};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// Compares with `snapshots/answers__<name>.snap`.
#[track_caller]
fn kept<T: Serialize>(name: &str, answer: T) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_json_snapshot!(name, answer));
}

const AT: Timestamp = Timestamp(1_795_435_200_123);

fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_0000_0000_0000 + n)
}

fn job(product: Product) -> JobId {
    JobId::from_uuid(product, uuid(0x70))
}

#[test]
fn batch() {
    let item = |n: u128, job: Option<u128>, message: Option<&str>| BatchResult {
        source_directory_file_id: DirectoryFileId::from_uuid(uuid(n)),
        job_reference: job.map(|n| JobId::from_uuid(Product::Parse, uuid(n)).into()),
        error_message: message.map(str::to_owned),
        retried_from: None,
    };
    let counts =
        Counts { total: 4, pending: 1, running: 0, completed: 1, failed: 1, cancelled: 0, without_job: 1, reused: 1 };
    kept(
        "batch",
        Batch {
            id: BatchId::from_uuid(uuid(1)),
            project_id: ProjectId::from_uuid(uuid(2)),
            source_directory_id: DirectoryId::from_uuid(uuid(3)),
            config: BatchConfig::new(Product::Parse, "cfg-PARSE_AGENTIC".parse().unwrap()),
            status: BatchStatus::Running,
            results: Some(vec![
                item(0x10, Some(0x20), None),
                item(0x11, Some(0x21), Some("FILE_DAMAGED: The file is damaged or incomplete.")),
                item(0x12, None, Some("EMPTY_FILE: The file is empty.")),
                item(0x13, Some(0x23), None),
            ]),
            progress: counts.progress(),
            counts,
            eta_seconds: Some(12),
            waiting_reason: Some("STARTING: The workers take it next.".to_owned()),
            error_summary: vec![ErrorSummary {
                code: Code::EmptyFile,
                count: 1,
                example: ErrorExample {
                    display_name: "a.pdf".to_owned(),
                    error_message: "EMPTY_FILE: The file is empty.".to_owned(),
                },
                advice: Code::EmptyFile.advice(),
            }],
            generation: 0,
            error_message: None,
            created_at: AT,
            updated_at: AT,
            started_at: Some(AT),
            finished_at: None,
        },
    );
}

#[test]
fn progress_is_the_share_of_what_is_terminal() {
    let counts = |total, pending, running| Counts { total, pending, running, ..Counts::default() };
    for (counts, expected) in
        [(counts(0, 0, 0), 1.0), (counts(3, 3, 0), 0.0), (counts(3, 1, 1), 0.3333), (counts(3, 0, 0), 1.0)]
    {
        assert_eq!(counts.progress(), expected);
    }
}

#[test]
fn directory_and_its_files() {
    kept(
        "directory",
        Directory {
            id: DirectoryId::from_uuid(uuid(3)),
            name: "invoices".into(),
            project_id: ProjectId::from_uuid(uuid(2)),
            kind: "ephemeral",
            description: None,
            expires_at: Some(AT.plus_ms(1)),
            system_metadata: None,
            connector_subscription_id: None,
            created_at: AT,
            updated_at: AT,
            deleted_at: None,
        },
    );
    let file = DirectoryFile {
        id: DirectoryFileId::from_uuid(uuid(4)),
        directory_id: DirectoryId::from_uuid(uuid(3)),
        project_id: ProjectId::from_uuid(uuid(2)),
        file_id: FileId::from_uuid(uuid(5)),
        display_name: "Größe.pdf".into(),
        unique_id: "2024/Größe.pdf".into(),
        metadata: json!({"customer": "x", "tags": ["a"]}).as_object().unwrap().clone(),
        download_url: Some(PresignedUrl::new("http://127.0.0.1:8484/x".into(), AT)),
        created_at: AT,
        updated_at: AT,
        deleted_at: None,
    };
    let token = paging::encode("files", &[("name", "a")], uuid(4));
    kept("page_of_directory_files", ListPage::new(vec![file], Some(token)));
}

#[test]
fn project_and_preset() {
    kept(
        "project",
        Project {
            id: ProjectId::from_uuid(uuid(2)),
            name: "Default".into(),
            organization_id: uuid(6),
            is_default: true,
            created_at: AT,
            updated_at: AT,
        },
    );
    kept("presets", configurations::presets());
}

fn parse_job(status: JobStatus) -> ParseJob {
    ParseJob {
        id: job(Product::Parse),
        project_id: ProjectId::from_uuid(uuid(2)),
        status,
        name: Some("a.pdf".into()),
        tier: Some("agentic".into()),
        error_message: (status == JobStatus::Failed).then(|| "PDF_IS_PROTECTED: no".into()),
        user_metadata: BTreeMap::from([("k".into(), "v".into())]),
        usage: Some(Usage::default()),
        created_at: AT,
        updated_at: AT,
    }
}

#[test]
fn parse_result_without_expand() {
    kept("parse_result_without_expand", parse::result(parse_job(JobStatus::Failed), Expanded::default()));
}

fn block(kind: BlockKind, role: Role, md: &str) -> Block {
    let boxes = vec![BBox::new(72.0, 100.456, 200.1, 12.0)];
    Block { kind, role, boxes, words: vec![], md: md.into(), confidence: Some(0.9) }
}

fn every_kind_of_block() -> Vec<Block> {
    let text = |value: &str| BlockKind::Text { value: value.into() };
    let entry = |value: &str, children| ListItem {
        number: None,
        value: value.into(),
        md: format!("*{value}*"),
        bbox: None,
        children,
    };
    let inner = List { ordered: true, items: vec![entry("inner", vec![])] };
    let cell = |row, column, text: &str| Cell { row, column, text: text.into(), header: row == 0, ..Cell::default() };
    let wide = Cell { column_span: 2, ..cell(0, 0, "2024") };
    let cells = vec![wide, cell(1, 0, "a,b"), cell(1, 1, "12.5"), cell(2, 0, "")];
    let table = Table { row_count: 3, column_count: 2, cells, method: "ruled".into(), ..Table::default() };
    let mut plain = block(text("no box"), Role::Body, "no box");
    plain.boxes.clear();
    vec![
        block(text("Page head"), Role::PageHeader, "Page head"),
        block(BlockKind::Heading { value: "Title".into(), level: 2 }, Role::Body, "## Title"),
        plain,
        block(
            BlockKind::List(List { ordered: false, items: vec![entry("outer", vec![inner])] }),
            Role::Body,
            "- *outer*",
        ),
        block(BlockKind::Code { value: "x = 1".into(), language: Some("python".into()) }, Role::Body, "```x = 1```"),
        block(BlockKind::Table(table), Role::Body, "<table>"),
        block(BlockKind::Image { caption: "Chart".into(), name: Some("image_1.png".into()) }, Role::Body, "![Chart]()"),
        block(BlockKind::Link { text: "here".into(), url: "https://a".into() }, Role::Body, "[here](https://a)"),
        block(BlockKind::Formula { value: "a^2".into() }, Role::Body, "$$a^2$$"),
        block(text("DRAFT"), Role::Watermark, "DRAFT"),
        block(text("1"), Role::Footnote, "1"),
        block(text("Page 7"), Role::PageFooter, "Page 7"),
    ]
}

fn outcomes() -> Vec<PageOutcome> {
    let read = Page {
        number: 1,
        width: Some(612.0),
        height: Some(791.5),
        rotation: 90,
        blocks: every_kind_of_block(),
        text: "Page head\nTitle".into(),
        markdown: "## Title".into(),
        header: Some("Page head".into()),
        engine: "tesseract 5.3.0".into(),
        confidence: Some(0.876_54),
        printed_number: Some("7".into()),
        line_numbers: vec![LineNumber { text: "5".into(), start: 3, end: 8 }],
        images: vec![Picture {
            name: "image_1.png".into(),
            category: ImageCategory::Embedded,
            content_type: "image/png".into(),
            bbox: Some(BBox::new(10.6, 20.2, 30.1, 40.0)),
        }],
        warnings: vec![Warning::new(Warning::OCR_USED, "Read by OCR.")],
        elapsed_ms: 12,
        ..Page::default()
    };
    let slide = Page {
        number: 3,
        text: "slide".into(),
        markdown: "# slide".into(),
        engine: "docling".into(),
        speaker_notes: Some("say it".into()),
        name: Some("Intro".into()),
        ..Page::default()
    };
    let failed = PageOutcome::Failed { number: 2, error: "READER_DIED: it --> died".into() };
    vec![PageOutcome::Read(Box::new(read)), failed, PageOutcome::Read(Box::new(slide))]
}

#[test]
fn parse_result_with_everything() {
    let pages = outcomes();
    let record = JobResult {
        document: DocumentInfo {
            format: FORMAT,
            kind: "pdf".into(),
            page_count: 3,
            title: None,
            warnings: vec![Warning::new(Warning::OPTION_NOT_FOLLOWED, "crop_box is not followed.")],
        },
        pages: 3,
        pages_failed: 1,
        pages_ocr: 1,
        page_offsets: vec![0],
        assets: vec![Asset { name: "image_1.png".into(), bytes: 9 }],
        engine: "docmill".into(),
        elapsed_ms: 40,
        stages: Stages { fetch: 1, wait: 2, read: 35, page: 30, ocr: 20, write: 2 },
        page_times: vec![(1, 21), (3, 9)],
        lacks_something: false,
    };
    let options = ParseOptions {
        tier: Tier::Agentic,
        version: "latest".into(),
        not_followed: vec!["crop_box".into()],
        ..ParseOptions::default()
    };
    let url = |name: &str| Some((format!("http://127.0.0.1/{name}"), 9));
    let entry = |form, url: Option<&str>| Entry { form, size_bytes: 5, url: url.map(str::to_owned) };
    kept(
        "parse_result_with_everything",
        parse::result(
            parse_job(JobStatus::Completed),
            Expanded {
                text: Some(pages::text(&pages)),
                text_full: Some(pages::text_full(&pages)),
                markdown: Some(pages::markdown(&pages)),
                markdown_full: Some(pages::markdown_full(&pages)),
                items: Some(pages::items(&pages)),
                metadata: Some(pages::metadata(&pages)),
                job_metadata: Some(parse::job_metadata(&options, &record, None)),
                images_content_metadata: Some(pages::images(&pages, &[], url)),
                result_content_metadata: Some(contents(
                    &[Form::Markdown, Form::MarkdownFull, Form::OutputPdf],
                    &[
                        entry(Form::Markdown, Some("http://a")),
                        entry(Form::MarkdownFull, Some("http://b")),
                        entry(Form::OutputPdf, None),
                        entry(Form::GroundedItems, Some("http://c")),
                    ],
                )),
                ..Expanded::default()
            },
        ),
    );
}

/// A form as a file, its pages handed over in chunks of `chunk`.
fn file(form: Form, options: &ParseOptions, pages: &[PageOutcome], chunk: usize) -> Vec<u8> {
    let mut writer = FormWriter::new(form, options);
    let mut bytes = writer.start();
    pages.chunks(chunk).for_each(|pages| bytes.extend(writer.add(pages)));
    bytes.extend(writer.end().expect("a form ends"));
    bytes
}

#[test]
fn files_of_forms_are_what_expand_answers_however_the_pages_come() {
    let pages = outcomes();
    let options = ParseOptions { tier: Tier::Agentic, ..ParseOptions::default() };
    for chunk in [1, 2, 9] {
        let json = |form| serde_json::from_slice::<serde_json::Value>(&file(form, &options, &pages, chunk)).unwrap();
        let text = |form| String::from_utf8(file(form, &options, &pages, chunk)).unwrap();
        assert_eq!(json(Form::Text), pages::text(&pages));
        assert_eq!(json(Form::Markdown), pages::markdown(&pages));
        assert_eq!(json(Form::Items), pages::items(&pages));
        assert_eq!(json(Form::Metadata), pages::metadata(&pages));
        assert_eq!(json(Form::Forms), form_fields::forms(&pages));
        assert_eq!(text(Form::TextFull), pages::text_full(&pages));
        assert_eq!(text(Form::MarkdownFull), pages::markdown_full(&pages));
        assert_eq!(
            json(Form::StrippedMarkdown)["pages"][2],
            json!({"page_number": 3, "markdown": "", "success": true})
        );
        assert_eq!(
            text(Form::ConcatenatedStrippedMarkdown),
            "Title\n\nno box\n\nouter\ninner\n\nx = 1\n\n2024\t\na,b\t12.5\n\t\n\nChart\n\nhere\n\na^2\n\nDRAFT\n\n1"
        );
    }
    for form in Form::ALL {
        let none = String::from_utf8_lossy(&file(form, &options, &[], 1)).into_owned();
        assert!(
            ["{\"pages\":[]}", ""].contains(&none.as_str()) || [Form::Xlsx, Form::Metadata].contains(&form),
            "{none}"
        );
        assert_eq!(Form::from_name(form.name()), Some(form));
    }
}

#[test]
fn words_and_cells_are_grounded_in_their_items() {
    let word = |text: &str, line, x| Word {
        text: text.into(),
        bbox: Some(BBox::new(x, 2.0, 8.0, 4.0)),
        line,
        confidence: None,
    };
    let at = |row, column, text: &str, x| Cell {
        row,
        column,
        text: text.into(),
        bbox: Some(BBox::new(x, 20.0, 10.0, 5.0)),
        ..Cell::default()
    };
    let text = Block {
        words: vec![WordRange::new(0, 3)],
        ..block(BlockKind::Heading { value: "A b c".into(), level: 1 }, Role::Body, "# A b c")
    };
    let cells = vec![at(0, 0, "x", 1.0), at(0, 1, "y", 11.0)];
    let table = Table { row_count: 1, column_count: 2, cells, method: String::new(), ..Table::default() };
    let page = Page {
        number: 1,
        words: vec![word("A", 0, 1.0), word("b", 0, 11.0), word("c", 1, 1.0)],
        blocks: vec![text, block(BlockKind::Table(table), Role::Body, "<table>")],
        ..Page::default()
    };
    let pages = [PageOutcome::Read(Box::new(page)), PageOutcome::Failed { number: 2, error: "X: y".into() }];
    let with = |boxes: &[Granularity]| {
        let options = ParseOptions { granular_boxes: boxes.to_vec(), ..ParseOptions::default() };
        let text = String::from_utf8(file(Form::GroundedItems, &options, &pages, 1)).unwrap();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[1], json!({"page_number": 2, "error": "X: y", "success": false}));
        lines[0]["items"].clone()
    };
    let lines = with(&[Granularity::Line]);
    let first = json!({"span": [2, 5], "bbox": {"x": 1, "y": 2, "w": 18, "h": 4}});
    assert_eq!(lines[0]["grounding"]["lines"][0], first);
    assert_eq!((&lines[0]["grounding"]["lines"][1]["span"], &lines[1]["grounding"]), (&json!([6, 7]), &json!(null)));
    let words = with(&[Granularity::Word, Granularity::Cell]);
    assert_eq!(words[0]["grounding"]["lines"][0]["words"][1]["span"], json!([4, 5]));
    let cells = &words[1]["grounding"];
    assert_eq!(cells["rows"][0][1]["bbox"]["x"], 11);
    assert_eq!(cells["row_bboxes"], json!([{"x": 1, "y": 20, "w": 20, "h": 5}]));
    let raw = String::from_utf8(file(Form::RawWords, &ParseOptions::default(), &pages, 1)).unwrap();
    assert!(raw.starts_with(
        r#"{"page_number":1,"page_width":0,"page_height":0,"success":true,"words":[{"text":"A","line":0,"#
    ));
}

#[test]
fn tables_become_sheets() {
    let options = ParseOptions { spreadsheet: Some(Spreadsheet { guess_names: true }), ..ParseOptions::default() };
    let bytes = file(Form::Xlsx, &options, &outcomes(), 1);
    assert_eq!(bytes, file(Form::Xlsx, &options, &outcomes(), 3), "the same result is the same file");
    assert!(bytes.starts_with(b"PK"));
    assert!(file(Form::Xlsx, &options, &[], 1).starts_with(b"PK"), "one empty sheet");
}

#[test]
fn forms_exist_by_options_and_come_with_their_documented_keys() {
    let full = ParseOptions {
        extra_outputs: vec![ExtraOutput::StrippedMarkdown, ExtraOutput::StrippedText, ExtraOutput::WordBoxes],
        granular_boxes: vec![Granularity::Word],
        spreadsheet: Some(Spreadsheet { guess_names: false }),
        forms: true,
        output_pdf: true,
        ..ParseOptions::default()
    };
    let existing = |options: &ParseOptions| Form::ALL.into_iter().filter(|form| form.exists(options)).count();
    assert_eq!(existing(&full), 13);
    assert_eq!(existing(&ParseOptions::default()), 6);
    assert_eq!(existing(&ParseOptions { tier: Tier::Fast, ..full.clone() }), 4);
    let check = |asked: &[Form], options: &ParseOptions, keys: &[&str]| {
        let found: Vec<Entry> =
            needed(asked, options).into_iter().map(|form| Entry { form, size_bytes: 1, url: None }).collect();
        let entries = contents(asked, &found);
        assert_eq!(entries.as_object().unwrap().keys().collect::<Vec<_>>(), keys, "{asked:?}");
    };
    check(&[Form::Markdown], &ParseOptions::default(), &["markdown", "md"]);
    check(&[Form::MarkdownFull, Form::Text], &ParseOptions::default(), &["markdown_full", "md", "text", "fullText"]);
    check(&[Form::Items], &full, &["items", "json", "grounded_items"]);
    check(&[Form::Xlsx, Form::OutputPdf], &ParseOptions::default(), &["xlsx", "output_pdf", "outputPDF"]);
    check(&[], &full, &[]);
    assert_eq!(Form::asked_by("grounded_items_content_metadata"), None);
    assert_eq!(Form::asked_by("raw_words_content_metadata"), Some(Form::RawWords));
    assert_eq!(Form::asked_by("markdown"), None);
}

#[test]
fn pictures_are_narrowed_by_name_and_keep_their_index() {
    let mut pages = outcomes();
    if let PageOutcome::Read(page) = &mut pages[0] {
        let second = Picture { name: "page_1.png".into(), bbox: None, ..page.images[0].clone() };
        page.images.push(second);
    }
    let found = pages::images(&pages, &["page_1.png", "none.png"], |_| None);
    assert_eq!(found["total_count"], 1);
    assert_eq!(found["images"][0]["index"], 1);
    assert_eq!(found["images"][0]["presigned_url"], json!(null));
}

#[test]
fn a_result_without_pages_or_scores() {
    assert_eq!(pages::text_full(&[]), "");
    assert_eq!(pages::markdown(&[]), json!({"pages": []}));
    assert_eq!(pages::metadata(&[])["document"], json!({"confidence": null, "confidence_breakdown": null}));
}

fn extraction() -> Extraction {
    let name = |text: &str| PathStep::Name(text.into());
    let source = |path: Vec<PathStep>, text: &str| FieldSource {
        path,
        citations: vec![Citation {
            page: 1,
            text: text.into(),
            boxes: vec![BBox::new(177.0, 82.25, 318.0, 43.0)],
            page_size: Some((612.0, 792.0)),
        }],
        extraction_confidence: 0.9,
        parsing_confidence: 0.5,
    };
    Extraction {
        data: json!({"number": "INV-1", "due": null, "seller": {"name": "A"}, "lines": [{"price": 1.5}, {"price": null}]}),
        fields: vec![
            source(vec![name("number")], "INV-1"),
            source(vec![name("seller"), name("name")], "A"),
            source(vec![name("lines"), PathStep::Index(0), name("price")], "1.50"),
        ],
        warnings: vec!["No due date was found.".into()],
    }
}

#[test]
fn extract_job() {
    let asked = Asked { citations: true, loose: false, confidence: true, target: ExtractTarget::PerDoc };
    let found = extraction();
    kept(
        "extract_job",
        ExtractJob {
            id: job(Product::Extract),
            project_id: ProjectId::from_uuid(uuid(2)),
            file_input: DirectoryFileId::from_uuid(uuid(4)).to_string(),
            status: JobStatus::Completed,
            configuration_id: Some(ConfigurationId::Saved(uuid(8))),
            configuration: None,
            error_message: None,
            extract_metadata: Some(extract::metadata(&found, asked, Some(job(Product::Parse)), "agentic")),
            extract_result: Some(found.data),
            metadata: Some(JobMetadata::of_pages(2, None)),
            usage: Some(ExtractUsage::default()),
            created_at: AT,
            updated_at: AT,
        },
    );
}

#[test]
fn sources_are_told_only_when_asked_for_and_in_the_layer_of_the_target() {
    let found = Extraction { data: json!([{"number": "INV-1"}]), ..extraction() };
    let metadata = |citations, confidence, target| {
        extract::metadata(&found, Asked { citations, loose: false, confidence, target }, None, "fast")
    };
    let rows = metadata(false, false, ExtractTarget::PerTableRow);
    assert_eq!(
        rows["field_metadata"],
        json!({
            "document_metadata": null, "page_metadata": null, "row_metadata": [{"number": {}}]
        })
    );
    let pages = metadata(true, false, ExtractTarget::PerPage);
    assert_eq!(pages["field_metadata"]["page_metadata"], json!([{"number": {"citation": []}}]));
    let only_scores = extract::metadata(
        &extraction(),
        Asked { citations: false, loose: false, confidence: true, target: ExtractTarget::PerDoc },
        None,
        "fast",
    );
    assert_eq!(
        only_scores["field_metadata"]["document_metadata"]["number"],
        json!({"confidence": 0.45, "extraction_confidence": 0.9, "parsing_confidence": 0.5})
    );
}
