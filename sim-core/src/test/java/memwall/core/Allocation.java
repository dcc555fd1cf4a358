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
}
