require "lfs"
