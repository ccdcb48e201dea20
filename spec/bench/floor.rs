//! The bare loop: stat, read and SHA-256 of every file, and nothing else. No tool that looks at the files can be faster.

use std::fs;
use std::hint::black_box;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Arguments: directory, number of files.
pub(crate) fn read_all(words: &[String]) -> Result<()> {
    let [directory, count] = words else { anyhow::bail!("the loop takes a directory and a number") };
    let count: usize = count.parse()?;
    for number in 1..=count {
        let path = format!("{directory}/f{number}.conf");
        let metadata = fs::symlink_metadata(&path).with_context(|| path.clone())?;
        let bytes = fs::read(&path).with_context(|| path.clone())?;
        black_box((metadata.len(), Sha256::digest(&bytes)));
    }
    Ok(())
}

/// The same for files that are not there: all that can be known of them is that. Arguments as above.
pub(crate) fn miss_all(words: &[String]) -> Result<()> {
    let [directory, count] = words else { anyhow::bail!("the loop takes a directory and a number") };
    let count: usize = count.parse()?;
    for number in 1..=count {
        let path = format!("{directory}/f{number}.conf");
        anyhow::ensure!(fs::symlink_metadata(&path).is_err(), "{path} is there");
    }
    Ok(())
}
