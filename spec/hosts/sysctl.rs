//! `sysctl` against a real boot.

use super::boot;
use super::convergence::{chefrs, converge, fail, recipe};

#[test]
fn a_parameter_lasts_whatever_other_files_say_of_it() {
    let Some([host]) = boot() else { return };
    // As chefrs wrote it at first, and as it is lost at the next boot.
    host.must(
        "echo 'net.ipv4.ip_forward = 0' >/etc/sysctl.conf
        ln -sf ../sysctl.conf /etc/sysctl.d/99-sysctl.conf
        echo 'net/ipv4/ip_forward = 0' >/etc/sysctl.d/k8s.conf
        echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/99-chefrs-net.ipv4.ip_forward.conf",
    );
    recipe(&host, "sysctl \"net.ipv4.ip_forward\" { value = \"1\" }\n");
    let planned = String::from_utf8(chefrs(&host, "plan -r spec").stdout).unwrap();
    let line = "`/etc/sysctl.conf:1` says `net.ipv4.ip_forward = 0`, and `sysctl --system` reads that last";
    assert!(planned.contains(line), "{planned}");
    assert_eq!(converge(&host, "sysctl \"net.ipv4.ip_forward\" { value = \"1\" }\n").len(), 1);
    assert_eq!(host.must("ls /etc/sysctl.d | grep chefrs"), "zz-chefrs-net.ipv4.ip_forward.conf\n");
    host.reboot();
    assert_eq!(host.must("cat /proc/sys/net/ipv4/ip_forward"), "1\n");
    host.must("echo 'net.ipv4.ip_forward=0' >/etc/sysctl.d/zzz.conf");
    let said = fail(&host, "sysctl \"net.ipv4.ip_forward\" { value = \"1\" }\n");
    assert!(said.contains("`/etc/sysctl.d/zzz.conf:1` says `net.ipv4.ip_forward=0` at boot"), "{said}");
}

#[test]
fn what_the_kernel_refuses_is_told_in_its_words() {
    let Some([host]) = boot() else { return };
    let said = fail(&host, "sysctl \"net.ipv4.ip_forward\" { value = \"perhaps\" }\n");
    assert!(said.contains("Invalid argument"), "{said}");
    host.must("test -z \"$(ls /etc/sysctl.d | grep chefrs)\"");
}

#[test]
fn where_nothing_can_be_set_now_it_is_set_at_the_next_boot() {
    let Some([host]) = boot() else { return };
    host.must("! echo 7 2>/dev/null >/proc/sys/kernel/panic");
    let file = "/etc/sysctl.d/zz-chefrs-kernel.panic.conf";
    assert_eq!(converge(&host, "sysctl \"kernel.panic\" { value = \"7\", ignore_error = true }\n").len(), 1);
    assert_eq!(host.must(&format!("cat {file}; rm {file}")), "kernel.panic = 7\n");
    let said = fail(&host, "file \"/srv/first\" {}\nsysctl \"kernel.panic\" { value = \"7\" }\n");
    assert!(said.contains("can't be set: `/proc/sys/kernel/panic` is mounted read-only"), "{said}");
    host.must(&format!("test ! -e {file} && test ! -e /srv/first"));
}
