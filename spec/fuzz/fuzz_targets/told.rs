//! What a machine tells, masked and reported.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chefrs_fuzz::targets::told(data));
