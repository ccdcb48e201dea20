-- A Django project from its source to a page behind nginx. The order is the point: until `switch` nothing that is
-- served changes, so a release that can't be built, migrated or imported never takes the place of the one before it.

include_recipe "::preflight" -- what is wrong with the attributes or the machine, before anything is changed

include_recipe "base"
include_recipe "python"
include_recipe "nginx"

include_recipe "::account" -- user, directories, secret key, environment
include_recipe "::release" -- source and virtual environment, beside the release that is served
include_recipe "::prepare" -- static files, migrations, and the question whether the page can be made at all
include_recipe "::switch" -- the link `current`
include_recipe "::server" -- gunicorn, started anew if anything above changed
include_recipe "::site" -- nginx in front of it, and the look at the page
