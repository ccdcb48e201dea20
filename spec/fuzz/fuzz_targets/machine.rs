//! What programs and files of a machine say.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chefrs_fuzz::targets::machine(data));
