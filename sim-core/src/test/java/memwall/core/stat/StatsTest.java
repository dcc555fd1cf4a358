package memwall.core.stat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import memwall.core.Randomized;
import org.junit.jupiter.api.Test;

final class StatsTest {
  private final Stats stats = new Stats();

  @Test
  void aChildPutsItsPathBeforeEveryName() {
    Stats channel = stats.child("hbm").child("channel0");
    channel.counter("reads", "1", "Reads").add(3);
    assertThat(stats.path()).isEmpty();
    assertThat(channel.path()).isEqualTo("hbm.channel0");
    assertThat(stats.snapshot(0).number("hbm.channel0.reads")).isEqualTo(3);
  }

  @Test
  void aPathCanBeTakenOnce() {
    stats.child("a").counter("b", "1", "First");
    assertThatThrownBy(() -> stats.histogram("a.b", "Second"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("statistic 'a.b' is declared twice");
  }

  @Test
  void theValuesOfAGaugeTakePathsToo() {
    stats.gauge("queue", "1", "Jobs");
    assertThatThrownBy(() -> stats.child("queue").counter("max", "1", "Clash"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("statistic 'queue.max' is declared twice");
    stats.child("other").counter("mean", "1", "First");
    assertThatThrownBy(() -> stats.gauge("other", "1", "Clash"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("statistic 'other.mean' is declared twice");
  }

  @Test
  void snapshotIsSortedByPathAndKeepsItsValues() {
    Counter late = stats.counter("z", "1", "Last");
    stats.derived("m", "1", "Twice z", () -> 2.0 * late.value());
    stats.exact("a", "bytes", "First", () -> Long.MAX_VALUE);
    stats.histogram("q", "Later").record(10);
    LatencyHistogram first = stats.histogram("c", "Earlier");
    late.increment();
    Snapshot snapshot = stats.snapshot(77);
    late.increment();
    first.record(5);
    assertThat(snapshot.timePs()).isEqualTo(77);
    assertThat(snapshot.values())
        .containsExactly(
            new Snapshot.Value("a", "bytes", "First", Long.MAX_VALUE, 0x1.0p63),
            new Snapshot.Value("m", "1", "Twice z", null, 2.0),
            new Snapshot.Value("z", "1", "Last", 1L, 1.0));
    assertThat(snapshot.histograms())
        .extracting(Snapshot.Distribution::path)
        .containsExactly("c", "q");
    assertThat(snapshot.histogram("c").getTotalCount()).isZero();
  }

  @Test
  void snapshotTakesGaugesAtItsTime() {
    Gauge gauge = stats.gauge("level", "1", "Level");
    gauge.set(0, 6);
    gauge.set(50, 0);
    Snapshot snapshot = stats.snapshot(100);
    assertThat(snapshot.number("level.mean")).isEqualTo(3);
    assertThat(snapshot.number("level.max")).isEqualTo(6);
  }

  @Test
  void unknownPathsAreErrors() {
    Snapshot snapshot = stats.snapshot(0);
    assertThatThrownBy(() -> snapshot.number("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no statistic 'x'");
    assertThatThrownBy(() -> snapshot.histogram("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no histogram 'x'");
  }

  /** Law: repeating a period n times gives what running it n times more would have given. */
  @Test
  void repeatedPeriodsCountAsIfTheyHadBeenSimulated() {
    Randomized.check(
        50,
        random -> {
          Stats leaping = new Stats();
          Stats plain = new Stats();
          List<Recorder> recorders = List.of(new Recorder(leaping), new Recorder(plain));
          long[] before = random.longs(20, 0, 1_000_000).toArray();
          long[] period = random.longs(30, 0, 1_000_000).toArray();
          long times = random.nextLong(1, 20);
          recorders.forEach(recorder -> recorder.record(before));
          leaping.mark();
          recorders.forEach(recorder -> recorder.record(period));
          leaping.repeat(times);
          for (long i = 0; i < times; i++) {
            recorders.get(1).record(period);
          }
          // The repeat has set a new mark.
          recorders.forEach(recorder -> recorder.record(before));
          leaping.repeat(1);
          leaping.unmark();
          recorders.get(1).record(before);
          recorders.forEach(recorder -> recorder.record(period));
          Snapshot a = leaping.snapshot(0);
          Snapshot b = plain.snapshot(0);
          assertThat(a.values()).isEqualTo(b.values());
          assertThat(a.histogram("latency")).isEqualTo(b.histogram("latency"));
        });
  }

  /** A counter and a histogram that record the same values. */
  private static final class Recorder {
    private final Counter counter;
    private final LatencyHistogram histogram;

    Recorder(Stats stats) {
      counter = stats.counter("sum", "ps", "Sum");
      histogram = stats.histogram("latency", "Latency");
    }

    void record(long[] values) {
      for (long value : values) {
        counter.add(value);
        histogram.record(value, value % 3);
      }
    }
  }

  @Test
  void repeatingBeyondTheRangeOfACounterIsAnError() {
    Counter counter = stats.counter("c", "1", "Count");
    stats.mark();
    counter.add(1L << 40);
    assertThatThrownBy(() -> stats.repeat(1L << 40)).isInstanceOf(ArithmeticException.class);
  }
}
