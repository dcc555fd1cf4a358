package memwall.memory.dram.bulk;

import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import memwall.memory.dram.channel.DramChannel;
import memwall.memory.dram.standard.Command;
import org.jspecify.annotations.Nullable;

/** Transfers with the ticks at which they are submitted, and how a port serves them. */
final class Traffic {
  /** One transfer, so many ticks after the one before. */
  record Bulk(BurstPattern pattern, long position, long bursts, boolean write, long gapTicks) {}

  private final List<Bulk> bulks = new ArrayList<>();

  /** Counters are looked at whenever so many transfers were submitted; 0: only at the end. */
  private int looks;

  private long begin;
  private @Nullable SplittableRandom ahead;

  /** What a port did with the traffic. */
  record Outcome(
      List<String> completions,
      String counters,
      String latencies,
      long wakes,
      long lastSubmission) {
    /** Whether it is the same but for the wakes. */
    boolean sameAs(Outcome other) {
      return completions.equals(other.completions)
          && counters.equals(other.counters)
          && latencies.equals(other.latencies);
    }
  }

  void add(Bulk bulk) {
    bulks.add(bulk);
  }

  void look(int every) {
    looks = every;
  }

  /** The same transfers from this tick on. */
  Traffic after(long tick) {
    Traffic later = new Traffic();
    later.bulks.addAll(bulks);
    later.begin = tick;
    return later;
  }

  List<Bulk> bulks() {
    return bulks;
  }

  /** Serves everything; gaps run from submission to submission, or from idleness if negative. */
  Outcome serve(BulkPort port) {
    return serve(port, false);
  }

  /** As {@link #serve(BulkPort)}, looking at every tick instead of at wake ticks only. */
  Outcome serveTickByTick(BulkPort port) {
    return serve(port, true);
  }

  /** As {@link #serve(BulkPort)}, looking ahead at each wake, to random ticks in between. */
  Outcome serveLookingAhead(BulkPort port, SplittableRandom random) {
    ahead = random;
    Outcome outcome = serve(port, false);
    ahead = null;
    return outcome;
  }

  /** Nothing is asked of the port before a tick. */
  private void lookAhead(BulkPort port, long now, long before) {
    SplittableRandom random = ahead;
    if (random != null && before > now && random.nextInt(8) > 0) {
      port.lookAhead(random.nextBoolean() ? before : random.nextLong(now, before + 1));
    }
  }

  private Outcome serve(BulkPort port, boolean everyTick) {
    List<String> completions = new ArrayList<>();
    port.onCompletion((word, tick) -> completions.add(word + "@" + tick));
    LongArrayList wakes = new LongArrayList();
    wakes.add(0);
    long now = begin;
    int word = 0;
    for (Bulk bulk : bulks) {
      if (bulk.gapTicks() < 0) {
        now = settle(port, now, everyTick, wakes) - bulk.gapTicks() - 1;
      } else {
        now += bulk.gapTicks();
      }
      advance(port, now, everyTick, wakes);
      if (looks > 0 && word % looks == looks - 1) {
        completions.add(counters(port.channel()) + " " + latencies(port));
      }
      port.submit(bulk.pattern(), bulk.position(), bulk.bursts(), bulk.write(), word++, now);
    }
    long lastSubmission = now;
    now = settle(port, now, everyTick, wakes);
    port.advanceTo(now + 1000);
    return new Outcome(
        completions, counters(port.channel()), latencies(port), wakes.getLong(0), lastSubmission);
  }

  private long settle(BulkPort port, long from, boolean everyTick, LongArrayList wakes) {
    long now = from;
    while (port.pending() > 0) {
      now = everyTick ? now + 1 : port.wakeTick();
      port.advanceTo(now);
      lookAhead(port, now, now + 100_000);
      wakes.set(0, wakes.getLong(0) + 1);
    }
    return now;
  }

  private void advance(BulkPort port, long to, boolean everyTick, LongArrayList wakes) {
    long now = -1;
    while (true) {
      long wake = everyTick ? now + 1 : port.wakeTick();
      if (wake > to) {
        break;
      }
      now = wake;
      if (everyTick) {
        now = to;
        for (long tick = port.channel().nowTicks(); tick <= to; tick++) {
          port.advanceTo(tick);
        }
      } else {
        port.advanceTo(wake);
        lookAhead(port, wake, to - 1);
        wakes.set(0, wakes.getLong(0) + 1);
      }
    }
    port.advanceTo(to);
  }

  /** Everything that a channel counts. */
  static String counters(DramChannel channel) {
    StringBuilder text = new StringBuilder();
    text.append("now ").append(channel.nowTicks());
    text.append(" hits ").append(channel.rowHits());
    text.append(" misses ").append(channel.rowMisses());
    text.append(" conflicts ").append(channel.rowConflicts());
    text.append(" reads ").append(channel.reads()).append(" writes ").append(channel.writes());
    text.append(" forwarded ").append(channel.forwardedReads());
    text.append(" coalesced ").append(channel.coalescedWrites());
    text.append(" open ").append(channel.openBanks()).append(" pending ").append(channel.pending());
    for (int scope = 0; scope < channel.scopes(); scope++) {
      text.append(" [").append(channel.openTicks(scope));
      for (Command command : Command.values()) {
        text.append(' ').append(channel.commands(command, scope));
      }
      text.append(']');
    }
    return text.toString();
  }

  static String latencies(BulkPort port) {
    StringBuilder text = new StringBuilder();
    port.readLatencies()
        .visit((ticks, count) -> text.append(ticks).append('x').append(count).append(' '));
    return text.toString();
  }
}
