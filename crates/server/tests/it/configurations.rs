use serde_json::{Value, json};

use crate::server::{OTHER_KEY, Server, UUID, batch_body, field};

const CONFIGURATIONS: &str = "/api/v1/beta/configurations";

fn parse(name: &str, tier: &str) -> Value {
    json!({"name": name, "parameters": {"product_type": "parse_v2", "tier": tier, "version": "latest"}})
}

fn extract(name: &str, schema: Value) -> Value {
    json!({"name": name, "parameters": {"product_type": "extract_v2", "data_schema": schema}})
}

fn schema() -> Value {
    json!({"type": "object", "properties": {"total": {"type": "number"}}})
}

#[tokio::test]
async fn a_configuration_is_saved_replaced_updated_and_deleted() {
    let server = Server::start().await;
    let made = server.post(CONFIGURATIONS, parse("mine", "agentic")).await;
    assert_eq!(made["product_type"], json!("parse_v2"));
    let id = made["id"].as_str().unwrap();
    let path = format!("{CONFIGURATIONS}/{id}");
    assert_eq!(server.get(&path).await, made);

    server.clock.pass_ms(1_000);
    let replaced = server.post(CONFIGURATIONS, parse("mine", "fast")).await;
    assert_eq!(replaced["id"], made["id"], "same name and product: the same configuration");
    assert_ne!(replaced["version"], made["version"]);
    let other = server.post(CONFIGURATIONS, extract("mine", schema())).await;
    assert_ne!(other["id"], made["id"], "another product: another configuration");

    let renamed = server.send("PUT", &path, Some(json!({"name": "ours"}))).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["parameters"]["tier"]), (&json!("ours"), &json!("fast")));
    server.post(CONFIGURATIONS, parse("taken", "fast")).await;
    server.send("PUT", &path, Some(json!({"name": "taken"}))).await.refused(409, "CONFLICT", "has that name");

    assert_eq!(server.send("DELETE", &path, None).await.status, 204);
    for (method, body) in [("GET", None), ("DELETE", None), ("PUT", Some(json!({"name": "x"})))] {
        server.send(method, &path, body).await.refused(404, "NOT_FOUND", "There is no configuration cfg-");
    }
}

#[tokio::test]
async fn presets_are_read_only_and_listed_by_name_only() {
    let server = Server::start().await;
    server.post(CONFIGURATIONS, parse("PARSE_FAST", "agentic")).await;
    for (name, tier) in [
        ("PARSE_FAST", "fast"),
        ("PARSE_COST_EFFECTIVE", "cost_effective"),
        ("PARSE_AGENTIC", "agentic"),
        ("PARSE_AGENTIC_PLUS", "agentic_plus"),
    ] {
        let path = format!("{CONFIGURATIONS}/cfg-{name}");
        let preset = server.get(&path).await;
        assert_eq!((&preset["name"], &preset["parameters"]["tier"]), (&json!(name), &json!(tier)));
        let body = Some(json!({"name": "mine"}));
        for (method, body) in [("PUT", body), ("DELETE", None)] {
            server.send(method, &path, body).await.refused(403, "FORBIDDEN", "built-in preset");
        }
    }
    for (query, expected) in [
        ("", vec!["agentic"]),
        ("?name=PARSE_AGENTIC", vec!["agentic"]),
        ("?name=PARSE_FAST", vec!["fast", "agentic"]),
        ("?name=PARSE_FAST&product_type=parse_v2&latest_only=true", vec!["fast", "agentic"]),
        ("?name=PARSE_FAST&product_type=extract_v2", vec![]),
        ("?product_type=classify_v2", vec![]),
        ("?product_type=classify_v2&product_type=parse_v2", vec!["agentic"]),
    ] {
        let listed = server.get(&format!("{CONFIGURATIONS}{query}")).await;
        let items = listed["items"].as_array().unwrap().iter();
        let tiers: Vec<_> = items.map(|item| item["parameters"]["tier"].as_str().unwrap()).collect();
        // The preset of that name and the saved one have different tiers, except for a name that only a preset has.
        assert_eq!(tiers, expected, "{query}");
    }
    let first = server.get(&format!("{CONFIGURATIONS}?name=PARSE_FAST&page_size=1")).await;
    let token = first["next_page_token"].as_str().unwrap();
    let second = server.get(&format!("{CONFIGURATIONS}?name=PARSE_FAST&page_size=1&page_token={token}")).await;
    assert_eq!((field(&first, "id"), &second["next_page_token"]), (vec!["cfg-PARSE_FAST".to_owned()], &Value::Null));
    assert_eq!(second["items"][0]["parameters"]["tier"], json!("agentic"));
}

