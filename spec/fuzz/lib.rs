//! Fuzzing of what reads strangers' bytes, by cargo-fuzz. Needs a nightly toolchain; from the repository's root:
//!
//! `cargo +nightly fuzz run --fuzz-dir spec/fuzz machine target/found spec/fuzz/corpus/machine -- -max_total_time=600`
//!
//! The functions are those that `spec/fuzz.rs` feeds with the same corpus, and with some mutations of it, on every
//! machine.

pub mod targets;
