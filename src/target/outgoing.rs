//! What a run sends to another machine: our own executable, and blobs.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use rustix::fs::MemfdFlags;

use crate::model::blob::{BlobRef, BlobSource};
use crate::model::content;
use crate::model::error::Failure;

/// Our own executable.
#[derive(Debug)]
pub struct Executable {
    /// Open, at its start.
    pub file: File,
    /// SHA-256, lowercase hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
}

/// Our own executable, compressed with gzip.
#[derive(Debug)]
pub struct CompressedExecutable {
    /// The compressed bytes. Several threads read them, so each has to use offsets.
    pub file: File,
    /// Size in bytes.
    pub size: u64,
}

impl Executable {
    /// Opens the executable. The digest is computed the first time and cached, since many hosts need it.
    ///
    /// # Errors
    /// It can't be read.
    pub fn own() -> Result<Self, Failure> {
        static KNOWN: Mutex<Option<(String, u64)>> = Mutex::new(None);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut opened = || {
            // This is the running version, even if the file was replaced.
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

    /// Compresses the executable. The result is cached while it is used, since many hosts may need it at the same time.
    ///
    /// # Errors
    /// It can't be read, or there is not enough memory.
    pub fn compressed(&mut self) -> io::Result<Arc<CompressedExecutable>> {
        static KNOWN: Mutex<Weak<CompressedExecutable>> = Mutex::new(Weak::new());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.upgrade() {
            return Ok(known);
        }
        // A file in memory grows without being copied, and uses no address space.
        let file = File::from(rustix::fs::memfd_create(c"chefrs", MemfdFlags::CLOEXEC)?);
        // The fastest level saves nearly as much as the best one.
        let mut writer = GzEncoder::new(file, Compression::fast());
        self.file.rewind()?;
        io::copy(&mut self.file, &mut writer)?;
        let file = writer.finish()?;
        let size = file.metadata()?.len();
        let packed = Arc::new(CompressedExecutable { file, size });
        *known = Arc::downgrade(&packed);
        Ok(packed)
    }

    /// Starts reading the executable in the background, to have the digest when it is needed.
    pub fn prepare() {
        // Without a thread, it is read when it is needed. Errors are reported then, too.
        let _ = thread::Builder::new().name("digest".into()).spawn(|| drop(Self::own()));
    }

    /// Kernel and architecture that the executable needs, as printed by `uname -sm`.
    #[must_use]
    pub fn system() -> String {
        format!("Linux {}", std::env::consts::ARCH)
    }
}

/// Digest and size of a file. Rewinds it.
fn digest(file: &mut File) -> io::Result<(String, u64)> {
    let BlobRef { sha256, size } = content::digest(file)?;
    file.rewind()?;
    Ok((sha256, size))
}

/// Opens a blob.
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
