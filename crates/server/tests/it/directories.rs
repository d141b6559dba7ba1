use serde_json::{Value, json};

use crate::server::{OTHER_KEY, Server, UUID, field};

const DIRECTORIES: &str = "/api/v1/beta/directories";

#[tokio::test]
async fn a_directory_is_made_read_listed_and_deleted() {
    let server = Server::start().await;
    let made = server.post(DIRECTORIES, json!({"name": "a", "description": null, "system_metadata": {"k": 1}})).await;
    assert_eq!((&made["type"], &made["expires_at"]), (&json!("user"), &Value::Null));
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("dir-") && made["project_id"].as_str().unwrap().starts_with("prj-"));
    assert_eq!(server.get(&format!("{DIRECTORIES}/{id}")).await, made);
    let bare = id.strip_prefix("dir-").unwrap();
    assert_eq!(server.get(&format!("{DIRECTORIES}/{bare}")).await, made, "the prefix may be left out");
    let project = made["project_id"].as_str().unwrap();
    let listed = server.get(&format!("{DIRECTORIES}?name=a&project_id={project}&organization_id=")).await;
    assert_eq!(listed, json!({"items": [made], "next_page_token": null, "total_size": null}));

    let path = format!("{DIRECTORIES}/{id}");
    let deleted = server.send("DELETE", &path, None).await;
    assert_eq!((deleted.status, deleted.body), (204, json!("")));
    for method in ["GET", "DELETE"] {
        server.send(method, &path, None).await.refused(404, "NOT_FOUND", "There is no directory dir-");
    }
    assert_eq!(server.get(DIRECTORIES).await["items"], json!([]));
    let listed = server.get(&format!("{DIRECTORIES}?include_deleted=true")).await;
    assert_ne!(listed["items"][0]["deleted_at"], Value::Null);
}

#[tokio::test]
async fn an_ephemeral_directory_has_an_end() {
    let server = Server::start().await;
    let check = async |given: Value, expected: i64| {
        let mut body = json!({"name": "a", "type": "ephemeral"});
        body["expires_at"] = given;
        let made = server.post(DIRECTORIES, body).await;
        let instant = |name: &str| made[name].as_str().unwrap().parse::<docmill_model::Timestamp>().unwrap();
        assert_eq!(instant("expires_at").since_ms(instant("created_at")), expected);
    };
    check(Value::Null, 48 * 3_600_000).await;
    let now = docmill_store::Clock::now(server.clock.as_ref());
    check(json!(now.plus_ms(7_000).to_string()), 7_000).await;
}

#[tokio::test]
async fn kinds_are_filtered() {
    let server = Server::start().await;
    for (name, kind) in [("u", "user"), ("e", "ephemeral")] {
        server.post(DIRECTORIES, json!({"name": name, "type": kind})).await;
    }
    for (query, expected) in [
        ("", vec!["e", "u"]),
        ("type=user", vec!["u"]),
        ("types=ephemeral&types=user", vec!["e", "u"]),
        ("types=ephemeral,index", vec!["e"]),
        ("type=index", vec![]),
        ("type=", vec!["e", "u"]),
        ("unknown=1", vec!["e", "u"]),
    ] {
        let listed = server.get(&format!("{DIRECTORIES}?{query}")).await;
        assert_eq!(field(&listed, "name"), expected, "{query}");
    }
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let server = Server::start().await;
    let create = |body: Value| (String::from("POST"), DIRECTORIES.to_owned(), Some(body));
    let get = |rest: &str| (String::from("GET"), format!("{DIRECTORIES}{rest}"), None);
    for ((method, path, body), status, code, words) in [
        (create(json!({})), 422, "INVALID_REQUEST", "body.name: missing Field required"),
        (create(json!({"name": ""})), 422, "INVALID_REQUEST", "body.name: string_too_short"),
        (create(json!({"name": "x".repeat(256)})), 422, "INVALID_REQUEST", "body.name: string_too_long"),
        (create(json!({"name": 5})), 422, "INVALID_REQUEST", "body.name: string_type"),
        (create(json!({"name": "a", "colour": 1})), 422, "INVALID_REQUEST", "body.colour: extra_forbidden"),
        (create(json!({"name": "a", "type": "index"})), 422, "INVALID_REQUEST", "body.type: literal_error"),
        (create(json!({"name": "a", "expires_at": "2020-01-01T00:00:00Z"})), 422, "INVALID_REQUEST", "is in the past"),
        (
            create(json!({"name": "a", "expires_at": "tomorrow"})),
            422,
            "INVALID_REQUEST",
            "body.expires_at: value_error",
        ),
        (create(json!([])), 422, "INVALID_REQUEST", "body: model_attributes_type"),
        (get(&format!("/dir-{UUID}")), 404, "NOT_FOUND", "There is no directory"),
        (get(&format!("/bat-{UUID}")), 422, "INVALID_REQUEST", "path.directory_id: value_error Value error, `bat-"),
        (get("/dir-1"), 422, "INVALID_REQUEST", "expected dir-<uuid>"),
        (get("/%2F..%2F"), 422, "INVALID_REQUEST", "path.directory_id"),
        (get("/%FF"), 422, "INVALID_REQUEST", "not valid UTF-8"),
        (get("?page_size=0"), 422, "INVALID_REQUEST", "query.page_size: greater_than_equal"),
        (get("?page_size=1001"), 422, "INVALID_REQUEST", "query.page_size: less_than_equal"),
        (get("?page_size=many"), 422, "INVALID_REQUEST", "query.page_size: int_parsing"),
        (get("?page_token=zz"), 422, "INVALID_REQUEST", "query.page_token: value_error"),
        (get("?types=user,folder"), 422, "INVALID_REQUEST", "query.types: literal_error"),
        (get("?include_deleted=maybe"), 422, "INVALID_REQUEST", "query.include_deleted: bool_parsing"),
        (get(&format!("?project_id={UUID}")), 404, "NOT_FOUND", "does not belong to a project prj-"),
        (get(&format!("?project_id=dir-{UUID}")), 422, "INVALID_REQUEST", "query.project_id: value_error"),
        (get(&format!("?organization_id={UUID}")), 404, "NOT_FOUND", "There is no organization"),
        (get("?organization_id=prj-1"), 422, "INVALID_REQUEST", "query.organization_id: value_error"),
    ] {
        let answer = server.send(&method, &path, body).await;
        answer.refused(status, code, words);
    }
}

