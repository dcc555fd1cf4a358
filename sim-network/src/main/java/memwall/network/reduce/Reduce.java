package memwall.network.reduce;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs of each size, without deadlines and with them, and with plain messages of tokens.
 *
 * @param spec what was run
 * @param runs in the order of the sizes; of a size the one without deadlines first, the one with
 *     plain messages last
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
        runs.add(ReduceRun.run(spec, sizeBytes, false, false));
      }
      if (spec.hasDeadline()) {
        runs.add(ReduceRun.run(spec, sizeBytes, true, false));
      }
      if (spec.hasTokens() && spec.compare()) {
        runs.add(ReduceRun.run(spec, sizeBytes, spec.hasDeadline(), true));
      }
    }
    return new Reduce(spec, runs);
  }

  /** The run of the same size without deadlines, if that is another one. */
  public @Nullable ReduceResult baseline(ReduceResult run) {
    for (ReduceResult other : runs) {
      if (run.deadlines()
          && !run.plain()
          && !other.deadlines()
          && !other.plain()
          && other.sizeBytes() == run.sizeBytes()) {
        return other;
      }
    }
    return null;
  }

  /** The run of the same size with plain messages of tokens, if that is another one. */
  public @Nullable ReduceResult plain(ReduceResult run) {
    for (ReduceResult other : runs) {
      if (!run.plain()
          && other.plain()
          && other.deadlines() == run.deadlines()
          && other.sizeBytes() == run.sizeBytes()) {
        return other;
      }
    }
    return null;
  }

  /** What a group's result is compared with: plain messages, or none of its deadline. */
  public @Nullable TenantResult compared(ReduceResult run, int tenant) {
    boolean isOfTokens = run.tenants().get(tenant).tenant().experts() != null;
    ReduceResult other = isOfTokens ? plain(run) : baseline(run);
    return other == null ? null : other.tenants().get(tenant);
  }

  /** Laws that do not hold, a sentence each. */
  public List<String> brokenLaws() {
    List<String> broken = new ArrayList<>();
    for (ReduceResult run : runs) {
      for (String law : run.brokenLaws()) {
        broken.add(
            run.sizeBytes()
                + " B, deadlines "
                + (run.deadlines() ? "on" : "off")
                + (run.plain() ? ", plain: " : ": ")
                + law);
      }
    }
    return broken;
  }
}
