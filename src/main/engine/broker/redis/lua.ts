/*
 * What happens in Redis, each as a whole or not at all. The keys are told in docs/decisions/0018-redis.md. The first argument is always the
 * prefix of all keys; these scripts are for one Redis, not for Redis Cluster.
 */

const common = `
local P = ARGV[1] .. ':'
local function k(name) return P .. name end
local dead = {}
local function unref(uid)
  if redis.call('HINCRBY', k('message:' .. uid), 'uses', -1) <= 0 then dead[uid] = true end
end
local function refOf(value) return string.sub(value, 1, string.find(value, ' ', 1, true) - 1) end
local function wipe(client)
  for _, value in ipairs(redis.call('HVALS', k('queue:' .. client))) do unref(refOf(value)) end
  redis.call('DEL', k('session:' .. client), k('subs:' .. client), k('queue:' .. client), k('incoming:' .. client))
  redis.call('ZREM', k('moving'), client)
end
local function bury()
  for uid in pairs(dead) do
    if tonumber(redis.call('HGET', k('message:' .. uid), 'uses') or '0') <= 0 then redis.call('DEL', k('message:' .. uid)) end
  end
end
local function msOf(id) return tonumber(string.match(id, '^%d+')) end
local function lastId()
  if redis.call('EXISTS', k('log')) == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', k('log'))
  for at = 1, #info, 2 do if info[at] == 'last-generated-id' then return info[at + 1] end end
  return '0-0'
end
local function own(client, run)
  redis.call('HSET', k('clients'), client, run)
  redis.call('SADD', k('owned:' .. run), client)
end
local function tell(channel, text) redis.call('PUBLISH', P .. redis.call('HGET', k('meta'), 'id') .. ':' .. channel, text) end
local function standing(run, meta)
  if redis.call('HGET', k('meta'), 'id') ~= meta then return 'other' end
  if redis.call('HEXISTS', k('brokers'), run) == 0 then return 'fenced' end
  return 'ok'
end
`;

/** Takes part. `[meta id, cursor, version of the groups]`. Arguments: run, id for new data, lease in ms, info. */
export const joinScript = `${common}
local run = ARGV[2]
redis.call('HSETNX', k('meta'), 'id', ARGV[3])
redis.call('HSETNX', k('meta'), 'groups', '0')
redis.call('HSETNX', k('meta'), 'version', '1')
redis.call('HSET', k('brokers'), run, ARGV[5])
redis.call('SET', k('alive:' .. run), '1', 'PX', ARGV[4])
local cursor = lastId()
redis.call('HSET', k('broker:' .. run), 'cursor', cursor, 'batch', '0', 'seq', '0')
tell('news', 'brokers')
return { redis.call('HGET', k('meta'), 'id'), cursor }
`;

/** Run, meta id, lease in ms, info. `[standing, id of the newest entry, run, info, alive, left, cursor, …]` */
export const beatScript = `${common}
local run = ARGV[2]
local how = standing(run, ARGV[3])
if how ~= 'ok' then return { how } end
redis.call('SET', k('alive:' .. run), '1', 'PX', ARGV[4])
redis.call('HSET', k('brokers'), run, ARGV[5])
local out = { 'ok', lastId() }
local oldest = nil
local function keep(ms) if oldest == nil or ms < oldest then oldest = ms end end
local all = redis.call('HGETALL', k('brokers'))
for at = 1, #all, 2 do
  local state = redis.call('HMGET', k('broker:' .. all[at]), 'cursor', 'left')
  local cursor = state[1] or '0-0'
  keep(msOf(cursor))
  out[#out + 1] = all[at]
  out[#out + 1] = all[at + 1]
  out[#out + 1] = redis.call('EXISTS', k('alive:' .. all[at]))
  out[#out + 1] = state[2] and 1 or 0
  out[#out + 1] = cursor
end
for _, name in ipairs({ 'moving', 'orphans' }) do
  local first = redis.call('ZRANGE', k(name), 0, 0, 'WITHSCORES')
  if first[2] then keep(tonumber(first[2])) end
end
if oldest ~= nil and oldest > 0 then redis.call('XTRIM', k('log'), 'MINID', string.format('%.0f', oldest)) end
return out
`;

