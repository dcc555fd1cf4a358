package memwall.workloads.serving;

import java.util.Map;
import java.util.TreeMap;
import memwall.core.stat.Counter;
import memwall.core.stat.Stats;
import memwall.workloads.trace.Request;
import memwall.workloads.trace.RequestExtras;

/** Which requests kept their limits. Those that have not ended are not judged. */
final class SloCounts {
  /** Requests of one class, or all. */
  private static final class Group {
    final Counter judged;
    final Counter kept;

    Group(Stats stats, String of) {
      judged = stats.counter("judged", "requests", "Requests" + of + " completed or refused");
      kept = stats.counter("kept", "requests", "Those that kept all their limits");
    }
  }

  private final SloSpec spec;
  private final Group all;
  private final Map<String, Group> classes = new TreeMap<>();
  private final Counter keptTokens;
  private final Counter missedTtft;
  private final Counter missedTpot;
  private final Counter missedEndToEnd;
  private final Counter missedRefused;

  SloCounts(Stats stats, SloSpec spec) {
    this.spec = spec;
    this.all = new Group(stats, "");
    keptTokens = stats.counter("kept_tokens", "tokens", "Output tokens of those that kept them");
    missedTtft = stats.counter("missed_ttft", "requests", "Their first token came too late");
    missedTpot = stats.counter("missed_tpot", "requests", "Their mean gap was too long");
    missedEndToEnd = stats.counter("missed_e2e", "requests", "Their last token came too late");
    missedRefused = stats.counter("missed_refused", "requests", "They were refused");
    Stats byClass = stats.child("class");
    for (String name : spec.classes().keySet()) {
      classes.put(name, new Group(byClass.child(name), " of the class"));
    }
  }

  /**
   * A request has all its tokens.
   *
   * @param tpotPs mean gap; 0 if it has one token
   */
  void completed(Request request, long ttftPs, long tpotPs, long endToEndPs) {
    SloSpec.Limits limits = spec.of(request);
    boolean first = ttftPs <= limits.ttftPs();
    boolean gaps = tpotPs <= limits.tpotPs();
    boolean last = endToEndPs <= limits.e2ePs();
    missedTtft.add(first ? 0 : 1);
    missedTpot.add(gaps ? 0 : 1);
    missedEndToEnd.add(last ? 0 : 1);
    boolean kept = first && gaps && last;
    if (kept) {
      keptTokens.add(request.outputTokens());
    }
    judge(request, kept);
  }

  void refused(Request request) {
    missedRefused.increment();
    judge(request, false);
  }

  private void judge(Request request, boolean kept) {
    count(all, kept);
    RequestExtras extras = request.extras();
    String name = extras == null ? null : extras.serviceClass();
    Group group = name == null ? null : classes.get(name);
    if (group != null) {
      count(group, kept);
    }
  }

  private static void count(Group group, boolean kept) {
    group.judged.increment();
    group.kept.add(kept ? 1 : 0);
  }
}
