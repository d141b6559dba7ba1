//! From the wire's parameters to the engine's options. What the engine cannot be told is listed, never dropped.

use docmill_model::options::{
    CropBox, ExtraOutput, FailOn, Granularity, ImageCategory, PageSelection, ParseOptions, Sheets, Slides, SpatialText,
    Spreadsheet, TableSearch, TableStyle, Tier, Watermarks,
};
use serde_json::Value;

use super::auto_mode;
use crate::given;

/// When a given value asks for something that is not done by itself.
#[derive(Clone, Copy)]
enum Asks {
    /// A switch that is on.
    On,
    /// Anything that is not empty.
    Given,
}

use Asks::{Given, On};

/// Options that `ParseOptions` cannot express yet.
const NOT_FOLLOWED: &[(&str, Asks)] = &[
    ("agentic_options.custom_prompt", Given),
    ("processing_options.specialized_chart_parsing", Given),
    ("processing_options.cost_optimizer.enable", On),
];

/// Options that need the layout, which the fast tier does not make.
const NOT_FOLLOWED_ON_FAST: &[(&str, Asks)] = &[
    ("output_options.tables_as_spreadsheet.enable", On),
    ("output_options.extract_printed_page_number", On),
    ("output_options.markdown.inline_images", On),
    ("output_options.additional_outputs", Given),
    ("output_options.markdown.tables.merge_continued_tables", On),
    ("processing_options.aggressive_table_extraction", On),
    ("processing_options.disable_heuristics", On),
];

/// The engine's options for checked parameters.
pub(super) fn resolve(parameters: &Value) -> ParseOptions {
    let text = |path| given::text(parameters, path);
    let flag = |path| given::flag(parameters, path);
    let tier = text("tier").and_then(|tier| Tier::from_text(&tier)).unwrap_or_default();
    ParseOptions {
        tier,
        version: text("version").unwrap_or_else(|| "latest".to_owned()),
        pages: pages(text("page_ranges.target_pages"), given::int(parameters, "page_ranges.max_pages")),
        images: images(parameters),
        tables: tables(parameters),
        table_search: TableSearch {
            loose: flag("processing_options.aggressive_table_extraction"),
            ruled_only: flag("processing_options.disable_heuristics"),
        },
        spatial: spatial(parameters),
        crop: crop_at(parameters, "crop_box"),
        annotate_links: flag("output_options.markdown.annotate_links"),
        line_numbers: flag("output_options.markdown.annotate_line_numbers"),
        forms: text("processing_options.forms").is_some_and(|forms| forms == "enrich"),
        ocr_languages: given::texts(parameters, "processing_options.ocr_parameters.languages"),
        ignore_hidden_text: flag("processing_options.ignore.ignore_hidden_text"),
        ignore_diagonal_text: flag("processing_options.ignore.ignore_diagonal_text"),
        camera_photo: flag("input_options.image.camera_photo_correction"),
        ignore_text_in_image: flag("processing_options.ignore.ignore_text_in_image"),
        watermarks: text("output_options.watermark_handling")
            .and_then(|text| Watermarks::from_text(&text))
            .unwrap_or_default(),
        extra_outputs: extra_outputs(parameters),
        granular_boxes: granular_boxes(parameters),
        spreadsheet: spreadsheet(parameters),
        html_all_visible: flag("input_options.html.make_all_elements_visible"),
        html_remove_fixed: flag("input_options.html.remove_fixed_elements"),
        html_remove_navigation: flag("input_options.html.remove_navigation_elements"),
        revisions: flag("output_options.markdown.annotate_revisions"),
        slides: Slides {
            hidden: flag("input_options.presentation.include_hidden_slides"),
            outside: flag("input_options.presentation.out_of_bounds_content"),
            no_chart_data: flag("input_options.presentation.skip_embedded_data"),
        },
        sheets: sheets(parameters),
        page_failure_ratio: given::number(
            parameters,
            "processing_control.job_failure_conditions.allowed_page_failure_ratio",
        ),
        base_timeout_s: given::int(parameters, "processing_control.timeouts.base_in_seconds"),
        page_timeout_s: given::int(parameters, "processing_control.timeouts.extra_time_per_page_in_seconds"),
        auto_mode: auto_mode::rules(parameters),
        fail_on: fail_on(parameters),
        inline_images: flag("output_options.markdown.inline_images"),
        output_pdf: flag("output_options.save_output_pdf"),
        disable_cache: flag("disable_cache"),
        not_followed: not_followed(parameters, tier),
    }
}

/// Ranges win over a number of first pages (contract 3.3). The text was checked.
pub(crate) fn pages(target_pages: Option<String>, max_pages: Option<u32>) -> PageSelection {
    let ranges = target_pages.and_then(|text| PageSelection::parse_ranges(&text).ok());
    PageSelection { ranges, first: max_pages }
}

