package memwall.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C during a run: the virtual machine's shutdown waits until the run has written its partial
 * results. Registered only while a run goes.
 */
final class Interrupt implements AutoCloseable {
  private static final long MOST_SECONDS = 60;

  private final CountDownLatch written = new CountDownLatch(1);
  private final Thread hook = new Thread(this::requested, "memwall-interrupt");
  private volatile boolean requested;

  Interrupt() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void requested() {
    requested = true;
    try {
      if (!written.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("memwall: the partial results could not be written in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the user wants the run to end. */
  boolean isRequested() {
    return requested;
  }

  /** The results are written; the virtual machine may end. */
  @Override
  public void close() {
    written.countDown();
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // Shutdown began in this moment; the hook returns at once now.
        requested = true;
      }
    }
  }
}
