//! What a remote run sends from this machine: our own executable, and the bytes that a collection names by digest.

use std::fs::File;
use std::io::{self, Read, Seek as _};

use sha2::{Digest as _, Sha256};

use crate::model::blob::BlobSource;
use crate::model::content::hex;
use crate::model::error::Failure;

/// Our own executable, as it is being run.
#[derive(Debug)]
pub struct Executable {
    /// Open, at its begin.
    pub file: File,
    /// SHA-256, lowercase hexadecimal.
    pub sha256: String,
    /// Number of bytes.
    pub size: u64,
}

impl Executable {
    /// Reads it whole, to know its digest.
    ///
    /// # Errors
    /// It can't be read.
    pub fn own() -> Result<Self, Failure> {
        // What the kernel runs, even if the file was replaced since.
        Self::read("/proc/self/exe")
            .map_err(|error| Failure::new(format!("our own executable can't be read: {error}")))
    }

    fn read(path: &str) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 256 << 10];
        let mut size = 0;
        loop {
            let n = file.read(&mut buffer)?;
            if n == 0 {
                break;
            }
            digest.update(&buffer[..n]);
            size += n as u64;
        }
        file.rewind()?;
        Ok(Self { file, sha256: hex(&digest.finalize()), size })
    }

    /// Kernel and machine that it runs on, as `uname -sm` tells them.
    #[must_use]
    pub fn system() -> String {
        format!("Linux {}", std::env::consts::ARCH)
    }
}

/// Opens the bytes of a blob.
///
/// # Errors
/// The file can't be read any more.
pub fn open(source: &BlobSource) -> Result<Box<dyn Read>, Failure> {
    match source {
        BlobSource::Embedded(bytes) => Ok(Box::new(*bytes)),
        BlobSource::Path(path) => match File::open(path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(Failure::new(format!("`{path}` can't be read: {error}"))),
        },
    }
}