#[tokio::test]
async fn every_wrong_field_is_told_at_once() {
    let server = Server::start().await;
    let answer = server.send("POST", DIRECTORIES, Some(json!({"type": "index", "colour": 1}))).await;
    assert_eq!(answer.body["detail"].as_array().unwrap().len(), 3, "{}", answer.body);
    let answer = server.send("GET", &format!("{DIRECTORIES}?page_size=0&types=x&include_deleted=x"), None).await;
    assert_eq!(answer.body["detail"].as_array().unwrap().len(), 3, "{}", answer.body);
}

#[tokio::test]
async fn another_projects_directory_does_not_exist() {
    let server = Server::start().await;
    let id = server.directory_of(&["a.txt"]).await;
    let files = server.get(&format!("{DIRECTORIES}/{id}/files")).await;
    let file = files["items"][0]["id"].as_str().unwrap();
    for (method, rest) in [
        ("GET", String::new()),
        ("DELETE", String::new()),
        ("GET", "/files".to_owned()),
        ("GET", format!("/files/{file}")),
    ] {
        let answer = server.send_as(OTHER_KEY, method, &format!("{DIRECTORIES}/{id}{rest}"), None).await;
        answer.refused(404, "NOT_FOUND", "in this project");
    }
    assert_eq!(server.send_as(OTHER_KEY, "GET", DIRECTORIES, None).await.body["items"], json!([]));
    server.get(&format!("{DIRECTORIES}/{id}")).await;
}

#[tokio::test]
async fn a_directory_is_renamed_and_described() {
    let server = Server::start().await;
    let made = server.post(DIRECTORIES, json!({"name": "a", "description": "old"})).await;
    let path = format!("{DIRECTORIES}/{}", made["id"].as_str().unwrap());
    let patch = async |body: Value| server.send("PATCH", &path, Some(body)).await;
    server.clock.pass_ms(5);
    let renamed = patch(json!({"name": "b", "description": null})).await.expect(200);
    assert_eq!((&renamed["name"], &renamed["description"]), (&json!("b"), &json!("old")));
    assert_ne!(renamed["updated_at"], made["updated_at"]);
    assert_eq!(patch(json!({"description": "new"})).await.expect(200)["description"], json!("new"));
    assert_eq!(patch(json!({"description": ""})).await.expect(200)["description"], Value::Null);
    assert_eq!(patch(json!({})).await.expect(200)["name"], json!("b"));
    for (body, words) in [
        (json!({"name": ""}), "body.name: string_too_short"),
        (json!({"name": "x".repeat(256)}), "body.name: string_too_long"),
        (json!({"name": 1}), "body.name: string_type"),
        (json!({"description": "x".repeat(10_001)}), "body.description: string_too_long"),
        (json!({"type": "ephemeral"}), "body.type: extra_forbidden"),
    ] {
        patch(body).await.refused(422, "INVALID_REQUEST", words);
    }
    let foreign = server.send_as(OTHER_KEY, "PATCH", &path, Some(json!({"name": "c"}))).await;
    foreign.refused(404, "NOT_FOUND", "There is no directory dir-");
    server.send("DELETE", &path, None).await;
    patch(json!({"name": "c"})).await.refused(404, "NOT_FOUND", "There is no directory dir-");
}
