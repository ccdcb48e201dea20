//! What names something: addresses, paths, modes.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chefrs_fuzz::targets::names(data));
