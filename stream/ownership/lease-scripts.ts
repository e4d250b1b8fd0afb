// The atomic steps of holding shards by lease. Redis' own clock is the only one that counts, whatever the processes' clocks say.
import { script } from '../redis/run-script.ts'

export const BEAT = script(`
-- Says that an owner lives, forgets those who have been silent, gives the names of all live ones in order.
-- KEYS 1 owners of the role (sorted set: name by time of the last beat, ms)
-- ARGV 1 own name, 2 ttl ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
local owners = redis.call('ZRANGE', KEYS[1], 0, -1)
table.sort(owners)
return owners
`)

export const ACQUIRE = script(`
-- Takes a shard that nobody holds. The token is above every earlier one, also after Redis has lost its data.
-- KEYS 1 lease, 2 token counter
-- ARGV 1 own name, 2 ttl ms
-- Gives the fencing token, or nil when the shard is held.
if redis.call('EXISTS', KEYS[1]) == 1 then return false end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local token = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, now)
local text = string.format('%.0f', token)
redis.call('SET', KEYS[2], text)
redis.call('SET', KEYS[1], text .. '|' .. ARGV[1], 'PX', ARGV[2])
return text
`)

export const RENEW = script(`
-- KEYS 1 lease; ARGV 1 its value (token|name), 2 ttl ms. Gives 1, or 0 when the lease is gone or another's.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`)

export const RELEASE = script(`
-- KEYS 1 lease; ARGV 1 its value (token|name). Deletes it only where it is still one's own.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`)
