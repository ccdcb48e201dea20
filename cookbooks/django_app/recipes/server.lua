-- The server, kept running by systemd, or by supervisor where no systemd runs.
--
-- It is restarted, never reloaded: gunicorn's reload would look for the new code in the directory of the old release.
-- Whether a restart is due is seen from the environment of the process: so it happens once however many things changed,
-- after all of them, and also when a run was cut off in between.

local site = (require "./site").of(node)

if site.is_blue_green then
  include_recipe "::serving"
elseif site.systemd then
  include_recipe "::systemd"
else
  include_recipe "::supervisor"
end
