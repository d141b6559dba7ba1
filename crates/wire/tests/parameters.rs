//! Every row of the table of parse parameters (contract 3.3, 3.4): a value that is taken, and one that is refused at its
//! own place.

use docmill_wire::{Loc, parse};
use serde_json::{Value, json};

const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A body of POST /api/v2/parse with `value` at the dotted path; `0` is the first entry of a list.
fn body(path: &str, value: &Value) -> Value {
    let inner = path.split('.').rev().fold(value.clone(), |inner, step| match step {
        "0" => json!([inner]),
        step => json!({ step: inner }),
    });
    let mut body = json!({"tier": "agentic", "version": "latest", "file_id": format!("dfl-{UUID}")});
    if let (Some(body), Value::Object(inner)) = (body.as_object_mut(), inner) {
        body.extend(inner);
    }
    body
}

/// `path kind` of every error, `body.` left out.
fn errors(body: &Value) -> Vec<String> {
    let step = |loc: &Loc| match loc {
        Loc::Name(name) => name.clone(),
        Loc::Index(index) => index.to_string(),
    };
    let read = parse::CreateParse::read(body).and_then(|asked| asked.request.options(None).map(|_| ()));
    let found = read.err().unwrap_or_default();
    found
        .iter()
        .map(|error| {
            let place: Vec<String> = error.loc.iter().skip(1).map(step).collect();
            format!("{} {}", place.join("."), error.kind)
        })
        .collect()
}

fn check(path: &str, good: Value, bad: Value, kind: &str) {
    assert_eq!(errors(&body(path, &good)), [""; 0], "{path} takes {good}");
    assert_eq!(errors(&body(path, &Value::Null)), [""; 0], "{path} takes null");
    assert_eq!(errors(&body(path, &bad)), [format!("{path} {kind}")], "{path} refuses {bad}");
}

#[test]
fn every_switch_is_a_boolean() {
    for path in [
        "disable_cache",
        "input_options.html.make_all_elements_visible",
        "input_options.html.remove_fixed_elements",
        "input_options.html.remove_navigation_elements",
        "input_options.image.camera_photo_correction",
        "input_options.presentation.include_hidden_slides",
        "input_options.presentation.out_of_bounds_content",
        "input_options.presentation.skip_embedded_data",
        "input_options.spreadsheet.detect_sub_tables_in_sheets",
        "input_options.spreadsheet.force_formula_computation_in_sheets",
        "input_options.spreadsheet.include_hidden_sheets",
        "output_options.markdown.annotate_links",
        "output_options.markdown.inline_images",
        "output_options.markdown.annotate_revisions",
        "output_options.markdown.annotate_line_numbers",
        "output_options.markdown.tables.output_tables_as_markdown",
        "output_options.markdown.tables.merge_continued_tables",
        "output_options.markdown.tables.compact_markdown_tables",
        "output_options.spatial_text.preserve_layout_alignment_across_pages",
        "output_options.spatial_text.preserve_very_small_text",
        "output_options.spatial_text.do_not_unroll_columns",
        "output_options.tables_as_spreadsheet.enable",
        "output_options.tables_as_spreadsheet.guess_sheet_name",
        "output_options.extract_printed_page_number",
        "output_options.save_output_pdf",
        "processing_options.aggressive_table_extraction",
        "processing_options.disable_heuristics",
        "processing_options.cost_optimizer.enable",
        "processing_options.ignore.ignore_diagonal_text",
        "processing_options.ignore.ignore_hidden_text",
        "processing_options.ignore.ignore_text_in_image",
        "processing_control.job_failure_conditions.fail_on_image_extraction_error",
        "processing_control.job_failure_conditions.fail_on_image_ocr_error",
        "processing_control.job_failure_conditions.fail_on_markdown_reconstruction_error",
        "processing_control.job_failure_conditions.fail_on_buggy_font",
    ] {
        check(path, json!(true), json!("true"), "bool_type");
        check(path, json!(false), json!(1), "bool_type");
    }
}

