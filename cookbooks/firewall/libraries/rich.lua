-- Rules in the language of firewalld.

local VERDICTS = { allow = "accept", deny = "drop", reject = "reject" }

local function words(port, protocol, source, policy)
  local text = "rule"
  if source ~= nil then
    local family = if source:find(":", 1, true) then "ipv6" else "ipv4"
    text ..= ` family="{family}" source address="{source}"`
  end
  if port ~= nil then
    text ..= ` port port="{(tostring(port):gsub(":", "-"))}" protocol="{protocol}"`
  end
  return `{text} {VERDICTS[policy]}`
end

return {
  -- One rule for each port and source.
  rules = function(of)
    local rules = {}
    for at = 1, math.max(1, #of.ports) do
      for from = 1, math.max(1, #of.sources) do
        table.insert(rules, words(of.ports[at], of.protocol, of.sources[from], of.policy))
      end
    end
    return rules
  end,
}
