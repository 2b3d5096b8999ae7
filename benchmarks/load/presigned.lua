-- Posts pre-signed requests one after the other over wrk's keep-alive connections.
-- usage: WRK_RESULT=FILE wrk … -s presigned.lua URL -- REQUESTS [PAUSE_MS]
-- REQUESTS holds a line a request: path with query, a tab, the body. FILE receives the numbers as JSON.
-- PAUSE_MS between an answer and the next request of a connection, random around it: a load below the full one.
local requests, at, pause = {}, 0, 0

function init(args)
  for line in io.lines(args[1]) do
    local path, body = line:match("^([^\t]+)\t(.*)$")
    requests[#requests + 1] = wrk.format("POST", path, { ["Content-Type"] = "text/xml" }, body)
  end
  pause = tonumber(args[2] or "0")
  math.randomseed(1)
end

function request()
  at = at % #requests + 1
  if at == #requests then wrapped = true end
  return requests[at]
end

function delay()
  return pause == 0 and 0 or math.floor(-math.log(1 - math.random()) * pause + 0.5)
end

function response(status)
  if status ~= 200 then wrong = (wrong or 0) + 1 end
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local bad, over = 0, false
  for _, thread in ipairs(threads) do
    bad = bad + (thread:get("wrong") or 0)
    over = over or thread:get("wrapped") or false
  end
  local file = io.open(os.getenv("WRK_RESULT"), "w")
  file:write(string.format(
    '{"requests": %d, "seconds": %f, "p50_ms": %f, "p95_ms": %f, "p99_ms": %f, "wrong": %d, "errors": %d, "wrapped": %s}',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, bad, summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.timeout, tostring(over)))
  file:close()
end
