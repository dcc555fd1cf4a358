package memwall.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Simulations that do not depend on each other, several at the same time. */
final class Parallel {
  /** Most threads. */
  static final int MOST_THREADS = 1024;

  private Parallel() {}

  /**
   * The results of all tasks, in their order; tasks are begun in that order, too.
   *
   * @param threads how many at the same time, 1 to {@link #MOST_THREADS}
   */
  static <T> List<T> all(List<Supplier<T>> tasks, int threads) {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Supplier<T> task : tasks) {
        futures.add(workers.submit(task::get));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }
}
