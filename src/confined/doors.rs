//! What the process that compiles gives up before it reads the first word of a recipe.
//!
//! The limits hold on every kernel. Landlock and seccomp are used where the kernel has them: each of them alone leaves
//! nothing to open, and where both are missing there is still a machine that knows no way to a file.

use std::collections::BTreeMap;
use std::io;

use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetError, Scope};
use nix::libc;
use nix::sys::prctl::{set_no_new_privs, set_pdeathsig};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
};

use crate::compile::Limits;

/// What the process takes beside what the compile counts: itself, stacks, and what its allocator holds ready.
const ROOM: u64 = 128 << 20;
/// Addresses that nothing stands behind: an allocator reserves far more than it uses.
const RESERVED: u64 = 1 << 30;
/// Seconds of processor time beyond the compile's own, within which it ends by itself and says why.
const GRACE: u64 = 1;

/// Gives up whatever is not needed to compile. Before any other thread is started.
pub(super) fn close(limits: Limits) -> io::Result<()> {
    set_pdeathsig(Signal::SIGKILL)?;
    set_no_new_privs()?;
    // As below; and this one is made through a file, of which there are none afterwards.
    let _ = nothing_to_open();
    let seconds = limits.time.as_secs() + u64::from(limits.time.subsec_nanos() > 0) + GRACE;
    let memory = limits.memory as u64 + ROOM;
    for (resource, limit) in [
        (Resource::RLIMIT_CPU, seconds),
        (Resource::RLIMIT_DATA, memory),
        (Resource::RLIMIT_AS, memory + RESERVED),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CORE, 0),
        // The three streams are open already.
        (Resource::RLIMIT_NOFILE, 3),
    ] {
        let (_, most) = getrlimit(resource)?;
        setrlimit(resource, limit.min(most), limit.min(most))?;
    }
    // A kernel that does not know it leaves the walls that it has.
    let _ = few_calls();
    Ok(())
}

/// No path, no port, no process outside.
fn nothing_to_open() -> Result<(), RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// Of the kernel's calls those that compute, and read and write what is open. Every other one is answered as by a kernel
/// that does not have it, so that libraries take the way that they have for old ones.
fn few_calls() -> Result<(), Box<dyn std::error::Error>> {
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> = CALLS.iter().map(|call| (*call, Vec::new())).collect();
    let when = |argument, comparison, value| {
        SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Qword, comparison, value)?])
    };
    let word = |word: i32| u64::from(word.unsigned_abs());
    let thread = word(libc::CLONE_THREAD);
    // A thread, and no process.
    calls.insert(libc::SYS_clone, vec![when(0, SeccompCmpOp::MaskedEq(thread), thread)?]);
    // A limit is asked for, and none is set.
    calls.insert(libc::SYS_prlimit64, vec![when(2, SeccompCmpOp::Eq, 0)?]);
    // Its own end, and nobody else's.
    calls.insert(libc::SYS_tgkill, vec![when(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?]);
    // What a thread is called, and what the kernel told the program when it began.
    let own = [libc::PR_SET_NAME, PR_GET_AUXV].map(|of| when(0, SeccompCmpOp::Eq, word(of)));
    calls.insert(libc::SYS_prctl, own.into_iter().collect::<Result<_, _>>()?);
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let filter =
        SeccompFilter::new(calls, missing, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}

/// `PR_GET_AUXV` of linux/prctl.h.
const PR_GET_AUXV: i32 = 0x4155_5856;

const CALLS: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
];
