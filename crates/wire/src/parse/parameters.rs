//! Fields of parse requests and parse configurations, as a table (contract 3.3, 3.4).

use super::languages::LANGUAGES;
use crate::check::{Field, Rule, TEXT, may, must};
use crate::forms;
use crate::webhooks;

const FLAG: Rule = Rule::Bool;
const SHARE: Rule = Rule::Number { min: 0.0, max: 1.0 };
const TIERS: &[&str] = &["fast", "cost_effective", "agentic", "agentic_plus"];
const TIERS_OR_CONFIGURED: &[&str] = &["fast", "cost_effective", "agentic", "agentic_plus", "configured"];
const VERSION: Rule = Rule::Text { min: 1, max: 100 };

/// Body of POST /api/v2/parse. `expand` is no field of it, but the TypeScript client passes a caller's on.
pub const CREATE: Rule = Rule::Joined(&[CONFIGURABLE_JOB, OPTIONS, JOB, SOURCE]);
/// The `configuration` part of POST /api/v2/parse/upload: the file is the source.
pub const UPLOAD: Rule = Rule::Joined(&[CONFIGURABLE_JOB, OPTIONS, JOB]);
/// `parameters` of a `parse_v2` configuration.
pub const SAVED: Rule = Rule::Joined(&[SAVED_HEAD, OPTIONS]);

/// Fields of a job that are not options of the engine.
pub(super) const NOT_OPTIONS: &[&str] = &[
    "file_id",
    "source_url",
    "http_proxy",
    "configuration_id",
    "user_metadata",
    "client_name",
    "expand",
    "webhook_configuration_ids",
    "webhook_configurations",
];

const SOURCE: &[Field] = &[may("file_id", forms::FILE), may("source_url", Rule::Url), may("http_proxy", Rule::Url)];

/// `configured` says: as in `configuration_id`.
const CONFIGURABLE_JOB: &[Field] = &[may("tier", Rule::OneOf(TIERS_OR_CONFIGURED)), may("version", VERSION)];

const JOB: &[Field] = &[
    may("configuration_id", forms::CONFIGURATION_ID),
    may("user_metadata", Rule::Map { of: &Rule::Text { min: 0, max: 64 }, max: 8 }),
    may("expand", Rule::Any),
];

const SAVED_HEAD: &[Field] =
    &[may("product_type", Rule::OneOf(&["parse_v2"])), must("tier", Rule::OneOf(TIERS)), must("version", VERSION)];

const OPTIONS: &[Field] = &[
    may("client_name", Rule::Text { min: 0, max: 255 }),
    may("disable_cache", FLAG),
    may("crop_box", CROP_BOX),
    may("page_ranges", PAGE_RANGES),
    may("agentic_options", Rule::Object(&[may("custom_prompt", TEXT)])),
    may("fast_options", Rule::Object(&[])),
    may("input_options", INPUT),
    may("output_options", OUTPUT),
    may("processing_options", PROCESSING),
    may("processing_control", CONTROL),
    may("webhook_configurations", webhooks::INLINE),
    may("webhook_configuration_ids", webhooks::IDS),
];

const CROP_BOX: Rule =
    Rule::Object(&[may("top", SHARE), may("bottom", SHARE), may("left", SHARE), may("right", SHARE)]);

const PAGE_RANGES: Rule = Rule::Object(&[
    may("max_pages", Rule::Int { min: 1, max: u32::MAX as i64 }),
    may("target_pages", forms::TARGET_PAGES),
]);

const INPUT: Rule = Rule::Object(&[
    may(
        "html",
        Rule::Object(&[
            may("make_all_elements_visible", FLAG),
            may("remove_fixed_elements", FLAG),
            may("remove_navigation_elements", FLAG),
        ]),
    ),
    may("image", Rule::Object(&[may("camera_photo_correction", FLAG)])),
    may("pdf", Rule::Object(&[])),
    may(
        "presentation",
        Rule::Object(&[
            may("include_hidden_slides", FLAG),
            may("out_of_bounds_content", FLAG),
            may("skip_embedded_data", FLAG),
        ]),
    ),
    may(
        "spreadsheet",
        Rule::Object(&[
            may("detect_sub_tables_in_sheets", FLAG),
            may("force_formula_computation_in_sheets", FLAG),
            may("include_hidden_sheets", FLAG),
        ]),
    ),
]);

const OUTPUT: Rule = Rule::Object(&[
    may("markdown", MARKDOWN),
    may("spatial_text", SPATIAL_TEXT),
    may("tables_as_spreadsheet", Rule::Object(&[may("enable", FLAG), may("guess_sheet_name", FLAG)])),
    may("images_to_save", Rule::List { of: &Rule::OneOf(&["screenshot", "embedded", "layout"]), max: 10 }),
    may("extract_printed_page_number", FLAG),
    may("save_output_pdf", FLAG),
    may("granular_bboxes", Rule::List { of: &Rule::OneOf(&["word", "line", "cell"]), max: 10 }),
    may(
        "additional_outputs",
        Rule::List { of: &Rule::OneOf(&["stripped_md", "concatenated_stripped_txt", "word_bbox"]), max: 10 },
    ),
    may("watermark_handling", Rule::OneOf(&["move_to_end", "move_to_start", "remove"])),
]);

