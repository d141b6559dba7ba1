use serde_json::{Value, json};

use crate::server::{OTHER_KEY, Server, field};

const BATCHES: &str = "/api/v2/batches";

fn token(page: &Value) -> &str {
    page["next_page_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_list_is_read_page_by_page_without_gap_or_repeat() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a", "b", "c", "d", "e"]).await;
    let list = format!("/api/v1/beta/directories/{directory}/files");
    for size in [1, 2, 5, 1_000] {
        let mut names = Vec::new();
        let mut path = format!("{list}?page_size={size}");
        loop {
            let page = server.get(&path).await;
            names.extend(field(&page, "display_name"));
            if page["next_page_token"].is_null() {
                break;
            }
            path = format!("{list}?page_size={size}&page_token={}", token(&page));
        }
        assert_eq!(names, ["a", "b", "c", "d", "e"], "{size}");
    }
}

#[tokio::test]
async fn statuses_that_change_while_a_list_is_paged_move_nothing() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt"]).await;
    let mut batches = Vec::new();
    for _ in 0..6 {
        batches.insert(0, server.batch(&directory).await);
    }
    let pending = format!("{BATCHES}?status=PENDING&page_size=2");
    let first = server.get(&pending).await;
    assert_eq!(field(&first, "id"), batches[..2]);
    // The two that were shown, the last of them the cursor's own row, and one that was not.
    for batch in [&batches[0], &batches[1], &batches[3]] {
        server.send("POST", &format!("{BATCHES}/{batch}/cancel"), None).await.expect(200);
    }
    let newest = server.batch(&directory).await;
    let second = server.get(&format!("{pending}&page_token={}", token(&first))).await;
    assert_eq!(field(&second, "id"), [batches[2].clone(), batches[4].clone()]);
    let third = server.get(&format!("{pending}&page_token={}", token(&second))).await;
    assert_eq!(field(&third, "id"), [batches[5].clone()]);
    assert!(third["next_page_token"].is_null());
    assert_eq!(field(&server.get(&pending).await, "id")[0], newest);
}

#[tokio::test]
async fn a_token_goes_with_its_list_only() {
    let server = Server::start().await;
    let directory = server.directory_of(&["a.txt", "b.txt"]).await;
    for _ in 0..2 {
        server.batch(&directory).await;
    }
    let page = server.get(&format!("{BATCHES}?page_size=1&status=PENDING&source_directory_id={directory}")).await;
    let token = token(&page);
    // The order of the filters and the size of the page may change.
    for query in [
        format!("source_directory_id={directory}&status=PENDING"),
        format!("status=PENDING&source_directory_id={directory}&page_size=7&project_id="),
    ] {
        server.get(&format!("{BATCHES}?{query}&page_token={token}")).await;
    }
    for path in [
        format!("{BATCHES}?page_token={token}"),
        format!("{BATCHES}?status=RUNNING&source_directory_id={directory}&page_token={token}"),
        format!("/api/v2/parse?status=PENDING&source_directory_id={directory}&page_token={token}"),
        format!("/api/v1/beta/directories/{directory}/files?page_token={token}"),
        format!("{BATCHES}?page_token=%E2%82%AC"),
    ] {
        server.send("GET", &path, None).await.refused(422, "INVALID_REQUEST", "query.page_token: value_error");
    }
    let path = format!("{BATCHES}?page_size=1&status=PENDING&source_directory_id={directory}&page_token={token}");
    server.send_as(OTHER_KEY, "GET", &path, None).await.refused(422, "INVALID_REQUEST", "other filters");
}

/// Rows that appear while a list is paged are seen or not; those that were there are seen once, in their order.
#[tokio::test]
async fn every_list_of_resources_is_read_to_its_end_while_rows_appear() {
    let server = Server::start().await;
    let directory = server.directory_of(&["f0", "f1", "f2", "f3", "f4"]).await;
    let more = async |number: usize| {
        server.clock.pass_ms(1);
        server.upload(&directory, &format!("f{number}"), format!("{number}").as_bytes(), &[]).await.expect(200);
        for name in ["same".to_owned(), format!("c{number}")] {
            let parameters = json!({"product_type": "unknown", "number": number});
            server.post("/api/v1/beta/configurations", json!({"name": name, "parameters": parameters})).await;
        }
        server.directory().await;
    };
    for number in 5..10 {
        more(number).await;
    }
    let mut number = 10;
    let entries = format!("/api/v1/beta/directories/{directory}/files?");
    for list in [
        "/api/v1/beta/directories?",
        &entries,
        "/api/v1/beta/files?order_by=created_at&",
        "/api/v1/beta/files?order_by=name&",
        "/api/v1/beta/configurations?",
        "/api/v1/beta/configurations?latest_only=true&",
    ] {
        for size in [1, 2, 1_000] {
            let shown = |page: &Value| {
                let items = page["items"].as_array().unwrap().iter();
                items.map(|item| format!("{} {}", item["id"], item["version"])).collect::<Vec<_>>()
            };
            // Of a list by newest versions, the newest of the name that is saved again changes: it is left out.
            let stable = |rows: Vec<String>, stays: &[String]| {
                rows.into_iter().filter(|row| stays.contains(row)).collect::<Vec<_>>()
            };
            let before = shown(&server.get(&format!("{list}page_size=1000")).await);
            let mut seen = Vec::new();
            let mut path = format!("{list}page_size={size}");
            for pages in 0.. {
                let page = server.get(&path).await;
                seen.extend(shown(&page));
                if pages < 3 {
                    more(number).await;
                    number += 1;
                }
                let Some(token) = page["next_page_token"].as_str() else { break };
                path = format!("{list}page_size={size}&page_token={token}");
            }
            let after = shown(&server.get(&format!("{list}page_size=1000")).await);
            let stays: Vec<_> = before.iter().filter(|row| after.contains(row)).cloned().collect();
            assert_eq!(stable(seen.clone(), &stays), stays, "{list} by {size}");
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), seen.len(), "{list} by {size}: nothing twice");
        }
    }
}
