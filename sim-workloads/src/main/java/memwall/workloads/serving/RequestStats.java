package memwall.workloads.serving;

import memwall.core.stat.Counter;
import memwall.core.stat.Gauge;
import memwall.core.stat.LatencyHistogram;
import memwall.core.stat.Stats;

/** Statistics of requests and tokens. */
final class RequestStats {
  final Counter arrived;
  final Counter completed;
  final Counter refused;
  final Counter promptTokens;
  final Counter outputTokens;
  final Counter steps;
  final Counter stepPs;
  final Counter idlePs;
  final Gauge running;
  final Gauge waiting;
  final LatencyHistogram queue;
  final LatencyHistogram ttft;
  final LatencyHistogram tokenGap;
  final LatencyHistogram tpot;
  final LatencyHistogram endToEnd;

  RequestStats(Stats root) {
    Stats requests = root.child("requests");
    arrived = requests.counter("arrived", "requests", "Requests that arrived");
    completed =
        requests.counter("completed", "requests", "Requests whose tokens were all produced");
    refused = requests.counter("refused", "requests", "Requests that could never be served");
    running = requests.gauge("running", "requests", "Requests in the batch");
    waiting = requests.gauge("waiting", "requests", "Requests waiting for a place in the batch");
    queue = requests.histogram("queue", "From arrival to a place in the batch");
    ttft = requests.histogram("ttft", "Time to first token: from arrival to the first token");
    tokenGap =
        requests.histogram("token_gap", "Inter-token latency: from one output token to the next");
    tpot =
        requests.histogram(
            "tpot", "Time per output token: mean gap of a request, for two tokens or more");
    endToEnd = requests.histogram("e2e", "From arrival to the last token");
    Stats tokens = root.child("tokens");
    promptTokens = tokens.counter("prompt", "tokens", "Tokens of prompts processed");
    outputTokens = tokens.counter("output", "tokens", "Output tokens produced");
    Stats engine = root.child("engine");
    steps = engine.counter("steps", "steps", "Steps executed");
    stepPs = engine.counter("step_ps", "ps", "Time in steps");
    idlePs = engine.counter("idle_ps", "ps", "Time without a step");
  }
}
