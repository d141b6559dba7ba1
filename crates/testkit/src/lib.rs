//! What tests and benchmarks start beside docmill. Real servers: nothing here pretends to be one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests use this crate")]

pub mod postgres;
