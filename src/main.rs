//! The program `chefrs`.

fn main() {}
