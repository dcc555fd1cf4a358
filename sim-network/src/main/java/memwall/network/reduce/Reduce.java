package memwall.network.reduce;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs of each size, without deadlines and with them.
 *
 * @param spec what was run
 * @param runs in the order of the sizes; of a size the one without deadlines first
 */
public record Reduce(ReduceSpec spec, List<ReduceResult> runs) {
  /** Copies the list. */
  public Reduce {
    runs = List.copyOf(runs);
  }

  /** Runs all. */
  public static Reduce run(ReduceSpec spec) {
    List<ReduceResult> runs = new ArrayList<>();
    for (long sizeBytes : spec.sizeBytes()) {
      if (!spec.hasDeadline() || spec.compare()) {
        runs.add(ReduceRun.run(spec, sizeBytes, false));
      }
      if (spec.hasDeadline()) {
        runs.add(ReduceRun.run(spec, sizeBytes, true));
      }
    }
    return new Reduce(spec, runs);
  }

  /** The run of the same size without deadlines, if that is another one. */
  public @Nullable ReduceResult baseline(ReduceResult run) {
    for (ReduceResult other : runs) {
      if (run.deadlines() && !other.deadlines() && other.sizeBytes() == run.sizeBytes()) {
        return other;
      }
    }
    return null;
  }

  /** Laws that do not hold, a sentence each. */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    for (ReduceResult run : runs) {
      for (String law : run.brokenLaws()) {
        broken.add(run.sizeBytes() + " B, deadlines " + (run.deadlines() ? "on: " : "off: ") + law);
      }
    }
    return broken;
  }
}
