//! What a remote run sends from this machine: our own executable, and the bytes that a collection names by digest.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::fs::MemfdFlags;
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

/// The same as gzip makes it small.
#[derive(Debug)]
pub struct CompressedExecutable {
    /// Its bytes. Several read them at once, so each says from where.
    pub file: File,
    /// Number of bytes.
    pub size: u64,
}

impl Executable {
    /// Opens it. The first time it is read whole, to know its digest; many hosts ask for the same.
    ///
    /// # Errors
    /// It can't be read.
    pub fn own() -> Result<Self, Failure> {
        static KNOWN: Mutex<Option<(String, u64)>> = Mutex::new(None);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut opened = || {
            // What the kernel runs, even if the file was replaced since.
            let mut file = File::open("/proc/self/exe")?;
            let (sha256, size) = match known.take() {
                Some(known) => known,
                None => digest(&mut file)?,
            };
            *known = Some((sha256.clone(), size));
            Ok(Self { file, sha256, size })
        };
        opened()
            .map_err(|error: io::Error| Failure::new(format!("our own executable can't be read: {error}")))
    }

    /// All of it as gzip makes it small; many hosts may want that at the same time.
    ///
    /// # Errors
    /// It can't be read, or there is no memory for it.
    pub fn compressed(&mut self) -> io::Result<Arc<CompressedExecutable>> {
        static KNOWN: Mutex<Weak<CompressedExecutable>> = Mutex::new(Weak::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.upgrade() {
            return Ok(known);
        }
        // A file in memory: it grows without being held twice, and takes none of our address space.
        let file = File::from(rustix::fs::memfd_create(c"chefrs", MemfdFlags::CLOEXEC)?);
        // The fastest way saves nearly as much as the best one.
        let mut writer = GzEncoder::new(file, Compression::fast());
        self.file.rewind()?;
        io::copy(&mut self.file, &mut writer)?;
        let file = writer.finish()?;
        let size = file.metadata()?.len();
        let packed = Arc::new(CompressedExecutable { file, size });
        *known = Arc::downgrade(&packed);
        Ok(packed)
    }

    /// Begins to read it, for whoever will want it soon.
    pub fn prepare() {
        // Without a thread it is read when it is wanted, and only then is a failure of interest.
        let _ = thread::Builder::new().name("digest".into()).spawn(|| drop(Self::own()));
    }

    /// Kernel and machine that it runs on, as `uname -sm` tells them.
    #[must_use]
    pub fn system() -> String {
        format!("Linux {}", std::env::consts::ARCH)
    }
}

/// Digest and size of a file, which is at its begin again afterwards.
fn digest(file: &mut File) -> io::Result<(String, u64)> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
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
    Ok((hex(&digest.finalize()), size))
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
