//! Fuzzing of what reads strangers' bytes, by cargo-fuzz. It needs a nightly toolchain; from the repository's root:
//!
//! ```sh
//! mkdir -p target/found/machine
//! cargo +nightly fuzz run --fuzz-dir spec/fuzz --target-dir target/fuzz machine \
//!   target/found/machine spec/fuzz/corpus/machine -- -max_total_time=600 -rss_limit_mb=1500 -timeout=30
//! ```
//!
//! What is new is kept in the first folder. A text that finds something goes into the corpus, with a name that tells what.
//!
//! The functions are those that `spec/fuzz.rs` feeds with the same corpus, and with some mutations of it, on every
//! machine.

pub mod targets;
