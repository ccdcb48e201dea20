//! Collections, and what machines answer while they are converged.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chefrs_fuzz::targets::collection(data));
