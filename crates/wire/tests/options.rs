//! From parameters to the engine's options: what is mapped, what is refused by tier, what is listed as not followed.

use docmill_model::options::{
    CropBox, ExtractTarget, Granularity, ImageCategory, PageSelection, Sheets, Slides, SpatialText, Spreadsheet,
    TableSearch, Tier, Watermarks,
};
use docmill_wire::{extract, parse};
use serde_json::{Value, json};

fn parameters(tier: &str, path: &str, value: Value) -> Value {
    let mut steps: Vec<&str> = path.split('.').collect();
    let mut inner = value;
    while let Some(step) = steps.pop().filter(|step| !step.is_empty()) {
        inner = json!({step: inner});
    }
    let mut result = json!({"tier": tier, "version": "latest"});
    if let (Some(result), Value::Object(inner)) = (result.as_object_mut(), inner) {
        result.extend(inner);
    }
    result
}

#[test]
fn what_the_engine_follows_is_mapped() {
    let options = parse::options(&json!({
        "product_type": "parse_v2", "tier": "cost_effective", "version": "2026-09-28", "disable_cache": true,
        "page_ranges": {"target_pages": "5-8, 1", "max_pages": 2},
        "crop_box": {"top": 0.1, "right": 1},
        "input_options": {
            "image": {"camera_photo_correction": true},
            "html": {"make_all_elements_visible": true, "remove_fixed_elements": true, "remove_navigation_elements": true},
            "presentation": {"include_hidden_slides": true, "out_of_bounds_content": true, "skip_embedded_data": true},
            "spreadsheet": {"include_hidden_sheets": true, "detect_sub_tables_in_sheets": false,
                "force_formula_computation_in_sheets": true}, "pdf": {}
        },
        "output_options": {
            "images_to_save": ["layout", "screenshot", "layout"],
            "markdown": {"annotate_links": true, "tables": {"output_tables_as_markdown": true,
                "compact_markdown_tables": true, "merge_continued_tables": true, "markdown_table_multiline_separator": " / "}},
            "spatial_text": {"do_not_unroll_columns": false, "preserve_very_small_text": true},
            "extract_printed_page_number": true, "tables_as_spreadsheet": {"enable": true, "guess_sheet_name": false},
            "watermark_handling": "remove", "granular_bboxes": ["cell", "word"],
            "additional_outputs": ["word_bbox", "stripped_md", "concatenated_stripped_txt"]
        },
        "processing_options": {
            "forms": "default", "aggressive_table_extraction": true, "auto_mode_configuration": [],
            "ignore": {"ignore_hidden_text": true, "ignore_diagonal_text": true, "ignore_text_in_image": true},
            "ocr_parameters": {"languages": ["de", "en"]}
        },
        "processing_control": {
            "timeouts": {"base_in_seconds": 60, "extra_time_per_page_in_seconds": 5},
            "job_failure_conditions": {"allowed_page_failure_ratio": 0.5}
        }
    }))
    .unwrap();
    assert_eq!((options.tier, options.version.as_str()), (Tier::CostEffective, "2026-09-28"));
    assert_eq!(options.pages, PageSelection { ranges: Some(vec![(1, 1), (5, 8)]), first: Some(2) });
    let crop = CropBox { top: Some(0.1), right: Some(1.0), ..CropBox::default() };
    assert_eq!(options.crop, Some(crop));
    let spatial = SpatialText { keep_very_small: true, unroll_columns: true, align_pages: false };
    assert_eq!((options.spatial, options.table_search), (spatial, TableSearch { loose: true, ruled_only: false }));
    assert_eq!(options.images, [ImageCategory::Screenshot, ImageCategory::Layout]);
    assert!(
        options.tables.pipe
            && options.tables.compact
            && options.tables.merge_continued
            && options.annotate_links
            && options.camera_photo
            && options.html_all_visible
            && options.html_remove_fixed
            && options.html_remove_navigation
    );
    assert_eq!(options.slides, Slides { hidden: true, outside: true, no_chart_data: true });
    assert_eq!(options.sheets, Sheets { hidden: true, whole: true, compute: true });
    assert_eq!(options.tables.line_separator.as_deref(), Some(" / "));
    assert_eq!(options.ocr_languages, ["de", "en"]);
    assert!(options.ignore_hidden_text && options.ignore_diagonal_text && options.ignore_text_in_image);
    assert_eq!((options.base_timeout_s, options.page_timeout_s), (Some(60), Some(5)));
    assert_eq!(options.page_failure_ratio, Some(0.5));
    assert!(options.disable_cache);
    assert_eq!(options.watermarks, Watermarks::Remove);
    assert_eq!(options.granular_boxes, [Granularity::Word, Granularity::Cell]);
    assert_eq!(options.extra_outputs.len(), 3);
    assert_eq!(options.spreadsheet, Some(Spreadsheet { guess_names: false }));
    assert_eq!(options.not_followed, [""; 0]);
}

