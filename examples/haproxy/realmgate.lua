-- The Realmgate action for HAProxy 2.5 or newer: asks /authz/forward about a request and hands the answer on.
--
--   http-request lua.realmgate HOST PORT NAME,NAME,...
--
-- HOST and PORT are where Realmgate listens; the names are the identity headers of the service's preset. On a pass each of
-- them is set from the answer, always and also when empty, so that a client's own copy never arrives. On anything else the
-- answer goes to the client, and a Realmgate that does not answer is a 503: nothing passes on doubt.

local TIMEOUT = 10000

-- What the decision is made of. A header that came several times is handed on several times; Realmgate refuses that.
local HANDED_ON = {
	'accept', 'authorization', 'cookie', 'sec-fetch-mode', 'upgrade', 'x-requested-with',
}

local function question(txn)
	local inbound = txn.http:req_get_headers()
	local headers = {
		['x-forwarded-for'] = { txn.f:src() },
		['x-forwarded-host'] = {},
		['x-forwarded-method'] = { txn.f:method() },
		['x-forwarded-proto'] = { txn.f:ssl_fc() == 1 and 'https' or 'http' },
		['x-forwarded-uri'] = { txn.f:url() },
	}
	local function copy(from, to)
		local values = inbound[from]
		if values == nil then return end
		local list = {}
		for index = 0, #values do list[#list + 1] = values[index] end
		headers[to] = list
	end
	copy('host', 'x-forwarded-host')
	for _, name in ipairs(HANDED_ON) do copy(name, name) end
	return headers
end

local function refuse(txn, status, headers, body)
	local reply = txn:reply { status = status }
	for name, values in pairs(headers) do
		if name ~= 'content-length' and name ~= 'connection' and name ~= 'transfer-encoding' and name ~= 'keep-alive' then
			for _, value in pairs(values) do reply:add_header(name, value) end
		end
	end
	reply:set_body(body or '')
	txn:done(reply)
end

core.register_action('realmgate', { 'http-req' }, function(txn, host, port, names)
	local answer = core.httpclient():get {
		url = 'http://' .. host .. ':' .. port .. '/authz/forward',
		headers = question(txn),
		timeout = TIMEOUT,
	}
	if answer == nil or answer.status == nil or answer.status == 0 then
		return refuse(txn, 503, {}, 'unavailable\n')
	end
	if answer.status ~= 200 then
		return refuse(txn, answer.status, answer.headers, answer.body)
	end
	for name in string.gmatch(names, '[^,]+') do
		local values = answer.headers[string.lower(name)]
		local value = values and (values[0] or values[1])
		-- A pass that lacks a name is not one of ours.
		if value == nil then return refuse(txn, 503, {}, 'unavailable\n') end
		txn.http:req_set_header(name, value)
	end
end, 3)
