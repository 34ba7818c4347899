-- wrk -s rotate.lua URL -- COOKIE-FILE
-- Sends each line of the file as the Cookie header, in turn; an empty line sends none. Prints the figures as one line of JSON.
local requests, at = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local headers = {}
    if line ~= "" then headers["Cookie"] = line end
    requests[#requests + 1] = wrk.format("GET", nil, headers)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50":%.4f,"p99":%.4f,"max":%.4f,"refused":%d,"broken":%d}',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