#[test]
fn what_is_asked_for_and_not_followed_is_listed() {
    let check = |path: &str, value: Value, listed: bool| {
        let options = parse::options(&parameters("agentic", path, value.clone())).unwrap();
        assert_eq!(options.not_followed.contains(&path.to_owned()), listed, "{path} {value}");
        assert!(options.not_followed.len() <= 1);
    };
    check("output_options.granular_bboxes", json!(["word"]), false);
    check("output_options.additional_outputs", json!(["word_bbox"]), false);
    check("output_options.save_output_pdf", json!(true), false);
    check("output_options.spatial_text.do_not_unroll_columns", json!(false), false);
    check("output_options.spatial_text.preserve_very_small_text", json!(true), false);
    check("processing_options.aggressive_table_extraction", json!(true), false);
    check("processing_options.confidence_score_effort", json!("high"), false);
    check("output_options.watermark_handling", json!("remove"), false);
    check("output_options.markdown.annotate_links", json!(true), false);
    check("output_options.markdown.annotate_line_numbers", json!(true), false);
    check("processing_options.forms", json!("enrich"), false);
    check("processing_options.auto_mode_configuration", json!([{"parsing_conf": {}}]), false);
    check("agentic_options.custom_prompt", json!("be kind"), true);
    check("agentic_options.custom_prompt", json!(""), false);
    check("crop_box", json!({"top": 0.1}), false);
    check("input_options.spreadsheet.detect_sub_tables_in_sheets", json!(true), false);
    check("input_options.spreadsheet.force_formula_computation_in_sheets", json!(true), false);
    for (path, value) in [
        ("output_options.additional_outputs", json!(["stripped_md"])),
        ("output_options.extract_printed_page_number", json!(true)),
        ("output_options.markdown.inline_images", json!(true)),
        ("processing_options.disable_heuristics", json!(true)),
        ("output_options.markdown.tables.merge_continued_tables", json!(true)),
        ("output_options.tables_as_spreadsheet", json!({"enable": true})),
    ] {
        let on = |tier| parse::options(&parameters(tier, path, value.clone())).unwrap().not_followed.len();
        assert_eq!((on("fast"), on("cost_effective")), (1, 0), "{path} needs the layout");
    }
}

#[test]
fn tiers_refuse_what_they_do_not_do() {
    let check = |tier: &str, path: &str, value: Value, refused: bool| {
        let result = parse::options(&parameters(tier, path, value.clone()));
        assert_eq!(result.is_err(), refused, "{tier} {path} {value}");
        if let Err(errors) = result {
            let place = serde_json::to_value(&errors[0].loc).unwrap();
            let expected: Vec<&str> = std::iter::once("body").chain(path.split('.')).collect();
            assert_eq!(place, json!(expected), "{path}");
        }
    };
    for (path, value, on_cost_effective) in [
        ("agentic_options.custom_prompt", json!("x"), false),
        ("output_options.granular_bboxes", json!(["line"]), false),
        ("output_options.markdown.annotate_line_numbers", json!(true), false),
        ("output_options.watermark_handling", json!("remove"), false),
        ("processing_options.specialized_chart_parsing", json!("efficient"), false),
        ("processing_options.forms", json!("enrich"), false),
        ("processing_options.cost_optimizer.enable", json!(true), true),
    ] {
        check("fast", path, value.clone(), true);
        check("cost_effective", path, value.clone(), on_cost_effective);
        check("agentic", path, value, false);
    }
    check("fast", "output_options.granular_bboxes", json!([]), false);
    check("fast", "processing_options.forms", json!("default"), false);
    check("fast", "fast_options", json!({}), false);
    check("agentic", "fast_options", json!({}), true);
    check("agentic", "page_ranges.target_pages", json!("1,1"), true);
    check("agentic", "page_ranges.max_pages", json!(0), true);
    check("agentic", "processing_control.timeouts.base_in_seconds", json!(7_201), true);
    check("agentic", "crop_box.top", json!(1.5), true);
    check("agentic", "version", json!("2020-01-01"), true);
}

