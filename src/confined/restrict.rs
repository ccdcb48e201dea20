//! The sandbox: drops all rights that the compile does not need, before any recipe is read.
//!
//! Resource limits work with every kernel. Landlock and seccomp are used if the kernel has them. Each of them alone
//! prevents opening files. Without both, there is still the Lua sandbox, which has no functions for files.

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
use crate::model::sorted;

/// Memory of the process in addition to the limit of the compile: the program, stacks, and free memory of the
/// allocator.
const ROOM: u64 = 128 << 20;
/// Address space in addition to that. Allocators reserve far more addresses than they use.
const RESERVED: u64 = 1 << 30;
/// Seconds of processor time after the limit of the compile, so that the compile can stop by itself and report the
/// reason.
const GRACE: u64 = 1;

/// Drops the rights of the process. Must be called before other threads are started.
pub(super) fn drop_rights(limits: Limits) -> io::Result<()> {
    set_pdeathsig(Signal::SIGKILL)?;
    set_no_new_privs()?;
    // Errors are ignored, as below. This comes first, because Landlock needs to open a file descriptor.
    let _ = deny_opening();
    let seconds = limits.time.as_secs() + u64::from(limits.time.subsec_nanos() > 0) + GRACE;
    let memory = limits.memory as u64 + ROOM;
    // At the hard limit the kernel sends SIGKILL, which does not say why: SIGXCPU has to come first. See getrlimit(2).
    let (_, most) = getrlimit(Resource::RLIMIT_CPU)?;
    setrlimit(Resource::RLIMIT_CPU, seconds.min(most), (seconds + 1).min(most))?;
    for (resource, limit) in [
        (Resource::RLIMIT_DATA, memory),
        (Resource::RLIMIT_AS, memory + RESERVED),
        (Resource::RLIMIT_FSIZE, 0),
        (Resource::RLIMIT_CORE, 0),
        // The three standard streams are open already.
        (Resource::RLIMIT_NOFILE, 3),
    ] {
        let (_, most) = getrlimit(resource)?;
        setrlimit(resource, limit.min(most), limit.min(most))?;
    }
    // A kernel without seccomp still enforces the other limits.
    let _ = allow_few_calls();
    Ok(())
}

/// Uses Landlock to deny access to all paths, ports, and other processes.
fn deny_opening() -> Result<(), RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))?
        .handle_access(AccessNet::from_all(ABI::V5))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    Ok(())
}

/// Uses seccomp to allow only system calls for computing, and for open files. Others fail as on a kernel that does not
/// have them, so that libraries use their fallbacks.
fn allow_few_calls() -> Result<(), Box<dyn std::error::Error>> {
    let mut calls: BTreeMap<i64, Vec<SeccompRule>> =
        sorted::collected(CALLS.iter().map(|call| (*call, Vec::new())));
    let when = |argument, comparison, value| {
        SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Qword, comparison, value)?])
    };
    let word = |word: i32| u64::from(word.unsigned_abs());
    let thread = word(libc::CLONE_THREAD);
    // Allows new threads, but no processes.
    calls.insert(libc::SYS_clone, vec![when(0, SeccompCmpOp::MaskedEq(thread), thread)?]);
    // Allows reading limits, but not setting them.
    calls.insert(libc::SYS_prlimit64, vec![when(2, SeccompCmpOp::Eq, 0)?]);
    // Allows the process to abort itself, but not others.
    calls.insert(libc::SYS_tgkill, vec![when(0, SeccompCmpOp::Eq, u64::from(std::process::id()))?]);
    // Allows setting the name of a thread, and reading the auxiliary vector.
    let own = [libc::PR_SET_NAME, PR_GET_AUXV].map(|of| when(0, SeccompCmpOp::Eq, word(of)));
    calls.insert(libc::SYS_prctl, own.into_iter().collect::<Result<_, _>>()?);
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let filter =
        SeccompFilter::new(calls, missing, SeccompAction::Allow, std::env::consts::ARCH.try_into()?)?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)?;
    Ok(())
}

/// `PR_GET_AUXV` from linux/prctl.h.
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