#[test]
fn every_other_parameter_keeps_its_form_and_range() {
    for (path, good, bad, kind) in [
        ("http_proxy", json!("http://proxy"), json!("ftp://proxy"), "string_pattern_mismatch"),
        ("client_name", json!("me"), json!(1), "string_type"),
        ("user_metadata", json!({"k": "v"}), json!({"x".repeat(25): "v"}), "value_error"),
        ("user_metadata.k", json!("x".repeat(64)), json!("x".repeat(65)), "string_too_long"),
        ("crop_box.top", json!(0), json!(-0.1), "greater_than_equal"),
        ("crop_box.bottom", json!(0.5), json!(1.1), "less_than_equal"),
        ("crop_box.left", json!(1), json!("0.1"), "float_type"),
        ("crop_box.right", json!(1.0), json!(2), "less_than_equal"),
        ("page_ranges.max_pages", json!(1), json!(0), "greater_than_equal"),
        ("page_ranges.target_pages", json!("1,3,5-8"), json!("1,1"), "value_error"),
        ("page_ranges.target_pages", json!("9, 2"), json!("0"), "value_error"),
        ("agentic_options.custom_prompt", json!("read"), json!([]), "string_type"),
        ("input_options.pdf", json!({}), json!([]), "model_attributes_type"),
        ("output_options.markdown.tables.markdown_table_multiline_separator", json!("<br>"), json!(1), "string_type"),
        ("output_options.images_to_save.0", json!("layout"), json!("all"), "literal_error"),
        ("output_options.images_to_save", json!([]), json!("layout"), "list_type"),
        ("output_options.granular_bboxes.0", json!("cell"), json!("page"), "literal_error"),
        ("output_options.additional_outputs.0", json!("word_bbox"), json!("all"), "literal_error"),
        ("output_options.watermark_handling", json!("remove"), json!("keep"), "literal_error"),
        ("processing_options.specialized_chart_parsing", json!("efficient"), json!("on"), "literal_error"),
        ("processing_options.confidence_score_effort", json!("high"), json!("low"), "literal_error"),
        ("processing_options.forms", json!("enrich"), json!("all"), "literal_error"),
        ("processing_options.ocr_parameters.languages.0", json!("ch_sim"), json!("english"), "literal_error"),
        ("processing_control.timeouts.base_in_seconds", json!(7_200), json!(7_201), "less_than_equal"),
        ("processing_control.timeouts.base_in_seconds", json!(1), json!(0), "greater_than_equal"),
        ("processing_control.timeouts.extra_time_per_page_in_seconds", json!(300), json!(301), "less_than_equal"),
        (
            "processing_control.job_failure_conditions.allowed_page_failure_ratio",
            json!(0.05),
            json!(1.01),
            "less_than_equal",
        ),
        ("webhook_configuration_ids", json!([]), json!(["a", "b", "c", "d", "e"]), "too_long"),
        ("webhook_configurations", json!([]), json!({}), "list_type"),
    ] {
        let given = errors(&body(path, &good));
        assert_eq!(given, [""; 0], "{path} takes {good}");
        let refused = errors(&body(path, &bad));
        assert!(refused.iter().any(|error| *error == format!("{path} {kind}")), "{path} refuses {bad}: {refused:?}");
    }
    let known = json!({"tier": "agentic", "version": "latest", "source_url": "https://a/b.pdf"});
    assert_eq!(errors(&known), [""; 0]);
}

#[test]
fn unknown_keys_are_refused_at_every_level() {
    for path in [
        "",
        "crop_box.",
        "page_ranges.",
        "agentic_options.",
        "input_options.",
        "input_options.html.",
        "input_options.image.",
        "input_options.pdf.",
        "input_options.presentation.",
        "input_options.spreadsheet.",
        "output_options.",
        "output_options.markdown.",
        "output_options.markdown.tables.",
        "output_options.spatial_text.",
        "output_options.tables_as_spreadsheet.",
        "processing_options.",
        "processing_options.cost_optimizer.",
        "processing_options.ignore.",
        "processing_options.ocr_parameters.",
        "processing_control.",
        "processing_control.timeouts.",
        "processing_control.job_failure_conditions.",
    ] {
        let unknown = format!("{path}colour");
        assert_eq!(errors(&body(&unknown, &json!(1))), [format!("{unknown} extra_forbidden")]);
    }
}

#[test]
fn the_limits_of_user_metadata_are_pairs_characters_and_bytes() {
    let pairs = |count: usize, key: usize, value: usize| {
        let pair = |n: usize| (format!("{n}{}", "k".repeat(key - 1)), json!("v".repeat(value)));
        Value::Object((0..count).map(pair).collect())
    };
    for (metadata, expected) in [
        (pairs(8, 2, 62), vec![]),
        (pairs(8, 2, 63), vec!["user_metadata value_error".to_owned()]),
        (pairs(9, 1, 1), vec!["user_metadata too_long".to_owned()]),
        (json!({"k": 1}), vec!["user_metadata.k string_type".to_owned()]),
        (json!([]), vec!["user_metadata dict_type".to_owned()]),
    ] {
        assert_eq!(errors(&body("user_metadata", &metadata)), expected, "{metadata}");
    }
}

#[test]
fn exactly_one_source_and_expand_is_not_looked_at() {
    let with = |more: Value| {
        let mut body = json!({"tier": "fast", "version": "latest"});
        body.as_object_mut().into_iter().for_each(|body| body.extend(more.as_object().cloned().unwrap_or_default()));
        body
    };
    let file = format!("fil-{UUID}");
    for (more, expected) in [
        (json!({"file_id": file}), vec![]),
        (json!({"file_id": UUID, "expand": ["markdown", 1]}), vec![]),
        (json!({}), vec![" value_error".to_owned()]),
        (json!({"file_id": file, "source_url": "https://a"}), vec![" value_error".to_owned()]),
        (json!({"file_id": file, "version": "configured"}), vec!["version value_error".to_owned()]),
        (json!({"file_id": file, "version": "2026-10-16"}), vec!["version value_error".to_owned()]),
        (json!({"file_id": file, "tier": "turbo"}), vec!["tier literal_error".to_owned()]),
    ] {
        assert_eq!(errors(&with(more.clone())), expected, "{more}");
    }
}
