package memwall.workloads.trace;

import com.google.common.collect.ImmutableList;
import org.jspecify.annotations.Nullable;

/** A format of others with a request in each row of a CSV file. */
interface CsvForm {
  /** The columns without which it is not that format. */
  ImmutableList<String> required();

  /** What is known of such a trace. */
  TraceHeader header();

  /**
   * The request of a row. Faults are recorded in the row; what is returned then does not matter.
   *
   * @param number of the row, from 1
   * @return null if the row is a request that failed: it has no prompt or no output
   */
  @Nullable Request read(CsvRow row, long number);
}
