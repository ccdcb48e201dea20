//! `chef`: a cookbook for Chef, in the part of its language that itamae reads, too.

use std::fmt::Write as _;

use super::form::ExportForm;
use super::heading;
use super::loss::{ExportLoss, ExportedFile};
use super::outlined::ExportOutline;
use cookbook::ChefCookbook;
use ruby::quoted;

mod chef_resource;
mod commands;
mod cookbook;
mod ruby;
mod things;
mod units;

/// A cookbook of Chef.
pub(super) const FORM: ExportForm = ExportForm {
    name: "chef",
    doc: "A cookbook for Chef, which itamae runs, too, with its files.",
    has_several_files: true,
    write,
};

/// What one should know of it.
const NOTES: &[&str] = &[
    "  chef-client --local-mode --override-runlist exported     on this machine; its directory has to be named `exported`",
    "  itamae local recipes/default.rb                          the same without Chef",
    "",
    "It stops at the first failure; Chef then runs what was notified for the end, itamae does not. Otherwise that runs last,",
    "each once, in the order in which it was notified. A guard that can't be run counts as one that fails.",
    "A link takes the place of a file that is at its path. itamae gives a file without a mode 0644, and root as its owner.",
];

fn write(outline: &ExportOutline<'_>, losses: &mut Vec<ExportLoss>) -> Vec<ExportedFile> {
    let mut cookbook = ChefCookbook::new(outline, losses);
    cookbook.units();
    let ChefCookbook { text: resources, kept, script_secrets, has_scripts, .. } = cookbook;
    let secrets = "Secrets, as the keys of the item `exported` in the data bag `secrets`; for itamae, of the attribute `secrets`:";
    let mut text = heading::comment(outline, losses, NOTES, secrets);
    text.push_str(&assertions(outline));
    if !kept.files.is_empty() {
        text.push_str("\nfiles = ::File.expand_path('../files', __dir__)\n");
    }
    if has_scripts {
        text.push_str(
            "require 'shellwords'\nrequire 'zlib'\n\
             script = lambda do |name, *arguments|\n  \
             text = ::File.read(::File.join(files, name))\n  \
             # Quotes would make a long one too long for an argument.\n  \
             packed = [Zlib.gzip(text)].pack('m0')\n  \
             text = \"eval \\\"$(echo #{packed} | base64 -d | gzip -d)\\\"\" if text.bytesize > 16_000\n  \
             ['/bin/sh', '-c', text, name, *arguments].shelljoin\nend\n",
        );
    }
    for (variable, secret) in script_secrets {
        let _ = writeln!(text, "ENV['{variable}'] = secrets[{}]", quoted(&secret));
    }
    text.push_str(&resources);
    let metadata = format!(
        "name 'exported'\nversion '1.0.0'\ndescription {}\n",
        quoted(&outline.collection.run_list.join(", "))
    );
    let mut files = vec![
        ExportedFile { path: "metadata.rb".into(), content: metadata.into_bytes() },
        ExportedFile { path: "recipes/default.rb".into(), content: text.into_bytes() },
    ];
    files.extend(kept.files);
    files
}

/// Fails on another platform, and without the secrets.
fn assertions(outline: &ExportOutline<'_>) -> String {
    let mut text = String::new();
    let platform = &outline.machine.platform;
    if !platform.is_empty() {
        let version = heading::major_version(outline);
        let same_version = version
            .map(|version| format!(" && node['platform_version'].to_i == {version}"))
            .unwrap_or_default();
        let shown = version.map(|version| format!(" {version}")).unwrap_or_default();
        let _ = write!(
            text,
            "\n# It was made for this system; on another one it may do the wrong thing.\n\
             unless node['platform'] == {}{same_version}\n  raise {}\nend\n",
            quoted(platform),
            quoted(&format!("this recipe is for {platform}{shown}")),
        );
    }
    let names: Vec<String> = outline.secrets().into_iter().map(quoted).collect();
    if !names.is_empty() {
        let _ = write!(
            text,
            "\nsecrets = defined?(::Chef) ? data_bag_item('secrets', 'exported') : node['secrets']\n\
             missing_secrets = [{}].reject {{ |name| secrets && secrets[name] }}\n\
             raise \"secrets are missing: #{{missing_secrets.join(', ')}}\" unless missing_secrets.empty?\n",
            names.join(", "),
        );
    }
    text
}