#[tokio::test]
async fn bad_configurations_are_refused() {
    let server = Server::start().await;
    let with = |more: Value| {
        let mut body = parse("a", "fast");
        body["parameters"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let named = |id: &str| {
        let mut body = extract("a", schema());
        body["parameters"]["parse_config_id"] = json!(id);
        body
    };
    let saved = server.post(CONFIGURATIONS, extract("saved", schema())).await;
    for (body, status, code, words) in [
        (json!({"name": "a"}), 422, "INVALID_REQUEST", "body.parameters: missing"),
        (json!({"name": "a", "parameters": {}}), 422, "INVALID_REQUEST", "body.parameters.product_type: missing"),
        (parse("", "fast"), 422, "INVALID_REQUEST", "body.name: string_too_short"),
        (parse(&"x".repeat(256), "fast"), 422, "INVALID_REQUEST", "body.name: string_too_long"),
        (parse("a", "best"), 422, "INVALID_REQUEST", "body.parameters.tier: literal_error"),
        (with(json!({"version": "2020-01-01"})), 422, "INVALID_REQUEST", "body.parameters.version"),
        (with(json!({"colour": 1})), 422, "INVALID_REQUEST", "body.parameters.colour: extra_forbidden"),
        (with(json!({"product_type": "split_v9"})), 422, "INVALID_REQUEST", "parameters.product_type: literal_error"),
        (
            with(json!({"webhook_configurations": [{"webhook_url": "http://127.0.0.1:8080/"}]})),
            422,
            "ADDRESS_FORBIDDEN",
            "127.0.0.1 is a loopback address",
        ),
        (
            with(json!({"webhook_configuration_ids": [format!("whc-{UUID}")]})),
            404,
            "NOT_FOUND",
            "There is no webhook configuration",
        ),
        (extract("a", json!({"type": "array"})), 422, "SCHEMA_INVALID", "object"),
        (named(&format!("cfg-{UUID}")), 404, "NOT_FOUND", "There is no configuration"),
        (named(saved["id"].as_str().unwrap()), 422, "CONFIGURATION_MISMATCH", "extract_v2, not for parse_v2"),
    ] {
        server.send("POST", CONFIGURATIONS, Some(body)).await.refused(status, code, words);
    }
    server.post(CONFIGURATIONS, named("cfg-PARSE_FAST")).await;
    let path = format!("{CONFIGURATIONS}/{}", saved["id"].as_str().unwrap());
    server.send_as(OTHER_KEY, "GET", &path, None).await.refused(404, "NOT_FOUND", "in this project");
    let wrong = server.send("GET", &format!("{CONFIGURATIONS}/cfg-PARSE_NOTHING"), None).await;
    wrong.refused(422, "INVALID_REQUEST", "path.config_id");
}

#[tokio::test]
async fn every_version_is_listed_unless_only_the_latest_is_wanted() {
    let server = Server::start().await;
    let first = server.post(CONFIGURATIONS, parse("mine", "fast")).await;
    let path = format!("{CONFIGURATIONS}/{}", first["id"].as_str().unwrap());
    server.clock.pass_ms(5);
    let second = server.post(CONFIGURATIONS, parse("mine", "agentic")).await;
    let same = server.post(CONFIGURATIONS, parse("mine", "agentic")).await;
    assert_eq!(same["version"], second["version"], "the same again is no version");
    server.clock.pass_ms(5);
    let parameters = parse("mine", "cost_effective")["parameters"].clone();
    let third = server.send("PUT", &path, Some(json!({"parameters": parameters}))).await.expect(200);
    let versions = [&third, &second, &first].map(|each| each["version"].as_str().unwrap().to_owned());
    server.post(CONFIGURATIONS, parse("other", "fast")).await;
    assert_eq!(server.get(&path).await, third, "by id it is what it is now");
    for size in [1, 2, 1_000] {
        for (query, expected) in [("name=mine", &versions[..]), ("name=mine&latest_only=true", &versions[..1])] {
            let mut seen = Vec::new();
            let mut page_path = format!("{CONFIGURATIONS}?{query}&page_size={size}");
            loop {
                let page = server.get(&page_path).await;
                assert!(field(&page, "id").iter().all(|id| *id == first["id"]), "one id");
                seen.extend(field(&page, "version"));
                let Some(token) = page["next_page_token"].as_str() else { break };
                page_path = format!("{CONFIGURATIONS}?{query}&page_size={size}&page_token={token}");
            }
            assert_eq!(seen, expected, "{query} by {size}");
        }
    }
    assert_eq!(server.get(CONFIGURATIONS).await["items"].as_array().unwrap().len(), 4);
    let latest = server.get(&format!("{CONFIGURATIONS}?latest_only=true")).await;
    assert_eq!(field(&latest, "name"), ["other", "mine"]);
    server.send("GET", &format!("{CONFIGURATIONS}?latest_only=x"), None).await.refused(
        422,
        "INVALID_REQUEST",
        "query.latest_only: bool_parsing",
    );
}

#[tokio::test]
async fn configurations_of_other_products_are_kept_and_not_run() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    for product in ["classify_v2", "split_v1", "spreadsheet_v1", "unknown"] {
        let parameters = json!({"product_type": product, "rules": [{"anything": [1, null]}]});
        let made = server.post(CONFIGURATIONS, json!({"name": "kept", "parameters": parameters})).await;
        assert_eq!((&made["product_type"], &made["parameters"]), (&json!(product), &parameters));
        let id = made["id"].as_str().unwrap();
        assert_eq!(server.get(&format!("{CONFIGURATIONS}/{id}")).await, made);
        let listed = server.get(&format!("{CONFIGURATIONS}?product_type={product}")).await;
        assert_eq!(field(&listed, "id"), [id]);
        let words = format!("is for {product}, not for parse_v2");
        let refused = server.send("POST", "/api/v2/batches", Some(batch_body(&directory, id))).await;
        refused.refused(422, "CONFIGURATION_MISMATCH", &words);
    }
    let several = server.get(&format!("{CONFIGURATIONS}?product_type=unknown&product_type=split_v1")).await;
    assert_eq!(field(&several, "product_type"), ["unknown", "split_v1"]);
}
