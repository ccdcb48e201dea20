//! Tells cargo that the shipped cookbooks and recipes are part of the program: a new file in them means a new build.

#![expect(clippy::print_stdout, reason = "cargo reads it there")]

fn main() {
    for folder in ["cookbooks", "recipes"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
