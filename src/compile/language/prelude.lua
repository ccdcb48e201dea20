-- Loaded once into each state, before anything else. Nothing here leaves to a cook what it keeps for itself: the
-- functions of the language as they were.
local native = ...
local assert, error, getmetatable, next, pairs, pcall, rawequal = assert, error, getmetatable, next, pairs, pcall, rawequal
local rawget, rawset, select, setmetatable, tonumber, tostring, type = rawget, rawset, select, setmetatable, tonumber, tostring, type
local xpcall, create, resume, close = xpcall, coroutine.create, coroutine.resume, coroutine.close
local format, find, sort, clone, concat = string.format, table.find, table.sort, table.clone, table.concat
local judge, judge_text, refuse_key = native.judge, native.judge_text, native.refuse_key

-- Checks: each gives back what it got.

local function compared(value)
	if type(value) == "userdata" then
		judge(value, "compared")
	end
	return value
end

-- A string that reads as a number, and a number: one of the two was meant to be the other, and they are never equal.
local function equal(left, right)
	local one, other = type(left), type(right)
	if one == "userdata" then
		judge(left, "compared")
	end
	if other == "userdata" then
		judge(right, "compared")
	end
	if one ~= other then
		if one == "string" and other == "number" and tonumber(left) ~= nil then
			native.refuse_mixed(left, right)
		elseif one == "number" and other == "string" and tonumber(right) ~= nil then
			native.refuse_mixed(right, left)
		end
	end
	return left == right
end

local function differ(left, right)
	return not equal(left, right)
end

local function tested(value)
	if type(value) == "userdata" then
		judge(value, "tested")
	end
	return value
end

local function looked_up(key)
	if type(key) == "userdata" then
		judge(key, "looked up in a table")
	end
	return key
end

local function key(key)
	if key == "__mode" then
		native.refuse_weak()
	end
	return looked_up(key)
end

local function is_text(kind)
	return kind == "string" or kind == "number" or kind == "boolean"
end

local function text(value)
	if not is_text(type(value)) then
		judge_text(value, "a back-quoted string can't hold")
	end
	return value
end

-- Lists count from 1: what is no item of one is not silently nil.

local function is_filled_list(values, without)
	return type(values) == "table" and getmetatable(values) == nil and #values > 0 and rawget(values, without) == nil
end

local function first(values)
	if is_filled_list(values, 0) then
		native.refuse_item(0)
	end
	return values
end

local function last(values)
	if is_filled_list(values, -1) then
		native.refuse_item(-1)
	end
	return values
end

-- Loops: in the order of the keys, whatever the table looks like in memory.

local function rank(key)
	local kind = type(key)
	if kind == "string" then
		return 3
	elseif kind == "number" then
		return 2
	elseif kind == "boolean" then
		return if key then 1 else 0
	end
	refuse_key(key)
end

local function ordered_next(values, after)
	if type(values) ~= "table" then
		return next(values, after)
	end
	local place = if after == nil then -1 else rank(after)
	local best, best_rank
	for key in next, values do
		local of = rank(key)
		if (of > place or (of == place and of >= 2 and key > after)) and (best == nil or of < best_rank or (of == best_rank and key < best)) then
			best, best_rank = key, of
		end
	end
	if best == nil then
		return nil
	end
	return best, rawget(values, best)
end

