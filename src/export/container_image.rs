//! `containerfile`: the recipe of a container image, which runs the script.

use super::form::ExportForm;
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use super::sh;
use super::shell_words::secret_variable;
use crate::facts::platform;

/// A Containerfile, as podman and docker read it.
pub(super) const FORM: ExportForm = ExportForm {
    name: "containerfile",
    doc: "A Containerfile for podman and docker, and the script that it runs.",
    has_several_files: true,
    write,
};

/// The images of platforms whose name is another one. The number of the release follows.
const IMAGES: &[(&str, &str)] = &[
    ("arch", "docker.io/library/archlinux"),
    ("gentoo", "docker.io/gentoo/stage3"),
    ("opensuseleap", "docker.io/opensuse/leap"),
    ("opensuse-tumbleweed", "docker.io/opensuse/tumbleweed"),
    ("rocky", "docker.io/library/rockylinux"),
    ("redhat", "registry.access.redhat.com/ubi"),
];

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let script = sh::text_for_image(outline, losses);
    let machine = &outline.machine;
    let id = platform::os_release_id(&machine.platform);
    let own = format!("docker.io/library/{id}");
    let image =
        IMAGES.iter().find(|(name, _)| *name == machine.platform).map_or(own.as_str(), |(_, image)| image);
    let has_number = machine.major_version.starts_with(|c: char| c.is_ascii_digit());
    // Elsewhere the number before the dot is a name for the newest release with it.
    let has_points = matches!(machine.platform.as_str(), "ubuntu" | "alpine" | "opensuseleap");
    let tag = match (has_number, has_points) {
        (true, true) => &machine.release,
        (true, false) => &machine.major_version,
        (false, _) => "latest",
    };
    let mut mounts = String::new();
    let mut variables = String::new();
    let mut build = String::new();
    for name in outline.secrets() {
        let variable = secret_variable(name);
        mounts.push_str(&["--mount=type=secret,id=", &variable, " "].concat());
        variables.push_str(&[&variable, "_FILE=/run/secrets/", &variable, " "].concat());
        build.push_str(&[" --secret id=", &variable, ",src=FILE"].concat());
    }
    let text = format!(
        "# Written by `chefrs export` {}. The code is yours now: read it, keep it, change it.\n\
         #\n\
         #   podman build{build} .\n\
         FROM {image}:{tag}\n\
         COPY {} /tmp/converge.sh\n\
         RUN {mounts}{variables}sh /tmp/converge.sh && rm /tmp/converge.sh\n",
        env!("CARGO_PKG_VERSION"),
        sh::FILE,
    );
    vec![
        ExportedFile { path: "Containerfile".into(), content: text.into_bytes() },
        ExportedFile { path: sh::FILE.into(), content: script.into_bytes() },
    ]
}
