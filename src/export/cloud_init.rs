//! `cloud-init`: user data for a new virtual machine, which runs the script.

use super::base64_lines::base64_lines;
use super::form::ExportForm;
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use super::sh;
use super::shell_words::secret_variable;

/// User data for cloud-init.
pub(super) const FORM: ExportForm = ExportForm {
    name: "cloud-init",
    doc: "User data for cloud-init, with the script that it runs at the first boot.",
    has_several_files: false,
    write,
};

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let script = sh::text(outline, losses);
    let mut secrets = String::new();
    for name in outline.secrets() {
        let variable = secret_variable(name);
        secrets.push_str(
            &["# Put the secret into /root/", &variable, " before the first boot: it is not in here.\n"]
                .concat(),
        );
    }
    let variables: String = outline
        .secrets()
        .into_iter()
        .map(|name| {
            let variable = secret_variable(name);
            [&variable, "_FILE=/root/", &variable, " "].concat()
        })
        .collect();
    let lines: String =
        base64_lines(script.as_bytes()).lines().flat_map(|line| ["      ", line, "\n"]).collect();
    let text = format!(
        "#cloud-config\n\
         # Written by `chefrs export` {}. The code is yours now: read it, keep it, change it.\n\
         {secrets}write_files:\n  \
         - path: /root/converge.sh\n    \
         permissions: \"0700\"\n    \
         encoding: b64\n    \
         content: |\n{lines}\
         runcmd:\n  \
         - {variables}sh /root/converge.sh\n",
        env!("CARGO_PKG_VERSION"),
    );
    vec![ExportedFile { path: "user-data".into(), content: text.into_bytes() }]
}
