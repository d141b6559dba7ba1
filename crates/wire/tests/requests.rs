//! Request bodies: what is read, and every error of what is refused.

use docmill_model::limits::Limits;
use docmill_model::{ConfigurationId, Product, ProductType};
use docmill_wire::batches::CreateBatch;
use docmill_wire::configurations::{self, SaveConfiguration, UpdateConfiguration};
use docmill_wire::directories::{CreateDirectory, upload_metadata};
use docmill_wire::extract::{CreateExtract, ExtractConfiguration};
use docmill_wire::parse::{CreateParse, ParseSource, UploadConfiguration};
use docmill_wire::{FieldError, Loc};
use serde_json::{Value, json};

const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// `path type` of every error, `body.` left out.
fn places(errors: &[FieldError]) -> Vec<String> {
    let step = |loc: &Loc| match loc {
        Loc::Name(name) => name.clone(),
        Loc::Index(index) => index.to_string(),
    };
    errors
        .iter()
        .map(|error| {
            let path = error.loc.iter().skip(1).map(step).collect::<Vec<_>>().join(".");
            format!("{path} {}", error.kind).trim_start().to_owned()
        })
        .collect()
}

fn refused<T: std::fmt::Debug>(read: Result<T, Vec<FieldError>>, expected: &[&str]) {
    assert_eq!(places(&read.expect_err("must be refused")), expected);
}

#[test]
fn directories() {
    let read = |body: Value| CreateDirectory::read(&body, &Limits::default());
    let directory = read(json!({
        "name": "invoice-batch", "type": "ephemeral", "expires_at": "2026-11-25T11:53:49.482919+00:00",
        "description": null, "system_metadata": {"a": [1]}
    }))
    .unwrap();
    assert!(directory.ephemeral);
    assert_eq!(directory.expires_at.unwrap().to_string(), "2026-11-25T11:53:49.482000Z");
    assert!(!read(json!({"name": "x"})).unwrap().ephemeral);

    refused(read(json!([])), &["model_attributes_type"]);
    refused(read(json!({"name": ""})), &["name string_too_short"]);
    refused(read(json!({"name": "x".repeat(256)})), &["name string_too_long"]);
    refused(read(json!({"name": "x".repeat(4_000)})), &["name string_too_long"]);
    refused(
        read(json!({"type": "index", "expires_at": "soon", "colour": 1})),
        &["name missing", "type literal_error", "expires_at value_error", "colour extra_forbidden"],
    );
    refused(read(json!({"name": "x", "connector_subscription_id": "c"})), &["connector_subscription_id value_error"]);
    refused(read(json!({"name": "x", "system_metadata": {"a": "x".repeat(20_000)}})), &["system_metadata value_error"]);
}

