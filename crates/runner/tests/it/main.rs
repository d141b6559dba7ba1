//! A worker with a real store, real blobs and real reader children.

mod bounds;
mod confine;
mod ends;
mod lies;
mod ocr;
mod office;
mod pages;
mod sources;
mod urls;
mod web;
mod webhooks;
mod world;
