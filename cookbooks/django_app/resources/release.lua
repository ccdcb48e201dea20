-- A release in a directory of its own: the source, its virtual environment, and what is laid over its settings.
-- Everything belongs to root or to the site's user, and others can't look into it.

return resource {
  doc = "One release of a Django project: source and virtual environment.",

  properties = {
    directory = property.path { name_property = true, doc = "Directory of the release." },
    user = property.string { required = true, doc = "User whose group may read the source, and who owns the environment." },
    home = property.path { required = true, doc = "Directory that pip may keep its cache in." },
    path = property.tree { doc = "Source: a directory of the cookbook, or of the project: `./mysite`." },
    git = property.string { doc = "Source: a git repository." },
    revision = property.string { default = "HEAD", doc = "Branch, tag or commit of the repository." },
    tarball = property.string { doc = "Source: a tar archive at a URL." },
    checksum = property.string { doc = "SHA-256 of the archive." },
    strip = property.integer { default = 1, doc = "Leading directories of the archive's paths to leave out." },
    requirements = property.string { default = "requirements.txt", doc = "Requirements file in the source." },
    packages = property.strings { default = {}, doc = "Python packages that are installed over the requirements." },
    index_url = property.string { doc = "Address of a package index in the place of PyPI." },
    wheels = property.path { doc = "Directory of the machine with all Python packages as wheels: then no index is asked." },
    python = property.string { default = "python3", doc = "Interpreter of the virtual environment." },
  },

  actions = {
    create = function(self)
      local src = `{self.directory}/src`

      directory(self.directory) { mode = "0755" }

      if self.git ~= nil then
        -- Fetched as the site's user: a repository is other people's input.
        directory(src) { owner = self.user, group = self.user, mode = "0750" }
        git(src) {
          repository = self.git,
          revision = self.revision,
          user = self.user,
        }
      elseif self.tarball ~= nil then
        remote_file(`{self.directory}/source.tar`) {
          source = self.tarball,
          checksum = self.checksum,
          mode = "0600",
        }
        archive_file(`{self.directory}/source.tar`) {
          destination = src,
          checksum = self.checksum,
          strip_components = self.strip,
          group = self.user,
          mode = "0750",
        }
      else
        remote_directory(src) {
          source = self.path,
          group = self.user,
          mode = "0750",
          files_mode = "0640",
          files_backup = 0,
          purge = true,
        }
      end

      remote_directory(`{self.directory}/overlay`) {
        source = "overlay",
        group = self.user,
        mode = "0750",
        files_mode = "0640",
        files_backup = 0,
        purge = true,
      }

      python_venv(`{self.directory}/venv`) {
        python = self.python,
        requirements = `{src}/{self.requirements}`,
        packages = self.packages,
        index_url = self.index_url,
        find_links = self.wheels,
        no_index = self.wheels ~= nil,
        user = self.user,
        environment = { HOME = self.home },
      }
    end,
  },
}
