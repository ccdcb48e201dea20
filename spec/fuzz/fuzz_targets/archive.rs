//! Archives, unpacked.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| chefrs_fuzz::targets::archive(data));
