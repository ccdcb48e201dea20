-- A Django project from its source to a page behind nginx. The order is the point: until `switch` nothing that is
-- served changes, so a release that can't be built, migrated or started never takes the place of the one before it.

include_recipe "::preflight" -- what is wrong with the attributes or the machine, before anything is changed

include_recipe "base"
include_recipe "python"

include_recipe "::account" -- user, directories, commands
include_recipe "::selinux" -- what its policy has to know, where it is enforced
include_recipe "::source" -- the source, and whether it can be deployed at all

include_recipe "nginx"
include_recipe "::database" -- PostgreSQL, if that is wanted
include_recipe "::environment" -- secret key and variables

include_recipe "::release" -- source, packages, static files, migrations, beside the release that is served
include_recipe "::trial" -- the release answers, on a socket that no visitor knows
include_recipe "::switch" -- the link `current`
include_recipe "::server" -- the server, started anew if anything above changed
include_recipe "::firewall" -- if that is wanted
include_recipe "::certificate" -- of TLS, if that is wanted
include_recipe "::site" -- nginx in front of it, and the look at the page
include_recipe "::workers" -- celery, if that is wanted
include_recipe "::timers" -- what is done at fixed times: backups, old sessions, the project's own
include_recipe "::log_files" -- their rotation, if there are any
include_recipe "::afterwards" -- hooks, and releases that are no longer needed
include_recipe "::leftovers" -- what attributes made that do not ask for it any more
