//! A file far larger than the memory of either side passes through, cookbook to target and target to target.
//!
//! `CHEFRS_SPEC_LARGE` is its size in MiB: 320 unless said, so that the suite stays quick; the figure to show is 2048.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::{Control, Host, Told, boot, installed, says};

use crate::patience::{CallInTime as _, joined, until};

/// Most address space that either side may have, in bytes. It holds the program itself, unstripped.
const LIMIT: u64 = 256 << 20;

const RECIPE: &str = r#"
cookbook_file "/srv/image" { source = "image" }
remote_file "/srv/copy" { source = "file:///srv/image" }
"#;

#[test]
fn a_file_larger_than_memory_passes_through() {
    if !installed("prlimit") {
        return;
    }
    let Some([host]) = boot() else { return };
    let size = std::env::var_os("CHEFRS_SPEC_LARGE")
        .map_or(320, |size| size.to_str().unwrap().parse::<u64>().unwrap())
        << 20;
    let control = Control::new(&host, "include_recipe \"big\"\n");
    control.file("cookbooks/big/cookbook.toml", "name = \"big\"\nversion = \"1.0.0\"\n");
    control.file("cookbooks/big/recipes/default.lua", RECIPE);
    control.file("cookbooks/big/files/image", "");
    let image =
        std::fs::OpenOptions::new().write(true).open(control.path("cookbooks/big/files/image")).unwrap();
    image.set_len(size).unwrap();
    drop(image);

    limit(&host, LIMIT);
    let over = AtomicBool::new(false);
    let told = thread::scope(|scope| {
        let peak = scope.spawn(|| peak(&host, &over));
        let until_told = Over(&over);
        let told = limited(&control, LIMIT, &["run"]).with(0);
        drop(until_told);
        eprintln!("a file of {} MiB, at most {} MiB for each side", size >> 20, LIMIT >> 20);
        eprintln!("the agent's peak: {}", peak.join().unwrap());
        told
    });
    says(&told, &["2 updated, 0 up to date, 0 failed"]);
    let sizes = host.must("stat -c %s /srv/image /srv/copy && cmp /srv/image /srv/copy");
    assert_eq!(sizes, format!("{size}\n{size}\n"));
    says(&limited(&control, LIMIT, &["run"]).with(0), &["0 updated, 2 up to date, 0 failed"]);
}

/// What was looked at is over once this is gone, also where the spec fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Bounds the address space of all that comes to the host over ssh.
pub(super) fn limit(host: &Host, bytes: u64) {
    let unit = format!("[Service]\nLimitAS={bytes}\n");
    host.write("/etc/systemd/system/ssh.service.d/limit.conf", unit.as_bytes());
    host.must("systemctl daemon-reload && systemctl restart ssh");
    let output = host.ssh(&["ulimit -v"]).output_in_time().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), (bytes / 1024).to_string());
}

/// A call of the program on the control side, with this much address space for it and its ssh; its peak is printed.
pub(super) fn limited(control: &Control, bytes: u64, words: &[&str]) -> Told {
    let (verb, words) = words.split_first().unwrap();
    let inner = control.command(verb, words);
    let mut command = Command::new("prlimit");
    command.arg(format!("--as={bytes}")).arg("--").arg(inner.get_program()).args(inner.get_args());
    control.prepare(&mut command);
    let mut child = command.spawn().unwrap();
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let status = format!("/proc/{}/status", child.id());
    let read = |mut stream: Box<dyn std::io::Read + Send>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes
        })
    };
    let (stdout, stderr) = (read(Box::new(stdout)), read(Box::new(stderr)));
    let mut peak = String::new();
    let mut ended = None;
    until("the end of the control side", || {
        if let Some(line) = std::fs::read_to_string(&status).ok().and_then(|text| high_water(&text)) {
            peak = line;
        }
        ended = child.try_wait().unwrap();
        ended.is_some()
    });
    let status = ended.unwrap();
    eprintln!("the control side's peak: {peak}");
    control.told(std::process::Output {
        status,
        stdout: joined("standard output of the control side", stdout),
        stderr: joined("standard error of the control side", stderr),
    })
}

/// The agent's peak while it is there, looked at until it is over.
fn peak(host: &Host, over: &AtomicBool) -> String {
    let mut peak = String::new();
    while !over.load(Ordering::Relaxed) {
        let output = host.script("cat /proc/$(pgrep -f '/chefrs-[0-9a-f]* agent' | head -n 1)/status");
        if let Some(line) = high_water(&String::from_utf8_lossy(&output.stdout)) {
            peak = line;
        }
        thread::sleep(Duration::from_millis(200));
    }
    peak
}

fn high_water(status: &str) -> Option<String> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|line| line.trim().to_owned())
}
