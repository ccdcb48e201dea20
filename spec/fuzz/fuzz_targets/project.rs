//! Settings, manifests, nodes and groups.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chefrs_fuzz::targets::project(data));