/** Meta id. `[version, run share, weight, …]` */
export const groupsScript = `${common}
local out = redis.call('HGETALL', k('groups'))
table.insert(out, 1, redis.call('HGET', k('meta'), 'groups') or '')
return out
`;

/**
 * One batch of changes. Arguments: run, meta id, number of the last batch known to be written, number of this one, Unix ms, cursor, version of
 * the groups that receivers were chosen by (empty: none were), then changes. `[standing | 'stale']`
 */
export const commitScript = `${common}
local run = ARGV[2]
local how = standing(run, ARGV[3])
if how ~= 'ok' then return { how } end
local before, batch, now, cursor, version = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]
local me = k('broker:' .. run)
local done = tonumber(redis.call('HGET', me, 'batch') or '-1')
if done < before or done >= batch then return { 'other' } end
if version ~= '' and redis.call('HGET', k('meta'), 'groups') ~= version then return { 'stale' } end
local seq = tonumber(redis.call('HGET', me, 'seq') or '0')
local entry = {}
local groupsChanged, weightsChanged = false, false
local function append()
  if #entry > 0 then redis.call('XADD', k('log'), '*', 'b', run, unpack(entry)) end
  entry = {}
end
local at = 9
local function take() at = at + 1; return ARGV[at - 1] end
-- A batch may be sent again after it was written, and its clients may have moved on by then.
local known = {}
local function mine(client)
  if known[client] == nil then
    local holder = redis.call('HGET', k('clients'), client)
    known[client] = not holder or holder == run
  end
  return known[client]
end
local changes = {
  Z = function()
    local client = take()
    if mine(client) then wipe(client) end
  end,
  E = function()
    local client, uid = take(), take()
    if mine(client) and redis.call('HGET', k('session:' .. client), 'uid') == uid then wipe(client) end
  end,
  S = function()
    local client, uid, data, late = take(), take(), take(), take()
    if not mine(client) then return end
    local key = k('session:' .. client)
    local old = redis.call('HGET', key, 'uid')
    if old and old ~= uid then wipe(client) end
    redis.call('HSET', key, 'uid', uid, 'data', data, 'late', late)
    redis.call('HDEL', key, 'cursor', 'skip', 'skipSeq')
    redis.call('ZREM', k('moving'), client)
    own(client, run)
  end,
  C = function()
    local client = take()
    local holder = redis.call('HGET', k('clients'), client)
    if holder and holder ~= run then
      redis.call('SREM', k('owned:' .. holder), client)
      tell('to:' .. holder, cjson.encode({ kind = 'lost', clientId = client }))
    end
    own(client, run)
    known[client] = true
  end,
  ['+'] = function()
    local client, filter, value = take(), take(), take()
    if mine(client) then redis.call('HSET', k('subs:' .. client), filter, value) end
  end,
  ['-'] = function()
    local client, filter = take(), take()
    if mine(client) then redis.call('HDEL', k('subs:' .. client), filter) end
  end,
  M = function()
    local uid = take()
    local key = k('message:' .. uid)
    redis.call('HSET', key, 'packet', take(), 'publisher', take(), 'expires', take())
    redis.call('HSETNX', key, 'uses', '0')
    dead[uid] = true
  end,
  Q = function()
    local client, field, value = take(), take(), take()
    local key = k('queue:' .. client)
    if not mine(client) then return end
    if redis.call('HSET', key, field, value) == 1 then redis.call('HINCRBY', k('message:' .. refOf(value)), 'uses', 1) end
  end,
  q = function()
    local client, field = take(), take()
    local key = k('queue:' .. client)
    local old = mine(client) and redis.call('HGET', key, field)
    if old then
      redis.call('HDEL', key, field)
      unref(refOf(old))
    end
  end,
  I = function()
    local client, id = take(), take()
    if mine(client) then redis.call('SADD', k('incoming:' .. client), id) end
  end,
  i = function()
    local client, id = take(), take()
    if mine(client) then redis.call('SREM', k('incoming:' .. client), id) end
  end,
  R = function()
    local topic = take()
    local old = redis.call('HGET', k('retained'), topic)
    local expires = old and tonumber(string.match(old, '^(%d+) '))
    if expires and expires <= now then redis.call('HDEL', k('retained'), topic) end
  end,
  L = function()
    local number, item, topic, value = take(), take(), take(), take()
    if tonumber(number) <= seq then return end
    seq = tonumber(number)
    entry[#entry + 1] = number
    entry[#entry + 1] = item
    if #entry >= 1000 then append() end
    if topic == '' then return end
    if value == '' then redis.call('HDEL', k('retained'), topic) else redis.call('HSET', k('retained'), topic, value) end
  end,
  X = function()
    local client, to, position, skipSeq = take(), take(), take(), take()
    if redis.call('HGET', k('clients'), client) == run then
      redis.call('SREM', k('owned:' .. run), client)
      own(client, to)
      local key = k('session:' .. client)
      -- One that has never come into the memory of this broker has had no more than where it was before.
      if redis.call('EXISTS', key) == 1 and redis.call('HEXISTS', key, 'cursor') == 0 then
        redis.call('HSET', key, 'cursor', position, 'skip', run, 'skipSeq', skipSeq)
        redis.call('ZADD', k('moving'), msOf(position), client)
      end
    end
    tell('to:' .. to, cjson.encode({ kind = 'released', clientId = client }))
  end,
  U = function()
    local client = take()
    if redis.call('HGET', k('clients'), client) == run then
      redis.call('HDEL', k('clients'), client)
      redis.call('SREM', k('owned:' .. run), client)
    end
  end,
  G = function()
    local field, value = run .. ' ' .. take(), take()
    weightsChanged = true
    if value == '' then
      if redis.call('HDEL', k('groups'), field) == 1 then groupsChanged = true end
    elseif redis.call('HSET', k('groups'), field, value) == 1 then groupsChanged = true end
  end,
  H = function()
    local share, to = take(), take()
    weightsChanged = true
    if redis.call('HSETNX', k('groups'), to .. ' ' .. share, '0,1') == 1 then groupsChanged = true end
  end,
  A = function()
    local gone = take()
    redis.call('DEL', k('broker:' .. gone))
    redis.call('ZREM', k('orphans'), gone)
  end,
}
while at <= #ARGV do changes[take()]() end
append()
bury()
redis.call('HSET', me, 'batch', ARGV[5], 'seq', seq, 'cursor', cursor)
if groupsChanged then redis.call('HINCRBY', k('meta'), 'groups', 1) end
if weightsChanged then tell('news', 'groups') end
return { 'ok' }
`;

