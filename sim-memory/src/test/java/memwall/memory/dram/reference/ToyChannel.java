package memwall.memory.dram.reference;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/**
 * A plain channel for tests of the harness: it goes tick by tick, serves one request after the
 * other in order of acceptance with the timings of DDR5-4800, and never refreshes. With one
 * outstanding request that is what any controller does.
 */
final class ToyChannel implements ReferenceDevice {
  private static final int CL = 34;
  private static final int BL = 8;
  private static final int RCD = 34;
  private static final int RAS = 77;
  private static final int RC = 111;
  private static final int RTP = 18;

  /** A precharge takes one clock of the command bus and an activate two. */
  private static final int PRE_TO_ACT = 34 - 1;

  private static final long NEVER = -1_000_000;

  private record Entry(long address, boolean write, long word, long acceptedTicks) {}

  private final ReferenceMapping mapping;
  private final int queueSize;
  private final Sink sink;
  private final Deque<Entry> queue = new ArrayDeque<>();
  private final long[] openRow;
  private final long[] activated;
  private final long[] read;
  private final long[] precharged;
  private final Map<ReferenceCounter, Long> counts = new EnumMap<>(ReferenceCounter.class);
  private long now;
  private boolean counted;
  private long doneTicks = Long.MAX_VALUE;
  private boolean changed;

  ToyChannel(ReferenceMapping mapping, int queueSize, Sink sink) {
    this.mapping = mapping;
    this.queueSize = queueSize;
    this.sink = sink;
    int banks = ReferenceConfig.DDR5_4800.banks();
    openRow = new long[banks];
    activated = new long[banks];
    read = new long[banks];
    precharged = new long[banks];
    java.util.Arrays.fill(openRow, -1);
    java.util.Arrays.fill(activated, NEVER);
    java.util.Arrays.fill(read, NEVER);
    java.util.Arrays.fill(precharged, NEVER);
  }

  @Override
  public long nowTicks() {
    return now;
  }

  @Override
  public boolean offer(long address, boolean write, long word) {
    if (queue.size() == queueSize) {
      return false;
    }
    queue.add(new Entry(address, write, word, now));
    return true;
  }

  @Override
  public void advanceTo(long ticks) {
    while (now < ticks) {
      tick();
    }
  }

  @Override
  public long advanceToChange(long mostTicks) {
    changed = false;
    while (now < mostTicks && !changed) {
      tick();
    }
    return now;
  }

  @Override
  public long count(ReferenceCounter counter) {
    return counts.getOrDefault(counter, 0L);
  }

  private void tick() {
    now++;
    Entry entry = queue.peek();
    if (entry == null) {
      return;
    }
    if (now == doneTicks) {
      queue.remove();
      doneTicks = Long.MAX_VALUE;
      counted = false;
      changed = true;
      sink.completed(entry.word(), entry.write(), entry.acceptedTicks(), now);
    } else if (doneTicks == Long.MAX_VALUE) {
      issue(entry);
    }
  }

  private void issue(Entry entry) {
    int bank = mapping.bank(ReferenceConfig.DDR5_4800, entry.address());
    long row = mapping.row(ReferenceConfig.DDR5_4800, entry.address());
    if (openRow[bank] == row) {
      if (now >= activated[bank] + RCD) {
        first(ReferenceCounter.ROW_HITS);
        read[bank] = now;
        doneTicks = now + CL + BL;
        add(entry.write() ? ReferenceCounter.WRITES : ReferenceCounter.READS);
      }
    } else if (openRow[bank] < 0) {
      if (now >= precharged[bank] + PRE_TO_ACT && now >= activated[bank] + RC) {
        first(ReferenceCounter.ROW_MISSES);
        openRow[bank] = row;
        activated[bank] = now;
        add(ReferenceCounter.ACTIVATES);
      }
    } else if (now >= activated[bank] + RAS && now >= read[bank] + RTP) {
      first(ReferenceCounter.ROW_CONFLICTS);
      openRow[bank] = -1;
      precharged[bank] = now;
      add(ReferenceCounter.PRECHARGES);
    }
  }

  private void first(ReferenceCounter counter) {
    if (!counted) {
      counted = true;
      add(counter);
    }
  }

  private void add(ReferenceCounter counter) {
    counts.merge(counter, 1L, Long::sum);
  }
}
