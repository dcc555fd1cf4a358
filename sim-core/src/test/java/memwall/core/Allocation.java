package memwall.core;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a piece of code allocates on the heap, by the count that the JVM keeps of each thread. */
public final class Allocation {
  /** What the calls that measure may allocate themselves. */
  public static final long TOLERATED_BYTES = 500;

  private Allocation() {}

  /** Runs the code in this thread; returns the bytes that it allocated. */
  public static long bytes(Runnable code) {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    thread.getCurrentThreadAllocatedBytes();
    long before = thread.getCurrentThreadAllocatedBytes();
    code.run();
    return thread.getCurrentThreadAllocatedBytes() - before;
  }

  /**
   * Runs the code so many times; returns the least that one of them allocated. What a later run
   * allocates for once, such as a class that is loaded or an array that grows, is left out that
   * way; what every run allocates is not.
   */
  public static long leastBytes(int runs, Runnable code) {
    long least = Long.MAX_VALUE;
    for (int run = 0; run < runs; run++) {
      least = Math.min(least, bytes(code));
    }
    return least;
  }
}
