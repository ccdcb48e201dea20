return attributes {
  accounts = attribute.map {
    default = {},
    values = {
      full_name = attribute.string { doc = "Full name." },
      keys = attribute.strings { doc = "Public keys: these, and no others. Default: the keys stay as they are." },
      admin = attribute.boolean { default = false, doc = "Whether the person may do everything with sudo." },
      ask_password = attribute.boolean { doc = "Whether sudo asks for a password. Default: if there is a `password_secret`." },
      password_secret = attribute.string { doc = "Name of the secret that is the password's hash, as of `openssl passwd -6`." },
      groups = attribute.strings { default = {}, doc = "Further groups. Others stay." },
      shell = attribute.path { doc = "Login shell. Default: `users.shell`." },
      uid = attribute.integer { doc = "Number of the account. Default: the next free one." },
    },
    doc = "The people, by name: `{ ann = { keys = { \"ssh-ed25519 …\" }, admin = true } }`.",
  },
  removed = attribute.strings {
    default = {},
    doc = "People who left. Their accounts are locked: no login, no keys, no sudo. Their files stay.",
  },
  shell = attribute.path {
    default = value_for_platform { alpine = "/bin/ash", default = "/bin/bash" },
    doc = "Login shell of people.",
  },
}
