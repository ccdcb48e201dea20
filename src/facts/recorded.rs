//! Facts recorded on other machines, for compiling without a machine and for the reference.

/// Recorded facts as JSON, by the name of the system.
pub const RECORDED: &[(&str, &str)] = &[
    ("debian-12", include_str!("recorded/debian-12.json")),
    ("ubuntu-24.04", include_str!("recorded/ubuntu-24.04.json")),
];
