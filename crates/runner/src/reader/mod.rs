//! Reader children: untrusted bytes meet only these processes.

pub mod protocol;
