-- Where the files of sites lie. Debian keeps them in one directory and links those that nginx reads into another one;
-- elsewhere nginx reads them where they are.

return {
  -- The layout for the directory that nginx reads sites from.
  of = function(folder)
    local files, links = folder:gsub("/sites%-enabled$", "/sites-available")
    local is_linked = links > 0
    return {
      -- The directory that nginx reads.
      folder = folder,
      -- The directory of the files.
      files = files,
      is_linked = is_linked,
      -- The directory for what is no site, and is read all the same.
      common = if is_linked then (folder:gsub("/sites%-enabled$", "/conf.d")) else folder,
    }
  end,
}
