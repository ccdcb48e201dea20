-- The web server: the blog with its database, and five small sites.

include_recipe "person::machine"
include_recipe "person::sites"
include_recipe "person::database"
include_recipe "person::blog"