#[test]
fn rules_of_auto_mode_name_tier_and_version_together() {
    let check = |configuration: Value, refused_at: Option<&str>| {
        let rules =
            json!([{"parsing_conf": {}}, {"parsing_conf": configuration, "page_contains_at_most_n_words": "5"}]);
        let result = parse::options(&parameters("agentic", "processing_options.auto_mode_configuration", rules));
        let place = result.err().map(|errors| serde_json::to_string(&errors[0].loc).unwrap());
        let expected = refused_at.map(|name| {
            format!(r#"["body","processing_options","auto_mode_configuration",1,"parsing_conf","{name}"]"#)
        });
        assert_eq!(place, expected, "{configuration}");
    };
    check(json!({"tier": "fast", "version": "2025-12-11"}), None);
    check(json!({"tier": "fast", "version": "2026-10-16"}), Some("version"));
    check(json!({"tier": "fast"}), Some("version"));
    check(json!({"version": "latest"}), Some("tier"));
}

#[test]
fn extraction_brings_its_parse_step() {
    let options = |extra: Value| {
        let mut parameters = json!({"data_schema": {"type": "object"}});
        parameters.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        extract::options(&parameters).unwrap()
    };
    for (extra, tier) in [
        (json!({}), Tier::CostEffective),
        (json!({"tier": "agentic"}), Tier::Agentic),
        (json!({"tier": "agentic_plus"}), Tier::Agentic),
        (json!({"tier": "turbo"}), Tier::Agentic),
        (json!({"tier": "agentic", "parse_tier": "fast"}), Tier::Fast),
    ] {
        assert_eq!(options(extra.clone()).parse.tier, tier, "{extra}");
    }
    let full = options(json!({"cite_sources": true, "confidence_scores": true, "extraction_target": "per_page",
        "target_pages": "2", "max_pages": 9, "disable_cache": true, "system_prompt": "x", "version": "2.5"}));
    assert!(full.cite_sources && full.confidence_scores && full.parse.disable_cache);
    assert_eq!((full.target, full.version.as_deref()), (ExtractTarget::PerPage, Some("2.5")));
    assert_eq!(full.parse.pages.ranges, Some(vec![(2, 2)]));
    // The engine says once that no model reads the prompt; it is in no list of unknown options beside that.
    assert_eq!((full.system_prompt.as_deref(), full.not_followed.len()), (Some("x"), 0));

    let sheets = |extra: Value| {
        let mut asked = json!({"tier": "agentic_plus", "spreadsheet_mode": true, "target_pages": "2", "max_pages": 1});
        asked.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let read = options(asked);
        (read.spreadsheet, read.parse.sheets, read.parse.pages.ranges.is_some())
    };
    assert_eq!(sheets(json!({})), (Some(vec![]), Sheets { whole: true, ..Sheets::default() }, true));
    let named = Some(vec!["May".to_owned()]);
    assert_eq!(
        sheets(json!({"sheet_names": ["May"]})),
        (named, Sheets { hidden: true, whole: true, ..Sheets::default() }, false)
    );

    let saved = parse::options(&json!({"tier": "agentic_plus", "version": "latest", "page_ranges": {"max_pages": 1}}));
    let with = |options| extract::with_parse(options, saved.clone().unwrap()).parse;
    assert_eq!(with(options(json!({}))).pages.first, Some(1));
    let own = with(full);
    assert_eq!((own.tier, own.pages.ranges, own.disable_cache), (Tier::AgenticPlus, Some(vec![(2, 2)]), true));
}

#[test]
fn rules_of_auto_mode_are_the_engines_own() {
    use docmill_model::auto_mode::{Counted, Trigger};
    let rules = json!([
        {"trigger_mode": "or", "table_in_page": true, "page_longer_than_n_chars": "100", "text_in_page": "Total",
         "filename_match_glob": "a*", "filename_match_glob_list": ["b*"], "regexp_in_page": "x", "regexp_in_page_mode": "i",
         "full_page_image_in_page": true, "page_contains_at_most_n_words": 7,
         "parsing_conf": {"language": "de", "custom_prompt": "be kind", "crop_box": {"top": 0.5},
                          "ignore": {"ignore_hidden_text": true}, "spatial_text": {"do_not_unroll_columns": false}}},
        {"parsing_conf": {}},
    ]);
    let path = "processing_options.auto_mode_configuration";
    let options = parse::options(&parameters("agentic", path, rules)).unwrap();
    let [first, second] = &options.auto_mode[..] else { panic!("two rules") };
    assert!(first.any && !second.any && second.triggers.is_empty());
    assert_eq!(
        first.triggers,
        [
            Trigger::NameGlob(vec!["b*".into(), "a*".into()]),
            Trigger::TextRegex("x".into(), "i".into()),
            Trigger::Text("Total".into()),
            Trigger::Table(true),
            Trigger::FullPageImage(true, 0.8),
            Trigger::AtLeast(Counted::Chars, 101.0),
            Trigger::AtMost(Counted::Words, 7.0),
        ]
    );
    let read = first.reading.of(&options);
    assert_eq!(
        (read.ocr_languages.as_slice(), read.crop.and_then(|crop| crop.top)),
        (&["de".to_owned()][..], Some(0.5))
    );
    assert!(read.ignore_hidden_text && !read.ignore_diagonal_text && read.spatial.unroll_columns);
    assert_eq!(second.reading.of(&options), options);
    assert_eq!(options.not_followed, [format!("{path}[0].parsing_conf.custom_prompt")]);
}
