//! A real OCI registry: Debian's `docker-registry`, on loopback, for as long as a spec runs.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::patience::{EndInTime as _, until};

/// The registry. It ends when it is dropped.
pub(super) struct OciRegistry {
    child: Child,
    host: String,
}

/// Where Debian puts it.
const PROGRAM: &str = "/usr/bin/docker-registry";

impl OciRegistry {
    /// Starts one with its data in a directory. `htpasswd` are its users, if it has some. None if it is not installed.
    pub(super) fn start(folder: &Path, htpasswd: Option<&str>) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            crate::skipped::skip("no docker-registry");
            return None;
        }
        fs::create_dir_all(folder).unwrap();
        // The port is free again at once; if another process takes it meanwhile, the registry ends, and another is tried.
        for _ in 0..10 {
            let host = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
            let auth = match htpasswd {
                Some(users) => {
                    fs::write(folder.join("users"), users).unwrap();
                    format!(
                        "auth:\n  htpasswd:\n    realm: specs\n    path: {}\n",
                        folder.join("users").display()
                    )
                }
                None => String::new(),
            };
            let config = format!(
                "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {host}\n{auth}",
                folder.join("data").display()
            );
            fs::write(folder.join("config.yml"), config).unwrap();
            let mut child = Command::new(PROGRAM)
                .arg("serve")
                .arg(folder.join("config.yml"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .env_clear()
                .spawn()
                .unwrap();
            let mut has_ended = false;
            until("the OCI registry", || {
                has_ended = child.try_wait().unwrap().is_some();
                has_ended || std::net::TcpStream::connect(&host).is_ok()
            });
            if !has_ended {
                return Some(Self { child, host });
            }
        }
        panic!("the OCI registry never had a port");
    }

    /// `127.0.0.1:PORT`.
    pub(super) fn host(&self) -> &str {
        &self.host
    }
}

impl Drop for OciRegistry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait_in_time();
    }
}
