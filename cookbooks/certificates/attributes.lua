return attributes {
  acme = {
    email = attribute.string { default = "", doc = "Where the ACME authority writes to. Without it, it gets no address." },
    directory = attribute.string {
      default = "https://acme-v02.api.letsencrypt.org/directory",
      doc = "Address of the ACME authority.",
    },
    ca = attribute.string { default = "", doc = "File with the root certificate of the authority, for one inside the house." },
    challenges = attribute.path {
      default = "/var/lib/certificates/challenges",
      doc = "Directory with the answers to the authority, which the web server serves.",
    },
  },
  check = {
    days = attribute.integer { default = 14, min = 1, doc = "Days before its end on which a certificate is reported." },
    schedule = attribute.string { default = "daily", doc = "When that is checked. `\"\"`: never." },
  },
}