/** Run, meta id, client id. `[standing]`, `['held', run]` or `['mine', 1 | 0]`: whether there is a session. */
export const claimScript = `${common}
local run, client = ARGV[2], ARGV[4]
local how = standing(run, ARGV[3])
if how ~= 'ok' then return { how } end
local holder = redis.call('HGET', k('clients'), client)
if holder and holder ~= run and redis.call('HEXISTS', k('brokers'), holder) == 1 then return { 'held', holder } end
local there = redis.call('EXISTS', k('session:' .. client))
if holder ~= run then
  own(client, run)
  if there == 1 and redis.call('HEXISTS', k('session:' .. client), 'cursor') == 0 then
    local cursor = lastId()
    redis.call('HSET', k('session:' .. client), 'cursor', cursor, 'skip', '', 'skipSeq', '0')
    redis.call('ZADD', k('moving'), msOf(cursor), client)
  end
end
return { 'mine', there }
`;

/** Run, client id. `false`, or `[session, subscriptions, queue, messages, incoming, newest id in the log]`, each flat. */
export const loadScript = `${common}
local client = ARGV[3]
if redis.call('HGET', k('clients'), client) ~= ARGV[2] then return false end
local session = redis.call('HGETALL', k('session:' .. client))
if #session == 0 then return false end
local queue = redis.call('HGETALL', k('queue:' .. client))
local messages, seen = {}, {}
for at = 2, #queue, 2 do
  local uid = refOf(queue[at])
  if not seen[uid] then
    seen[uid] = true
    local found = redis.call('HMGET', k('message:' .. uid), 'packet', 'publisher', 'expires')
    if found[1] then
      messages[#messages + 1] = uid
      for part = 1, 3 do messages[#messages + 1] = found[part] end
    end
  end
end
return { session, redis.call('HGETALL', k('subs:' .. client)), queue, messages, redis.call('SMEMBERS', k('incoming:' .. client)), lastId() }
`;

