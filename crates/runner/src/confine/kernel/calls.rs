//! System calls, by seccomp. A reader has a list of what it may call; a tool, which is another's program, a list of
//! what it may not. What is refused answers an error instead of killing: libraries that only try something go on.

use std::collections::BTreeMap;
use std::env::consts::ARCH;

use libc::c_long;
use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// Computing, memory, threads, clocks, and the pipes that are open.
const OF_A_READER: &[c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_lseek,
    libc::SYS_ppoll,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_clone3, // refused by the filter before this one, in a way that glibc understands
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_sysinfo,
    libc::SYS_getrandom,
    libc::SYS_gettimeofday,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Other processes' memory, mounts and namespaces, kernel modules and keys, the machine's clock and name, and ways
/// around the checks of others. `setsid` and `setpgid`: whoever is killed with its group must stay in it.
const NOT_OF_A_TOOL: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_open_by_handle_at,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_settimeofday,
    libc::SYS_clock_settime,
    libc::SYS_clock_adjtime,
    libc::SYS_adjtimex,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_syslog,
    libc::SYS_setsid,
    libc::SYS_setpgid,
];

pub(in crate::confine) fn calls_of_a_reader() -> bool {
    // glibc falls back to `clone`, whose flags a filter can see, only when `clone3` is not known.
    let clone3 = Rules::from([(libc::SYS_clone3, vec![])]);
    let unknown = filter(clone3, SeccompAction::Allow, refuse(libc::ENOSYS));
    let allowed = rules_of_a_reader().and_then(|rules| filter(rules, refuse(libc::EPERM), SeccompAction::Allow));
    holds([unknown, allowed])
}

pub(in crate::confine) fn calls_of_a_tool(unix_sockets: bool) -> bool {
    let denied =
        rules_of_a_tool(unix_sockets).and_then(|rules| filter(rules, SeccompAction::Allow, refuse(libc::EPERM)));
    holds([denied])
}

fn rules_of_a_reader() -> Result<Rules, Error> {
    let mut rules: Rules = OF_A_READER.iter().map(|call| (*call, vec![])).collect();
    #[cfg(target_arch = "x86_64")]
    rules.insert(libc::SYS_poll, vec![]);
    // Threads of its own, no processes.
    only(&mut rules, libc::SYS_clone, has(0, libc::CLONE_THREAD as u64)?)?;
    // Memory that is read and written, never run.
    only(&mut rules, libc::SYS_mmap, has_not(2, libc::PROT_EXEC as u64)?)?;
    only(&mut rules, libc::SYS_mprotect, has_not(2, libc::PROT_EXEC as u64)?)?;
    // A signal to itself: how `abort` ends.
    only(&mut rules, libc::SYS_tgkill, is(0, u64::from(std::process::id()))?)?;
    only(&mut rules, libc::SYS_prctl, is(0, libc::PR_SET_NAME as u64)?)?;
    // Its limits may be asked, not set.
    only(&mut rules, libc::SYS_prlimit64, SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?)?;
    Ok(rules)
}

fn rules_of_a_tool(unix_sockets: bool) -> Result<Rules, Error> {
    let mut rules: Rules = NOT_OF_A_TOOL.iter().map(|call| (*call, vec![])).collect();
    if unix_sockets {
        let unix = libc::AF_UNIX as u64;
        let other = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, unix)?;
        only(&mut rules, libc::SYS_socket, other)?;
    } else {
        rules.extend([(libc::SYS_socket, vec![]), (libc::SYS_socketpair, vec![])]);
    }
    Ok(rules)
}

/// The rule for `call` applies when `condition` holds.
fn only(rules: &mut Rules, call: c_long, condition: SeccompCondition) -> Result<(), Error> {
    rules.insert(call, vec![SeccompRule::new(vec![condition])?]);
    Ok(())
}

fn is(argument: u8, value: u64) -> Result<SeccompCondition, Error> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)?)
}

fn has(argument: u8, bits: u64) -> Result<SeccompCondition, Error> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(bits), bits)?)
}

fn has_not(argument: u8, bits: u64) -> Result<SeccompCondition, Error> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(bits), 0)?)
}

fn refuse(error: i32) -> SeccompAction {
    SeccompAction::Errno(error.unsigned_abs())
}

fn filter(rules: Rules, otherwise: SeccompAction, listed: SeccompAction) -> Result<BpfProgram, Error> {
    Ok(SeccompFilter::new(rules, otherwise, listed, ARCH.try_into()?)?.try_into()?)
}

fn holds<const N: usize>(filters: [Result<BpfProgram, Error>; N]) -> bool {
    // The strictest answer of all filters counts, so their order does not.
    filters.into_iter().all(|filter| filter.and_then(|program| apply_filter(&program)).is_ok())
}