fn images(parameters: &Value) -> Vec<ImageCategory> {
    let all = [ImageCategory::Screenshot, ImageCategory::Embedded, ImageCategory::Layout];
    named(parameters, "output_options.images_to_save", &all.map(|category| (category.as_str(), category)))
}

fn tables(parameters: &Value) -> TableStyle {
    let path = |name: &str| format!("output_options.markdown.tables.{name}");
    TableStyle {
        pipe: given::flag(parameters, &path("output_tables_as_markdown")),
        compact: given::flag(parameters, &path("compact_markdown_tables")),
        merge_continued: given::flag(parameters, &path("merge_continued_tables")),
        line_separator: given::text(parameters, &path("markdown_table_multiline_separator")),
    }
}

/// Columns stay side by side on every tier, unless that is switched off (contract 3.3).
fn spatial(parameters: &Value) -> SpatialText {
    spatial_at(parameters, "output_options.spatial_text")
}

pub(super) fn spatial_at(parameters: &Value, base: &str) -> SpatialText {
    let path = |name: &str| format!("{base}.{name}");
    let side_by_side = given::value(parameters, &path("do_not_unroll_columns")).and_then(Value::as_bool);
    SpatialText {
        keep_very_small: given::flag(parameters, &path("preserve_very_small_text")),
        unroll_columns: side_by_side == Some(false),
        align_pages: given::flag(parameters, &path("preserve_layout_alignment_across_pages")),
    }
}

pub(super) fn crop_at(parameters: &Value, base: &str) -> Option<CropBox> {
    let side = |name: &str| given::number(parameters, &format!("{base}.{name}"));
    let crop = CropBox { top: side("top"), bottom: side("bottom"), left: side("left"), right: side("right") };
    (crop != CropBox::default()).then_some(crop)
}

fn fail_on(parameters: &Value) -> FailOn {
    let flag =
        |name: &str| given::flag(parameters, &format!("processing_control.job_failure_conditions.fail_on_{name}"));
    FailOn {
        pictures: flag("image_extraction_error"),
        ocr: flag("image_ocr_error"),
        markdown: flag("markdown_reconstruction_error"),
        fonts: flag("buggy_font"),
    }
}

/// Those of a list of names that were given, in this order and once each.
fn named<T: Copy>(parameters: &Value, path: &str, names: &[(&str, T)]) -> Vec<T> {
    let given = given::texts(parameters, path);
    names.iter().filter(|(name, _)| given.iter().any(|text| text == name)).map(|(_, value)| *value).collect()
}

fn extra_outputs(parameters: &Value) -> Vec<ExtraOutput> {
    let names = [
        ("stripped_md", ExtraOutput::StrippedMarkdown),
        ("concatenated_stripped_txt", ExtraOutput::StrippedText),
        ("word_bbox", ExtraOutput::WordBoxes),
    ];
    named(parameters, "output_options.additional_outputs", &names)
}

fn granular_boxes(parameters: &Value) -> Vec<Granularity> {
    let names = [("word", Granularity::Word), ("line", Granularity::Line), ("cell", Granularity::Cell)];
    named(parameters, "output_options.granular_bboxes", &names)
}

/// Names are guessed unless that is switched off (contract 3.3).
fn spreadsheet(parameters: &Value) -> Option<Spreadsheet> {
    let path = |name: &str| format!("output_options.tables_as_spreadsheet.{name}");
    let guess = given::value(parameters, &path("guess_sheet_name")).and_then(Value::as_bool);
    given::flag(parameters, &path("enable")).then(|| Spreadsheet { guess_names: guess.unwrap_or(true) })
}

/// Tables that stand apart are parted unless that is switched off.
fn sheets(parameters: &Value) -> Sheets {
    let path = |name: &str| format!("input_options.spreadsheet.{name}");
    let part = given::value(parameters, &path("detect_sub_tables_in_sheets")).and_then(Value::as_bool);
    Sheets {
        hidden: given::flag(parameters, &path("include_hidden_sheets")),
        whole: part == Some(false),
        compute: given::flag(parameters, &path("force_formula_computation_in_sheets")),
    }
}

fn not_followed(parameters: &Value, tier: Tier) -> Vec<String> {
    let asks = |(path, asks): &&(&str, Asks)| {
        given::value(parameters, path).is_some_and(|value| match asks {
            On => value.as_bool() == Some(true),
            Given => !given::is_empty(value) && value.as_str() != Some(""),
        })
    };
    let on_fast = if tier.has_layout() { &[] } else { NOT_FOLLOWED_ON_FAST };
    let own = NOT_FOLLOWED.iter().chain(on_fast).filter(asks).map(|(path, _)| (*path).to_owned());
    own.chain(auto_mode::not_followed(parameters)).collect()
}