/** Run, meta id, the run that is gone. `[standing]`, `['alive']`, or `['ok', client ids with a session, orphaned runs and their cursors]`. */
export const adoptScript = `${common}
local run, gone = ARGV[2], ARGV[4]
local how = standing(run, ARGV[3])
if how ~= 'ok' then return { how } end
local found = {}
local function take()
  local cursor = redis.call('HGET', k('broker:' .. gone), 'cursor') or '0-0'
  for _, client in ipairs(redis.call('SMEMBERS', k('owned:' .. gone))) do
    if redis.call('HGET', k('clients'), client) == gone then
      local key = k('session:' .. client)
      if redis.call('EXISTS', key) == 1 then
        if redis.call('HEXISTS', key, 'cursor') == 0 then
          redis.call('HSET', key, 'cursor', cursor, 'skip', gone, 'skipSeq', 'inf')
          redis.call('ZADD', k('moving'), msOf(cursor), client)
        end
        own(client, run)
        found[#found + 1] = client
      else
        redis.call('HDEL', k('clients'), client)
      end
    end
  end
  redis.call('DEL', k('owned:' .. gone))
  local changed = false
  for _, field in ipairs(redis.call('HKEYS', k('groups'))) do
    if string.sub(field, 1, #gone + 1) == gone .. ' ' then
      redis.call('HDEL', k('groups'), field)
      -- Its members are on their way here: what comes meanwhile waits for them.
      redis.call('HSETNX', k('groups'), run .. ' ' .. string.sub(field, #gone + 2), '0,1')
      changed = true
    end
  end
  if changed then redis.call('HINCRBY', k('meta'), 'groups', 1) end
  redis.call('HDEL', k('brokers'), gone)
  redis.call('HSET', k('broker:' .. gone), 'adopter', run)
  redis.call('ZADD', k('orphans'), msOf(cursor), gone)
end
if redis.call('HEXISTS', k('brokers'), gone) == 1 then
  if redis.call('EXISTS', k('alive:' .. gone)) == 1 then return { 'alive' } end
  take()
elseif redis.call('HGET', k('broker:' .. gone), 'adopter') == run then
  -- It asks again, since it had no answer: what it has not written as its own is still to be fetched.
  for _, client in ipairs(redis.call('SMEMBERS', k('owned:' .. run))) do
    if redis.call('HEXISTS', k('session:' .. client), 'cursor') == 1 then found[#found + 1] = client end
  end
else return { 'alive' } end
local orphans = {}
for _, one in ipairs(redis.call('ZRANGE', k('orphans'), 0, -1)) do
  local adopter = redis.call('HGET', k('broker:' .. one), 'adopter')
  if adopter == gone then redis.call('HSET', k('broker:' .. one), 'adopter', run) end
  if adopter == gone or adopter == run then
    orphans[#orphans + 1] = one
    orphans[#orphans + 1] = redis.call('HGET', k('broker:' .. one), 'cursor') or '0-0'
  end
end
tell('news', 'groups')
return { 'ok', found, orphans }
`;

/** Run, meta id: goes on purpose. What it had may be taken over at once. */
export const leaveScript = `${common}
local run = ARGV[2]
if standing(run, ARGV[3]) ~= 'ok' then return 0 end
redis.call('DEL', k('alive:' .. run))
redis.call('HSET', k('broker:' .. run), 'left', '1')
tell('news', 'brokers')
return 1
`;