const MARKDOWN: Rule = Rule::Object(&[
    may("annotate_links", FLAG),
    may("inline_images", FLAG),
    may("annotate_revisions", FLAG),
    may("annotate_line_numbers", FLAG),
    may(
        "tables",
        Rule::Object(&[
            may("output_tables_as_markdown", FLAG),
            may("merge_continued_tables", FLAG),
            may("compact_markdown_tables", FLAG),
            may("markdown_table_multiline_separator", Rule::Text { min: 0, max: 20 }),
        ]),
    ),
]);

const SPATIAL_TEXT: Rule = Rule::Object(&[
    may("preserve_layout_alignment_across_pages", FLAG),
    may("preserve_very_small_text", FLAG),
    may("do_not_unroll_columns", FLAG),
]);

const CHARTS: Rule = Rule::OneOf(&["efficient", "agentic", "agentic_plus"]);

const PROCESSING: Rule = Rule::Object(&[
    may("aggressive_table_extraction", FLAG),
    may("disable_heuristics", FLAG),
    may("specialized_chart_parsing", CHARTS),
    may("confidence_score_effort", Rule::OneOf(&["high"])),
    may("forms", Rule::OneOf(&["default", "enrich"])),
    may("cost_optimizer", Rule::Object(&[may("enable", FLAG)])),
    may(
        "ignore",
        Rule::Object(&[
            may("ignore_diagonal_text", FLAG),
            may("ignore_hidden_text", FLAG),
            may("ignore_text_in_image", FLAG),
        ]),
    ),
    may("ocr_parameters", Rule::Object(&[may("languages", Rule::List { of: &Rule::OneOf(LANGUAGES), max: 20 })])),
    may("auto_mode_configuration", Rule::List { of: &AUTO_MODE, max: 100 }),
]);

/// Seconds for a document apart from its pages, and for each page.
pub(crate) const TIMEOUTS: Rule = Rule::Object(&[
    may("base_in_seconds", Rule::Int { min: 1, max: 7_200 }),
    may("extra_time_per_page_in_seconds", Rule::Int { min: 1, max: 300 }),
]);

const CONTROL: Rule = Rule::Object(&[
    may("timeouts", TIMEOUTS),
    may(
        "job_failure_conditions",
        Rule::Object(&[
            may("allowed_page_failure_ratio", SHARE),
            may("fail_on_image_extraction_error", FLAG),
            may("fail_on_image_ocr_error", FLAG),
            may("fail_on_markdown_reconstruction_error", FLAG),
            may("fail_on_buggy_font", FLAG),
        ]),
    ),
]);

const COUNT: Rule = Rule::NumberOrText;

const AUTO_MODE: Rule = Rule::Object(&[
    must("parsing_conf", AUTO_MODE_PARSING),
    may("trigger_mode", Rule::OneOf(&["and", "or"])),
    may("filename_match_glob", TEXT),
    may("filename_match_glob_list", Rule::List { of: &TEXT, max: 1_000 }),
    may("filename_regexp", TEXT),
    may("filename_regexp_mode", TEXT),
    may("table_in_page", FLAG),
    may("image_in_page", FLAG),
    may("full_page_image_in_page", FLAG),
    may("full_page_image_in_page_threshold", COUNT),
    may("page_md_error", FLAG),
    may("text_in_page", TEXT),
    may("regexp_in_page", TEXT),
    may("regexp_in_page_mode", TEXT),
    may("layout_element_in_page", TEXT),
    may("layout_element_in_page_confidence_threshold", COUNT),
    may("page_longer_than_n_chars", COUNT),
    may("page_shorter_than_n_chars", COUNT),
    may("page_contains_at_least_n_words", COUNT),
    may("page_contains_at_least_n_lines", COUNT),
    may("page_contains_at_least_n_images", COUNT),
    may("page_contains_at_least_n_tables", COUNT),
    may("page_contains_at_least_n_links", COUNT),
    may("page_contains_at_least_n_charts", COUNT),
    may("page_contains_at_least_n_layout_elements", COUNT),
    may("page_contains_at_least_n_numbers", COUNT),
    may("page_contains_at_least_n_percent_numbers", COUNT),
    may("page_contains_at_most_n_words", COUNT),
    may("page_contains_at_most_n_lines", COUNT),
    may("page_contains_at_most_n_images", COUNT),
    may("page_contains_at_most_n_tables", COUNT),
    may("page_contains_at_most_n_links", COUNT),
    may("page_contains_at_most_n_charts", COUNT),
    may("page_contains_at_most_n_layout_elements", COUNT),
    may("page_contains_at_most_n_numbers", COUNT),
    may("page_contains_at_most_n_percent_numbers", COUNT),
]);

const AUTO_MODE_PARSING: Rule = Rule::Object(&[
    may("tier", Rule::OneOf(TIERS)),
    may("version", VERSION),
    may("custom_prompt", TEXT),
    may("language", TEXT),
    may("high_res_ocr", FLAG),
    may("extract_layout", FLAG),
    may("adaptive_long_table", FLAG),
    may("outlined_table_extraction", FLAG),
    may("aggressive_table_extraction", FLAG),
    may("specialized_chart_parsing", CHARTS),
    may("crop_box", CROP_BOX),
    may("ignore", Rule::Object(&[may("ignore_diagonal_text", FLAG), may("ignore_hidden_text", FLAG)])),
    may("presentation", Rule::Object(&[may("out_of_bounds_content", FLAG), may("skip_embedded_data", FLAG)])),
    may("spatial_text", SPATIAL_TEXT),
]);
