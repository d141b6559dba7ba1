//! The one direction of dependencies (ARCHITECTURE.md): an edge between our crates that is not listed is forbidden,
//! and some crates must not reach certain libraries at all.

use crate::metadata;

/// Crate, the crates of ours that it may use.
const EDGES: &[(&str, &[&str])] = &[
    ("docmill-model", &[]),
    ("docmill-wire", &["docmill-model"]),
    ("docmill-parse", &["docmill-model"]),
    ("docmill-extract", &["docmill-model"]),
    ("docmill-store", &["docmill-model"]),
    ("docmill-runner", &["docmill-model", "docmill-store", "docmill-parse", "docmill-extract"]),
    ("docmill-server", &["docmill-model", "docmill-wire", "docmill-store"]),
    (
        "docmill",
        &[
            "docmill-model",
            "docmill-wire",
            "docmill-parse",
            "docmill-extract",
            "docmill-store",
            "docmill-runner",
            "docmill-server",
        ],
    ),
];

/// Crate, libraries that it must not use: no I/O in the model and the engines, SQL only in the store, HTTP only in
/// the server.
const ABSENCES: &[(&str, &[&str])] = &[
    ("docmill-model", &["tokio", "axum", "sqlx", "object_store", "reqwest"]),
    ("docmill-wire", &["tokio", "axum", "sqlx", "object_store", "reqwest"]),
    ("docmill-parse", &["tokio", "axum", "sqlx", "object_store", "reqwest"]),
    ("docmill-extract", &["tokio", "axum", "sqlx", "object_store", "reqwest"]),
    ("docmill-store", &["axum", "reqwest"]),
    ("docmill-runner", &["axum", "sqlx", "object_store"]),
    ("docmill-server", &["sqlx", "object_store", "docling", "hayro"]),
    ("docmill", &["sqlx", "object_store"]),
];

pub fn check() -> Result<(), String> {
    let metadata = metadata::load()?;
    let mut wrong = Vec::new();
    for package in metadata::packages(&metadata).filter(|package| package["source"].is_null()) {
        let name = metadata::text(package, "name");
        let allowed = EDGES.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
        let absent = ABSENCES.iter().find(|(from, _)| *from == name).map_or(&[][..], |(_, libraries)| *libraries);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = metadata::text(dependency, "name");
            // Tests may use more: they prove things from outside.
            if metadata::text(dependency, "kind") == "dev" {
                continue;
            }
            let ours = dependency["path"].is_string();
            if ours && allowed.is_some_and(|allowed| !allowed.contains(&to)) {
                wrong.push(format!("{name} must not depend on {to}"));
            }
            if absent.contains(&to) {
                wrong.push(format!("{name} must not use {to}"));
            }
        }
    }
    if wrong.is_empty() {
        println!("deps: every edge goes the allowed way");
        return Ok(());
    }
    Err(format!("deps: {}\nThe rules stand in xtask/src/deps.rs and ARCHITECTURE.md.", wrong.join("\ndeps: ")))
}
