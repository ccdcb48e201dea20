return attributes {
  version = attribute.string {
    default = "",
    pattern = "^([0-9]+\\.[0-9]+\\.[0-9]+)?$",
    message = "it has three numbers: \"22.11.0\"",
    doc = "Version that is unpacked from an archive. Without it, the distribution's packages are installed.",
  },
  archive = {
    url = attribute.string {
      default = function(node)
        local machine = if node.kernel.machine == "aarch64" then "arm64" else "x64"
        return `https://nodejs.org/dist/v{node.nodejs.version}/node-v{node.nodejs.version}-linux-{machine}.tar.gz`
      end,
      doc = "Address of the archive.",
    },
    checksum = attribute.string {
      default = "",
      pattern = "^([0-9a-f]{64})?$",
      message = "it is a SHA-256, 64 hexadecimal digits",
      doc = "SHA-256 of the archive, of the list `SHASUMS256.txt` beside it.",
    },
  },
  programs = attribute.map {
    default = {},
    values = attribute.string { doc = "The version, or `\"\"` for any." },
    doc = "Packages of npm for the whole machine: `{ pm2 = \"5.4.3\" }`.",
  },
  registry = attribute.string { default = "", doc = "Registry that npm asks. Unless it is set, npm's own." },
}