local function in_order(values)
	local flags, numbers, names = {}, {}, {}
	for key in next, values do
		local of = rank(key)
		local list = if of == 3 then names elseif of == 2 then numbers else flags
		list[#list + 1] = key
	end
	if #flags == 2 then
		flags = { false, true }
	end
	sort(numbers)
	sort(names)
	local lists, list, at = { flags, numbers, names }, 1, 0
	return function()
		while list <= 3 do
			at += 1
			local key = lists[list][at]
			if key == nil then
				list, at = list + 1, 0
			else
				local value = rawget(values, key)
				if value ~= nil then
					return key, value
				end
			end
		end
		return nil
	end
end

local function is_list(values)
	local count = 0
	for key in next, values do
		count += 1
		if key ~= count then
			return false
		end
	end
	return true
end

local function each(first, state, control)
	if first == ordered_next and type(state) == "table" and control == nil then
		if is_list(state) then
			return next, state
		end
		return in_order(state)
	end
	if type(first) ~= "table" then
		return first, state, control
	end
	if getmetatable(first) ~= nil then
		local own, callable = native.own_iteration(first)
		if own ~= nil or callable then
			return first, state, control
		end
	end
	if is_list(first) then
		return next, first
	end
	return in_order(first)
end

local function ordered_pairs(...)
	local values = ...
	if type(values) ~= "table" then
		return pairs(...)
	end
	if getmetatable(values) ~= nil then
		local own = native.own_iteration(values)
		if own ~= nil then
			return own(values)
		end
	end
	return ordered_next, values, nil
end

-- Functions of the language.

local function checked_text(...)
	local value = ...
	local kind = type(value)
	if value ~= nil and not is_text(kind) then
		judge_text(value, "there is no text for")
	end
	return tostring(...)
end

local function checked_format(...)
	local is_deferred = false
	for at = 2, select("#", ...) do
		local value = select(at, ...)
		local kind = type(value)
		if kind == "userdata" and native.is_deferred(value) then
			is_deferred = true
		elseif not is_text(kind) then
			judge_text(value, "there is no text for")
		end
	end
	if is_deferred then
		return native.interpolated(...)
	end
	return format(...)
end

-- Whether a list has a deferred value in it, before anything that has no text.
local function has_deferred(values, from, to)
	for at = from, to do
		local value = rawget(values, at)
		local kind = type(value)
		if kind == "userdata" then
			return native.is_deferred(value)
		elseif kind ~= "string" and kind ~= "number" then
			return false
		end
	end
	return false
end

-- The state has this one text for a lack of memory, and no other mark. So nobody else raises it: what a cookbook says
-- itself is told apart.
local no_memory = "not enough memory"

local said = no_memory .. ", says the cookbook itself"

-- A compile that ran out of memory is refused, whoever caught the error: how far it came differs from run to run.
local function outcome(ok, ...)
	if not ok then
		native.caught((...))
	end
	return ok, ...
end

local function wrapped_outcome(ok, ...)
	if ok then
		return ...
	end
	local raised = ...
	native.caught(raised)
	-- As the language itself does, with the line that called the coroutine.
	error(raised, 3)
end

local replaced = {
	assert = function(...)
		local value, message = ...
		tested(value)
		if not value and rawequal(message, no_memory) then
			error(said, 0)
		end
		return assert(...)
	end,
	error = function(...)
		local message, level = ...
		if select("#", ...) > 1 and type(level) ~= "number" and level ~= nil then
			return error(...)
		end
		-- The line is that of whoever calls, and this stands between.
		level = if level == 0 then 0 else (level or 1) + 1
		-- Behind a line the words are another text.
		if rawequal(message, no_memory) and (level == 0 or not native.has_line(level)) then
			message = said
		end
		error(message, level)
	end,
	next = ordered_next,
	pairs = ordered_pairs,
	pcall = function(...)
		return outcome(pcall(...))
	end,
	rawequal = function(...)
		local left, right = ...
		compared(left)
		compared(right)
		return rawequal(...)
	end,
	rawget = function(...)
		looked_up((select(2, ...)))
		return rawget(...)
	end,
	rawset = function(...)
		key((select(2, ...)))
		return rawset(...)
	end,
	setmetatable = function(...)
		local _, meta = ...
		if type(meta) == "table" and rawget(meta, "__mode") ~= nil then
			native.refuse_weak()
		end
		return setmetatable(...)
	end,
	tonumber = function(...)
		local value = ...
		if type(value) == "userdata" then
			judge(value, "turned into a number")
		end
		return tonumber(...)
	end,
	tostring = checked_text,
	xpcall = function(work, mend, ...)
		if type(mend) ~= "function" then
			return xpcall(work, mend, ...)
		end
		return outcome(xpcall(work, function(raised)
			native.caught(raised)
			return mend(raised)
		end, ...))
	end,
}

string.format = checked_format
table.concat = function(...)
	local values, separator, from, to = ...
	if type(values) == "table" and (from == nil or type(from) == "number") and (to == nil or type(to) == "number") then
		from, to = from or 1, to or #values
		local is_deferred = type(separator) == "userdata" and native.is_deferred(separator)
		if is_deferred and to > from or has_deferred(values, from, to) then
			return native.concatenated(values, separator, from, to)
		end
	end
	return concat(...)
end
table.find = function(...)
	compared((select(2, ...)))
	return find(...)
end
-- What is read-only is so for who has it: a copy is anybody's own, without what makes the other strict.
table.clone = function(...)
	local values = ...
	if type(values) ~= "table" or type(getmetatable(values)) ~= "string" then
		return clone(...)
	end
	local copy = {}
	for key, value in next, values do
		copy[key] = value
	end
	return copy
end
table.foreach = function(values, work)
	for key, value in each(ordered_pairs(values)) do
		local result = work(key, value)
		if result ~= nil then
			return result
		end
	end
end
coroutine.resume = function(...)
	return outcome(resume(...))
end
coroutine.close = function(...)
	return outcome(close(...))
end
coroutine.wrap = function(work)
	local thread = create(work)
	return function(...)
		return wrapped_outcome(resume(thread, ...))
	end
end

return replaced, {
	_chefrs_equal = equal,
	_chefrs_differ = differ,
	_chefrs_tested = tested,
	_chefrs_looked_up = looked_up,
	_chefrs_key = key,
	_chefrs_text = text,
	_chefrs_each = each,
	_chefrs_first = first,
	_chefrs_last = last,
}
