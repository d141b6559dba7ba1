//! Paths, bodies and query names of the calls that the command line makes.

use docmill_model::Product;
use serde_json::{Map, Value, json};

pub const DIRECTORIES: &str = "/api/v1/beta/directories";
pub const FILES: &str = "/api/v1/beta/files";
pub const CONFIGURATIONS: &str = "/api/v1/beta/configurations";
pub const BATCHES: &str = "/api/v2/batches";
pub const WEBHOOKS: &str = "/api/v2/webhook-configs";
pub const DELIVERIES: &str = "/api/v2/webhook-deliveries";
/// The part of an upload to a directory that holds the file.
pub const DIRECTORY_UPLOAD_PART: &str = "upload_file";
/// The part of an upload to the files API that holds the file.
pub const FILE_UPLOAD_PART: &str = "file";

pub fn directory(id: &str) -> String {
    format!("{DIRECTORIES}/{id}")
}

pub fn directory_files(directory: &str) -> String {
    format!("{DIRECTORIES}/{directory}/files")
}

pub fn directory_upload(directory: &str) -> String {
    format!("{DIRECTORIES}/{directory}/files/upload")
}

pub fn directory_file(directory: &str, file: &str) -> String {
    format!("{DIRECTORIES}/{directory}/files/{file}")
}

pub fn file(id: &str) -> String {
    format!("{FILES}/{id}")
}

pub fn file_content(id: &str) -> String {
    format!("{FILES}/{id}/content")
}

pub fn configuration(id: &str) -> String {
    format!("{CONFIGURATIONS}/{id}")
}

pub fn batch(id: &str) -> String {
    format!("{BATCHES}/{id}")
}

pub fn batch_action(id: &str, action: &str) -> String {
    format!("{BATCHES}/{id}/{action}")
}

/// Sends an event about nothing.
pub fn webhook_test(id: &str) -> String {
    format!("{WEBHOOKS}/{id}/test")
}

pub fn webhook_replay(delivery: &str) -> String {
    format!("{DELIVERIES}/{delivery}/replay")
}

pub const fn jobs(product: Product) -> &'static str {
    match product {
        Product::Parse => "/api/v2/parse",
        Product::Extract => "/api/v2/extract",
    }
}

pub fn job(product: Product, id: &str) -> String {
    format!("{}/{id}", jobs(product))
}

pub fn job_cancel(product: Product, id: &str) -> String {
    format!("{}/{id}/cancel", jobs(product))
}

/// A new directory; an ephemeral one is deleted by the server after a while.
pub fn create_directory(name: &str, ephemeral: bool, description: Option<&str>) -> Value {
    json!({"name": name, "type": if ephemeral { "ephemeral" } else { "user" }, "description": description})
}

/// Only what is given changes.
pub fn update_directory(name: Option<&str>, description: Option<&str>) -> Value {
    let fields = [("name", name), ("description", description)];
    let given = fields.into_iter().filter_map(|(field, value)| Some((field.to_owned(), json!(value?))));
    Value::Object(given.collect())
}

pub fn save_configuration(name: &str, parameters: &Value) -> Value {
    json!({"name": name, "parameters": parameters})
}

pub fn create_batch(directory: &str, product: Product, configuration: &str) -> Value {
    json!({
        "source_directory_id": directory,
        "config": {"job": {"type": product, "configuration_id": configuration}},
    })
}

/// Which items of a batch are tried again, and how; all failed ones when nothing is given.
pub fn retry_batch(codes: &[String], include_cancelled: bool, configuration: Option<&str>) -> Value {
    let mut body = Map::new();
    if !codes.is_empty() {
        body.insert("codes".to_owned(), json!(codes));
    }
    if include_cancelled {
        body.insert("include_cancelled".to_owned(), json!(true));
    }
    if let Some(id) = configuration {
        body.insert("configuration_id".to_owned(), json!(id));
    }
    Value::Object(body)
}

/// `expand` values for a parse result in these forms, with what the manifest says of it.
pub fn parse_expand(markdown: bool, text: bool, items: bool, images: bool) -> Vec<(&'static str, String)> {
    let forms = [
        ("markdown", markdown),
        ("text", text),
        ("items", items),
        ("images_content_metadata", images),
        ("metadata", true),
        ("job_metadata", true),
    ];
    forms.iter().filter(|(_, wanted)| *wanted).map(|(form, _)| ("expand", (*form).to_owned())).collect()
}