#[test]
fn metadata_of_an_upload() {
    let read = |text: &str| upload_metadata(text, &Limits::default());
    assert_eq!(read("").unwrap().len(), 0);
    assert_eq!(read(r#"{"a": "x", "b": 1.5, "c": null, "d": ["y"]}"#).unwrap().len(), 4);
    refused(read("{"), &["metadata value_error"]);
    refused(read("[]"), &["metadata dict_type"]);
    refused(read(r#"{"a": {}, "b": [1]}"#), &["metadata.a value_error", "metadata.b value_error"]);
    refused(read(&format!(r#"{{"a": "{}"}}"#, "x".repeat(20_000))), &["metadata value_error"]);
}

#[test]
fn batches() {
    let body = |directory: &str, product: &str, configuration: &str| {
        json!({"source_directory_id": directory,
               "config": {"job": {"type": product, "configuration_id": configuration}}})
    };
    let batch = CreateBatch::read(&body(&format!("dir-{UUID}"), "parse_v2", "cfg-PARSE_AGENTIC")).unwrap();
    assert_eq!((batch.product, batch.webhooks.is_empty()), (Product::Parse, true));
    assert!(CreateBatch::read(&body(UUID, "extract_v2", UUID)).is_ok());

    let mut hooked = body(UUID, "parse_v2", UUID);
    hooked["webhook_configuration_ids"] = json!([]);
    hooked["webhook_configurations"] = json!(null);
    assert!(CreateBatch::read(&hooked).unwrap().webhooks.is_empty());
    hooked["webhook_configurations"] = json!([{"webhook_url": "https://example.org"}]);
    hooked["webhook_configuration_ids"] = json!([format!("whc-{UUID}")]);
    let asked = CreateBatch::read(&hooked).unwrap().webhooks;
    assert_eq!((asked.inline[0].url.as_str(), asked.saved.len()), ("https://example.org", 1));
    hooked["webhook_configurations"] = json!(vec![json!({"webhook_url": "https://example.org"}); 11]);
    refused(CreateBatch::read(&hooked), &["webhook_configurations too_long"]);
    hooked["webhook_configuration_ids"] = json!(["whc-1", UUID, UUID, UUID, UUID]);
    hooked["webhook_configurations"] = json!([{"webhook_events": []}]);
    refused(
        CreateBatch::read(&hooked),
        &[
            "webhook_configuration_ids too_long",
            "webhook_configurations.0.webhook_url missing",
            "webhook_configurations.0.webhook_events value_error",
        ],
    );

    refused(
        CreateBatch::read(&body(&format!("bat-{UUID}"), "classify_v2", "cfg-NOTHING")),
        &[
            "source_directory_id value_error",
            "config.job.type literal_error",
            "config.job.configuration_id value_error",
        ],
    );
    refused(
        CreateBatch::read(&json!({"config": {"job": {}}, "files": []})),
        &[
            "source_directory_id missing",
            "config.job.type missing",
            "config.job.configuration_id missing",
            "files extra_forbidden",
        ],
    );
    refused(CreateBatch::read(&json!({"source_directory_id": UUID, "config": {"job": null}})), &["config.job missing"]);
}

#[test]
fn parse_jobs() {
    let read = |body: Value| CreateParse::read(&body);
    let file = format!("dfl-{UUID}");
    let parse = read(json!({"tier": "agentic", "version": "latest", "file_id": file, "expand": ["markdown"],
        "user_metadata": {"k": "v"}, "client_name": "me", "output_options": {}}))
    .unwrap();
    assert!(matches!(parse.source, ParseSource::File(_)));
    assert_eq!(parse.request.user_metadata["k"], "v");
    assert!(parse.request.options(None).is_ok());
    let fetched = read(json!({"tier": "fast", "version": "1", "source_url": "https://a", "http_proxy": "http://p"}));
    assert_eq!(fetched.unwrap().source, ParseSource::Url { url: "https://a".into(), proxy: Some("http://p".into()) });

    refused(read(json!("text")), &["model_attributes_type"]);
    refused(read(json!({})), &["value_error", "tier missing", "version missing"]);
    refused(
        read(json!({"tier": "agentic", "version": "latest", "file_id": file, "source_url": "https://a"})),
        &["value_error"],
    );
    refused(
        read(json!({"tier": "best", "version": 1, "file_id": "pjb-1", "expandd": 1})),
        &["tier literal_error", "version string_type", "file_id value_error", "expandd extra_forbidden"],
    );
    refused(
        read(json!({"tier": "configured", "version": "configured", "file_id": file})),
        &["tier value_error", "version value_error"],
    );
    refused(read(json!({"tier": "fast", "version": "2026-10-16", "file_id": file})), &["version value_error"]);
    refused(
        read(json!({"tier": "agentic", "version": "latest", "file_id": file, "user_metadata": {
            "a": "x".repeat(65), "b".repeat(25): "y"}})),
        &["user_metadata.a string_too_long", "user_metadata value_error"],
    );
    let nine: serde_json::Map<String, Value> = (0..9).map(|n| (n.to_string(), json!("v"))).collect();
    refused(
        read(json!({"tier": "agentic", "version": "latest", "file_id": file, "user_metadata": nine})),
        &["user_metadata too_long"],
    );
    let heavy: serde_json::Map<String, Value> = (0..8).map(|n| (n.to_string(), json!("é".repeat(64)))).collect();
    refused(
        read(json!({"tier": "agentic", "version": "latest", "file_id": file, "user_metadata": heavy})),
        &["user_metadata value_error"],
    );
}

#[test]
fn parse_jobs_by_upload_and_by_configuration() {
    let upload = |body: Value| UploadConfiguration::read(&body);
    let given = upload(json!({"tier": "agentic", "version": "latest", "webhook_configurations": []})).unwrap();
    assert!(given.0.webhooks(None).is_empty());
    let saved = json!({"webhook_configuration_ids": [UUID], "webhook_configurations": []});
    assert_eq!(given.0.webhooks(Some(&saved)).saved.len(), 1);
    refused(upload(json!({"tier": "agentic", "version": "latest", "file_id": UUID})), &["file_id extra_forbidden"]);

    let saved = json!({"product_type": "parse_v2", "tier": "cost_effective", "version": "latest",
        "page_ranges": {"max_pages": 3}, "output_options": {"images_to_save": ["layout"],
        "markdown": {"annotate_links": true}}});
    let given = upload(json!({"tier": "configured", "version": "configured", "configuration_id": UUID,
        "page_ranges": {"max_pages": null}, "output_options": {"images_to_save": ["embedded"],
        "markdown": {"tables": {"compact_markdown_tables": true}}}}))
    .unwrap();
    assert_eq!(given.0.configuration_id, Some(UUID.parse::<ConfigurationId>().unwrap()));
    let options = given.0.options(Some(&saved)).unwrap();
    assert_eq!((options.tier.as_str(), options.pages.first), ("cost_effective", Some(3)));
    assert!(options.annotate_links && options.tables.compact);
    assert_eq!(options.images.len(), 1);

    let clash = upload(json!({"tier": "fast", "configuration_id": UUID, "version": "1"})).unwrap();
    let mut boxed = saved;
    boxed["output_options"]["granular_bboxes"] = json!(["word"]);
    refused(clash.0.options(Some(&boxed)), &["output_options.granular_bboxes value_error"]);
}

#[test]
fn extract_jobs() {
    let read = |body: Value| CreateExtract::read(&body);
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let inline = read(json!({"file_input": format!("pjb-{UUID}"), "configuration": {"data_schema": schema}})).unwrap();
    assert!(matches!(inline.configuration, ExtractConfiguration::Inline(_)));
    let saved = read(json!({"file_input": UUID, "configuration_id": format!("cfg-{UUID}")})).unwrap();
    assert_eq!(saved.file_input, UUID);

    refused(read(json!({"file_input": UUID})), &["value_error"]);
    refused(
        read(json!({"file_input": UUID, "configuration_id": UUID, "configuration": {"data_schema": {}}})),
        &["value_error"],
    );
    refused(
        read(json!({"configuration": {"tier": "fast", "schema": 1}})),
        &[
            "file_input missing",
            "configuration.data_schema missing",
            "configuration.tier literal_error",
            "configuration.schema extra_forbidden",
        ],
    );
    let wrong = |name: &str, value: Value, expected: &[&str]| {
        let mut configuration = json!({"data_schema": schema, "tier": "turbo"});
        configuration[name] = value;
        refused(read(json!({"file_input": UUID, "configuration": configuration})), expected);
    };
    wrong("parse_tier", json!("fast"), &["configuration.parse_tier value_error"]);
    wrong("parse_config_id", json!(UUID), &["configuration.parse_config_id value_error"]);
    wrong("spreadsheet_mode", json!(true), &["configuration.spreadsheet_mode value_error"]);
    wrong("sheet_names", json!(["a"]), &["configuration.sheet_names value_error"]);
    wrong("version", json!("2.x"), &["configuration.version value_error"]);
    wrong("target_pages", json!("3,2-4"), &["configuration.target_pages value_error"]);
    wrong("max_pages", json!(0), &["configuration.max_pages greater_than_equal"]);
    for version in ["latest", "2.5", "2", "2026-10-16"] {
        let body = json!({"file_input": UUID, "configuration": {"data_schema": schema, "version": version}});
        assert!(read(body).is_ok(), "{version}");
    }
}

#[test]
fn configurations_are_checked_when_saved() {
    let save = |body: Value| SaveConfiguration::read(&body, &Limits::default());
    let parse = json!({"product_type": "parse_v2", "tier": "agentic", "version": "latest"});
    let saved = save(json!({"name": "mine", "parameters": parse})).unwrap();
    assert_eq!((saved.parameters.product, saved.parameters.webhooks.is_empty()), (Product::Parse.into(), true));
    assert_eq!(saved.parameters.value, parse);
    let kept = json!({"product_type": "split_v1", "categories": [1], "webhook_configurations": "whatever"});
    let saved = save(json!({"name": "kept", "parameters": kept})).unwrap();
    assert_eq!((saved.parameters.product, &saved.parameters.value), (ProductType::Split, &kept));

    refused(save(json!({})), &["name missing", "parameters missing"]);
    refused(
        save(json!({"name": "x".repeat(256), "parameters": {}})),
        &["name string_too_long", "parameters.product_type missing"],
    );
    refused(
        save(json!({"name": "x", "parameters": {"product_type": "split_v9"}})),
        &["parameters.product_type literal_error"],
    );
    refused(
        save(json!({"name": "x", "parameters": {"product_type": "parse_v2", "tier": "configured",
        "file_id": UUID}})),
        &["parameters.tier literal_error", "parameters.version missing", "parameters.file_id extra_forbidden"],
    );
    refused(
        save(json!({"name": "x", "parameters": {"product_type": "extract_v2", "data_schema": {},
        "tier": "agentic_plus", "extraction_target": "per_page"}})),
        &["parameters.extraction_target value_error"],
    );

    let update = |body: Value| UpdateConfiguration::read(&body, &Limits::default());
    assert_eq!(update(json!({"name": null})).unwrap(), UpdateConfiguration { name: None, parameters: None });
    refused(
        update(json!({"name": "", "parameters": {"product_type": "parse_v2"}})),
        &["name string_too_short", "parameters.tier missing", "parameters.version missing"],
    );
}

#[test]
fn every_preset_is_a_configuration_that_can_be_run() {
    for preset in configurations::presets() {
        let options = configurations::job_options(preset.product_type.runs().unwrap(), &preset.parameters).unwrap();
        assert!(options.parse().not_followed.is_empty(), "{}", preset.name);
    }
}
