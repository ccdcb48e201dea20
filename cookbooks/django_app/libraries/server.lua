-- The server of the site: its command line, and what systemd has to know of it.

local function words(list)
  local found = {}
  for _, word in ipairs(list) do table.insert(found, tostring(word)) end
  return found
end

local function gunicorn(wanted, workers)
  local found = {
    "gunicorn", "-c", "python:chefrs_gunicorn",
    "--workers", workers,
    "--timeout", wanted.request_timeout,
    "--graceful-timeout", wanted.request_timeout,
    -- The directory of the heartbeat files: a disk that stalls must not look like a worker that hangs.
    "--worker-tmp-dir", "/dev/shm",
    "--access-logfile", "-",
  }
  local more = if wanted.server == "gunicorn"
    then { "chefrs_wsgi" }
    else { "--worker-class", "asgi", "chefrs_asgi" }
  for _, word in ipairs(more) do table.insert(found, word) end
  return found
end

-- The words for a place to listen on: systemd's socket, or a socket of its own.
local KINDS = {
  gunicorn = {
    module = "gunicorn",
    -- From 25 on a restart finishes the requests that wait on threads; 23 answers some of them with 502.
    packages = { "gunicorn==25.3.0" },
    command = gunicorn,
    listen = function(socket) return if socket then { "--bind", `unix:{socket}` } else {} end,
  },
  uvicorn = {
    module = "uvicorn",
    packages = { "uvicorn==0.34.3", "websockets==15.0.1" },
    command = function(wanted, workers)
      return {
        "uvicorn", "--workers", workers, "--proxy-headers", "--forwarded-allow-ips", "*",
        "--timeout-graceful-shutdown", wanted.request_timeout, "chefrs_asgi:application",
      }
    end,
    listen = function(socket) return if socket then { "--uds", socket } else { "--fd", "3" } end,
  },
  daphne = {
    module = "daphne",
    packages = { "daphne==4.1.2" },
    command = function(_, _) return { "python", "-m", "chefrs_daphne", "--proxy-headers", "--access-log", "-", "chefrs_asgi:application" } end,
    listen = function(socket) return if socket then { "-u", socket } else { "-e", "systemd:domain=UNIX:index=0" } end,
  },
}
-- The first whose ASGI answers Django's requests on a socket.
KINDS["gunicorn+asgi"] = table.clone(KINDS.gunicorn)
KINDS["gunicorn+asgi"].packages = { "gunicorn==26.0.0" }

local function command(node, workers, socket)
  local kind = KINDS[node.django_app.server]
  local found = kind.command(node.django_app, workers)
  for _, word in ipairs(kind.listen(socket)) do table.insert(found, word) end
  return words(found)
end

-- What systemd has to know. It is the same for all releases, so that each can take the place of another.
local function unit(node, suffix)
  local wanted = node.django_app
  local output = if wanted.log_dir ~= "" then `append:{wanted.log_dir}/{wanted.name}/{suffix}.log` else nil
  return {
    StandardOutput = output,
    StandardError = output,
    ExecStart = `/usr/local/bin/{wanted.name}-run @serve`,
    Type = "notify",
    -- The one that says so is a worker.
    NotifyAccess = "all",
    User = wanted.name,
    Group = wanted.name,
    Restart = "on-failure",
    KillMode = "mixed",
    -- Running requests get their time, and the server five seconds more.
    TimeoutStopSec = wanted.request_timeout + 5,
    TimeoutStartSec = wanted.health.start + 30,
    UMask = "0027",
    NoNewPrivileges = "true",
    PrivateTmp = "true",
    ProtectSystem = "strict",
    ProtectHome = "true",
    -- daphne sets the permissions of the socket.
    ReadWritePaths = { `/srv/{wanted.name}/shared`, `-/run/{wanted.name}-web.sock` },
  }
end

return {
  unit = unit,

  -- A digest of how a program is started. A process has it in its environment, so that everybody can see whether it runs
  -- as it is wanted now.
  configuration = function(section, run) return sha256(json.encode({ section, run })):sub(1, 16) end,

  kind = function(node) return KINDS[node.django_app.server] end,

  -- Its command line on a socket that no visitor knows: SOCKET is its path.
  trial = function(node) return command(node, 1, "SOCKET") end,

  -- Its command line; without a socket of its own it takes the one of systemd.
  command = function(node, socket) return command(node, node.django_app.workers, socket) end,
}
